"""编号: the serial numbers of registers, one stream an office and year, so that no number is given twice."""

from typing import ClassVar
from uuid import UUID, uuid5

from domain.directory.fold import NAMESPACE, Unit
from domain.facts import Fact


class NumbersTaken(Fact, frozen=True, kw_only=True):
    """取号 — a block of register numbers of one office and year."""

    TOPIC: ClassVar[str] = "petition.numbers_taken.1"
    first: int
    count: int


def stream_of(office: str, year: int) -> UUID:
    """编号流: the stream that holds the numbers taken by one office in one year."""
    return uuid5(NAMESPACE, f"numbers:{office}:{year}")


CONFIDENTIAL_NUMBERS = 10**8
"""How many numbers chance chooses among."""


def number(office: Unit, year: int, serial: int) -> str:
    """编号: office code, year and serial, unique per office and year."""
    return f"{office.code or office.id}-{year}-{serial:06d}"


def confidential_number(office: Unit, year: int, drawn: int) -> str:
    """保密件编号: drawn by chance and marked by a J (检举控告); a gap in it tells nobody that something is hidden."""
    return f"{office.code or office.id}-{year}-J{drawn:08d}"
