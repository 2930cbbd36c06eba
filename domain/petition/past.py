"""信访台账导入: a petition of an older ledger and what happened to it, as far as the ledger tells.

What the ledger leaves out and the events need is assumed, and the event's basis says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domain.acts import Act, envelope
from domain.arrivals import IMPORTED, assumed
from domain.directory.accused import accused_people, accused_units
from domain.directory.fold import Directory
from domain.directory.people import Unit
from domain.errors import Invalid, NotNow
from domain.facts import Fact
from domain.petition import events, registration
from domain.petition.commands import Register
from domain.rules import authority

HEADS = ("unit_head", "office_head")
NO_TEXT = "（历史台账未载答复意见全文）"
RECEIPT_DAY, UNIT = "收到日期", "责任单位"


@dataclass(frozen=True, slots=True)
class PastPetition:
    """历史信访事项 — its registration, the unit that dealt with it, and the dates that the ledger knows."""

    source: events.Source
    received_on: date
    entry: Register
    to_unit: str | None = None
    passed_on: date | None = None
    accepted_on: date | None = None
    notified_on: date | None = None
    replied_on: date | None = None
    reply: str | None = None
    served_on: date | None = None
    closed_on: date | None = None

    @property
    def confidential(self) -> bool:
        """保密: an accusation gets a number by chance."""
        return self.entry.category == "accusation"

    def register(self, act: Act, directory: Directory) -> Unit:
        """登记机构: the importing officer's petition office."""
        return registration.office_of(act, directory)

    def facts(self, id: UUID, number: str, query_code: str, directory: Directory, act: Act) -> Iterator[Fact]:
        """导入事件: registered, passed on, accepted, replied, served and signed off, as far as the ledger tells."""
        unit = self._unit(act, directory)
        made = events.Registered(
            **self._made(id, 1, act, directory, self.received_on),
            **registration.registered(self.entry, act, directory, number, query_code),
            source=self.source,
        )
        yield made
        version = 1
        for fact in registration.put_to_leaders(made, act, directory):
            version += 1
            yield fact
        for kind, on, basis, own in self._past(unit):
            version += 1
            yield kind(**self._made(id, version, act, directory, on, basis), **own)

    def _past(self, unit: str | None) -> Iterator[tuple[type[Fact], date, str, dict[str, Any]]]:
        received = self.received_on
        if unit is not None:
            basis = IMPORTED if self.passed_on else assumed("转办日期", RECEIPT_DAY)
            yield events.Transferred, self.passed_on or received, basis, {"to_unit": unit}
        if self.accepted_on is not None:
            yield events.Accepted, self.accepted_on, IMPORTED, {}
            yield from self._notified(self.accepted_on)
        elif self.replied_on is not None:
            earliest = self.passed_on or received
            yield events.Accepted, earliest, assumed("受理日期", RECEIPT_DAY), {"assumed": True}
        if self.replied_on is not None:
            basis = f"{IMPORTED}；台账未载办理结果，按解释说明录入"
            yield events.Replied, self.replied_on, basis, {"result": "explain", "text": self.reply or NO_TEXT}
        served = self.served_on or (self.replied_on if self.closed_on is not None else None)
        if served is not None:
            basis = f"{IMPORTED}；台账未载送达方式，按邮寄录入"
            if self.served_on is None:
                basis = assumed("送达日期和方式", "答复日期、邮寄")
            yield events.Served, served, basis, {"notice": "opinion", "method": "post"}
        if self.closed_on is not None:
            yield events.SignedOff, self.closed_on, IMPORTED, {"reason": "历史台账载明已办结"}

    def _notified(self, accepted_on: date) -> Iterator[tuple[type[Fact], date, str, dict[str, Any]]]:
        """受理告知: in writing, on the day of the acceptance unless the ledger knows another; there is none to the nameless."""
        if not self.entry.petitioners:
            return
        basis = f"{IMPORTED}；台账未载告知方式，按邮寄录入"
        if self.notified_on is None:
            basis = assumed("受理告知日期和方式", "受理日期、邮寄")
        own = {"notice": "acceptance", "method": "post"}
        yield events.Served, self.notified_on or accepted_on, basis, own

    def _made(
        self, id: UUID, version: int, act: Act, directory: Directory, on: date, basis: str = IMPORTED
    ) -> dict[str, Any]:
        made = envelope(id, version, act, basis, on)
        return made | {"unit": self.register(act, directory).id}

    def _unit(self, act: Act, directory: Directory) -> str | None:
        """责任单位: of the directory, and none that an accusation names; the office itself keeps the case."""
        if self.to_unit is None:
            return None
        found = directory.resolve(self.to_unit)
        if found not in directory.units:
            raise Invalid("unit.unknown", "没有这个单位，请从单位目录中选择。", column=UNIT)
        if directory.is_office(found):
            return None
        if self.confidential:
            units = accused_units(self.entry.against, directory, act.at)
            people = accused_people(self.entry.against, directory, act.at)
            if not authority.may_be_shown(units, people, found) or people & set(
                directory.holders(found, HEADS)
            ):
                raise NotNow(
                    "petition.accused_unit",
                    "检举控告事项不得转送、交办给被检举控告的单位。",
                    "《信访工作条例》第三十条第三款",
                    column=UNIT,
                )
        return found
