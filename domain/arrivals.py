"""导入件: what a case of an older ledger has to tell before it is taken in with its past. Nothing is stored here."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol
from uuid import UUID

from domain.acts import Act
from domain.directory.fold import Directory
from domain.directory.people import Unit
from domain.facts import Fact
from domain.petition.events import Source

IMPORTED = "历史台账导入"
"""依据: what every fact of an imported past rests on."""


def assumed(what: str, how: str) -> str:
    """推定: the basis of a fact whose date or way the older ledger doesn't tell."""
    return f"{IMPORTED}；台账未载{what}，按{how}推定"


class Arrival(Protocol):
    """导入件 — one case of an older ledger: where its text comes from, its register, and its past as facts."""

    @property
    def source(self) -> Source: ...
    @property
    def received_on(self) -> date: ...
    @property
    def confidential(self) -> bool: ...

    def register(self, act: Act, directory: Directory) -> Unit:
        """登记机构: the unit whose register numbers the case. Raises Refused."""
        ...

    def facts(self, id: UUID, number: str, query_code: str, directory: Directory, act: Act) -> Iterator[Fact]:
        """导入事件: the case's own stream from its first fact on. Raises Refused where the past can't have been so."""
        ...
