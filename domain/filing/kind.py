"""月清单作为案件种类: what `Casework`, the alerts and the read models ask of a month's list."""

from collections.abc import Sequence

from domain.cases import MOVED_ON, UNKNOWN, Kind
from domain.directory.fold import Directory
from domain.errors import Stale, Unknown
from domain.filing.commands import COMMANDS
from domain.filing.events import MonthListOpened
from domain.filing.fold import MonthList, project
from domain.filing.month import basis_of, decide
from domain.filing.situation import READERS, Situation, clocks_of, may_read, refusal
from domain.rules.authority import OFFICE_POSTS
from domain.rules.deadlines import Clock


def _group(group: str, clock: Clock, month: MonthList, directory: Directory) -> Sequence[str]:
    match group:
        case "unit" | "office":
            return directory.desk(month.office, ("office_clerk",))
        case "unit_head":
            return directory.desk(month.office, ("office_head",))
        case "leader":
            return directory.with_post(("leader",))
        case _:
            return []


def _may_be_told(officer: str, month: MonthList, directory: Directory) -> bool:
    own = directory.holders(month.office, OFFICE_POSTS)
    return officer in own or any(post.post in READERS for post in directory.posts(officer))


def _wardens(month: MonthList, directory: Directory) -> Sequence[str]:
    heads = directory.holders(month.office, ("office_head",))
    return heads or directory.with_post(("auditor",))


def _unknown() -> Unknown:
    return Unknown("month.unknown", UNKNOWN)


def _stale(events: list[str], version: int) -> Stale:
    return Stale("month.stale", MOVED_ON, events=events, version=version)


KIND = Kind(
    name="month",
    label="否定事项月清单",
    opening=MonthListOpened,
    commands=COMMANDS,
    project=lambda facts: project(None, facts),
    clocks=clocks_of,
    may_read=may_read,
    situation=Situation,
    refusal=refusal,
    decide=decide,
    basis_of=basis_of,
    group=_group,
    may_be_told=_may_be_told,
    wardens=_wardens,
    held_by=lambda month: (month.office,),
    unknown=_unknown,
    stale=_stale,
)
