"""台账各列: what the ledgers show of a case, under the names offices know, in lists on pages and in sheets alike."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from api import case_stages
from api.console import forms
from api.item_shapes import category_label
from api.sheets import Column
from domain.directory.fold import Directory
from projections.view import Row

Value = Callable[[Row, Directory], Any]


class Shown(NamedTuple):
    """列 — how it is called and written, and how its value is found in a row."""

    column: Column
    value: Value


Columns = Mapping[str, Shown]


def officer(directory: Directory, id: str | None) -> str | None:
    """姓名: of an officer, the id of one who is unknown."""
    if id is None:
        return None
    return directory.officers[id].name if id in directory.officers else id


def _as_is(name: str) -> Value:
    return lambda row, _: row[name]


def _choice(name: str, field: str | None = None) -> Value:
    return lambda row, _: None if row[name] is None else forms.choice(field or name, row[name])


def _unit(name: str) -> Value:
    return lambda row, directory: None if row[name] is None else directory.unit_name(row[name])


def _officer(name: str) -> Value:
    return lambda row, directory: officer(directory, row[name])


def _stage(kind: str) -> Value:
    return lambda row, _: case_stages.label(kind, row["stage"])


def _yes(name: str) -> Value:
    return lambda row, _: "是" if row[name] else None


def _listed(name: str) -> Value:
    return lambda row, _: "、".join(row[name])


def _petitioners(row: Row, _: Directory) -> str:
    """Names as everybody may see them; of a crowd the first few and how many there are."""
    names = "、".join(row["petitioner_names"]) or "匿名"
    return f"{names}等{row['headcount']}人" if row["headcount"] > len(row["petitioner_names"]) > 0 else names


def _left(row: Row, _: Directory) -> int | None:
    days: int | None = row["days_left"]
    return days


def _handling(row: Row, directory: Directory) -> str:
    return "、".join(directory.unit_name(unit) for unit in row["handling_units"])


def _kind(row: Row, _: Directory) -> str:
    kind: str = row["case_kind"]
    return {"petition": "信访事项", "item": "督查事项", "month": "否定报备"}.get(kind, kind)


def _case_stage(row: Row, _: Directory) -> str:
    return case_stages.label(row["case_kind"], row["stage"])


def _case_light(row: Row, _: Directory) -> str:
    """Of what is closed that it is, and whether in time; its light tells only that nothing runs."""
    if row["light"] != "grey" or row.get("state") != "closed":
        return str(row["light"])
    ended = row.get("replied_on") or row.get("closed_on")
    due_on = row.get("finish_due_on") or row.get("due_on")
    return "closed_late" if ended is not None and due_on is not None and ended > due_on else "closed"


def _clock_light(row: Row, _: Directory) -> str:
    light: str = row["light"]
    return {"met": "closed", "met_late": "closed_late"}.get(row["status"], light)


def _alert_light(row: Row, _: Directory) -> str | None:
    """None of a clock that has ended: the alert was raised all the same."""
    return None if row["light"] == "grey" else str(row["light"])


def _status(row: Row, _: Directory) -> str:
    return STATUSES[row["status"]]


STATUSES = {
    "running": "进行中",
    "overdue": "已逾期",
    "suspended": "中止计算",
    "cancelled": "不再计算",
    "met": "按期完成",
    "met_late": "逾期完成",
}
"""期限状态用语."""

_CASE_LIGHT = Shown(Column("状态灯", "light", 9), _case_light)
_CLOCK_LIGHT = Shown(Column("状态灯", "light", 9), _clock_light)
_ALERT_LIGHT = Shown(Column("状态灯", "light", 9), _alert_light)
_LEFT = Shown(Column("剩余天数", "number", 9), _left)
_NUMBER = Shown(Column("编号", width=18), _as_is("number"))

PETITIONS: Columns = {
    "number": _NUMBER,
    "channel": Shown(Column("信访形式", width=10), _choice("channel")),
    "category": Shown(Column("类别", width=10), _choice("category")),
    "petitioners": Shown(Column("信访人（遮盖）", width=16), _petitioners),
    "headcount": Shown(Column("人数", "number", 7), _as_is("headcount")),
    "subject": Shown(Column("内容摘要", width=44), _as_is("subject")),
    "topic": Shown(Column("内容分类", width=14), _as_is("topic")),
    "against": Shown(Column("被反映对象", width=18), _listed("against_names")),
    "received_on": Shown(Column("收到日期", "date", 11), _as_is("received_on")),
    "registered_at": Shown(Column("登记时间", "instant", 16), _as_is("registered_at")),
    "accepted_on": Shown(Column("受理日期", "date", 11), _as_is("accepted_on")),
    "unit": Shown(Column("责任单位", width=18), _unit("unit")),
    "handler": Shown(Column("承办人", width=10), _officer("handler")),
    "first_contact": Shown(Column("首接责任人", width=11), _officer("first_contact")),
    "finish_due_on": Shown(Column("应办结日期", "date", 11), _as_is("finish_due_on")),
    "next_due_on": Shown(Column("最近期限", "date", 11), _as_is("next_due_on")),
    "days_left": _LEFT,
    "replied_on": Shown(Column("答复日期", "date", 11), _as_is("replied_on")),
    "closed_on": Shown(Column("办结日期", "date", 11), _as_is("closed_on")),
    "stage": Shown(Column("环节", width=12), _stage("petition")),
    "repeat": Shown(Column("重复信访", width=9), _yes("repeat")),
    "urgent": Shown(Column("紧急", width=7), _yes("urgent")),
    "office": Shown(Column("登记机构", width=18), _unit("office")),
    "light": _CASE_LIGHT,
}
ITEMS: Columns = {
    "number": _NUMBER,
    "form": Shown(Column("事项形式", width=10), _choice("form")),
    "source": Shown(Column("来源", width=22), _as_is("source")),
    "category": Shown(Column("来源类别", width=14), lambda row, _: category_label(row["category"])),
    "subject": Shown(Column("督查事项", width=44), _as_is("subject")),
    "opened_on": Shown(Column("立项日期", "date", 11), _as_is("opened_on")),
    "issued_on": Shown(Column("下达日期", "date", 11), _as_is("issued_on")),
    "opened_by_unit": Shown(Column("立项部门", width=18), _unit("opened_by_unit")),
    "unit": Shown(Column("牵头单位", width=18), _unit("unit")),
    "handling_units": Shown(Column("承办单位", width=26), _handling),
    "handler": Shown(Column("承办人", width=10), _officer("handler")),
    "due_on": Shown(Column("办结期限", "date", 11), _as_is("due_on")),
    "next_due_on": Shown(Column("最近期限", "date", 11), _as_is("next_due_on")),
    "days_left": _LEFT,
    "closed_on": Shown(Column("办结日期", "date", 11), _as_is("closed_on")),
    "stage": Shown(Column("环节", width=14), _stage("item")),
    "public": Shown(Column("公开", width=7), _yes("public")),
    "light": _CASE_LIGHT,
}
DEADLINES: Columns = {
    "number": Shown(Column("事项编号", width=18), _as_is("number")),
    "kind": Shown(Column("事项种类", width=10), _kind),
    "subject": Shown(Column("内容摘要", width=44), _as_is("subject")),
    "clock": Shown(Column("期限", width=20), _as_is("label")),
    "unit": Shown(Column("责任单位", width=18), _unit("unit")),
    "handler": Shown(Column("承办人", width=10), _officer("handler")),
    "started_on": Shown(Column("起算日期", "date", 11), _as_is("started_on")),
    "nominal_due_on": Shown(Column("原定到期日", "date", 11), _as_is("nominal_due_on")),
    "due_on": Shown(Column("到期日", "date", 11), _as_is("due_on")),
    "days_left": _LEFT,
    "stopped_on": Shown(Column("完成日期", "date", 11), _as_is("stopped_on")),
    "status": Shown(Column("期限状态", width=10), _status),
    "stage": Shown(Column("环节", width=12), _case_stage),
    "provisional": Shown(Column("暂定", width=7), _yes("provisional")),
    "basis": Shown(Column("依据", width=30), _as_is("basis")),
    "light": _CLOCK_LIGHT,
}
ALERTS: Columns = {
    "raised_at": Shown(Column("预警时间", "instant", 16), _as_is("raised_at")),
    "number": Shown(Column("事项编号", width=18), _as_is("number")),
    "kind": Shown(Column("事项种类", width=10), _kind),
    "clock": Shown(Column("期限", width=20), _as_is("clock_label")),
    "step": Shown(Column("预警级别", width=16), _as_is("step_label")),
    "due_on": Shown(Column("到期日", "date", 11), _as_is("due_on")),
    "unit": Shown(Column("责任单位", width=18), _unit("unit")),
    "recipients": Shown(
        Column("发给", width=24),
        lambda row, directory: "、".join(str(officer(directory, one)) for one in row["recipients"]),
    ),
    "acknowledged_by": Shown(Column("签收人", width=10), _officer("acknowledged_by")),
    "acknowledged_at": Shown(Column("签收时间", "instant", 16), _as_is("acknowledged_at")),
    "remark": Shown(Column("签收意见", width=30), _as_is("remark")),
    "light": _ALERT_LIGHT,
}
MONTHS: Columns = {
    "number": _NUMBER,
    "subject": Shown(Column("清单", width=30), _as_is("subject")),
    "office": Shown(Column("登记机构", width=18), _unit("office")),
    "opened_on": Shown(Column("建立时间", "instant", 16), _as_is("registered_at")),
    "stage": Shown(Column("环节", width=12), _stage("month")),
    "next_due_on": Shown(Column("报备期限", "date", 11), _as_is("next_due_on")),
    "days_left": _LEFT,
    "closed_on": Shown(Column("报送日期", "date", 11), _as_is("closed_on")),
    "light": _CASE_LIGHT,
}
