"""依据代码: typed grounds, notice kinds and the rule on representatives, read from `tables/*.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from domain.errors import Invalid
from domain.rules.calendar import TABLES

EARLIEST_YEAR = 1995
"""The five-day week dates from 1995; no limit before it is counted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """代码项 — a code, its Chinese label, the article it rests on, and other spellings it is known by."""

    code: str
    label: str
    basis: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Representation:
    """代表人数 — at most so many representatives; a visit of so many people is collective."""

    most: int
    collective_from: int
    basis: str


@dataclass(frozen=True, slots=True)
class RatingTimes:
    """评价期限 — days for rating after the answer was served; without an answer, from and until which day."""

    after_answer: int
    unanswered_from: int
    unanswered_until: int
    basis: str


@cache
def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads((TABLES / name).read_text("utf-8"))


def _entries(rows: list[dict[str, Any]]) -> tuple[Entry, ...]:
    return tuple(Entry(r["code"], r["label"], r["basis"], tuple(r.get("aliases", ()))) for r in rows)


@cache
def notices() -> tuple[Entry, ...]:
    """文书种类: the notices that can be served: those to petitioners."""
    return _entries([row for row in _table("notices.toml")["notice"] if row["to"] == "petitioner"])


@cache
def decline_grounds() -> tuple[Entry, ...]:
    """不予受理情形."""
    return _entries(_table("grounds.toml")["decline"])


@cache
def supervision_grounds() -> tuple[Entry, ...]:
    """督办情形."""
    return _entries(_table("grounds.toml")["supervision"])


@cache
def source_categories() -> tuple[Entry, ...]:
    """立项来源类别: what supervision items are opened for."""
    return _entries(_table("supervision.toml")["category"])


@cache
def representation() -> Representation:
    """走访代表: the rule on representatives of a collective visit."""
    row = _table("representation.toml")
    return Representation(row["most"], row["collective_from"], row["basis"])


@cache
def rating() -> RatingTimes:
    """满意度评价的期限."""
    row = _table("rating.toml")
    return RatingTimes(row["after_answer"], row["unanswered_from"], row["unanswered_until"], row["basis"])


def _known(given: str, entries: tuple[Entry, ...]) -> Entry | None:
    wanted = given.strip().lower().replace("_", "-")
    return next((e for e in entries if wanted in {e.code.lower(), e.label, *e.aliases}), None)


def _find(given: str, entries: tuple[Entry, ...], code: str, what: str) -> Entry:
    found = _known(given, entries)
    if found is not None:
        return found
    known = "、".join(f"{e.code}（{e.label}）" for e in entries)
    raise Invalid(code, f"没有这种{what}，可用的有：{known}。")


def notice_kind(given: str) -> Entry:
    """文书种类: by code, label or alias. Raises Invalid("notice.unknown")."""
    return _find(given, notices(), "notice.unknown", "文书")


def decline_ground(given: str) -> Entry:
    """不予受理情形: by code, label or alias. Raises Invalid("ground.unknown")."""
    return _find(given, decline_grounds(), "ground.unknown", "不予受理情形")


def supervision_ground(given: str) -> Entry:
    """督办情形: by code, label or alias. Raises Invalid("ground.unknown")."""
    return _find(given, supervision_grounds(), "ground.unknown", "督办情形")


def source_category(given: str) -> str:
    """立项来源类别: the code, found by code, label or alias; else the office's own name for what 第十四条第七项 leaves open."""
    known = _known(given, source_categories())
    return known.code if known is not None else given.strip()
