"""信访台账: the columns of an older register of petitions, and each good line as a petition with its past."""

import re
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec
from pydantic import ValidationError

from api import ledger_files, wording
from api.bodies import command_of, form_of
from api.csvlines import Refusal
from api.landing import Line, Lines, refusal, sort_out
from api.ledger_columns import Fields, LedgerColumn, Wrong, in_order
from api.ledger_files import Row
from domain.errors import Refused
from domain.petition.commands import Register
from domain.petition.events import Source
from domain.petition.past import PastPetition
from domain.rules.grounds import EARLIEST_YEAR

KIND = "petition-ledger"
CHANNELS = {
    "来信": "letter",
    "信件": "letter",
    "来访": "visit",
    "走访": "visit",
    "来电": "call",
    "电话": "call",
    "网上信访": "online",
    "网上": "online",
    "网络": "online",
    "领导信箱": "mailbox",
    "上级交办": "assigned",
}
CATEGORIES = {
    "建议意见": "suggestion",
    "意见建议": "suggestion",
    "检举控告": "accusation",
    "申诉求决": "appeal",
    "求决": "appeal",
}
COLUMNS = (
    LedgerColumn(
        "编号", "原台账编号；重复导入时据此识别，没有的可以不填", longest=64, also=("信访编号", "原编号")
    ),
    LedgerColumn("信访形式", "来信、来访、来电、网上信访、领导信箱、上级交办", True, choices=CHANNELS),
    LedgerColumn("信访人", "姓名，多人的以顿号隔开；匿名的不填", longest=2000, also=("信访人姓名", "姓名")),
    LedgerColumn(
        "证件号", "第一信访人的身份证号，须为文本格式", kind="digits", longest=64, also=("身份证号",)
    ),
    LedgerColumn(
        "电话", "第一信访人的电话；首位是0的须为文本格式", kind="phone", longest=64, also=("联系电话",)
    ),
    LedgerColumn("住址", "第一信访人的住址", also=("地址",)),
    LedgerColumn("信访人数", "不填的按所列信访人计", kind="text", longest=6, also=("人数",)),
    LedgerColumn("类别", "申诉求决、建议意见、检举控告", True, choices=CATEGORIES, also=("信访类别",)),
    LedgerColumn("内容摘要", "一句话写明事项", True, also=("主题", "摘要")),
    LedgerColumn("信访内容", "不填的以内容摘要为准", longest=20_000, also=("内容",), lines=True),
    LedgerColumn("被反映单位", "检举控告事项应当填写被反映单位或者被反映人"),
    LedgerColumn("被反映人", "检举控告事项应当填写被反映单位或者被反映人"),
    LedgerColumn("收到日期", "如 2020-03-01", True, kind="day", also=("登记日期", "来信日期")),
    LedgerColumn("转办日期", "转交责任单位之日；不填的按收到日期推定", kind="day", also=("交办日期",)),
    LedgerColumn("责任单位", "本系统单位目录中的名称；由信访工作机构自行办理的不填", also=("承办单位",)),
    LedgerColumn("受理日期", "填写了答复日期而没有填写本列的，按收到日期或者转办日期推定", kind="day"),
    LedgerColumn(
        "受理告知日期",
        "书面告知信访人受理之日；填写了受理日期而没有填写本列的，按受理日期推定",
        kind="day",
        also=("告知日期",),
    ),
    LedgerColumn("答复日期", "出具书面意见之日", kind="day"),
    LedgerColumn("答复意见", "书面意见的内容", longest=20_000, lines=True),
    LedgerColumn("送达日期", "书面意见送达信访人之日", kind="day"),
    LedgerColumn("办结日期", "办结核销之日", kind="day"),
)
ORDER = ("收到日期", "转办日期", "受理日期", "受理告知日期", "答复日期", "送达日期", "办结日期")
_SEPARATORS = re.compile("[、，,；;\n]+")
_NAMES = {
    "channel": "信访形式",
    "category": "类别",
    "subject": "内容摘要",
    "content": "信访内容",
    "petitioners": "信访人",
    "headcount": "信访人数",
    "against": "被反映单位",
    "received_on": "收到日期",
}


def read(content: bytes, today: date) -> Lines:
    """读取信访台账: every line as a petition or a refusal. Raises Invalid if it isn't such a file at all."""
    return sort_out(_lines(content, today))


def _lines(content: bytes, today: date) -> Iterator[Line | Refusal]:
    for row in ledger_files.rows(content, COLUMNS):
        if isinstance(row, Refusal):
            yield row
            continue
        try:
            yield Line(row.line, _petition(row, today))
        except Wrong as wrong:
            yield Refusal(row.line, str(wrong), wrong.column)
        except Refused as refused:
            yield refusal(row.line, refused)


def _petition(row: Row, today: date) -> PastPetition:
    fields: dict[str, Any] = dict(row.fields)
    get = fields.get
    in_order(row.fields, ORDER, EARLIEST_YEAR, today)
    if get("送达日期") and not get("答复日期"):
        raise Wrong("答复日期", "填写送达日期的，应当填写答复日期")
    if get("转办日期") and not get("责任单位"):
        raise Wrong("责任单位", "填写转办日期的，应当填写责任单位")
    if get("答复意见") and not get("答复日期"):
        raise Wrong("答复日期", "填写答复意见的，应当填写答复日期")
    if get("受理告知日期") and not get("受理日期"):
        raise Wrong("受理日期", "填写受理告知日期的，应当填写受理日期")
    return PastPetition(
        source=source_of(KIND, row.fields),
        received_on=fields["收到日期"],
        entry=_registered(fields),
        to_unit=get("责任单位"),
        passed_on=get("转办日期"),
        accepted_on=get("受理日期"),
        notified_on=get("受理告知日期"),
        replied_on=get("答复日期"),
        reply=get("答复意见"),
        served_on=get("送达日期"),
        closed_on=get("办结日期"),
    )


def _registered(fields: dict[str, Any]) -> Register:
    content: dict[str, Any] = {
        "channel": fields["信访形式"],
        "category": fields["类别"],
        "subject": fields["内容摘要"],
        "content": fields.get("信访内容") or fields["内容摘要"],
        "received_on": str(fields["收到日期"]),
        "petitioners": _petitioners(fields),
    }
    if fields.get("信访人数"):
        if not fields["信访人数"].isdecimal():
            raise Wrong("信访人数", "应为整数")
        content["headcount"] = int(fields["信访人数"])
    against = {"unit": fields.get("被反映单位"), "person": fields.get("被反映人")}
    if any(against.values()):
        content["against"] = [against]
    elif content["category"] == "accusation":
        raise Wrong("被反映单位", "检举控告事项应当填写被反映单位或者被反映人，以便保密")
    made: Register = checked(Register, content, _NAMES)
    return made


def _petitioners(fields: dict[str, Any]) -> list[dict[str, Any]]:
    names = [one.strip() for one in _SEPARATORS.split(fields.get("信访人") or "") if one.strip()]
    if names == ["匿名"]:
        names = []
    first = {"id_number": fields.get("证件号"), "phone": fields.get("电话"), "address": fields.get("住址")}
    if not names and any(first.values()):
        raise Wrong("信访人", "填写证件号、电话、住址的，应当填写信访人")
    people: list[dict[str, Any]] = [{"name": name} for name in names]
    if people:
        people[0] |= first
        people[0]["representative"] = fields["信访形式"] == "visit"
    return people


def checked(command: type, content: dict[str, Any], names: dict[str, str]) -> Any:
    """校验: a line against the command's strict form. Raises Wrong, and Refused where the command itself does."""
    try:
        return command_of(form_of(command).model_validate(content))
    except ValidationError as error:
        first = error.errors()[0]
        raise Wrong(names.get(str(first["loc"][0]), str(first["loc"][0])), wording.of(first)) from None


def source_of(kind: str, fields: Fields) -> Source:
    """导入来源: known by the old number, or by what the line says; the text itself isn't kept in it."""
    digest = sha256(
        msgspec.json.encode([(name, str(fields[name])) for name in sorted(fields) if fields[name]])
    )
    return Source(kind, str(fields.get("编号") or f"sha256:{digest.hexdigest()}"), digest.hexdigest())
