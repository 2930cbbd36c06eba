"""接待日安排和值班日志: the published rota, and the shifts of the duty log. What was published stays on record."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from api import reception_shapes
from api.acting import Conditioned, body_of
from api.bodies import Form, command_of, form_of
from api.bootstrap import Services
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.logs import bind
from domain.acts import Act, Receipt
from domain.casework import Key
from domain.directory.fold import Directory
from domain.errors import Invalid, Unknown
from domain.facts import Fact, term_of
from domain.reception.fold import Reception
from domain.rota import commands, decisions
from domain.rota.book import Day, Shift, place_of
from domain.rota.decisions import Desk

router = APIRouter(prefix="/v1/reception", tags=["接待日和值班"], responses=READS)

MOST_DAYS = 400
Since = Annotated[date | None, Query(alias="from", description="自（默认今天）")]
Until = Annotated[date | None, Query(alias="to", description="至（默认30日以后）")]
Id = Annotated[str, Path(max_length=120, pattern="^[a-z0-9][a-z0-9.-]*$")]


class Entered(BaseModel):
    """记入结果 — what was entered into the office's book."""

    id: str
    version: int
    position: int


def span(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    """查询期间: the days asked about. Raises Invalid for a reversed or too long one."""
    first = since or today
    last = until or first + timedelta(days=30)
    if last < first or (last - first).days > MOST_DAYS:
        raise Invalid("rota.bad_span", f"查询期间应当由前至后，最长{MOST_DAYS}天。")
    return first, last


def days(services: Services, first: date, last: date, *, cancelled: bool = True) -> list[Day]:
    """接待日: of every petition office, in the order of day and hour."""
    found = [
        day
        for office in _offices(services.casework.directory())
        for year in range(first.year, last.year + 1)
        for day in services.casework.book(office, year).days.values()
        if first <= day.entry.on <= last and (cancelled or not day.cancelled)
    ]
    return sorted(found, key=lambda day: (day.entry.on, day.entry.from_time, day.entry.place))


def day_of(services: Services, id: str) -> Day:
    """接待日: raises Unknown."""
    office, year = _placed(id, "rota.unknown", "没有这条接待安排。")
    return decisions.day_of(id, services.casework.book(office, year))


def shifts(services: Services, act: Act, first: date, last: date) -> list[Shift]:
    """班次: those the officer may read, the newest first."""
    found = [
        shift
        for office in _offices(services.casework.directory())
        for year in range(first.year, last.year + 1)
        for shift in services.casework.book(office, year).shifts.values()
        if first <= shift.day <= last and decisions.may_read(shift, act)
    ]
    return sorted(found, key=lambda shift: (shift.day, shift.from_time), reverse=True)


def shift_of(services: Services, act: Act, id: str) -> Shift:
    """班次: raises Unknown, also of one that is hidden."""
    office, year = _placed(id, "shift.unknown", "没有这个班次。")
    return decisions.shift_of(id, services.casework.book(office, year), act)


def matters(services: Services, act: Act, shift: Shift) -> list[Reception]:
    """值班事项: those that the officer may know of."""
    cases = services.casework.standings([one.case for one in shift.matters])
    directory = services.casework.directory()
    return [one.state for one in cases.values() if one.kind.may_read(one.state, directory, act)]


def _offices(directory: Directory) -> list[str]:
    return [unit.id for unit in directory.units.values() if unit.kind == "petition_office"]


def _placed(id: str, code: str, message: str) -> tuple[str, int]:
    found = place_of(id)
    if found is None:
        raise Unknown(code, message)
    return found


@router.get("/rota", summary="接待日安排")
def rota(services: Held, act: Signed, since: Since = None, until: Until = None) -> dict[str, Any]:
    """Readable by everybody signed in; with what each entry was before, who changed it and why."""
    directory = services.casework.directory()
    first, last = span(since, until, act.today)
    return {
        "from": first,
        "to": last,
        "items": [reception_shapes.day(one, directory) for one in days(services, first, last)],
    }


@router.get("/shifts", summary="值班日志")
def shift_list(services: Held, act: Signed, since: Since = None, until: Until = None) -> dict[str, Any]:
    """The office, leaders, inspectors and auditors read every shift; whoever is on duty reads the own ones."""
    directory = services.casework.directory()
    first, last = span(since or act.today - timedelta(days=7), until, act.today)
    found = shifts(services, act, first, last)
    return {
        "items": [reception_shapes.shift(one, matters(services, act, one), directory) for one in found],
    }


@router.get("/shifts/{id}", summary="班次")
def shift(services: Held, act: Signed, id: Id) -> dict[str, Any]:
    """One shift with its log and its matters."""
    one = shift_of(services, act, id)
    return reception_shapes.shift(one, matters(services, act, one), services.casework.directory())


def publish(services: Services, act: Act, command: commands.PublishRota, key: Key | None = None) -> Receipt:
    """公布接待日安排: into the book of the acting officer's office."""
    year = decisions.year_of(command, act.today)
    return services.casework.enter(
        act.unit, year, lambda desk: decisions.publish(command, desk), act, key=key
    )


def amend(
    services: Services, act: Act, id: str, command: commands.AmendRota, key: Key | None = None
) -> Receipt:
    """调整接待日安排: raises Unknown, NotYours."""
    office, year = _placed(id, "rota.unknown", "没有这条接待安排。")

    def decide(desk: Desk) -> Fact:
        return decisions.amend(command, decisions.day_of(id, desk.book), desk)

    return services.casework.enter(office, year, decide, act, key=key)


def open_shift(services: Services, act: Act, command: commands.OpenShift, key: Key | None = None) -> Receipt:
    """安排值班: into the book of the acting officer's office."""
    return services.casework.enter(
        act.unit, command.on.year, lambda desk: decisions.open_shift(command, desk), act, key=key
    )


def on_shift(
    services: Services,
    act: Act,
    id: str,
    decide: Callable[[Shift, Desk], Fact],
    key: Key | None = None,
) -> Receipt:
    """记入班次: a note, or the hand-over. Raises Unknown, NotYours, NotNow."""
    office, year = _placed(id, "shift.unknown", "没有这个班次。")
    return services.casework.enter(
        office,
        year,
        lambda desk: decide(decisions.shift_of(id, desk.book, act), desk),
        act,
        shift=id,
        key=key,
    )


def note(
    services: Services, act: Act, id: str, command: commands.NoteShift, key: Key | None = None
) -> Receipt:
    """值班记事."""
    return on_shift(services, act, id, lambda shift, desk: decisions.note(command, shift, desk), key)


def close(
    services: Services, act: Act, id: str, command: commands.CloseShift, key: Key | None = None
) -> Receipt:
    """交班."""
    return on_shift(services, act, id, lambda shift, desk: decisions.close(command, shift, desk), key)


def _entered(receipt: Receipt, id: str) -> dict[str, Any]:
    bind(position=receipt.position)
    return {"id": id, "version": receipt.version, "position": receipt.position}


def _own(act: Act, year: int, receipt: Receipt) -> str:
    return f"{act.unit}.{year}.{receipt.version}"


Write = Callable[[Services, Act, Any, Key | None], Receipt]
WriteAt = Callable[[Services, Act, str, Any, Key | None], Receipt]


def _add(path: str, command: type, write: Write) -> None:
    form = form_of(command)

    def enter(services: Held, act: Signed, sent: Conditioned, body: Any) -> Any:
        bind(command=path)
        made = command_of(body)
        key = sent.keyed(f"{router.prefix}/{path}", body)
        receipt = write(services, act, made, key)
        return _entered(receipt, _own(act, decisions.year_of(made, act.today), receipt))

    _route(path, enter, form, command, path, 201)


def _add_at(path: str, slug: str, command: type, write: WriteAt) -> None:
    form = form_of(command)

    def enter(services: Held, act: Signed, sent: Conditioned, id: Id, body: Any) -> Any:
        bind(command=f"{path}-{slug}")
        key = sent.keyed(f"{router.prefix}/{path}/{id}/{slug}", body)
        return _entered(write(services, act, id, command_of(body), key), id)

    _route(f"{path}/{{id}}/{slug}", enter, form, command, f"{path}-{slug}", 200)


def _route(
    path: str, enter: Callable[..., Any], form: type[Form], command: type, name: str, status: int
) -> None:
    enter.__annotations__["body"] = body_of(form)
    router.post(
        f"/{path}",
        status_code=status,
        response_model=Entered,
        responses=WRITES,
        summary=term_of(command),
        description=command.__doc__,
        operation_id=name,
    )(enter)


_add("rota", commands.PublishRota, publish)
_add_at("rota", "amend", commands.AmendRota, amend)
_add("shifts", commands.OpenShift, open_shift)
_add_at("shifts", "note", commands.NoteShift, note)
_add_at("shifts", "close", commands.CloseShift, close)
