"""接待日安排和值班日志的决定: command × book → new facts, or a refusal. Nothing here changes state."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.acts import Act, envelope
from domain.directory.fold import Directory
from domain.errors import Invalid, NotNow, NotYours, Unknown
from domain.facts import Fact
from domain.reception.fold import Reception
from domain.reception.stages import Stage
from domain.rota import commands, events
from domain.rota.book import Book, Day, Shift, stream_of
from domain.rota.events import Entry
from domain.rules.authority import OFFICE_POSTS

ROTA = "《接访下访制度》第一项第一目"
DUTY = "《机关值班工作制度》第三条第一项"
MANNING = "《机关值班工作制度》第一条"
READERS = OFFICE_POSTS | {"leader", "inspector", "auditor"}
"""Posts that read the whole duty log; whoever is on duty reads the own shifts."""
MOST_ENTRIES = 200
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True)
class Desk:
    """处境 — the office whose book it is, the book so far, the act, the directory, and the matters of a shift."""

    office: str
    year: int
    book: Book
    act: Act
    directory: Directory
    matters: Sequence[Reception] = ()

    def envelope(self, basis: str) -> dict[str, Any]:
        """信封: of the book's next fact."""
        return envelope(stream_of(self.office, self.year), self.book.version + 1, self.act, basis)


def may_manage(office: str, act: Act) -> bool:
    """可以安排: the petition office whose book it is."""
    return act.role in OFFICE_POSTS and act.unit == office


def may_read(shift: Shift, act: Act) -> bool:
    """可以查阅值班日志: the office, leaders, inspectors and auditors; else whoever is on duty, of the own shifts."""
    whole = act.role in READERS and (act.role not in OFFICE_POSTS or act.unit == shift.office)
    return whole or is_on_duty(shift, act)


def is_on_duty(shift: Shift, act: Act) -> bool:
    """当班: one of the officers on duty, or the leader."""
    return act.principal in {*shift.officers, shift.leader}


def year_of(command: Any, today: date) -> int:
    """所属年度: in whose book the command writes something new."""
    if isinstance(command, commands.PublishRota) and command.entries:
        return command.entries[0].on.year
    return command.on.year if isinstance(command, commands.OpenShift) else today.year


def publish(command: commands.PublishRota, desk: Desk) -> Fact:
    """公布: raises NotYours for other offices and posts, Invalid."""
    _must_manage(desk)
    if not command.entries or len(command.entries) > MOST_ENTRIES:
        raise Invalid("rota.no_entries", f"请填写接待安排，一次不超过{MOST_ENTRIES}条。", ROTA)
    if any(one.on.year != desk.year for one in command.entries):
        raise Invalid("rota.two_years", "一次公布的接待安排应当在同一年度内。")
    made = tuple(_entry(_id(desk, at), vars_of(one), desk) for at, one in enumerate(command.entries, start=1))
    standing = [day.entry for day in desk.book.days.values() if not day.cancelled]
    for at, one in enumerate(made):
        _must_be_free(one, [*standing, *made[:at]])
    return events.RotaPublished(**desk.envelope(ROTA), office=desk.office, entries=made)


def amend(command: commands.AmendRota, day: Day, desk: Desk) -> Fact:
    """调整: raises NotYours, NotNow once cancelled or over, Invalid."""
    _must_manage(desk)
    if day.cancelled:
        raise NotNow("rota.cancelled", "这次接待已经取消。", ROTA)
    if day.entry.on < desk.act.today:
        raise NotNow("rota.over", "这次接待的日期已过，不得再调整。", ROTA)
    given = {name: value for name, value in vars_of(command).items() if value is not None}
    if "officer" in given and "name" not in given:
        given["name"] = None
    kept = {name: getattr(day.entry, name) for name in Entry.__struct_fields__ if name != "id"}
    entry = _entry(day.id, kept | {name: given[name] for name in kept if name in given}, desk)
    if entry.on.year != desk.year:
        raise Invalid("rota.two_years", "改到其他年度的，请取消后另行公布。")
    if not command.cancelled:
        if entry == day.entry:
            raise Invalid("rota.unchanged", "接待安排没有变化。")
        others = [one.entry for one in desk.book.days.values() if one.id != day.id and not one.cancelled]
        _must_be_free(entry, others)
    entry = day.entry if command.cancelled else entry
    return events.RotaAmended(
        **desk.envelope(ROTA),
        office=desk.office,
        entry=entry,
        reason=command.reason,
        cancelled=command.cancelled,
    )


def open_shift(command: commands.OpenShift, desk: Desk) -> Fact:
    """安排值班: raises NotYours, Invalid."""
    _must_manage(desk)
    officers = tuple(dict.fromkeys(command.officers))
    if not officers or not all(desk.directory.is_serving(one) for one in officers):
        raise Invalid("shift.officer_unknown", "值班人员应为在册在任人员，至少一人。", MANNING)
    if command.leader is not None and command.leader not in desk.directory.with_post(("leader",)):
        raise Invalid("shift.leader_unknown", "带班领导应为在册领导。", MANNING)
    _must_be_time(command.from_time)
    _must_be_time(command.to_time)
    return events.ShiftOpened(
        **desk.envelope(MANNING),
        office=desk.office,
        shift=_id(desk),
        day=command.on,
        from_time=command.from_time,
        to_time=command.to_time,
        officers=officers,
        leader=command.leader,
        place=command.place,
    )


def note(command: commands.NoteShift, shift: Shift, desk: Desk) -> Fact:
    """值班记事: by whoever is on duty, or the office. Raises NotYours, NotNow once closed."""
    _must_be_on_duty(shift, desk)
    _must_be_open(shift)
    return events.ShiftNoted(**desk.envelope(DUTY), shift=shift.id, text=command.text)


def close(command: commands.CloseShift, shift: Shift, desk: Desk) -> Fact:
    """交班: raises NotYours, NotNow while a matter is unsettled that nobody has taken over."""
    _must_be_on_duty(shift, desk)
    _must_be_open(shift)
    if desk.act.today < shift.day:
        raise NotNow("shift.not_begun", "该班次尚未开始。", DUTY)
    left = [one.number for one in desk.matters if is_left(one)]
    if left:
        raise NotNow(
            "shift.unsettled",
            f"尚有{len(left)}件未办结事项没有接收人确认，不能交班：{'、'.join(left[:5])}。请先交接给接班人员或者有关科室人员。",
            DUTY,
            matters=left,
        )
    return events.ShiftClosed(**desk.envelope(DUTY), shift=shift.id, text=command.text)


def is_left(matter: Reception) -> bool:
    """未交接: unsettled or with a hand-over that waits, and nobody has confirmed; a promised date is settled enough."""
    waits = matter.pending is not None
    return waits or (matter.stage is Stage.UNSETTLED and matter.confirmed == 0)


def day_of(id: str, book: Book) -> Day:
    """接待安排: of the book. Raises Unknown("rota.unknown")."""
    if id not in book.days:
        raise Unknown("rota.unknown", "没有这条接待安排。")
    return book.days[id]


def shift_of(id: str, book: Book, act: Act) -> Shift:
    """班次: of the book, if the officer may read it. Raises Unknown("shift.unknown")."""
    found = book.shifts.get(id)
    if found is None or not may_read(found, act):
        raise Unknown("shift.unknown", "没有这个班次。")
    return found


def vars_of(command: Any) -> dict[str, Any]:
    """各栏: the fields of a command by name."""
    return {name: getattr(command, name) for name in command.__dataclass_fields__}


def _id(desk: Desk, place: int | None = None) -> str:
    own = f"{desk.office}.{desk.year}.{desk.book.version + 1}"
    return own if place is None else f"{own}.{place}"


def _entry(id: str, given: Mapping[str, Any], desk: Desk) -> Entry:
    officer = desk.directory.officers.get(given["officer"] or "")
    if given["officer"] is not None and (officer is None or not officer.serving):
        raise Invalid("rota.officer_unknown", "接待人员应为在册在任人员。", ROTA)
    name = given["name"] or (officer.name if officer is not None else None)
    if name is None:
        raise Invalid("rota.nobody", "请填写接待人员。", ROTA)
    _must_be_time(given["from_time"])
    _must_be_time(given["to_time"])
    if given["to_time"] <= given["from_time"]:
        raise Invalid("rota.reversed", "接待结束时间应当晚于开始时间。")
    fields = ("on", "from_time", "to_time", "place", "post", "officer")
    return Entry(id=id, name=name, **{field: given[field] for field in fields})


def _must_be_free(entry: Entry, others: Sequence[Entry]) -> None:
    """不重复: nobody receives at two places at once. Raises Invalid("rota.overlaps")."""
    met = [
        one
        for one in others
        if (one.on, one.name) == (entry.on, entry.name)
        and one.from_time < entry.to_time
        and entry.from_time < one.to_time
    ]
    if met:
        raise Invalid("rota.overlaps", f"{entry.name}在{entry.on}同一时段已有接待安排。", ROTA)


def _must_be_time(text: str) -> None:
    if not _TIME.fullmatch(text):
        raise Invalid("rota.bad_time", "时间应写作 08:30 的形式。")


def _must_manage(desk: Desk) -> None:
    if not may_manage(desk.office, desk.act):
        raise NotYours("rota.not_yours", "接待日安排和值班安排由信访工作机构办理。", ROTA)


def _must_be_on_duty(shift: Shift, desk: Desk) -> None:
    if not (is_on_duty(shift, desk.act) or may_manage(desk.office, desk.act)):
        raise NotYours("shift.not_yours", "值班日志由当班人员、带班领导或者信访工作机构填写。", DUTY)


def _must_be_open(shift: Shift) -> None:
    if shift.closed_on is not None:
        raise NotNow("shift.closed", "该班次已经交班。", DUTY)
