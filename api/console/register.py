"""登记: a petition put on the register from one page, by keyboard alone; what is alike is found while it is typed.

Nothing typed ever stands in an address, and nothing is lost: neither by a mistake nor by a session that has ended.
"""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import similar
from api.acting import Conditions
from api.bodies import Form, command_of, form_of
from api.console import forms, offers
from api.console.forms import Choices, Entered, Unfilled, filled, form_data
from api.console.visitors import Paged, Visiting, Visitor
from api.logs import bind
from domain.acts import envelope
from domain.casework import Key
from domain.errors import Invalid, Refused
from domain.kinds import PETITION, RECEPTION
from domain.petition import registration
from domain.petition.commands import LinkRepeat, Register
from domain.petition.events import Registered
from domain.reception.commands import RegisterPetition
from domain.rules import authority, grounds
from domain.rules.deadlines import Clock
from domain.rules.rows import RulebookError
from domain.rules.rulebook import Books
from projections.likeness import Known

ADDRESS = "/console/register"
FOUND = 6
"""Similar petitions shown beside the form."""
PLACEHOLDER = "…"
"""Stands in a registration that is only counted, never made, for what isn't typed yet."""
Given = Annotated[FormData, Depends(form_data)]


router = APIRouter(prefix=ADDRESS, route_class=Paged, include_in_schema=False)


@router.get("")
def register_page(visitor: Visiting, channel: str | None = None) -> HTMLResponse:
    """登记页: empty, with today's date, me as the first contact, and the way in that was used last."""
    registration.office_of(visitor.act, visitor.directory)
    preset = {
        "received_on": visitor.act.today,
        "first_contact": visitor.act.principal,
        "channel": channel or "",
    }
    return visitor.page("register.html", **_shown(visitor, str(uuid4()), preset=preset))


@router.post("")
def register(visitor: Visiting, given: Given) -> HTMLResponse:
    """登记: once, however often it is sent; what is wrong is shown beside what was typed."""
    once = _text(given, "once") or str(uuid4())
    try:
        form = filled(Register, given)
        receipt = visitor.services.casework.register(
            command_of(form), visitor.act, key=_key(once, ADDRESS, form)
        )
    except Unfilled as faults:
        listed = [f"{_name_of(at)}：{text}" for at, text in faults.problems.items()]
        return _again(visitor, given, once, listed, faults.problems)
    except Invalid as refused:
        return _again(visitor, given, once, [_said(refused)])
    bind(command="register", petition=receipt.id)
    extra = dict(receipt.extra)
    context: dict[str, Any] = {
        "id": receipt.id,
        "number": extra["number"],
        "query_code": extra["query_code"],
        "subject": _text(given, "subject"),
        "channel": _text(given, "channel"),
        "received_on": _text(given, "received_on") or visitor.act.today.isoformat(),
        "clocks": _limits(visitor, given),
        "office": visitor.directory.unit_name(registration.office_of(visitor.act, visitor.directory).id),
        "linked": " ".join(
            filter(
                None, (_linked(visitor, given, receipt.id, once), _gone_on(visitor, given, receipt.id, once))
            )
        ),
        "piece": visitor.is_htmx,
    }
    response = visitor.page("register_done.html", **context)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/similar")
def similar_piece(visitor: Visiting, given: Given) -> HTMLResponse:
    """相似事项: of what is typed so far."""
    registration.office_of(visitor.act, visitor.directory)
    people = [
        Known(
            _text(given, f"petitioners.{at}.name"),
            _text(given, f"petitioners.{at}.id_number"),
            _text(given, f"petitioners.{at}.phone"),
        )
        for at in range(50)
        if f"petitioners.{at}.name" in given
    ]
    found = similar.search(
        visitor.services, visitor.act, people, _text(given, "subject"), _text(given, "content"), FOUND
    )
    items = [similar.shown(one, visitor.directory) for one in found]
    may_link = visitor.act.role in authority.OFFICE_POSTS
    return visitor.page(
        "register_similar.html", items=items, chosen=_text(given, "repeat_of"), may_link=may_link
    )


@router.post("/limits")
def limits_piece(visitor: Visiting, given: Given) -> HTMLResponse:
    """期限预览: which limits begin with this registration."""
    return visitor.page("register_limits.html", clocks=_limits(visitor, given))


def filled_in(visitor: Visitor, given: FormData) -> dict[str, Any]:
    """预填的登记页: what is known already, from another record; nothing of it is on the register yet. Raises NotYours."""
    registration.office_of(visitor.act, visitor.directory)
    return _shown(visitor, str(uuid4()), given=given)


def _again(
    visitor: Visitor,
    given: FormData,
    once: str,
    faults: list[str],
    problems: dict[str, str] | None = None,
) -> HTMLResponse:
    template = "register_form.html" if visitor.is_htmx else "register.html"
    shown = _shown(visitor, once, given=given, problems=problems or {}, faults=faults)
    return visitor.page(template, status=422, **shown)


def _shown(
    visitor: Visitor,
    once: str,
    *,
    given: FormData | None = None,
    problems: dict[str, str] | None = None,
    preset: dict[str, Any] | None = None,
    faults: list[str] | None = None,
) -> dict[str, Any]:
    act, directory = visitor.act, visitor.directory
    books = visitor.services.casework.known(act.at).books
    offered = {
        "first_contact": offers.officers(directory, authority.REGISTRARS | {"unit_officer"}),
        "rulebook": _rulebooks(books, act.today),
        "limit_class": _classes(books, act.today),
    }
    fields = forms.entered(Register, "register", offered, given, problems, preset)
    rule = grounds.representation()
    return {
        "fields": {one.name: _loose(one) for one in fields},
        "faults": faults or [],
        "once": once,
        "units": sorted({one.name for one in directory.units.values()}),
        "most": rule.most,
        "collective_from": rule.collective_from,
        "rule": rule.basis,
        "repeat_of": "" if given is None else _text(given, "repeat_of"),
        "reception": "" if given is None else _text(given, "reception"),
    }


def _loose(one: Entered) -> Entered:
    """An empty row is no entry, so nothing in it is demanded by the page."""
    rows = tuple(tuple(replace(inner, required=False) for inner in row) for row in one.rows)
    return replace(one, rows=rows)


def _rulebooks(books: Books, on: date) -> Choices:
    """The rule books that a petition may be put under, by their own judgement."""
    found = []
    for id in dict.fromkeys(book.id for book in books.all()):
        try:
            registration.must_suit(id, None, on, books)
        except Invalid as refused:
            if refused.code != "petition.limit_class":
                continue
        book = books.version(id, on)
        if book is not None:
            found.append((id, book.title))
    return tuple(found)


def _classes(books: Books, on: date) -> Choices:
    """The classes of limit that those rule books tell apart."""
    named: dict[str, str] = {}
    for id, title in _rulebooks(books, on):
        book = books.version(id, on)
        for spec in books.clocks(book, on) if book is not None else ():
            for value in spec.only.get("limit_class", ()):
                named.setdefault(value, f"{forms.choice('limit_class', value)}（{title}）")
    return tuple(named.items())


def _limits(visitor: Visitor, given: FormData) -> list[Clock]:
    """The clocks that run from the registration, counted as those of a case; none while it can't be counted yet."""
    act, directory = visitor.act, visitor.directory
    known = visitor.services.casework.known(act.at)
    content = {
        name: _text(given, name)
        for name in ("channel", "category", "received_on", "rulebook", "limit_class")
        if _text(given, name)
    }
    content |= {"subject": PLACEHOLDER, "content": PLACEHOLDER}
    try:
        command = command_of(forms.checked(form_of(Register), content))
        on = registration.received_on(command, act)
        registration.must_suit(command.rulebook, command.limit_class, on, known.books)
        own = registration.registered(command, act, directory, "", "")
        fact = Registered(**envelope(uuid4(), 1, act, None, on), **own)
        clocks = PETITION.clocks([fact], PETITION.project([fact]), known, act.today)
    except (Unfilled, Refused, RulebookError):
        return []
    return [clock for clock in clocks if clock.state == "running" and not clock.window]


def _linked(visitor: Visitor, given: FormData, id: UUID, once: str) -> str | None:
    """What became of the wish to link the petition with an earlier one; it is registered either way."""
    wanted = _text(given, "repeat_of")
    if not wanted:
        return None
    try:
        form = forms.checked(form_of(LinkRepeat), {"earlier_petition": wanted})
        key = _key(f"{once}.repeat", f"{ADDRESS}/repeat", form)
        visitor.services.casework.handle(id, command_of(form), visitor.act, kind=PETITION, key=key)
    except Unfilled:
        return "未能认定为重复信访：所选的原信访事项有误。"
    except Refused as refused:
        return f"未能认定为重复信访：{_said(refused)}"
    return "已认定为重复信访。"


def _gone_on(visitor: Visitor, given: FormData, id: UUID, once: str) -> str | None:
    """What became of the reception that the petition comes from: its record says as which petition the matter goes on."""
    try:
        reception = UUID(_text(given, "reception"))
        form = forms.checked(form_of(RegisterPetition), {"petition": str(id)})
    except (ValueError, Unfilled):
        return None
    key = _key(f"{once}.reception", f"{ADDRESS}/reception", form)
    try:
        visitor.services.casework.handle(reception, command_of(form), visitor.act, kind=RECEPTION, key=key)
    except Refused as refused:
        return f"未能记入接访登记：{_said(refused)}"
    return "已记入接访登记。"


def _key(once: str, path: str, form: Form) -> Key | None:
    return Conditions(None, f"console.{once}"[:200]).keyed(path, form)


def _said(refused: Refused) -> str:
    if refused.code == "idempotency.key_reused":
        return "本页已经登记过一件；要登记另一件，请点“登记”重新打开。"
    return f"{refused.message}（{refused.basis}）" if refused.basis else refused.message


def _name_of(at: str) -> str:
    """How a field, or a field of an entry, is called."""
    parts = at.split(".")
    if len(parts) < 3:
        return forms.label(parts[0], "register") if at else "填写内容"
    return f"{forms.label(parts[0], 'register')}第{int(parts[1]) + 1}项{forms.label(parts[2], 'register')}"


def _text(given: FormData, name: str) -> str:
    value = given.get(name)
    return value.strip() if isinstance(value, str) else ""
