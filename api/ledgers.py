"""台账: the ledgers there are – what each is called, filtered by, shows, and how its rows are read for an officer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from api import ledger_shapes, lists
from api.alert_shapes import Wording
from api.bootstrap import Services
from api.ledger_filters import (
    AlertFilters,
    DeadlineFilters,
    ItemFilters,
    MonthFilters,
    PetitionFilters,
    as_given,
)
from api.ledger_shapes import Columns
from api.reception_ledger import COLUMNS as RECEPTION_COLUMNS
from api.reception_ledger import USUAL as RECEPTION_USUAL
from api.reception_ledger import ReceptionFilters
from api.sheets import Column
from domain.acts import Act
from domain.directory.fold import Directory
from domain.errors import NotYours
from domain.rules.authority import READ_ALL_POSTS
from projections import alerts, deadlines_list, items, ledger_list, month_lists, receptions
from projections.lights import Lights
from projections.paging import Page, Query, fetch, stream
from projections.view import Row
from projections.visibility import Visibility


@dataclass(frozen=True)
class Asking:
    """查询人 — who asks, on which day, and what of the office that takes to answer."""

    services: Services
    act: Act

    @cached_property
    def directory(self) -> Directory:
        """机构人员."""
        return self.services.casework.directory()

    @cached_property
    def eyes(self) -> Visibility:
        """可见范围."""
        return lists.eyes(self.services, self.act)

    @cached_property
    def lights(self) -> Lights:
        """当日信号灯."""
        return lists.lights(self.services, self.act)


def _unchanged(asking: Asking) -> Callable[[Row], Row]:
    return lambda row: row


@dataclass(frozen=True)
class Ledger:
    """台账 — `query` of who asks, the filters and the order; `usual` are the columns shown where none are chosen."""

    slug: str
    title: str
    filters: type
    columns: Columns
    usual: tuple[str, ...]
    query: Callable[[Asking, Any, str], Query]
    orders: Mapping[str, str] = field(default_factory=dict)
    worded: Callable[[Asking], Callable[[Row], Row]] = _unchanged

    def page(self, asking: Asking, filters: Any, turned: "Turned") -> Page:
        """一页."""
        query = self.query(asking, filters, turned.order)
        worded = self.worded(asking)
        with lists.reading(asking.services, ()).transaction() as connection:
            found = fetch(
                connection,
                query,
                limit=turned.size,
                cursor=lists.place(turned.cursor),
                back=turned.back,
                count_to=turned.count_to,
            )
        return found._replace(items=[worded(row) for row in found.items])

    def rows(self, asking: Asking, filters: Any, chosen: Sequence[str], order: str) -> Iterator[list[Any]]:
        """全部行: the values of the chosen columns, row by row, never all at once."""
        query, worded = self.query(asking, filters, order), self.worded(asking)
        values = [self.columns[name].value for name in chosen]
        directory = asking.directory
        with asking.services.database.transaction() as connection:
            for row in stream(connection, query):
                shown = worded(row)
                yield [value(shown, directory) for value in values]

    def sheet(self, chosen: Sequence[str]) -> list[Column]:
        """表头: the chosen columns."""
        return [self.columns[name].column for name in chosen]

    @property
    def all_columns(self) -> tuple[str, ...]:
        """全部列."""
        return tuple(self.columns)


class Turned(NamedTuple):
    """翻到 — in which order, from which place, in which direction, how many rows, and up to how many are counted."""

    order: str
    cursor: str | None = None
    back: bool = False
    size: int = 50
    count_to: int | None = None


def _petitions(asking: Asking, filters: PetitionFilters, order: str) -> Query:
    wanted = filters.wanted(asking.directory)
    return ledger_list.query(asking.eyes, asking.lights, wanted, ledger_list.ORDERS[order])


def _items(asking: Asking, filters: ItemFilters, order: str) -> Query:
    wanted = filters.wanted(asking.directory)
    return items.query(asking.eyes, asking.lights, wanted, ledger_list.ORDERS[order])


def _deadlines(asking: Asking, filters: DeadlineFilters, order: str) -> Query:
    return deadlines_list.query(asking.eyes, asking.lights, filters.wanted(asking.directory))


def _alerts(asking: Asking, filters: AlertFilters, order: str) -> Query:
    if filters.to == "all" and asking.act.role not in READ_ALL_POSTS:
        raise NotYours("alert.all_not_yours", "只能查看发给本人或本单位的预警。")
    return alerts.query(asking.eyes, asking.lights, **as_given(filters))


def _steps_named(asking: Asking) -> Callable[[Row], Row]:
    wording = Wording(asking.services, asking.act.at)

    def named(row: Row) -> Row:
        step = wording.steps.get(row["step"])
        return row | {"step_label": row["step"] if step is None else step.label}

    return named


def _months(asking: Asking, filters: MonthFilters, order: str) -> Query:
    return month_lists.query(asking.eyes, asking.lights, **as_given(filters))


def _receptions(asking: Asking, filters: ReceptionFilters, order: str) -> Query:
    wanted = filters.wanted(asking.directory)
    return receptions.query(asking.eyes, asking.lights, wanted, ledger_list.ORDERS[order])


ORDERS = {"newest": "登记时间（新的在前）", "due": "最近期限（先到的在前）"}

PETITIONS = Ledger(
    "petitions",
    "信访事项台账",
    PetitionFilters,
    ledger_shapes.PETITIONS,
    (
        "number", "channel", "category", "petitioners", "subject", "received_on", "accepted_on", "unit", "handler",
        "finish_due_on", "closed_on", "stage", "light",
    ),
    _petitions,
    ORDERS,
)  # fmt: skip
ITEMS = Ledger(
    "supervision-items",
    "督查事项台账",
    ItemFilters,
    ledger_shapes.ITEMS,
    (
        "number",
        "form",
        "source",
        "subject",
        "opened_on",
        "handling_units",
        "due_on",
        "closed_on",
        "stage",
        "light",
    ),
    _items,
    ORDERS,
)
DEADLINES = Ledger(
    "deadlines",
    "期限台账",
    DeadlineFilters,
    ledger_shapes.DEADLINES,
    ("due_on", "light", "number", "subject", "clock", "unit", "handler", "started_on", "status", "stage"),
    _deadlines,
    {"due": "到期日（先到的在前）"},
)
ALERTS = Ledger(
    "alerts",
    "预警台账",
    AlertFilters,
    ledger_shapes.ALERTS,
    tuple(ledger_shapes.ALERTS),
    _alerts,
    {"newest": "预警时间（新的在前）"},
    worded=_steps_named,
)
MONTHS = Ledger(
    "negative-lists",
    "否定事项月清单台账",
    MonthFilters,
    ledger_shapes.MONTHS,
    ("number", "subject", "office", "stage", "next_due_on", "closed_on", "light"),
    _months,
    {"newest": "月份（新的在前）"},
)
RECEPTIONS = Ledger(
    "reception", "接访台账", ReceptionFilters, RECEPTION_COLUMNS, RECEPTION_USUAL, _receptions, ORDERS
)
LEDGERS: Mapping[str, Ledger] = {
    one.slug: one for one in (PETITIONS, ITEMS, DEADLINES, ALERTS, MONTHS, RECEPTIONS)
}
"""台账目录."""
