"""视图: what a read model is, and which facts concern no case. No model's own columns or queries in here."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import psycopg

from domain.casework import Casework, Recorded
from domain.directory.events import OfficerAppointed, UnitFounded
from domain.facts import Fact
from domain.petition.events import NumbersTaken
from domain.rulebase.events import CalendarDecreed, RulebookPublished

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

    def apply(self, connection: Connection, batch: Sequence[Recorded], casework: Casework) -> None:
        """应用: change the tables by a batch; the caller's transaction also moves the view's position."""
        ...


OF_RULES: tuple[type[Fact], ...] = (RulebookPublished, CalendarDecreed)
"""Facts that change rule books and calendars."""

NOT_OF_A_CASE: tuple[type[Fact], ...] = (NumbersTaken, UnitFounded, OfficerAppointed, *OF_RULES)
"""Facts in streams other than a case's."""


def touched(batch: Sequence[Recorded]) -> list[UUID]:
    """涉及的事项: the cases a batch has facts of, each once."""
    return list({one.fact.originator_id: None for one in batch if not isinstance(one.fact, NOT_OF_A_CASE)})
