"""Every GET route of the OpenAPI document, as something that can be asked, and what is asked by POST without changing it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile, is_zipfile

import httpx
from fastapi import FastAPI

from tests.api.caller import Caller

CASES = ("/v1/petitions/{id}", "/v1/supervision-items/{id}", "/v1/negative-lists/{id}", "/v1/reception/{id}")
ENDLESS = "/v1/alerts/stream"
FEED = "/v1/events"
OF_NO_OFFICER = {"/healthz", "/readyz", "/v1/oidc/start", "/v1/oidc/callback", ENDLESS}
"""Answers that are the same for everybody or never end; the stream has a test of its own."""
REPORTS = (
    "receipts", "timeliness", "extensions", "returns", "repeats", "satisfaction", "workload", "scores", "risks",
)  # fmt: skip
KNOWN = {
    "/v1/readings/{position}/proof": "1",
    "/v1/statistics/{report}.xlsx": "receipts",
    "/v1/directory/units/{id}": "unit-a",
    "/v1/directory/officers/{id}": "a-head",
    "/v1/rulebooks/{id}": "petition-2022",
    "/v1/reception/shifts/{id}": "petition-office.2026.1",
    "/v1/calendars/{year}": "2026",
    "/v1/rule-changes/{change}": "1",
    "/v1/seals/{size}": "1",
    "/v1/imports/{id}": str(uuid4()),
    "/v1/imports/{id}/refused.{ending}": str(uuid4()),
    "/v1/import-templates/{kind}.{ending}": "petitions",
    "/v1/notice-templates/{notice}.docx": "acceptance",
    "/v1/notice-templates/{notice}.typ": "acceptance",
}
TYPESET = "/v1/notice-templates/{notice}.pdf"
"""An example of a template as it prints: of a made-up case, never of one that is there (test_paper_templates.py)."""
HASH = "0" * 64
HOLIDAYS = ("2026-04-06", "2026-05-01", "2026-05-04", "2026-05-05", "2026-06-19")
DAYS = [str(date(2026, 3, 9) + timedelta(days=n)) for n in range(110)]
WORKING = [day for day in DAYS if date.fromisoformat(day).weekday() < 5 and day not in HOLIDAYS]
TRIAL = {"days_off": WORKING}
"""A calendar by which every limit moves."""
MOST_PAGES = 50


@dataclass(frozen=True)
class Route:
    """A path of the document and the query parameters it knows."""

    path: str
    queries: frozenset[str]

    @property
    def of_a_case(self) -> bool:
        return self.path.startswith(CASES)

    def of(self, case: UUID) -> str:
        return self.path.replace("{id}", str(case)).replace("{sha256}", HASH).replace("{code}", "receipt")


def reads(app: FastAPI) -> list[Route]:
    """Every GET route, in the order of the document."""
    return [
        Route(
            path,
            frozenset(one["name"] for one in methods["get"].get("parameters", ()) if one["in"] == "query"),
        )
        for path, methods in app.openapi()["paths"].items()
        if "get" in methods
    ]


def lists(app: FastAPI) -> list[tuple[Route, str]]:
    """Every GET route that isn't about one case, with an address."""
    left_out = {TYPESET, *OF_NO_OFFICER}
    found = [route for route in reads(app) if not route.of_a_case and route.path not in left_out]
    return [(route, url) for route in found for url in _filled(route)]


def _filled(route: Route) -> list[str]:
    if "{" not in route.path:
        return [route.path]
    if route.path == "/v1/statistics/{report}":
        return [route.path.replace("{report}", report) for report in REPORTS]
    name = route.path[route.path.index("{") : route.path.index("}") + 1]
    return [route.path.replace(name, KNOWN[route.path]).replace("{ending}", "csv")]


def told_by(answer: httpx.Response) -> Any:
    """What an answer tells: JSON as it is, a workbook or a Word file as the text of its parts, anything else as text.

    Of a packed file the part that says when it was made is left out.
    """
    if is_zipfile(BytesIO(answer.content)):
        with ZipFile(BytesIO(answer.content)) as packed:
            names = [name for name in packed.namelist() if not name.startswith("docProps/")]
            return {name: packed.read(name).decode("utf-8", "replace") for name in names}
    return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text


def asked(app: FastAPI, caller: Caller, words: dict[str, str]) -> Iterator[tuple[str, httpx.Response]]:
    """Everything that can be looked at in lists: whole, page by page, by each filter that finds these words."""
    for route, url in lists(app):
        filters: list[dict[str, Any]] = [{}]
        filters += [{name: word} for name, word in words.items() if name in route.queries]
        if "to" in route.queries and route.path == "/v1/alerts":
            filters += [{"to": "me"}, {"to": "unit"}, {"to": "all"}]
        if route.path == FEED:
            filters = [{"limit": 200}]
        elif "limit" in route.queries:
            filters.append({"limit": 7})
        if route.path.endswith(".xlsx"):
            filters = filters[:1]  # the same rows as .csv, which is asked in every way
        for given in filters:
            yield from _pages(caller, url, given)
    for url, body in (
        ("/v1/what-if", {"calendar": {"year": 2026, **TRIAL}}),
        ("/v1/calendars/2026/preview", TRIAL),
    ):
        yield f"POST {url}", caller.post(url, json=body)


def _pages(caller: Caller, url: str, given: dict[str, Any]) -> Iterator[tuple[str, httpx.Response]]:
    after: dict[str, Any] = {}
    for _ in range(MOST_PAGES):
        answer = caller.get(url, params=given | after)
        yield f"{url} {given | after}", answer
        body = told_by(answer) if answer.status_code == 200 else {}
        if not isinstance(body, dict):
            return
        if body.get("more"):
            after = {"after": body["next"]}
        elif body.get("next_cursor"):
            after = {"cursor": body["next_cursor"]}
        else:
            return
