"""演示接访: the rota of this month and the next, a shift, and receptions, dated back from the day of setting up."""

import tomllib
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from api import reception_desk
from api.bootstrap import Services
from domain.acts import SHANGHAI, Act, legal_date
from domain.kinds import RECEPTION
from domain.reception.commands import ConfirmHandOver, HandOver, Receive, VisitorEntry
from domain.rota.commands import NoteShift, OpenShift, PublishRota, RotaEntry

HERE = Path(__file__).parent
CLERK = "office"
MORNING = time(9, 0)
PUBLISHED = timedelta(days=25)
"""The rota was published so long ago."""


def seed(services: Services, now: datetime) -> None:
    """演示接访: raises nothing that a real office would not be refused."""
    table = tomllib.loads((HERE / "reception.toml").read_text("utf-8"))
    today = legal_date(now)
    _rota(services, table["rota"], today, now)
    shift = _shift(services, table["shift"][0], today, now)
    for one in sorted(table["reception"], key=lambda each: int(each["day"])):
        _receive(services, one, today, now, shift)


def _act(services: Services, officer: str, on: date, now: datetime) -> Act:
    """In the morning of the day; today's not later than now."""
    found = services.casework.directory().officers[officer]
    at = min(datetime.combine(on, MORNING, SHANGHAI), now)
    return Act(by=found.id, unit=found.unit, role=found.post, at=at, name=found.name)


def _rota(services: Services, rows: list[dict[str, Any]], today: date, now: datetime) -> None:
    """This month and the next, one publication a year."""
    first = today.replace(day=1)
    following = first + timedelta(days=monthrange(first.year, first.month)[1])
    last = following + timedelta(days=monthrange(following.year, following.month)[1] - 1)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    calendar = services.casework.known(now).calendar
    entries = [
        _entry(row, day)
        for day in days
        for row in rows
        if day.isoweekday() == row["weekday"] and calendar.is_working(day)
    ]
    act = _act(services, CLERK, today - PUBLISHED, now)
    for year in sorted({one.on.year for one in entries}):
        of_year = tuple(one for one in entries if one.on.year == year)
        reception_desk.publish(services, act, PublishRota(of_year))


def _entry(row: Mapping[str, Any], day: date) -> RotaEntry:
    begin, end = row["hours"]
    return RotaEntry(day, begin, end, row["place"], row["post"], row.get("officer"), row.get("name"))


def _shift(services: Services, row: Mapping[str, Any], today: date, now: datetime) -> str:
    act = _act(services, CLERK, today, now)
    begin, end = row["hours"]
    officers = tuple(row["officers"])
    day = today + timedelta(days=row["day"])
    command = OpenShift(day, begin, end, officers, row["leader"], row["place"])
    made = reception_desk.open_shift(services, act, command)
    shift = f"{act.unit}.{day.year}.{made.version}"
    for text in row["notes"]:
        reception_desk.note(services, act, shift, NoteShift(text))
    return shift


def _receive(services: Services, row: Mapping[str, Any], today: date, now: datetime, shift: str) -> None:
    on = today + timedelta(days=row["day"])
    act = _act(services, row["by"], on, now)
    command = Receive(
        form=row["form"],
        content=row["content"],
        result=row["result"],
        text=row.get("text"),
        promised_on=on + timedelta(days=row["promised"]) if "promised" in row else None,
        visitors=tuple(VisitorEntry(**one) for one in row.get("visitors", ())),
        headcount=row.get("headcount"),
        place=row.get("place"),
        shift=shift if row.get("shift") else None,
        on=on,
    )
    case = services.casework.receive(command, act).id
    if "hand_over" not in row:
        return
    to, text = row["hand_over"]["to"], row["hand_over"]["text"]
    services.casework.handle(case, HandOver(to, text), act, kind=RECEPTION)
    if row["hand_over"].get("confirmed"):
        named = _act(services, to, on, now)
        services.casework.handle(case, ConfirmHandOver(), named, kind=RECEPTION)
