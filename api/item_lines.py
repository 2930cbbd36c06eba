"""督查台账: the columns of an older list of supervision items, and each good line as an item with its past."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal, cast

from api import ledger_files
from api.csvlines import Refusal
from api.landing import Line, Lines, sort_out
from api.ledger_columns import LedgerColumn, Wrong, in_order
from api.ledger_files import Row
from api.petition_lines import checked, source_of
from domain.errors import Refused
from domain.rules.grounds import EARLIEST_YEAR
from domain.supervision.commands import Open
from domain.supervision.past import PastItem

KIND = "item-ledger"
STATES = {
    "承办中": "open",
    "办理中": "open",
    "在办": "open",
    "已核销": "signed_off",
    "已办结": "signed_off",
    "办结": "signed_off",
    "已撤项": "withdrawn",
    "撤项": "withdrawn",
}
COLUMNS = (
    LedgerColumn(
        "编号", "原台账编号；重复导入时据此识别，没有的可以不填", longest=64, also=("事项编号", "原编号")
    ),
    LedgerColumn("来源", "会议、批示、文件等", True, also=("立项来源",)),
    LedgerColumn("类别", "来源类别，如 领导批示、会议议定事项", True, also=("来源类别",)),
    LedgerColumn("事项", "督查事项名称", True, also=("督查事项", "事项名称")),
    LedgerColumn("要求", "工作要求；不填的以事项为准", longest=20_000, also=("工作要求",), lines=True),
    LedgerColumn("立项日期", "如 2020-03-01", True, kind="day"),
    LedgerColumn("期限", "完成期限", True, kind="day", also=("完成期限", "办结期限")),
    LedgerColumn("牵头单位", "本系统单位目录中的名称；不填的为待分办", also=("主办单位", "承办单位")),
    LedgerColumn("协办单位", "以顿号隔开", longest=2000),
    LedgerColumn("公开", "是、否；不填的为不公开", choices={"是": "true", "否": ""}),
    LedgerColumn("状态", "承办中、已核销、已撤项；不填的按有无办结日期", choices=STATES),
    LedgerColumn("办结日期", "核销或者撤项之日", kind="day", also=("核销日期",)),
)
_SEPARATORS = re.compile("[、，,；;\n]+")
_NAMES = {
    "source": "来源",
    "category": "类别",
    "subject": "事项",
    "requirements": "要求",
    "due_on": "期限",
    "on": "立项日期",
}


def read(content: bytes, today: date) -> Lines:
    """读取督查台账: every line as an item or a refusal. Raises Invalid if it isn't such a file at all."""
    return sort_out(_lines(content, today))


def _lines(content: bytes, today: date) -> Iterator[Line | Refusal]:
    for row in ledger_files.rows(content, COLUMNS):
        if isinstance(row, Refusal):
            yield row
            continue
        try:
            yield Line(row.line, _item(row, today))
        except Wrong as wrong:
            yield Refusal(row.line, str(wrong), wrong.column)
        except Refused as refused:
            yield Refusal(row.line, refused.message)


def _item(row: Row, today: date) -> PastItem:
    fields: dict[str, Any] = dict(row.fields)
    in_order(row.fields, ("立项日期", "办结日期"), EARLIEST_YEAR, today)
    if fields["期限"] < fields["立项日期"]:
        raise Wrong("期限", "早于立项日期")
    closed, state = fields.get("办结日期"), fields.get("状态")
    if state is None and closed is not None:
        state = "signed_off"
    if state in {"signed_off", "withdrawn"} and closed is None:
        raise Wrong("办结日期", "已核销、已撤项的应当填写办结日期")
    if state == "open" and closed is not None:
        raise Wrong("状态", "填写了办结日期，状态却为在办")
    if state == "signed_off" and not fields.get("牵头单位"):
        raise Wrong("牵头单位", "已核销的应当填写牵头单位")
    ended = state if state in {"signed_off", "withdrawn"} else None
    return PastItem(
        source=source_of(KIND, row.fields),
        received_on=fields["立项日期"],
        entry=_opened(fields),
        lead_unit=fields.get("牵头单位"),
        assisting_units=tuple(
            one.strip() for one in _SEPARATORS.split(fields.get("协办单位") or "") if one.strip()
        ),
        end=cast(Literal["signed_off", "withdrawn"] | None, ended),
        closed_on=closed,
    )


def _opened(fields: dict[str, Any]) -> Open:
    content = {
        "source": fields["来源"],
        "category": fields["类别"],
        "subject": fields["事项"],
        "requirements": fields.get("要求") or fields["事项"],
        "due_on": str(fields["期限"]),
        "public": fields.get("公开") == "true",
        "on": str(fields["立项日期"]),
    }
    made: Open = checked(Open, content, _NAMES)
    return made
