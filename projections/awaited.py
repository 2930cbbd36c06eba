"""待办: which acts a case waits for, and of whom – of a unit, a petition office, an officer, the leaders, the inspectors.

Whether an act is open is asked of each kind's own table, once for each of those who might do it; no rule is repeated.
`DUTIES` only tells which of the open acts somebody ought to do, and which one merely may do at any time. The rows are
candidates: whoever shows them asks again for the officer and the day.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from domain.acts import Act
from domain.cases import Kind
from domain.casework import Case, Recorded
from domain.directory.fold import Directory
from domain.facts import Fact
from domain.filing import stages as month_stages
from domain.kinds import ITEM, MONTH, PETITION, RECEPTION
from domain.petition import stages as petition_stages
from domain.reception import stages as reception_stages
from domain.rulebase.fold import Known
from domain.rules.authority import OFFICE_POSTS, UNIT_POSTS
from domain.rules.deadlines import Clock
from domain.supervision import stages as item_stages
from domain.supervision.stages import Stage as ItemStage
from projections.casebook import Casebook
from projections.view import NOT_OF_A_CASE, Connection, Table, as_json, touched
from projections.visibility import office_key, person_key

IGNORES: tuple[type[Fact], ...] = NOT_OF_A_CASE
"""Every fact of a case may change what it waits for."""

LEADERS, INSPECTORS = "leaders", "inspectors"
"""How `who` names those who share the work of a post."""

AT_ANY_TIME = datetime(9000, 1, 1, tzinfo=UTC)
"""Nothing that opens by itself with a day is missed; whether it is open today is asked again when it is shown."""


@dataclass(frozen=True, slots=True)
class Duty:
    """待办操作 — an act that somebody ought to do while it is open.

    With `clocks` it is called for only while one of them runs for the unit, with `before` only while that act is closed to the petition
    office for the reason of that code; either will do. `unless` tells from the situation that nothing is left to do. `posts` are those who
    ought to do it where others may.
    """

    clocks: tuple[str, ...] = ()
    before: tuple[str, str] | None = None
    unless: Callable[[Any], bool] = lambda _: False
    posts: frozenset[str] | None = None


_HANDLING = {
    "designate": Duty(unless=lambda s: s.petition.handler is not None),
    "report": Duty(clocks=("assigned-report", "assist")),
    "reply": Duty(),
    "serve": Duty(clocks=("notify",), before=("sign-off", "petition.opinion_not_served")),
}
_CADENCES = ("cadence", "cadence-month", "cadence-half-year", "special")


def _not_ones_own(situation: Any) -> bool:
    """不归本人: who answers for a reception is one officer; the heads may act but aren't called for."""
    return bool(situation.act.principal != situation.reception.responsible)


DUTIES: Mapping[str, Mapping[str, Duty]] = {
    PETITION.name: dict.fromkeys(("transfer", "assign", "forward", "accept", "decline"), Duty())
    | {"object": Duty(clocks=("object",)), "hand-back": Duty(), "keep-with-unit": Duty()}
    | _HANDLING
    | dict.fromkeys(("supplement", "grant-extension", "refuse-extension"), Duty())
    | {"close-hearing": Duty(posts=OFFICE_POSTS | UNIT_POSTS)}
    | dict.fromkeys(("conclude-review", "conclude-reexamination"), Duty(posts=OFFICE_POSTS))
    | dict.fromkeys(
        ("answer-supervision", "acknowledge-urgent", "pass-on-instruction", "sign-record"), Duty()
    )
    | dict.fromkeys(("approve-report", "consent-to-refusal", "file-refusal"), Duty())
    | {"sign-off": Duty(posts=OFFICE_POSTS), "confirm-hand-over": Duty()},
    ITEM.name: dict.fromkeys(("submit", "countersign", "issue", "allocate", "settle-objection"), Duty())
    | {
        "instruct": Duty(unless=lambda s: s.item.stage is ItemStage.HANDLING),
        "designate": Duty(unless=lambda s: s.share.handler is not None),
        "report": Duty(clocks=_CADENCES),
    }
    | dict.fromkeys(("sign-report", "submit-result", "vet-extension", "grant-extension"), Duty())
    | dict.fromkeys(("refuse-extension", "vet", "submit-to-leader", "sign-off", "report-to-body"), Duty()),
    MONTH.name: {"send": Duty()},
    RECEPTION.name: {
        "confirm-hand-over": Duty(),
        "settle": Duty(clocks=("settle", "promise", "shift"), unless=_not_ones_own),
        "hand-over": Duty(clocks=("shift",), unless=_not_ones_own),
    },
}
"""待办操作表: the acts of each kind's table that somebody ought to do, in the order in which they are offered."""


def called_for(
    kind: Kind, situation: Any, clocks: Sequence[Clock], among: Collection[str] | None = None
) -> list[str]:
    """应办操作: the acts that are open to the officer of the situation and that this officer ought to do now.

    `among` are the acts of the case's stage, where they are known already.
    """
    own = situation.act.unit
    running = frozenset(one.clock for one in clocks if one.state == "running" and one.unit == own)
    return [
        slug
        for slug, duty in DUTIES[kind.name].items()
        if (among is None or slug in among)
        and (duty.posts is None or situation.act.role in duty.posts)
        and kind.refusal(situation, slug) is None
        and not duty.unless(situation)
        and _is_wanted(duty, kind, situation, running)
    ]


def _is_wanted(duty: Duty, kind: Kind, situation: Any, running: frozenset[str]) -> bool:
    if not duty.clocks and duty.before is None:
        return True
    if running & set(duty.clocks):
        return True
    if duty.before is None:
        return False
    other, code = duty.before
    office = Act(by="", unit=situation.petition.office, role="office_clerk", at=situation.act.at)
    closed = kind.refusal(replace(situation, act=office), other)
    return closed is not None and closed.code == code


OPENINGS: Mapping[str, Mapping[str, Any]] = {
    PETITION.name: petition_stages.OPENINGS,
    ITEM.name: item_stages.OPENINGS,
    MONTH.name: month_stages.OPENINGS,
    RECEPTION.name: reception_stages.OPENINGS,
}
"""各类案件的环节表: in which stages an act is open to anybody; the others needn't be asked of each officer."""


class Awaited:
    """待办 — the view: the rows of a touched case are all written anew."""

    name = "awaited"
    tables: Mapping[str, Table] = {"awaited": Table(key=("case_id", "who"))}

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: what the touched cases wait for now."""
        ids = touched(batch)
        if not ids:
            return
        directory, known = casebook.directory(), casebook.rules()
        cases = [case for case in casebook.cases(ids).values() if case.kind.name in DUTIES]
        rows = [row for case in cases for row in _rows(case, casebook.clocks(case, known), directory, known)]
        connection.execute("DELETE FROM awaited WHERE case_id = ANY(%s)", (ids,))
        if rows:
            connection.execute(
                "INSERT INTO awaited SELECT * FROM json_populate_recordset(NULL::awaited, %s::json)",
                (as_json(rows),),
            )


def keys(act: Act, directory: Directory) -> tuple[str, ...]:
    """待办人标记: the names under which what waits for this officer, in the post acted in, is found."""
    found = [person_key(act.principal)]
    if act.role in UNIT_POSTS | OFFICE_POSTS:
        found += [act.unit, *sorted(directory.minded(act.unit))]
    if act.role in OFFICE_POSTS:
        found.append(office_key(act.unit))
    if act.role == "leader":
        found.append(LEADERS)
    if act.role == "inspector":
        found.append(INSPECTORS)
    return tuple(found)


def _rows(
    case: Case, clocks: Sequence[Clock], directory: Directory, known: Known
) -> Iterator[dict[str, object]]:
    kind, state, facts = case.kind, case.state, case.facts
    found: dict[str, set[str]] = {}
    among = {slug for slug, opening in OPENINGS[kind.name].items() if state.stage in opening.stages}
    for who, act in _doers(case, directory):
        situation = kind.situation(state, facts, act, directory, known)
        wanted = called_for(kind, situation, clocks, among)
        if wanted:
            found.setdefault(who, set()).update(wanted)
    for who, acts in found.items():
        yield {"case_id": state.id, "who": who, "acts": sorted(acts)}


def _doers(case: Case, directory: Directory) -> Iterator[tuple[str, Act]]:
    """Those who might have to do something with the case: one officer of each post that its kind knows."""

    def doer(unit: str, post: str, by: str = "") -> Act:
        return Act(by=by, unit=unit, role=post, at=AT_ANY_TIME)

    state = case.state
    if case.kind is RECEPTION:
        yield person_key(state.responsible), doer(state.unit, "unit_officer", state.responsible)
        if state.pending is not None:
            yield (
                person_key(state.pending.officer),
                doer(state.pending.unit, "unit_officer", state.pending.officer),
            )
        return
    for unit in dict.fromkeys(case.kind.held_by(state)):
        for post in ("unit_clerk", "unit_head", "office_clerk", "office_head"):
            if (post in OFFICE_POSTS) == directory.is_office(unit):
                yield unit, doer(unit, post)
    if case.kind is MONTH:
        return
    if case.kind is PETITION:
        for post in sorted(OFFICE_POSTS):
            yield office_key(state.office), doer(state.office, post)
        handlers = [(state.handler, state.holder), (state.named, "")]
    else:
        yield INSPECTORS, doer("", "inspector")
        handlers = [(share.handler, share.unit) for share in state.holding]
    for officer, unit in handlers:
        if officer is not None:
            yield person_key(officer), doer(unit, "unit_officer", officer)
    yield LEADERS, doer("", "leader")
    leaders = frozenset(directory.with_post(("leader",)))
    for officer in state.people:
        if officer in leaders:
            yield LEADERS, doer("", "leader", officer)
