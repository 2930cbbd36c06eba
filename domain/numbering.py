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


class LogRestored(Fact, frozen=True, kw_only=True):
    """恢复备份 — the log was put back to an earlier moment; numbers that may have been given since go to nobody.

    Every series that is known leaves out so many in the same transaction; one of a year until then that begins later
    may have been begun before, and begins behind them.
    """

    TOPIC: ClassVar[str] = "store.restored.1"
    position: int
    """恢复到的位置: of the last fact that was left."""
    following: int
    """此后首个位置: those between may have been given out."""
    left_out: int
    """空号个数: in each series."""


RESTORED_ID = uuid5(NAMESPACE, "restored")
"""恢复流: the stream of the log's restorations."""
LEAST_LEFT_OUT = 10_000
STEP = 1_000


def left_out(lost: int) -> int:
    """应空个数: for so many positions that are lost for certain; no number is taken without a position of its own."""
    return max(LEAST_LEFT_OUT, -(-lost // STEP) * STEP)


def ground_of(position: int, count: int) -> str:
    """空号说明: as it stands with each fact that leaves numbers out."""
    return f"日志自备份恢复到第{position}位，其后可能发出过的编号不再使用，各编号系列空出{count}个"


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
