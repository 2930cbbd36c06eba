"""取号: the next numbers of the registers, taken in the transaction of what they number."""

from collections.abc import Mapping
from secrets import randbelow
from types import MappingProxyType
from typing import cast
from uuid import UUID

from domain.acts import Act, envelope
from domain.casework.reading import Reading
from domain.directory.people import Unit
from domain.numbering import (
    CONFIDENTIAL_NUMBERS,
    NumbersTaken,
    confidential_number,
    ground_of,
    number,
    stream_of,
)
from domain.rules import papers


class Numbering(Reading):
    """取号 — a register is a stream of its own, so that no two cases get one number."""

    def _number(
        self,
        office: Unit,
        year: int,
        confidential: bool,
        act: Act,
        lately: Mapping[UUID, NumbersTaken] = MappingProxyType({}),
    ) -> tuple[str, NumbersTaken]:
        """取号: the next number of the register; a confidential case is numbered by chance, lest a gap tell of it.

        `lately`, what others take of it in the same transaction.
        """
        if not confidential:
            first, numbers = self._numbers(office.id, year, 1, act, lately)
            return number(office, year, first), numbers
        drawn = randbelow(CONFIDENTIAL_NUMBERS)
        given = confidential_number(office, year, drawn)
        made = envelope(stream_of(given, year), 1, act)
        return given, NumbersTaken(**made, first=drawn, count=1)

    def _block(
        self, register: Unit, year: int, count: int, confidential: bool, act: Act
    ) -> tuple[list[str], list[NumbersTaken]]:
        """取一批号: so many numbers of the register in one go, or each by chance."""
        if confidential:
            drawn = [self._number(register, year, True, act) for _ in range(count)]
            return [given for given, _ in drawn], [taken for _, taken in drawn]
        first, numbers = self._numbers(register.id, year, count, act)
        return [number(register, year, first + offset) for offset in range(count)], [numbers]

    def _numbers(
        self,
        office: str,
        year: int,
        count: int,
        act: Act,
        lately: Mapping[UUID, NumbersTaken] = MappingProxyType({}),
    ) -> tuple[int, NumbersTaken]:
        stream = stream_of(office, year)
        taken = lately.get(stream) or self._last_taken(stream)
        if taken is None:
            return self._first_numbers(stream, year, count, act)
        first = taken.first + taken.count
        made = envelope(stream, taken.originator_version + 1, act)
        return first, NumbersTaken(**made, first=first, count=count)

    def _first_numbers(self, stream: UUID, year: int, count: int, act: Act) -> tuple[int, NumbersTaken]:
        """首批号: a series of a year before a restoration may have been begun before it: what it may have given is left out."""
        before = [one for one in self.restorations() if one.on.year >= year]
        out = sum(one.left_out for one in before)
        ground = ground_of(before[-1].position, out) if before else None
        return out + 1, NumbersTaken(**envelope(stream, 1, act, ground), first=1, count=out + count)

    def _last_taken(self, stream: UUID) -> NumbersTaken | None:
        last = next(iter(self.events.get(stream, desc=True, limit=1)), None)
        return cast(NumbersTaken | None, last)

    def _paper_number(self, series: str, year: int, confidential: bool, act: Act) -> tuple[str, NumbersTaken]:
        """取文号: the next of the series; of a confidential case by chance, lest a gap tell of it."""
        if not confidential:
            first, numbers = self._numbers(f"papers:{series}", year, 1, act)
            return papers.number(series, year, first), numbers
        drawn = randbelow(CONFIDENTIAL_NUMBERS)
        given = papers.confidential_number(series, year, drawn)
        stream = stream_of(f"papers:{given}", year)
        return given, NumbersTaken(**envelope(stream, 1, act), first=drawn, count=1)
