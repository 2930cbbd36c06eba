"""案件页: one case of any kind – facts, clocks, course, what can be done now – today or as of another time.

Petitioners stay masked until somebody who may know asks for them; that reading is recorded. The pieces are made in
`case_facts`, `case_clocks`, `case_timeline` and `case_acts`; this module puts them on the page.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Path, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import attachments, masking, petitions, reading_reasons, reception, reception_shapes
from api.case_reading import Seen
from api.case_shapes import state as state_of
from api.console import (
    case_acts,
    case_alerts,
    case_clocks,
    case_custody,
    case_facts,
    case_moves,
    case_opening,
    case_timeline,
    readings,
    rendering,
)
from api.console.case_places import PLACES, PageAt, PageKnownAt, Place
from api.console.case_timeline import Told
from api.console.case_words import Words
from api.console.forms import form_data
from api.console.visitors import Paged, Visiting, Visitor, then
from domain.attachments import Attachment
from domain.casework import Case
from domain.directory.fold import Directory
from domain.errors import Refused
from domain.kinds import ITEM, MONTH, PETITION, RECEPTION
from domain.petition.situation import standing_of as petition_standing
from domain.reception.situation import standing_of as reception_standing
from domain.rules.authority import Standing, may_see_personal_data

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)

Given = Annotated[FormData, Depends(form_data)]
Order = Literal["newest", "oldest"]
Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
CLOSED_NAMES = "身份信息只对正在办理该事项的单位和人员开放（《信访工作条例》第三十条第三款）。"
CALLED = {PETITION.name: "信访人", RECEPTION.name: "来访人"}
"""What those who bring a case of each kind are called."""
EMPTY: dict[str, Any] = dict.fromkeys(("name", "phone", "id_number", "address", "representative"))
_STANDINGS: dict[str, Callable[[Any, Directory], Standing]] = {
    PETITION.name: petition_standing,
    RECEPTION.name: reception_standing,
}


def _add_pages(place: Place) -> None:
    here = f"/{place.folder}/{{id:uuid}}"

    @router.get(here, name=f"{place.folder}-page")
    def case_page(
        visitor: Visiting,
        id: UUID,
        at: PageAt = None,
        known_at: PageKnownAt = None,
        order: Order = "newest",
    ) -> HTMLResponse:
        """案件页."""
        seen = place.look(visitor, id, at, known_at)
        asked = {"at": at, "known_at": known_at, "order": "oldest" if order == "newest" else "newest"}
        return visitor.page(
            "case.html",
            **_shown(visitor, place, seen, order),
            asked_at=at,
            asked_known_at=known_at,
            other_order=urlencode({name: str(one) for name, one in asked.items() if one is not None}),
        )

    @router.get(f"{here}/attachments/{{sha256}}", name=f"{place.folder}-attachment")
    def attachment(visitor: Visiting, id: UUID, sha256: Hash) -> Response:
        """附件: to be kept as a file, never opened within the page."""
        return attachments.handed_out(visitor.services, visitor.act, place.kind, id, sha256)

    if place.kind is MONTH:
        return

    @router.post(f"{here}/reason", name=f"{place.folder}-reason")
    def reason(visitor: Visiting, id: UUID, given: Given) -> Response:
        """说明查阅理由: and back to the case, which is open to the officer for ten minutes."""
        said = str(given.get("reason", ""))
        told = reading_reasons.stated(visitor.services, visitor.act, place.kind, id, said)
        until = rendering.instant(told.until)[-5:]
        return then(visitor.request, place.of(id), f"查阅理由已记录，{until} 前有效；每次查阅仍各自留痕。")


for _place in PLACES:
    _add_pages(_place)


@router.post("/petitions/{id:uuid}/petitioners")
def petitioners(visitor: Visiting, id: UUID) -> HTMLResponse:
    """查看完整信息: who the petitioners are; the reading is recorded before it is answered. Raises NotYours."""
    found = petitions.petitioners(visitor.services, visitor.act, id)
    return _opened(visitor, found["items"], found["reply_to"], f"/console/petitions/{id}", PETITION.name)


@router.post("/reception/{id:uuid}/petitioners")
def visitors(visitor: Visiting, id: UUID) -> HTMLResponse:
    """查看来访人完整信息: likewise. Raises NotYours."""
    found = reception.opened_visitors(visitor.services, visitor.act, id)
    return _opened(visitor, found, None, f"/console/reception/{id}", RECEPTION.name)


def _opened(
    visitor: Visitor, people: Sequence[Mapping[str, Any]], reply_to: str | None, address: str, kind: str
) -> HTMLResponse:
    template = "case_petitioners_piece.html" if visitor.is_htmx else "case_petitioners.html"
    shown = [EMPTY | dict(one) for one in people]
    return visitor.page(
        template,
        people=shown,
        reply_to=reply_to,
        whole=True,
        address=address,
        called=CALLED[kind],
        says_why=None,
    )


def _shown(visitor: Visitor, place: Place, seen: Seen, order: Order) -> dict[str, Any]:
    address = place.of(seen.state.id)
    case = Case(seen.kind, seen.state, seen.history)
    papers = _may_open_papers(visitor, case)
    words = Words(seen.directory, seen.known, f"{address}/attachments" if papers is None else "")
    told = case_timeline.of(seen, words, newest_first=order == "newest")
    shown: dict[str, Any] = {
        "place": place,
        "address": address,
        "seen": seen,
        "facts": case_facts.of(seen, words),
        "erased": case_custody.erased(seen),
        "light": state_of(seen),
        "clocks": case_clocks.of(seen),
        "moves": case_moves.of(visitor, seen),
        "told": told,
        "runs": case_timeline.runs(told),
        "newest_first": order == "newest",
        "attached": _attached(seen, told, words),
        "papers_closed": papers,
        "people": _masked(seen),
        "called": CALLED.get(place.kind.name),
        "reply_to": None,
        "whole": False,
        "names_closed": _names_closed(visitor, seen),
        "once": uuid4().hex,
        "says_why": None if seen.past else _says_why(visitor, case, papers),
        "traces": readings.of_case(visitor, seen.state.id),
    }
    if seen.past:
        return shown | {"acts": None, "alerts": (), "opens_item": False}
    acts = case_acts.listed(visitor, place, seen.state.id)
    return shown | {
        "acts": acts,
        "alerts": case_alerts.of(visitor, seen, words),
        "opens_item": place.kind is PETITION and case_opening.may_open(visitor),
    }


def _says_why(visitor: Visitor, case: Case, papers: Refused | None) -> str | None:
    """须先说明理由: on what ground the officer reads, where a reason has to be stated first."""
    opens = papers is None and (case.kind is PETITION or case.state.confidential)
    if case.kind in {PETITION, RECEPTION} and _names_of(visitor, case) is None:
        opens = True
    if not opens or case.kind not in {PETITION, RECEPTION, ITEM}:
        return None
    return reading_reasons.missing(visitor.services, visitor.act, case)


def _may_open_papers(visitor: Visitor, case: Case) -> Refused | None:
    """Why the papers are closed to the officer, or None."""
    try:
        attachments.must_open_papers(visitor.services, visitor.act, case)
    except Refused as refused:
        return refused
    return None


def _masked(seen: Seen) -> list[dict[str, Any]] | None:
    """Who came, masked; None for a kind of case that nobody brings."""
    if seen.kind is PETITION:
        return [EMPTY | one for one in masking.petitioners(seen.state)]
    if seen.kind is RECEPTION:
        return [EMPTY | one for one in reception_shapes.visitors(seen.state)]
    return None


def _names_closed(visitor: Visitor, seen: Seen) -> str | None:
    if seen.kind.name not in _STANDINGS:
        return None
    if seen.past:
        return "按当时情形查看时不提供身份信息。"
    return _names_of(visitor, Case(seen.kind, seen.state, seen.history))


def _names_of(visitor: Visitor, case: Case) -> str | None:
    standing = _STANDINGS[case.kind.name](case.state, visitor.directory)
    return None if may_see_personal_data(standing, visitor.act) else CLOSED_NAMES


def _attached(seen: Seen, told: Sequence[Told], words: Words) -> list[dict[str, Any]]:
    """附件一览: what the facts name, with the event that named it."""
    by_version = {one.version: one for one in told}
    found: list[dict[str, Any]] = []
    for one in seen.history:
        named: Sequence[Attachment] = getattr(one.fact, "attachments", ())
        event = by_version.get(one.fact.originator_version)
        found += [
            {"piece": words.attachment(attachment), "size": attachment.size, "event": event}
            for attachment in named
            if event is not None
        ]
    return found
