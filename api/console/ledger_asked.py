"""所查台账: what a page of a ledger is asked for – filters, words, order, columns, place – and the address that asks it.

The words of a search are never part of an address: people look for names. They are kept for the officer under an id that
says nothing, and the address has the id (docs/decisions/0012).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import QueryParams

from api import wording
from api.console import saved_views
from api.console.ledger_controls import label
from api.console.saved_views import SavedView
from api.console.visitors import Visitor
from api.ledgers import Ledger, Turned
from projections.paging import COUNTED

WORDS = "q"
SIZE = 50
PRESET: Mapping[str, Mapping[str, str]] = {"deadlines": {"active": "true"}}
"""What a ledger shows where nothing is asked and no view is the officer's default."""


@dataclass(frozen=True)
class Asked:
    """所查 — of one ledger: `given` are the filters as written, without the words; `problems` say what of them was left out."""

    ledger: Ledger
    given: Mapping[str, str]
    words: str | None
    search: UUID | None
    order: str
    columns: tuple[str, ...]
    filters: Any
    view: SavedView | None = None
    cursor: str | None = None
    back: bool = False
    problems: Sequence[str] = field(default=())

    @property
    def turned(self) -> Turned:
        """翻到的页."""
        return Turned(self.order, self.cursor, self.back, SIZE, COUNTED)

    @property
    def is_narrowed(self) -> bool:
        """已筛选: whether anything is asked but all, or what is shown at first."""
        return bool(self.words) or (bool(self.given) and self.given != PRESET.get(self.ledger.slug))

    def address(self, **more: str) -> str:
        """地址: of this question, with whatever is added."""
        return f"/console/{self.ledger.slug}{_query(self.parameters() + list(more.items()))}"

    def parameters(self) -> list[tuple[str, str]]:
        """参数: what of the question stands in its address."""
        if self.view is not None:
            return [("view", str(self.view.id))]
        asked = list(self.given.items())
        if self.search is not None:
            asked.append(("search", str(self.search)))
        if self.order != next(iter(self.ledger.orders)):
            asked.append(("order", self.order))
        if self.columns != self.ledger.usual:
            asked += [("columns", one) for one in self.columns]
        return asked or [("all", "1")]


def _query(parameters: Sequence[tuple[str, str]]) -> str:
    return f"?{urlencode(parameters)}" if parameters else ""


def asked(visitor: Visitor, ledger: Ledger, query: QueryParams) -> Asked:
    """所查: from an address. Without any parameter it is the officer's default view, if there is one."""
    views = saved_views.of(visitor, ledger.slug)
    wanted = query.get("view")
    view = next((one for one in views if str(one.id) == wanted or (not query and one.is_default)), None)
    if view is not None:
        given = dict(view.filters)
        words, order, chosen = given.pop(WORDS, None), given.pop("order", ""), view.columns
        search = None
    else:
        given = {one.name: query[one.name] for one in fields(ledger.filters) if query.get(one.name)}
        given.pop(WORDS, None)
        if not query:
            given = dict(PRESET.get(ledger.slug, {}))
        search, words = saved_views.words_of(visitor, query.get("search"))
        order, chosen = query.get("order", ""), tuple(query.getlist("columns"))
    filters, given, problems = _checked(ledger, given, words)
    if query.get("search") and words is None and view is None:
        problems = (*problems, "检索词已过期，请重新输入。")
    if query.get(WORDS):
        problems = (*problems, "检索词不进入网址，请在检索框中填写。")
    columns = tuple(one for one in ledger.columns if one in chosen) or ledger.usual
    return Asked(
        ledger=ledger,
        given=given,
        words=words,
        search=search,
        order=order if order in ledger.orders else next(iter(ledger.orders)),
        columns=columns,
        filters=filters,
        view=view,
        cursor=query.get("cursor"),
        back=query.get("back") == "1",
        problems=problems,
    )


def _checked(
    ledger: Ledger, given: dict[str, str], words: str | None
) -> tuple[Any, dict[str, str], tuple[str, ...]]:
    """The filters in their types; one that makes no sense is left out and named."""
    problems: dict[str, str] = {}
    kept = given | ({} if words is None else {WORDS: words})
    while True:
        try:
            filters = _reader(ledger.filters).validate_python(kept)
        except ValidationError as error:
            found = {str(one["loc"][0]): _why(one) for one in error.errors()}
            problems |= found
            kept = {name: value for name, value in kept.items() if name not in found}
            continue
        return (
            filters,
            {name: value for name, value in kept.items() if name != WORDS},
            tuple(f"{label(name)}：{why}" for name, why in problems.items()),
        )


def _why(error: Mapping[str, Any]) -> str:
    """What is wrong, without the codes among which a page never lets anybody choose."""
    chosen = error["type"] in {"literal_error", "enum"}
    return "没有这个选项，请在筛选条件中重新选择" if chosen else wording.of(error)


@cache
def _reader(filters: type) -> TypeAdapter[Any]:
    return TypeAdapter(filters)
