"""督查台账导入: a supervision item of an older ledger, the unit it lay with and its end, as far as the ledger tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from domain.acts import Act, envelope
from domain.arrivals import IMPORTED, assumed
from domain.directory.fold import Directory
from domain.directory.people import Unit
from domain.errors import Invalid
from domain.facts import Fact
from domain.petition.events import Source
from domain.supervision import events, opening
from domain.supervision.allocation import NOT_HANDLING
from domain.supervision.commands import Open

LEAD, ASSISTING = "牵头单位", "协办单位"


@dataclass(frozen=True, slots=True)
class PastItem:
    """历史督查事项 — its opening, the units it lay with, and how and when it ended."""

    source: Source
    received_on: date
    entry: Open
    lead_unit: str | None = None
    assisting_units: tuple[str, ...] = ()
    end: Literal["signed_off", "withdrawn"] | None = None
    closed_on: date | None = None

    @property
    def confidential(self) -> bool:
        """保密: only what is made from an accusation is, and a ledger's item isn't."""
        return False

    def register(self, act: Act, directory: Directory) -> Unit:
        """登记机构: the unit that opened the item."""
        return opening.register_of(directory.units[opening.opening_unit(self.entry, act, directory)])

    def facts(self, id: UUID, number: str, query_code: str, directory: Directory, act: Act) -> Iterator[Fact]:
        """导入事件: opened, allocated and ended; the approval is the older ledger's, and no leader's note is made up."""
        past = list(self._past(directory))
        own = opening.opened(self.entry, act, directory, number)
        yield events.Opened(**envelope(id, 1, act, IMPORTED, self.received_on), **own, imported=self.source)
        for version, (kind, on, basis, fields) in enumerate(past, 2):
            yield kind(**envelope(id, version, act, basis, on), **fields)

    def _past(self, directory: Directory) -> Iterator[tuple[type[Fact], date, str, dict[str, Any]]]:
        if self.lead_unit is not None:
            lead = _handling(self.lead_unit, directory, LEAD)
            others = [_handling(one, directory, ASSISTING) for one in self.assisting_units]
            if len({lead, *others}) < 1 + len(others):
                raise Invalid(
                    "item.lead_assists_itself", "牵头单位、协办单位中有重复的单位。", column=ASSISTING
                )
            basis = assumed("分办日期", "立项日期")
            yield (
                events.Allocated,
                self.received_on,
                basis,
                {
                    "lead_unit": lead,
                    "assisting_units": tuple(others),
                },
            )
        elif self.assisting_units:
            raise Invalid("item.no_lead", "填写协办单位的，应当写明牵头单位。", column=LEAD)
        if self.end is not None and self.closed_on is not None:
            kind = events.SignedOff if self.end == "signed_off" else events.Withdrawn
            yield kind, self.closed_on, IMPORTED, {"reason": "历史台账载明已结束"}


def _handling(unit: str, directory: Directory, column: str) -> str:
    found = directory.resolve(unit)
    if found not in directory.units:
        raise Invalid("unit.unknown", "没有这个单位，请从单位目录中选择。", column=column)
    if directory.units[found].kind in NOT_HANDLING:
        raise Invalid(
            "item.not_a_handling_unit",
            "督查部门、领导和系统单位不承办督查事项。",
            opening.BASIS,
            column=column,
        )
    return found
