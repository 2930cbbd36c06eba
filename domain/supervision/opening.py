"""立项的决定: who opens a supervision item, and what must be written down when it is opened."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.acts import Act
from domain.cases import legal_date_of, set_date
from domain.directory.accused import accused_people, accused_units
from domain.directory.fold import Directory, Unit
from domain.errors import Invalid, NotNow, NotYours
from domain.petition.fold import Petition
from domain.rules import grounds
from domain.rules.authority import may_be_shown
from domain.supervision.commands import Open
from domain.supervision.fold import Item
from domain.supervision.stages import CLOSED

BASIS = "《机关单位督查督办工作制度》第十四条、第十五条"
OPENERS = frozenset({"inspector", "system"})
PREFIX = "DC"
EARLIEST = date(grounds.EARLIEST_YEAR, 1, 1)


def opened_on(command: Open, act: Act) -> date:
    """立项日: the date given or today. Raises Invalid for one in the future or before any limit is counted."""
    return legal_date_of(command.on, act, EARLIEST, "可以填写的最早日期")


def opening_unit(command: Open, act: Act, directory: Directory) -> str:
    """立项部门: the unit named, or the acting officer's; the item's number is of its register.

    Raises NotYours for whoever opens no items, and Invalid.
    """
    _must_open_items(act)
    unit = directory.resolve(command.opened_by_unit) if command.opened_by_unit is not None else act.unit
    if unit not in directory.units:
        raise Invalid("unit.unknown", "没有这个立项部门，请从单位目录中选择。")
    return unit


def register_of(unit: Unit) -> Unit:
    """督查登记簿: of a petition office a series of numbers of its own, beside that of its petitions."""
    if unit.kind != "petition_office":
        return unit
    return Unit(f"{PREFIX}:{unit.id}", unit.name, unit.kind, f"{PREFIX}-{unit.code or unit.id}")


def _must_open_items(act: Act) -> None:
    if act.role not in OPENERS:
        raise NotYours("item.not_yours", "督查事项由督查员立项。", "《机关单位督查督办工作制度》第十条")


def opened(
    command: Open, act: Act, directory: Directory, number: str, petition: Petition | None = None
) -> dict[str, Any]:
    """立项内容: the own fields of the Opened fact. `petition` is what the command names, if the officer may read it.

    An item made from an accusation is confidential, can't be public, and never goes to whom it accuses.
    """
    _must_open_items(act)
    on, unit = opened_on(command, act), opening_unit(command, act, directory)
    _check_limit(command, on)
    if command.form == "meeting" and not command.body:
        raise Invalid("item.body_missing", "会议议定事项应当写明作出决定的会议。", BASIS)
    if command.petition is not None and petition is None:
        raise Invalid("item.petition_unknown", "没有找到这件信访事项。")
    return {
        "number": number,
        "source": command.source,
        "category": grounds.source_category(command.category),
        "subject": command.subject,
        "requirements": command.requirements,
        "due_on": command.due_on,
        "public": command.public,
        "opened_by_unit": unit,
        "form": command.form,
        "limit_class": command.limit_class,
        "cadence": command.cadence,
        "leader_review": command.leader_review,
        "received_on": _received_on(command, on),
        "body": command.body,
        **(_of_petition(petition, command.public, unit, act, directory) if petition is not None else {}),
    }


def _check_limit(command: Open, on: date) -> None:
    if command.form != "document" and command.limit_class is not None:
        raise Invalid("item.limit_class_not_for_items", "只有公文填写期限类别 limit_class。", BASIS)
    if command.form == "document" and command.cadence is not None:
        raise Invalid("item.cadence_not_for_documents", "公文不设反馈周期。", BASIS)
    if command.due_on is not None:
        set_date(command.due_on, on, "完成期限", BASIS)
    elif command.form != "document":
        raise Invalid("item.no_limit", "立项时应当写明完成期限。", BASIS)
    elif command.limit_class is None:
        raise Invalid("item.no_limit", "公文没有写明完成期限的，应当注明期限类别。", BASIS)


def _received_on(command: Open, on: date) -> date | None:
    received = command.received_on or (on if command.form == "document" else None)
    if received is not None and received > on:
        raise Invalid("item.received_after_opening", f"收文日期{received}晚于立项日{on}，请核对。")
    if received is not None and received < EARLIEST:
        raise Invalid("date.too_early", f"收文日期{received}早于{EARLIEST.year}年，请核对。")
    return received


def must_be_first(earlier: Item | None) -> None:
    """一件一督: a petition has one open item at most. Raises NotNow("item.petition_has_item")."""
    if earlier is not None and earlier.stage not in CLOSED:
        raise NotNow(
            "item.petition_has_item",
            "这件信访事项已经立项督查，尚未核销、撤项，不得重复立项。",
            BASIS,
        )


def _of_petition(
    petition: Petition, public: bool, unit: str, act: Act, directory: Directory
) -> Mapping[str, Any]:
    """What an item takes over from the petition it is made from."""
    accusation = petition.category == "accusation"
    if accusation:
        must_not_be_public(public)
        units = accused_units(petition.against, directory, petition.registered_at)
        people = accused_people(petition.against, directory, petition.registered_at)
        if not may_be_shown(units, people, unit, act.name, act.by):
            raise NotNow(
                "item.accused_unit",
                "检举控告事项不得由被检举控告的单位立项督查。",
                "《信访工作条例》第三十条第三款",
            )
    return {
        "petition": petition.id,
        "petition_number": petition.number,
        "petition_office": petition.office,
        "confidential": accusation,
        "against": petition.against if accusation else (),
    }


def must_not_be_public(public: bool) -> None:
    """保密: an item made from an accusation is never public. Raises Invalid("item.confidential_not_public")."""
    if public:
        raise Invalid(
            "item.confidential_not_public",
            "由检举控告转来的督查事项应当保密，不得公开。",
            "《信访工作条例》第三十条第三款",
        )
