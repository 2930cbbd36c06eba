"""期限的变动: which limits of a case a decree or a rule-book version moved, and which papers print a date that has moved since."""

from dataclasses import dataclass
from datetime import date, datetime

from api import limit_moves, printed_dates
from api.case_reading import Seen
from api.console.visitors import Visitor


@dataclass(frozen=True, slots=True)
class MovedLimit:
    """期限变动 — one limit: because of what, from which day to which, and when it was recorded."""

    text: str
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Moves:
    """期限的变动 — the limits that moved, the newest last, and what papers say that isn't so any more."""

    limits: tuple[MovedLimit, ...]
    papers: tuple[str, ...]


def of(visitor: Visitor, seen: Seen) -> Moves:
    """期限的变动: as recorded by the time asked about."""
    rows = limit_moves.of_case(visitor.services, seen.state.id)
    limits = tuple(
        MovedLimit(
            in_words(
                row["label"],
                row["title"],
                row["from"],
                row["to"],
                row["was_provisional"] and not row["provisional"],
            ),
            row["source"] or "",
            row["recorded_at"],
        )
        for row in rows
        if row["recorded_at"] <= seen.named_at
    )
    facts = [one.fact for one in seen.history]
    papers = printed_dates.moved(facts, seen.kind.name, seen.clocks)
    return Moves(limits, tuple(one.text for one in papers))


def in_words(label: str, title: str, before: date | None, after: date | None, firm: bool) -> str:
    """一项变动: as a page says it."""
    because = f"因{title}" if title else "因规则变动"
    if before is None:
        return f"“{label}”{because}新增，{after}届满。"
    if after is None:
        return f"“{label}”（原至{before}）{because}不再适用。"
    if before == after:
        return f"“{label}”{because}由暂定转为确定，仍为{after}。"
    return f"“{label}”{because}由{before}调整为{after}{'，由暂定转为确定' if firm else ''}。"
