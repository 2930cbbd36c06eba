"""日期段: days of a year as a decree writes them – "10月1日至7日" or "2027-10-01 至 2027-10-07", a run a line."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from domain.errors import Invalid

_DAY = r"(?:(?P<y{0}>\d{{4}})\s*[-/.年]\s*)?(?:(?P<m{0}>\d{{1,2}})\s*[-/.月]\s*)?(?P<d{0}>\d{{1,2}})\s*日?"
_RANGE = re.compile(
    _DAY.format(1)
    + r"(?:\s*[(（][^()（）]*[)）])?(?:\s*(?:至|到|~|～|—+|--|\.\.)\s*"
    + _DAY.format(2)
    + r")?",
    re.ASCII,
)
_BETWEEN = re.compile(r"[,，、；;\n]+")
DAY = timedelta(days=1)
LONGEST = 60


def read(text: str, year: int, what: str) -> list[date]:
    """读取日期段: every day once, in their order. Raises Invalid, which names the piece that can't be read."""
    found: set[date] = set()
    for piece in (one.strip() for one in _BETWEEN.split(text)):
        if piece:
            found.update(_run(piece, year, what))
    return sorted(found)


def write(days: Iterable[date]) -> str:
    """写成日期段: runs of days, one a line."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "\n".join(_written(run) for run in runs)


def _written(run: Sequence[date]) -> str:
    return str(run[0]) if len(run) == 1 else f"{run[0]} 至 {run[-1]}"


def _run(piece: str, year: int, what: str) -> list[date]:
    found = _RANGE.fullmatch(piece)
    if found is None or found["m1"] is None:
        raise _wrong(what, piece, "无法识别，应形如 2027-10-01 至 2027-10-07 或者 10月1日至7日")
    try:
        first = date(int(found["y1"] or year), int(found["m1"]), int(found["d1"]))
        if found["d2"] is None:
            return [first]
        last = date(int(found["y2"] or first.year), int(found["m2"] or first.month), int(found["d2"]))
    except ValueError:
        raise _wrong(what, piece, "没有这一天") from None
    if last < first or (last - first).days > LONGEST:
        raise _wrong(what, piece, "起止日期不合理")
    return [first + DAY * n for n in range((last - first).days + 1)]


def _wrong(what: str, piece: str, why: str) -> Invalid:
    return Invalid("calendar.unreadable", f"{what}中的“{piece[:40]}”{why}。")
