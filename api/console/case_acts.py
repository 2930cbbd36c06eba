"""办理操作: what can be done with a case now and why the rest can't; the form of an act, and what becomes of it.

Every act goes through `Casework` with the version that the form was made with and a key under which it is done once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, get_type_hints
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api.acting import Conditions
from api.bodies import command_of
from api.case_reading import Seen
from api.console import case_custody, case_offers, case_previews, case_timeline, forms
from api.console.case_offers import Offered
from api.console.case_places import PLACES, Place, with_ids
from api.console.case_previews import Preview
from api.console.case_timeline import Told
from api.console.case_words import Words
from api.console.forms import Entered, Unfilled, form_data
from api.console.visitors import Paged, Visiting, Visitor, then
from api.errors import STATUS
from api.logs import bind
from api.papers import sheets
from domain.acts import Receipt
from domain.alerts.commands import AcknowledgeAlert
from domain.errors import Invalid, NotNow, NotYours, Refused, Stale, Unknown
from domain.facts import term_of

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)

Sent = Annotated[FormData, Depends(form_data)]
Notice = Annotated[str | None, Query(max_length=40)]
ACKNOWLEDGE = "acknowledge-alert"
MOST_ALERTS = 100
NAMED_DATES = ("served_on", "received_on")
"""Legal dates that an act calls by a name of its own; its form asks for no other one."""
WORTH_TELLING = (NotNow, Invalid)
"""What kinds of refusal say something that may change; who never may do an act need not read of it each time."""


@dataclass(frozen=True, slots=True)
class ActShown:
    """操作 — its name, its address, and why it is closed, if it is."""

    slug: str
    term: str
    href: str
    closed: Refused | None = None


@dataclass(frozen=True, slots=True)
class ActsShown:
    """操作一览 — what is open, what is closed for now, and what this officer's post does not allow."""

    open: tuple[ActShown, ...]
    not_now: tuple[ActShown, ...]
    not_yours: tuple[ActShown, ...]


@dataclass(frozen=True, slots=True)
class Faulty:
    """未办成 — what was wrong with what was sent: by field, as a whole, and what others recorded meanwhile."""

    given: FormData | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    refused: Refused | None = None
    meanwhile: tuple[Told, ...] = ()
    status: int = 200


def listed(visitor: Visitor, place: Place, case: UUID) -> ActsShown:
    """操作一览: every act of the kind's table, for this case, officer and moment."""
    _, situation = visitor.services.casework.situation(case, visitor.act, place.kind)
    shown = [
        ActShown(slug, term_of(command), f"{place.of(case)}/acts/{slug}", place.kind.refusal(situation, slug))
        for slug, command in place.kind.commands.items()
    ]
    return ActsShown(
        open=tuple(one for one in shown if one.closed is None),
        not_now=tuple(one for one in shown if isinstance(one.closed, WORTH_TELLING)),
        not_yours=tuple(one for one in shown if isinstance(one.closed, NotYours | Unknown)),
    )


def _add_acts(place: Place) -> None:
    here = f"/{place.folder}/{{id:uuid}}/acts"

    @router.post(f"{here}/{ACKNOWLEDGE}", name=f"{place.folder}-acknowledge")
    def acknowledge(visitor: Visiting, id: UUID, given: Sent) -> Response:
        """签收预警: one of this case's, by one of its recipients."""
        return _acknowledged(visitor, place, id, given)

    @router.get(f"{here}/{{slug}}", name=f"{place.folder}-act")
    def form(visitor: Visiting, id: UUID, slug: str, notice: Notice = None) -> HTMLResponse:
        """操作表单: for a paper, if the page that led here names one."""
        return _form(visitor, place, place.look(visitor, id), slug, Faulty(), notice)

    @router.post(f"{here}/{{slug}}", name=f"{place.folder}-act-sent")
    def perform(visitor: Visiting, id: UUID, slug: str, given: Sent) -> Response:
        """办理: as filled in; what is wrong is said beside it, with everything kept."""
        bind(**{place.kind.name: id}, command=slug)
        return _performed(visitor, place, id, slug, given)

    @router.post(f"{here}/{{slug}}/preview", name=f"{place.folder}-act-preview")
    def preview(visitor: Visiting, id: UUID, slug: str, given: Sent) -> HTMLResponse:
        """预览: what would become of the limits."""
        shown = _preview(visitor, place, place.look(visitor, id), slug, given)
        return visitor.page("case_preview.html", preview=shown)


for _place in PLACES:
    _add_acts(_place)


def _command(place: Place, slug: str) -> type:
    try:
        return place.kind.commands[slug]
    except KeyError:
        raise Unknown("request.no_such_address", "没有这项操作。") from None


def _ids(command: type) -> frozenset[str]:
    """Fields that name another case."""
    return frozenset(name for name, hint in get_type_hints(command).items() if UUID in _parts(hint))


def _parts(hint: Any) -> tuple[Any, ...]:
    return (hint, *getattr(hint, "__args__", ()))


def _preview(visitor: Visitor, place: Place, seen: Seen, slug: str, given: FormData) -> Preview | None:
    command = _command(place, slug)
    _, situation = visitor.services.casework.situation(seen.state.id, visitor.act, place.kind)
    known, problems = with_ids(visitor.services, visitor.act, given, _ids(command))
    if problems or place.kind.refusal(situation, slug) is not None:
        return None
    shown = case_previews.of(place.kind, situation, command, known, case_offers.whole(seen, situation, slug))
    return (
        None
        if shown is not None and shown.refused is not None and shown.refused == given.get("said")
        else shown
    )


def _form(
    visitor: Visitor, place: Place, seen: Seen, slug: str, faulty: Faulty, notice: str | None = None
) -> HTMLResponse:
    """The form, or why there is none now."""
    command, case = _command(place, slug), seen.state.id
    _, situation = visitor.services.casework.situation(case, visitor.act, place.kind)
    closed = place.kind.refusal(situation, slug)
    fields = [] if closed is not None else _fields(seen, situation, slug, command, faulty, notice)
    return visitor.page(
        "case_act_piece.html" if visitor.is_htmx else "case_act.html",
        status=faulty.status,
        act=ActShown(slug, term_of(command), f"{place.of(case)}/acts/{slug}", closed),
        address=place.of(case),
        number=seen.state.number,
        version=seen.state.version,
        once=_once(faulty.given),
        fields=fields,
        unfinished=[] if closed is not None or slug != "sign-off" else _unfinished(visitor, place, case),
        erasure=None if closed is not None else case_custody.preview(visitor, seen, slug),
        faulty=faulty,
        faults=_whole(faulty),
    )


def _unfinished(visitor: Visitor, place: Place, case: UUID) -> list[str]:
    """未了文书: what a signing off would leave unissued or unserved; it is said and hinders nothing."""
    found = []
    for one in sheets.opened(visitor.services, visitor.act, case, place.kind).sheets:
        if one.issued is None and (one.closed is None or isinstance(one.closed, NotYours)):
            found.append(f"{one.paper.label}尚未出具")
        elif one.issued is not None and one.paper.personal and one.served_on is None:
            found.append(f"{one.paper.label}（{one.number}）尚未送达")
    return found


def _once(given: FormData | None) -> str:
    kept = given.get("once") if given is not None else None
    return kept if isinstance(kept, str) and kept.isalnum() and len(kept) == 32 else uuid4().hex


def _whole(faulty: Faulty) -> list[str]:
    return [text for name, text in faulty.problems.items() if not name]


def _fields(
    seen: Seen, situation: Any, slug: str, command: type, faulty: Faulty, notice: str | None
) -> list[Entered]:
    offered: Offered = case_offers.of(seen, situation, slug)
    asked = {"notice": notice} if notice in dict(offered.choices.get("notice", ())) else {}
    preset = {**offered.preset, **asked}
    fields = forms.entered(command, slug, offered.choices, faulty.given, faulty.problems, preset=preset)
    named = next((one.name for one in fields if one.name in NAMED_DATES), None)
    hints = dict(offered.hints)
    if named is not None:
        fields = [one for one in fields if one.name != "on"]
        hints[named] = hints.pop("on")
    return [replace(one, help=hints.get(one.name, one.help)) for one in fields]


def _performed(visitor: Visitor, place: Place, case: UUID, slug: str, given: FormData) -> Response:
    seen, command = place.look(visitor, case), _command(place, slug)
    known, problems = with_ids(visitor.services, visitor.act, given, _ids(command))
    try:
        form = forms.filled(command, known)
    except Unfilled as unfilled:
        found = {**unfilled.problems, **problems}
        return _form(visitor, place, seen, slug, Faulty(given, found, status=422))
    if problems:
        return _form(visitor, place, seen, slug, Faulty(given, problems, status=422))
    conditions = Conditions(_version(given), _key(given))
    key = conditions.keyed(f"{place.of(case)}/acts/{slug}", form)
    try:
        receipt = visitor.services.casework.handle(
            case, command_of(form), visitor.act, kind=place.kind, expects=conditions.expects, key=key
        )
    except Refused as refused:
        return _refused(visitor, place, case, slug, given, refused)
    return _done(visitor, place, case, receipt, term_of(command))


def _done(visitor: Visitor, place: Place, case: UUID, receipt: Receipt, term: str) -> Response:
    """The case's page again, with what was recorded; who passed on what only they may see goes to the desk."""
    bind(position=receipt.position)
    note = f"已记录：{term}。"
    still = visitor.services.casework.readable(case, visitor.act)
    if still is None:
        return then(visitor.request, "/console", f"{note}该事项已不在您的查阅范围内。")
    return then(visitor.request, place.of(case), note)


def _refused(
    visitor: Visitor, place: Place, case: UUID, slug: str, given: FormData, refused: Refused
) -> HTMLResponse:
    seen = place.look(visitor, case)
    status = next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)
    meanwhile: tuple[Told, ...] = ()
    if isinstance(refused, Stale):
        words = Words(seen.directory, seen.known)
        meanwhile = tuple(case_timeline.since(seen, words, _version(given) or seen.state.version))
    return _form(
        visitor, place, seen, slug, Faulty(given, refused=refused, meanwhile=meanwhile, status=status)
    )


def _acknowledged(visitor: Visitor, place: Place, case: UUID, given: FormData) -> Response:
    """Several at once with one remark; what somebody else acknowledged meanwhile is no fault."""
    place.look(visitor, case)
    bind(**{place.kind.name: case}, command=ACKNOWLEDGE)
    chosen = [one for one in given.getlist("alert_id") if isinstance(one, str)]
    if not chosen or not str(given.get("remark", "")).strip():
        raise Invalid("alert.remark_missing", "签收预警应当选定预警，并写明如何处理。")
    receipt: Receipt | None = None
    for one in chosen[:MOST_ALERTS]:
        try:
            form = forms.filled(AcknowledgeAlert, FormData([("alert_id", one), ("remark", given["remark"])]))
        except Unfilled as unfilled:
            raise Invalid("request.malformed", f"{'；'.join(unfilled.problems.values())}。") from None
        key = Conditions(None, f"{_key(given)}{one}").keyed(f"{place.of(case)}/acts/{ACKNOWLEDGE}", form)
        try:
            receipt = visitor.services.casework.acknowledge(case, command_of(form), visitor.act, key=key)
        except NotNow:
            continue
    if receipt is None:
        return then(visitor.request, place.of(case), "所选预警已由他人签收。")
    return _done(visitor, place, case, receipt, term_of(AcknowledgeAlert))


def _version(given: FormData) -> int | None:
    """所依据的版本: what the form was made with."""
    text = given.get("version")
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 10 else None


def _key(given: FormData) -> str | None:
    text = given.get("once")
    return f"page:{text}" if isinstance(text, str) and text.isalnum() and len(text) <= 64 else None
