"""台账页: the ledgers of petitions, supervision items, clocks and monthly lists, filtered, sorted, turned and kept as views."""

from dataclasses import replace
from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData, QueryParams

from api.console import ledger_controls, saved_views
from api.console.case_places import FOLDERS
from api.console.forms import form_data
from api.console.ledger_asked import PRESET, WORDS, Asked, asked
from api.console.visitors import Paged, Visiting, Visitor, then
from api.ledgers import DEADLINES, ITEMS, MONTHS, PETITIONS, Asking, Ledger
from domain.directory.fold import Directory
from domain.errors import Invalid
from domain.kinds import ITEM, MONTH, PETITION
from projections.view import Row

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)

Given = Annotated[FormData, Depends(form_data)]
SHOWN = (PETITIONS, ITEMS, DEADLINES, MONTHS)
"""Ledgers with a page of their own; alerts have theirs elsewhere."""
KINDS = {"petitions": PETITION.name, "supervision-items": ITEM.name, "negative-lists": MONTH.name}
HEADINGS = {
    "petitions": "信访事项", "supervision-items": "督查事项", "deadlines": "期限", "negative-lists": "否定报备",
}  # fmt: skip
SEARCHED = frozenset({"petitions", "supervision-items"})
MOST_WORDS = 200


class Cell(NamedTuple):
    """单元格 — its kind of column and what stands in it."""

    name: str
    kind: str
    value: Any


class Line(NamedTuple):
    """一行 — where its case is, what its link is called, and its cells."""

    href: str
    number: str
    days_left: int | None
    cells: list[Cell]


def _add_pages(ledger: Ledger) -> None:
    here = f"/{ledger.slug}"

    @router.get(here, name=f"{ledger.slug}-ledger")
    def page(visitor: Visiting) -> HTMLResponse:
        """台账页."""
        return _page(visitor, asked(visitor, ledger, visitor.request.query_params))

    @router.post(f"{here}/filter", name=f"{ledger.slug}-filter")
    def narrow(visitor: Visiting, given: Given) -> Response:
        """筛选: to the address of what was chosen; the words stay out of it."""
        return then(visitor.request, asked(visitor, ledger, _chosen(visitor, given)).address())

    @router.post(f"{here}/views", name=f"{ledger.slug}-views")
    def save(visitor: Visiting, given: Given) -> Response:
        """保存视图."""
        kept = asked(visitor, ledger, queried(given))
        filters = dict(kept.given) | {"order": kept.order}
        if kept.words is not None:
            filters[WORDS] = kept.words
        name, default = str(given.get("name", "")), given.get("default") == "true"
        try:
            id = saved_views.create(visitor, ledger.slug, name, filters, kept.columns, default)
        except Invalid as refused:
            return _refused(visitor, kept, refused)
        return then(visitor.request, f"/console{here}?view={id}", "视图已保存。")

    @router.post(f"{here}/views/{{id:uuid}}", name=f"{ledger.slug}-view")
    def change(visitor: Visiting, id: UUID, given: Given) -> Response:
        """改名、设为默认、删除."""
        match given.get("do"):
            case "rename":
                try:
                    saved_views.rename(visitor, ledger.slug, id, str(given.get("name", "")))
                except Invalid as refused:
                    return _refused(visitor, asked(visitor, ledger, QueryParams({"view": str(id)})), refused)
            case "default" | "no-default" as wanted:
                saved_views.make_default(visitor, ledger.slug, id, wanted == "default")
            case _:
                saved_views.delete(visitor, ledger.slug, id)
                return then(visitor.request, f"/console{here}?all=1", "视图已删除。")
        return then(visitor.request, f"/console{here}?view={id}", "视图已修改。")


def queried(given: FormData) -> QueryParams:
    """所查: the question that a form carries along with it."""
    return QueryParams(parse_qsl(str(given.get("query", ""))))


def _chosen(visitor: Visitor, given: FormData) -> QueryParams:
    """What the filter form asks for, as it stands in an address."""
    chosen = [
        (name, value) for name, value in given.multi_items() if isinstance(value, str) and value.strip()
    ]
    words = str(given.get(WORDS, "")).replace("\x00", "").strip()[:MOST_WORDS]
    plain = [(name, value) for name, value in chosen if name != WORDS]
    if words:
        plain.append(("search", str(saved_views.keep_words(visitor, words))))
    return QueryParams([*plain, ("all", "1")])


def _refused(visitor: Visitor, what: Asked, refused: Invalid) -> HTMLResponse:
    """The same ledger, with what was wrong."""
    return _page(visitor, replace(what, problems=(*what.problems, refused.message)), 422)


def _page(visitor: Visitor, what: Asked, status: int = 200) -> HTMLResponse:
    ledger = what.ledger
    asking = Asking(visitor.services, visitor.act)
    found = ledger.page(asking, what.filters, what.turned)
    controls = ledger_controls.controls(asking, ledger, what.given)
    return visitor.page(
        "ledger.html",
        status=status,
        heading=HEADINGS[ledger.slug],
        asked=what,
        slug=ledger.slug,
        searched=ledger.slug in SEARCHED,
        common=[one for one in controls if not one.rare],
        rare=[one for one in controls if one.rare],
        orders=ledger.orders,
        heads=[(name, ledger.columns[name].column) for name in what.columns],
        all_columns=[(name, shown.column.name) for name, shown in ledger.columns.items()],
        lines=[_line(ledger, row, what, visitor.directory) for row in found.items],
        total=found.total,
        counted_all=found.counted_all,
        preset=PRESET.get(ledger.slug, {}),
        views=saved_views.of(visitor, ledger.slug),
        query=what.address().partition("?")[2],
        following=what.address(cursor=found.next_cursor) if found.next_cursor else None,
        preceding=what.address(cursor=found.previous_cursor, back="1") if found.previous_cursor else None,
    )


def _line(ledger: Ledger, row: Row, what: Asked, directory: Directory) -> Line:
    kind = KINDS.get(ledger.slug) or row["case_kind"]
    cells = [
        Cell(name, ledger.columns[name].column.kind, ledger.columns[name].value(row, directory))
        for name in what.columns
    ]
    return Line(f"/console/{FOLDERS[kind]}/{row['case_id']}", row["number"], row["days_left"], cells)


for _ledger in SHOWN:
    _add_pages(_ledger)
