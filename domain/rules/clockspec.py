"""时限规则: one clock of a rule book as data, read from a table and refused where it contradicts itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.rules.rows import ANSWERABLE, SCOPES, SUSPENSIONS, UNITS, Row


@dataclass(frozen=True)
class ClockSpec:
    """时限规则 — one clock of a rule book.

    `starts`, `stops` and `cancels` are moment names; "a+b" means that both have happened. `extension_cap` is
    the most days that may be added in all, None if none may; `extension_open` lets them be added without a
    fixed cap. A `window` bounds what somebody may do and nobody is late with it. `only` names the attributes a case
    must have for the clock to run. `scope` tells whether the clock is the case's, each holding unit's, or each
    round's (every starting moment opens its own). `counted_from` says in Chinese which date of the case a backwards
    clock is counted back from; without that date it doesn't start. With `set_per_case` the length holds where no date
    is set for the single case.
    """

    clock: str
    label: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    cancels: tuple[str, ...]
    length: int | None
    unit: str
    first_day: bool
    roll: bool
    backwards: bool
    extension_cap: int | None
    suspension: tuple[str, ...]
    answerable: str
    only: Mapping[str, tuple[str, ...]]
    scope: str
    basis: str
    note: str = ""
    extension_open: bool = False
    window: bool = False
    counted_from: str = ""
    set_per_case: bool = False

    @property
    def settable(self) -> bool:
        """可另定日期 — the due date is set case by case, or may be."""
        return self.unit == "date" or self.backwards or self.set_per_case

    @property
    def movable(self) -> bool:
        """可改定日期 — the due date may be moved to a definite date afterwards."""
        return self.settable or (self.unit == "working_day" and self.extension_open)

    @property
    def needs_date(self) -> bool:
        """须有日期 — it can't be counted from its start alone."""
        return self.unit == "date" or bool(self.counted_from)

    def applies(self, attributes: Mapping[str, str]) -> bool:
        """适用 — the case has the attributes that the clock asks for."""
        return all(attributes.get(name) in allowed for name, allowed in self.only.items())

    @classmethod
    def parse(cls, book: str, table: Mapping[str, object]) -> "ClockSpec":
        """读取时限 — validated like every table."""
        row = Row(f"{book}的时限", table)
        row = Row(f"{book}的时限“{row.text('clock')}”", table)
        spec = cls(
            clock=row.text("clock"),
            label=row.text("label"),
            starts=row.moments("starts"),
            stops=row.moments("stops", pairs=True),
            cancels=row.moments("cancels", needed=False),
            length=row.number("length") if row.has("length") else None,
            unit=row.choice("unit", UNITS),
            first_day=row.flag("first_day"),
            roll=row.flag("roll"),
            backwards=row.flag("backwards"),
            extension_cap=row.number("extension_cap") if row.has("extension_cap") else None,
            suspension=row.texts("suspension", SUSPENSIONS),
            answerable=row.choice("answerable", ANSWERABLE),
            only=row.conditions("only"),
            scope=row.choice("scope", SCOPES, "case"),
            basis=row.text("basis"),
            note=row.text("note", ""),
            extension_open=row.flag("extension_open"),
            window=row.flag("window"),
            counted_from=row.text("counted_from", ""),
            set_per_case=row.flag("set_per_case"),
        )
        row.done()
        for fault, message in _faults(spec):
            if fault:
                raise row.error(message)
        return spec


def _faults(spec: ClockSpec) -> Iterator[tuple[bool, str]]:
    yield spec.unit == "date" and spec.length is not None, "按指定日期计，不得再写期限长度 length"
    yield spec.unit != "date" and spec.length is None, "缺少期限长度 length"
    yield spec.first_day and spec.unit not in {"day", "working_day"}, "只有按日、按工作日计的时限可以当日起算"
    yield spec.unit == "working_day" and spec.roll, "按工作日计，不存在顺延（roll）"
    yield spec.backwards and spec.unit != "working_day", "只有按工作日计的时限可以倒推"
    yield spec.backwards and spec.first_day, "倒推的时限不能当日起算"
    yield bool(spec.counted_from) and not spec.backwards, "只有倒推的时限写明自何日倒推（counted_from）"
    yield (
        spec.set_per_case and (spec.unit == "date" or spec.backwards),
        "本来就按指定日期计，不写 set_per_case",
    )
    yield spec.length == 0 and not spec.backwards, "期限长度 length 须为正数"
    yield spec.extension_cap is not None and spec.extension_open, "延期既定上限又不设上限"
    yield spec.extension_cap == 0, "不得延期的时限不写 extension_cap"
