"""接访值班记录作为案件种类: what `Casework`, the alerts and the read models ask of a record."""

from collections.abc import Sequence

from domain.acts import Act
from domain.cases import MOVED_ON, UNKNOWN, Kind
from domain.directory.fold import Directory
from domain.errors import Stale, Unknown
from domain.reception.commands import COMMANDS
from domain.reception.events import Received
from domain.reception.fold import Reception, project
from domain.reception.reception import basis_of, decide
from domain.reception.situation import Situation, clocks_of, refusal, standing_of
from domain.rules import authority
from domain.rules.deadlines import Clock
from domain.rules.item_powers import CLERKS, HEADS


def _may_read(reception: Reception, directory: Directory, act: Act) -> bool:
    return authority.may_read(standing_of(reception, directory), act)


def _group(group: str, clock: Clock, reception: Reception, directory: Directory) -> Sequence[str]:
    match group:
        case "handler":
            named = clock.part or None
            return [reception.responsible] if named is None else [reception.responsible, named]
        case "unit":
            return [reception.responsible]
        case "unit_head":
            return directory.desk(reception.unit, HEADS)
        case "office":
            return directory.desk(reception.office, CLERKS | HEADS)
        case "instructing_leader":
            return []
        case _:
            return directory.with_post((group,))


def _may_be_told(officer: str, reception: Reception, directory: Directory) -> bool:
    """An alert tells that there is such a record: only who may read it in one of their posts is told."""
    found = directory.officers.get(officer)
    return found is not None and any(
        _may_read(
            reception,
            directory,
            Act(officer, post.unit, post.post, reception.recorded_at, name=found.name, own_unit=found.unit),
        )
        for post in found.posts
    )


def _wardens(reception: Reception, directory: Directory) -> Sequence[str]:
    """The petition office's head; if none may be told, whoever it passed through; else the auditors."""
    heads = directory.holders(reception.office, ("office_head",))
    for group in (heads, reception.people, directory.with_post(("auditor",))):
        told = [one for one in group if _may_be_told(one, reception, directory)]
        if told:
            return told
    return []


def _unknown() -> Unknown:
    return Unknown("reception.unknown", UNKNOWN)


def _stale(events: list[str], version: int) -> Stale:
    return Stale("reception.stale", MOVED_ON, events=events, version=version)


KIND = Kind(
    name="reception",
    label="接访值班记录",
    opening=Received,
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
    held_by=lambda reception: (reception.unit,),
    unknown=_unknown,
    stale=_stale,
)
