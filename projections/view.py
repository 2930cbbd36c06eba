"""视图: what a read model is, and which facts concern no case. No model's own columns or queries in here."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import msgspec
import psycopg

from domain.casework import Recorded
from domain.directory.events import DIRECTORY_FACTS
from domain.facts import Fact
from domain.numbering import LogRestored, NumbersTaken
from domain.rota.events import BOOK_FACTS
from domain.rulebase.events import CalendarDecreed, LimitsMoved, RulebookPublished
from domain.trace import TRACE_FACTS
from projections.casebook import Casebook

Row = dict[str, Any]
Connection = psycopg.Connection[Row]


class Table(NamedTuple):
    """数据表 — a view's table: its key, and the columns which others write and no fact determines."""

    key: tuple[str, ...]
    outside: tuple[str, ...] = ()


class View(Protocol):
    """视图 — a read model: its name, the tables it owns with their keys, and how a batch of facts changes them."""

    @property
    def name(self) -> str:
        """名称: as in the tracking table and the health report."""
        ...

    @property
    def tables(self) -> Mapping[str, Table]:
        """数据表: the tables which this view alone writes, by name."""
        ...

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: change the tables by a batch; the caller's transaction also moves the view's position."""
        ...


NUL = "\\u0000"
"""As JSON writes it."""

OF_RULES: tuple[type[Fact], ...] = (RulebookPublished, CalendarDecreed)
"""Facts that change rule books and calendars."""

NOT_OF_A_CASE: tuple[type[Fact], ...] = (
    NumbersTaken,
    LogRestored,
    *DIRECTORY_FACTS,
    *BOOK_FACTS,
    *OF_RULES,
    LimitsMoved,
    *TRACE_FACTS,
)
"""Facts in streams other than a case's."""


def touched(batch: Sequence[Recorded]) -> list[UUID]:
    """涉及的事项: the cases a batch has facts of, each once."""
    return list({one.fact.originator_id: None for one in batch if not isinstance(one.fact, NOT_OF_A_CASE)})


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """整批为一份 JSON: rows for `json_populate_recordset`. NUL, which a fact may hold and a column can't, goes."""
    text = msgspec.json.encode(rows).decode()
    return text if NUL not in text else msgspec.json.encode(_cleaned(msgspec.json.decode(text))).decode()


def cleaned(text: str) -> str:
    """去除 NUL: the text as a column can hold it."""
    return text.replace("\x00", "")


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {name: _cleaned(one) for name, one in value.items()}
    return value
