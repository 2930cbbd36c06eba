"""督查事项作为案件种类: what `Casework`, the alerts and the read models ask of a supervision item."""

from collections.abc import Sequence

from domain.acts import Act
from domain.cases import MOVED_ON, UNKNOWN, Kind
from domain.directory.fold import Directory
from domain.errors import Stale, Unknown
from domain.rules import item_powers as powers
from domain.rules.deadlines import Clock
from domain.supervision.conditions import refusal
from domain.supervision.events import Opened
from domain.supervision.fold import Item, project
from domain.supervision.item import COMMANDS, basis_of, decide
from domain.supervision.situation import Situation, clocks_of, standing_of
from domain.supervision.stages import Stage

UNITS_OWN = frozenset({"unit", "lead_unit"})
"""Who answers for a clock that a handling unit has to keep; the others are the inspectors' business."""

NOTED = frozenset({"document", "meeting"})
"""Forms of item of which the leader who gave the note is reminded, too, two days before a limit."""


def _may_read(item: Item, directory: Directory, act: Act) -> bool:
    return powers.may_read(standing_of(item, directory), act)


def _group(group: str, clock: Clock, item: Item, directory: Directory) -> Sequence[str]:
    share = item.share(clock.unit) if clock.answerable in UNITS_OWN else None
    match group:
        case "handler":
            return [share.handler] if share is not None and share.handler is not None else []
        case "unit":
            if share is not None:
                return directory.desk(clock.unit, powers.CLERKS)
            return [*_inspectors(item, directory), *_awaited(clock, item, directory)]
        case "unit_head":
            return directory.desk(clock.unit, powers.HEADS) if share is not None else []
        case "office" | "inspector":
            return _inspectors(item, directory)
        case "leader":
            return item.leaders or item.signed_by or directory.with_post(("leader",))
        case "instructing_leader":
            return item.signed_by if item.form in NOTED else []
        case _:
            return []


def _awaited(clock: Clock, item: Item, directory: Directory) -> Sequence[str]:
    """待其办理: whoever has to answer before the inspector can – the leaders the matter lies with, or the unit's head."""
    share = item.share(clock.part) if clock.clock == "extension-answer" else None
    level = share.extension.level if share is not None and share.extension is not None else None
    if level == "officer":
        return directory.desk(clock.part, powers.HEADS)
    with_leader = clock.clock == "result-review" and item.stage is Stage.WITH_LEADER
    return item.leaders or directory.with_post(("leader",)) if with_leader or level == "inspector" else []


def _inspectors(item: Item, directory: Directory) -> Sequence[str]:
    """督查员: those of the unit that opened the item, or all if it has none."""
    return directory.holders(item.opened_by_unit, ("inspector",)) or directory.with_post(("inspector",))


def _may_be_told(officer: str, item: Item, directory: Directory) -> bool:
    """An alert tells that there is such an item: only who may read it in one of their posts is told."""
    standing = standing_of(item, directory)
    return officer not in standing.accused_people and any(
        powers.reads_as(standing, officer, post.unit, post.post) for post in directory.posts(officer)
    )


def _wardens(item: Item, directory: Directory) -> Sequence[str]:
    """The leaders and inspectors who may be told; if none may, the auditors."""
    for posts in (("leader", "inspector"), ("auditor",)):
        told = [o for o in directory.with_post(posts) if _may_be_told(o, item, directory)]
        if told:
            return told
    return []


def _unknown() -> Unknown:
    return Unknown("item.unknown", UNKNOWN)


def _stale(events: list[str], version: int) -> Stale:
    return Stale("item.stale", MOVED_ON, events=events, version=version)


KIND = Kind(
    name="item",
    label="督查事项",
    opening=Opened,
    commands=COMMANDS,
    project=lambda facts: project(None, facts),
    clocks=clocks_of,
    may_read=_may_read,
    situation=Situation,
    refusal=refusal,
    decide=decide,
    basis_of=basis_of,
    group=_group,
    may_be_told=_may_be_told,
    wardens=_wardens,
    held_by=lambda item: tuple(share.unit for share in item.holding),
    unknown=_unknown,
    stale=_stale,
)
