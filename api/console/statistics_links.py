"""统计数字的出处: which list shows the cases that a row or a cell counts. Only where the list can be asked just so."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from projections.statistics import CLOCKS

OF_PETITIONS = frozenset({"receipts", "extensions", "repeats", "timeliness", "satisfaction"})
BANDS: Mapping[str, tuple[int | None, int | None]] = {
    "overdue": (None, -1),
    "days_3": (0, 3),
    "days_7": (4, 7),
    "days_15": (8, 15),
    "later": (16, None),
}
LIGHTS = frozenset({"red", "yellow", "green"})


def of_row(told: Mapping[str, Any], row: Mapping[str, Any]) -> str | None:
    """一行的出处."""
    key, by, report = row["key"], told["by"], told["report"]
    if key is None or by == "officer" or told["at"] is not None:
        return None
    if report == "scores":
        return _list("supervision-items", {"unit": key}) if by == "unit" else None
    if report == "risks":
        return _list("deadlines", {"unit": key}) if by == "unit" else None
    if report == "workload":
        return _list("petitions", {"state": "open", **_key(told, row)}) if by != "month" else None
    if report == "timeliness" and by == "unit":
        return _list("deadlines", {"unit": key, "clock": CLOCKS[told["clock"]][0]})
    if report in OF_PETITIONS and (by != "unit" or report != "satisfaction"):
        return _list("petitions", _received(told) | _key(told, row))
    return None


def of_cell(told: Mapping[str, Any], row: Mapping[str, Any], name: str) -> str | None:
    """一格的出处."""
    if row["key"] is None or told["by"] != "unit" or not row[name] or told["at"] is not None:
        return None
    unit = {"unit": row["key"]}
    if told["report"] == "risks" and name in BANDS:
        return _list("deadlines", unit | _band(told["as_of"], *BANDS[name]))
    if told["report"] == "risks" and name == "provisional":
        return _list("deadlines", unit | {"provisional": "true"})
    if told["report"] == "risks" and name == "suspended":
        return _list("deadlines", unit | {"status": "suspended"})
    if told["report"] == "workload" and name in LIGHTS:
        return _list("petitions", unit | {"state": "open", "light": name})
    if told["report"] == "receipts" and name == "repeated":
        return _list("petitions", unit | _received(told) | {"repeat": "true"})
    return None


def _band(today: date, first: int | None, last: int | None) -> dict[str, str]:
    found = {} if first is None else {"due_from": (today + timedelta(days=first)).isoformat()}
    found |= {} if last is None else {"due_to": (today + timedelta(days=last)).isoformat()}
    return found | ({"status": "overdue"} if first is None else {"status": "running"})


def _received(told: Mapping[str, Any]) -> dict[str, str]:
    names = {"received_from": told["from"], "received_to": told["to"]}
    return {name: day.isoformat() for name, day in names.items() if day is not None}


def _key(told: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, str]:
    if told["by"] != "month":
        return {told["by"]: row["key"]}
    year, month = (int(part) for part in row["key"].split("-"))
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    since, until = told["from"] or first, told["to"] or last
    return {"received_from": max(first, since).isoformat(), "received_to": min(last, until).isoformat()}


def _list(name: str, filters: Mapping[str, str]) -> str:
    return f"/console/{name}?{urlencode(filters)}"
