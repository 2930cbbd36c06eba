"""信访事项作为案件种类: what `Casework`, the alerts and the read models ask of a petition."""

from collections.abc import Sequence

from domain.acts import Act
from domain.cases import MOVED_ON, UNKNOWN, Kind
from domain.directory.fold import Directory
from domain.errors import Stale, Unknown
from domain.petition.conditions import refusal
from domain.petition.events import Registered
from domain.petition.fold import Petition, project
from domain.petition.petition import COMMANDS, decide
from domain.petition.registration import basis_of
from domain.petition.situation import Situation, clocks_of, standing_of
from domain.rules import authority
from domain.rules.deadlines import Clock
from domain.rules.item_powers import CLERKS, HEADS


def _may_read(petition: Petition, directory: Directory, act: Act) -> bool:
    return authority.may_read(standing_of(petition, directory), act)


def _group(group: str, clock: Clock, petition: Petition, directory: Directory) -> Sequence[str]:
    answers = "unit" if clock.answerable == "unit" else "office"
    unit = clock.unit if answers == "unit" else petition.office
    match group:
        case "handler" if clock.clock == "hand-over":
            return [petition.contact, clock.part]
        case "handler":
            own = not clock.part
            return [petition.handler] if petition.handler and own else []
        case "unit":
            return directory.desk(unit, CLERKS)
        case "unit_head":
            return directory.desk(unit, HEADS)
        case "office":
            return directory.desk(petition.office, CLERKS | HEADS)
        case "instructing_leader":
            return petition.instructed_by if clock.rulebook == "documents" else []
        case _:
            return directory.with_post((group,))


def _may_be_told(officer: str, petition: Petition, directory: Directory) -> bool:
    """An alert tells that there is such a case: only who may read the case in one of their posts is told."""
    posts, standing = directory.posts(officer), standing_of(petition, directory)
    if not posts or officer in standing.accused_people:
        return False
    if not standing.confidential:
        return True
    passed = {standing.office, *standing.units}
    return officer in standing.people or any(
        post.unit in passed or post.post in authority.READ_ACCUSATIONS_POSTS for post in posts
    )


def _wardens(petition: Petition, directory: Directory) -> Sequence[str]:
    """The petition office's head; if the office itself stands accused, whoever the case passed through, the auditors."""
    heads = directory.holders(petition.office, ("office_head",))
    others = [*petition.people, *directory.with_post(("leader", "inspector", "office_head", "auditor"))]
    for group in (heads, others):
        told = [officer for officer in group if _may_be_told(officer, petition, directory)]
        if told:
            return told
    return []


def _unknown() -> Unknown:
    return Unknown("petition.unknown", UNKNOWN)


def _stale(events: list[str], version: int) -> Stale:
    return Stale("petition.stale", MOVED_ON, events=events, version=version)


KIND = Kind(
    name="petition",
    label="信访事项",
    opening=Registered,
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
    held_by=lambda petition: (petition.holder, *petition.assisting_units),
    unknown=_unknown,
    stale=_stale,
)
