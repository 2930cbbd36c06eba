"""保管期限: how long files of each kind are kept, from when that counts, and on which grounds they may be destroyed.

Read from `tables/retention.toml`; the first row that fits a file gives its usual class.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from domain.errors import Invalid
from domain.rules.calendar import TABLES
from domain.rules.rows import Row

KINDS = ("petition", "item", "reception")
ATTRIBUTES = ("category", "instructed", "answered", "form")
COUNTS_FROM = {"closed": "自办结年度的次年1月1日起算"}


@dataclass(frozen=True, slots=True)
class Class:
    """保管期限 — its code and label; `years` is None where the file is kept for ever."""

    code: str
    label: str
    years: int | None
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keep:
    """保管期限表行 — which files it fits, for how long those are kept, on what basis and how far that was checked."""

    id: str
    case: str
    only: Mapping[str, tuple[str, ...]]
    kept: Class
    counts_from: str
    basis: str
    checked: str


@dataclass(frozen=True, slots=True)
class Ground:
    """销毁依据 — what it rests on, and what it allows.

    `expired`: only once the retention has run out; `archived`: only of an archived file; `whole`: only the whole file;
    `permanent`: also of a file that is kept for ever.
    """

    code: str
    label: str
    basis: str
    checked: str
    aliases: tuple[str, ...]
    expired: bool
    archived: bool
    whole: bool
    permanent: bool


@dataclass(frozen=True, slots=True)
class Table:
    """保管期限表."""

    classes: tuple[Class, ...]
    rows: tuple[Keep, ...]
    grounds: tuple[Ground, ...]


def parse(table: Mapping[str, object]) -> Table:
    """读取: what is missing, unknown or left over is refused. Raises RulebookError."""
    top = Row("保管期限表", table)
    classes = tuple(_class(Row("保管期限", entry)) for entry in top.rows("class"))
    by_code = {one.code: one for one in classes}
    rows = tuple(_row(Row("保管期限表行", entry), by_code) for entry in top.rows("row"))
    grounds = tuple(_ground(Row("销毁依据", entry)) for entry in top.rows("ground"))
    top.done()
    top.once("保管期限", [one.code for one in classes])
    top.once("行", [one.id for one in rows])
    top.once("销毁依据", [one.code for one in grounds])
    for kind in KINDS:
        if not any(one.case == kind and not one.only for one in rows):
            raise top.error(f"没有适用于所有“{kind}”的行")
    return Table(classes, rows, grounds)


def _class(row: Row) -> Class:
    found = Class(
        row.text("code"),
        row.text("label"),
        row.number("years") if row.has("years") else None,
        row.texts("aliases"),
    )
    row.done()
    return found


def _row(row: Row, classes: Mapping[str, Class]) -> Keep:
    conditions = row.table("only")
    only = {name: conditions.texts(name) for name in ATTRIBUTES if conditions.has(name)}
    conditions.done()
    found = Keep(
        id=row.text("id"),
        case=row.choice("case", KINDS),
        only=only,
        kept=classes[row.choice("class", tuple(classes))],
        counts_from=row.choice("counts_from", tuple(COUNTS_FROM)),
        basis=row.text("basis"),
        checked=row.text("checked"),
    )
    row.done()
    return found


def _ground(row: Row) -> Ground:
    found = Ground(
        code=row.text("code"),
        label=row.text("label"),
        basis=row.text("basis"),
        checked=row.text("checked"),
        aliases=row.texts("aliases"),
        expired=row.flag("expired"),
        archived=row.flag("archived"),
        whole=row.flag("whole"),
        permanent=row.flag("permanent"),
    )
    row.done()
    return found


@cache
def shipped() -> Table:
    """随附的保管期限表."""
    return parse(tomllib.loads((TABLES / "retention.toml").read_text("utf-8")))


def usual(case: str, attributes: Mapping[str, str]) -> Keep:
    """通常的保管期限: the first row that fits."""
    return next(
        one
        for one in shipped().rows
        if one.case == case and all(attributes.get(name) in values for name, values in one.only.items())
    )


def of_code(code: str) -> Class:
    """保管期限: by its code."""
    return next(one for one in shipped().classes if one.code == code)


def named(given: str) -> Class:
    """保管期限: by code, label or alias. Raises Invalid("archive.unknown_retention")."""
    wanted = given.strip().lower()
    for one in shipped().classes:
        if wanted in {one.code, one.label, *one.aliases}:
            return one
    known = "、".join(f"{one.code}（{one.label}）" for one in shipped().classes)
    raise Invalid("archive.unknown_retention", f"没有这种保管期限，可用的有：{known}。")


def ground(given: str) -> Ground:
    """销毁依据: by code, label or alias. Raises Invalid("erasure.unknown_ground")."""
    wanted = given.strip().lower()
    for one in shipped().grounds:
        if wanted in {one.code, one.label, *one.aliases}:
            return one
    known = "、".join(f"{one.code}（{one.label}）" for one in shipped().grounds)
    raise Invalid("erasure.unknown_ground", f"没有这种销毁依据，可用的有：{known}。")


def label_of_ground(code: str) -> str:
    """销毁依据名称: of a recorded one; its code if the table has it no more."""
    return next((one.label for one in shipped().grounds if one.code == code), code)


def runs_out(kept: Class, closed_on: date) -> date | None:
    """保管期限届满日: the last day of the last year; counted from the year after the closing. None if it never does."""
    return None if kept.years is None else date(min(closed_on.year + kept.years, date.max.year), 12, 31)
