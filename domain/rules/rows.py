"""表格读取 — one table of a rule file, field by field; what is missing, wrong or left over is refused.

Every message is Chinese and names the rule book, the clock and the field, because an administrator reads it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from domain.rules.calendar import CalendarError, as_date, as_instant

UNITS = ("day", "working_day", "month", "date")
SCOPES = ("case", "unit", "round")
SUSPENSIONS = ("hearing",)
KINDS = ("petition", "supervision", "document", "month", "reception", "staff_complaint", "time_limited")
"""The kinds of case beside whose own rule book another may lie."""

ANSWERABLE = (
    "office", "unit", "petitioner", "review_organ", "reexamination_organ", "lead_unit", "inspector", "leader",
)  # fmt: skip
CONDITIONS = (
    "category", "way", "channel", "track", "simplified", "simplified_from", "anonymous", "limit_class", "cadence",
)  # fmt: skip
MOMENTS = frozenset(
    [
        # a petition
        *("registered", "registered_at_office", "kept_by_office", "received", "assisting"),
        *("passed_on", "passed_to", "transferred", "objected", "handed_back", "kept"),
        *("instructed", "instruction_passed_on"),
        *("accepted", "accepted_ordinary", "declined", "negative_decision"),
        *("notice_served", "notice_exempted", "replied", "opinion_served", "concluded", "signed_off"),
        *("simplified", "switched_to_ordinary", "extended", "withdrawn", "reopened"),
        *(
            "assigned_with_date",
            "assigned_by_superior",
            "rescheduled",
            "reported",
            "supervised",
            "supervision_answered",
        ),
        # its review
        *("review_posted", "review_requested", "review_concluded", "review_served"),
        *("reexamination_posted", "reexamination_requested", "reexamination_concluded"),
        *("reexamination_served", "hearing", "hearing_opened", "hearing_closed"),
        # a supervision item
        *("issued", "allocated", "result_submitted", "result_for_review", "sent_back"),
        "submitted_to_superior",
        *("extension_requested", "extension_answered", "cadence_due"),
        # the filing of negative decisions
        *("filed", "month_ended", "month_list_sent"),
        # a reception, and the hand-over of what somebody took first
        *("matter_received", "promised", "taken_on_shift"),
        *("handed_over", "hand_over_confirmed", "hand_over_declined", "hand_over_replaced"),
    ]
)


class RulebookError(ValueError):
    """规则册有误 — a rule file can't be read as it stands; the message is Chinese."""


class Row:
    """表 — one table with the name by which a message calls it, and the fields that were read so far."""

    def __init__(self, about: str, table: Mapping[str, object]) -> None:
        self.about = about
        self._table = table
        self._read: set[str] = set()

    def error(self, message: str) -> RulebookError:
        """有误 — for the caller to raise."""
        return RulebookError(f"{self.about}{message}")

    def done(self) -> None:
        """读完 — nothing may be left over."""
        unknown = sorted(set(self._table) - self._read)
        if unknown:
            raise self.error(f"含未知字段：{'、'.join(unknown)}")

    def has(self, name: str) -> bool:
        """已填写 — the field stands in the table and is not empty."""
        self._read.add(name)
        return self._table.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """文字 — not blank, unless there is a default."""
        if not self.has(name) and default is not None:
            return default
        value = self._table.get(name)
        if isinstance(value, str) and (value.strip() or default is not None):
            return value
        raise self.error(f"缺少 {name}")

    def flag(self, name: str) -> bool:
        """是否 — false when left out."""
        value = self._table[name] if self.has(name) else False
        if isinstance(value, bool):
            return value
        raise self.error(f"的 {name} 应为 true 或 false")

    def number(self, name: str) -> int:
        """数 — a whole number of at most ten years of days, not negative."""
        value = self._table[name] if self.has(name) else None
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 3660:
            return value
        raise self.error(f"的 {name} 应为0至3660的整数")

    def signed(self, name: str) -> int:
        """正负数 — a whole number that may be negative."""
        value = self._table[name] if self.has(name) else None
        if isinstance(value, int) and not isinstance(value, bool) and -366 <= value <= 366:
            return value
        raise self.error(f"的 {name} 应为-366至366的整数")

    def choice(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        """选项 — one of a closed list."""
        value = self.text(name, default)
        if value in allowed:
            return value
        raise self.error(f"的 {name} 不能是“{value}”，应为：{'、'.join(allowed)}")

    def texts(self, name: str, allowed: Sequence[str] | None = None) -> tuple[str, ...]:
        """文字列表 — of a closed list where one is given; empty when left out."""
        value = self._table[name] if self.has(name) else []
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) and each for each in value):
            raise self.error(f"的 {name} 应为文字列表")
        wrong = [each for each in value if allowed is not None and each not in allowed]
        if wrong:
            raise self.error(f"的 {name} 含未知项：{'、'.join(wrong)}")
        self.once(f" {name} 项", value)
        return tuple(value)

    def moments(self, name: str, *, pairs: bool = False, needed: bool = True) -> tuple[str, ...]:
        """时点列表 — names of moments; with `pairs` also two joined by a plus sign."""
        names = self.texts(name)
        if needed and not names:
            raise self.error(f"缺少 {name}")
        for each in names:
            parts = each.split("+") if pairs else [each]
            if any(part not in MOMENTS for part in parts) or len(parts) > 2:
                raise self.error(f"的 {name} 含未知时点：{each}")
        return names

    def conditions(self, name: str) -> dict[str, tuple[str, ...]]:
        """适用条件 — attribute to allowed values."""
        value = self._table[name] if self.has(name) else {}
        if not isinstance(value, Mapping):
            raise self.error(f"的 {name} 应为条件表")
        row = Row(f"{self.about}的 {name} ", value)
        found = {attribute: row.texts(attribute) for attribute in CONDITIONS if row.has(attribute)}
        row.done()
        if not all(found.values()):
            raise self.error(f"的 {name} 有条件没有取值")
        return found

    def table(self, name: str) -> "Row":
        """子表 — the table under that name; an empty one when left out."""
        value = self._table[name] if self.has(name) else {}
        if not isinstance(value, Mapping):
            raise self.error(f"的 {name} 应为表")
        return Row(f"{self.about}的 {name} ", value)

    def rows(self, name: str) -> list[Mapping[str, object]]:
        """表列表 — empty when left out."""
        value = self._table[name] if self.has(name) else []
        if isinstance(value, list | tuple) and all(isinstance(each, Mapping) for each in value):
            return list(value)
        raise self.error(f"的 {name} 应为表的列表")

    def day(self, name: str) -> date:
        """日期 — TOML date or ISO string."""
        try:
            return as_date(self._table.get(name) if self.has(name) else "")
        except CalendarError:
            raise self.error(f"缺少日期 {name}，或日期无法识别") from None

    def instant(self, name: str) -> datetime:
        """时刻 — with its offset."""
        try:
            return as_instant(self._table.get(name) if self.has(name) else "")
        except CalendarError:
            raise self.error(f"缺少时刻 {name}，或时刻无法识别、未带时区") from None

    def once(self, what: str, names: Sequence[str]) -> None:
        """不重复 — each name stands once."""
        again = sorted({name for name in names if names.count(name) > 1})
        if again:
            raise self.error(f"的{what}重复：{'、'.join(again)}")
