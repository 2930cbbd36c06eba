"""接访登记的决定: who may log a reception, on which register, and what must be written down then."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.acts import Act
from domain.cases import legal_date_of, set_date
from domain.directory.accused import accused_people, accused_units
from domain.directory.fold import Directory, Unit
from domain.directory.people import Officer
from domain.errors import Invalid, NotNow, NotYours
from domain.petition.events import Against, Person, Personal
from domain.petition.fold import Petition
from domain.reception.commands import Receive
from domain.reception.situation import FIRST_CONTACT, SECRECY, VISITS
from domain.rota.book import Shift
from domain.rules import authority, grounds

RECEIVERS = authority.OFFICE_POSTS | authority.UNIT_POSTS | {"unit_officer", "leader", "inspector"}
"""Whoever a person may meet first; none of them may turn the person away."""
EARLIEST = date(grounds.EARLIEST_YEAR, 1, 1)
PREFIX = "JF"


def received_on(command: Receive, act: Act) -> date:
    """接访日: the date given or today. Raises Invalid for one in the future or before any limit is counted."""
    return legal_date_of(command.on, act, EARLIEST, "可以填写的最早日期")


def office_of(act: Act, directory: Directory) -> Unit:
    """登记机构: the petition office in whose book the record stands. Raises NotYours and NotNow."""
    if act.role not in RECEIVERS and act.role != "system":
        raise NotYours("reception.not_yours", "接访由领导和机关工作人员登记。", FIRST_CONTACT)
    own = directory.units.get(act.unit)
    if own is not None and own.kind == "petition_office":
        return own
    office = next((u for u in directory.units.values() if u.kind == "petition_office"), None)
    if office is None:
        raise NotNow("office.missing", "尚未设立信访工作机构，请管理员先建立单位目录。")
    return office


def register_of(office: Unit) -> Unit:
    """接访登记簿: a series of numbers of its own, beside that of the office's petitions."""
    return Unit(f"{PREFIX}:{office.id}", office.name, office.kind, f"{PREFIX}-{office.code or office.id}")


def received(
    command: Receive,
    act: Act,
    directory: Directory,
    number: str,
    petition: Petition | None = None,
    shift: Shift | None = None,
) -> dict[str, Any]:
    """登记内容: the own fields of the Received fact. `petition` is what the command names, if the officer may read it.

    Raises Invalid, NotYours and NotNow.
    """
    on, office = received_on(command, act), office_of(act, directory)
    receiver = _receiver(command.received_by or act.principal, act, directory)
    _check_result(command, on, petition)
    if shift is not None and (shift.closed_on is not None or not shift.covers(on)):
        raise NotNow("reception.shift_over", "该班次已经交班，或者不在当班日期内，请选择当班班次。")
    unit = act.unit if receiver.id == act.principal else receiver.unit
    against = tuple(Against(a.unit, a.person) for a in command.against)
    _must_not_be_accused(against, receiver, {office.id, unit, act.unit}, act, directory)
    keys = tuple(f"v{i}" for i in range(1, len(command.visitors) + 1))
    people = (Person(key, v.name, phone=v.phone) for key, v in zip(keys, command.visitors, strict=True))
    return {
        "number": number,
        "office": office.id,
        "form": command.form,
        "content": command.content,
        "result": command.result,
        "received_by": receiver.id,
        "in_unit": unit,
        "headcount": max(1, len(keys), command.headcount or 0),
        "visitors": keys,
        "place": command.place,
        "text": command.text,
        "promised_on": command.promised_on,
        "petition": petition.id if petition is not None else None,
        "petition_number": petition.number if petition is not None else None,
        "shift": shift.id if shift is not None else None,
        "shift_ends_on": shift.ends_on if shift is not None else None,
        "against": against,
        "personal": Personal(tuple(people)),
    }


def _receiver(id: str, act: Act, directory: Directory) -> Officer:
    found = directory.officers.get(id)
    if found is None or not found.serving or not any(post.post in RECEIVERS for post in found.posts):
        raise Invalid("reception.officer_unknown", "接待人应为在册在任的领导或者工作人员，请从名单中选择。")
    return found


def _check_result(command: Receive, on: date, petition: Petition | None) -> None:
    match command.result:
        case "promised" if command.promised_on is None:
            raise Invalid("reception.no_date", "限期答复的，应当写明答复日期。", VISITS)
        case "settled" | "explained" if command.text is None:
            raise Invalid("reception.no_text", "当场办结或者说明解释的，应当写明办理、答复的内容。", VISITS)
        case "registered" if petition is None:
            raise Invalid("reception.petition_unknown", "没有找到这件信访事项，请核对编号。")
    if command.promised_on is not None:
        if command.result != "promised":
            raise Invalid("reception.date_without_promise", "只有限期答复的填写答复日期。", VISITS)
        set_date(command.promised_on, on, "答复日期", VISITS)
    if command.petition is not None and command.result != "registered":
        raise Invalid("reception.petition_without_result", "已转信访登记的，处理结果应当选择“转信访登记”。")


def _must_not_be_accused(
    against: Sequence[Against], receiver: Officer, units: set[str], act: Act, directory: Directory
) -> None:
    """回避: an accusation of the office or of who received it is no record of theirs. Raises NotNow."""
    accused = accused_units(against, directory, act.at)
    people = accused_people(against, directory, act.at)
    clear = (
        authority.may_be_shown(accused, people, unit, officer.name, officer.id)
        for unit in units
        for officer in {receiver.id: receiver, act.by: directory.officers.get(act.by, receiver)}.values()
    )
    if against and not all(clear):
        raise NotNow(
            "reception.accused",
            "检举控告的对象是接待单位或者接待人的，不在接访登记中记录，请转由领导或者其他单位接待，或者直接登记为信访事项。",
            SECRECY,
        )
