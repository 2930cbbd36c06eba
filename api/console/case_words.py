"""案件用语: what the coded values of facts and states are called in an office, by the names and rules of the time.

Labels are data (`case_labels.toml`, `labels.toml`); which field holds a unit, an officer or a code stands here.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from api.case_reading import officer_called
from api.console import forms
from domain.attachments import Attachment
from domain.directory.fold import Directory
from domain.erasure.events import Linked
from domain.facts import Fact, name_of
from domain.papers.shapes import PrintedDate
from domain.petition.events import Against, Petitioner, Source
from domain.rulebase.fold import Known
from domain.rules import grounds, papers, retention
from domain.rules.signals import steps

UNITS = frozenset(
    {
        "to_unit", "from_unit", "of_unit", "lead_unit", "opened_by_unit", "responsible", "decided_in", "office",
        "petition_office", "to_organ", "assisting_units", "units", "by_unit", "unit", "organ", "addressees", "copies", "in_unit",
    }
)  # fmt: skip
"""单位栏."""
OFFICERS = frozenset(
    {
        "officer",
        "leader",
        "approver",
        "to",
        "leaders",
        "officers",
        "recipients",
        "first_contact",
        "received_by",
        "requested_by",
        "approved_by",
        "witnessed_by",
    }
)
"""人员栏."""
LINKS: Mapping[str, tuple[str, str]] = {
    "earlier_number": ("earlier", "petitions"),
    "item_number": ("item", "supervision-items"),
    "petition_number": ("petition", "petitions"),
    "case_number": ("case", "petitions"),
    "along_with_number": ("along_with", "petitions"),
}
"""关联案件栏: a number, the field with the case's id beside it, and where such cases have their pages."""
UNTOLD = frozenset(
    {
        "alert_id",
        "start_version",
        "part",
        "covers",
        "upto",
        "clock",
        "step",
        "responsible",
        "rests_on",
        "templates",
        "shift",
    }
) | {field for field, _ in LINKS.values()}
"""不显示的栏: what only machines need."""
CLOCKS = frozenset({"limit", "other_limits"})
COUNTED = {"people": "{}人", "contents": "{}份"}
"""计数栏: of which only the number is told."""
COUNTS = {"days": "{}日", "headcount": "{}人", "points": "{:+d}分"}
"""数目栏: how a number is said."""
FOLDERS_OF = {"petition": "petitions", "item": "supervision-items", "reception": "reception"}
"""Where cases of each kind have their pages."""
INLINE = 24
"""Characters up to which a field stands beside others in one row."""
PLAIN = "内容"
"""What a field without a name of its own is called."""


class Piece(NamedTuple):
    """文字 — a text, and the page it leads to, if any."""

    text: str
    href: str | None = None


class Line(NamedTuple):
    """一栏 — a label and what stands under it."""

    label: str
    pieces: tuple[Piece, ...]

    @property
    def is_long(self) -> bool:
        """长文: needs a row of its own."""
        return sum(len(one.text) for one in self.pieces) > INLINE


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("case_labels.toml").read_text("utf-8"))


def label(event: str, name: str) -> str:
    """栏目名称: of an event's field, as this event calls it, or as it is called on the page, or on forms."""
    own = _table()["events"].get(event, {}).get(name) or _table()["fields"].get(name)
    if own is not None:
        return str(own)
    try:
        return forms.label(name)
    except KeyError:
        return PLAIN


def said(name: str, value: str, event: str = "") -> str:
    """代码用语: what a coded value is called; the value itself where it is no code."""
    values = _table()["values"]
    for key in (f"{event}.{name}", name):
        if value in values.get(key, {}):
            return str(values[key][value])
    return forms.choice(name, value)


def line(label: str, *texts: str | None) -> Line | None:
    """一栏: of plain texts; none if there is nothing to say."""
    pieces = tuple(Piece(text) for text in texts if text)
    return Line(label, pieces) if pieces else None


@dataclass(frozen=True)
class Words:
    """用语 — the names of units, officers and rule books, as known when the page is made."""

    directory: Directory
    known: Known
    attachments_at: str = ""

    def units(self, ids: Iterable[str], at: datetime) -> tuple[Piece, ...]:
        """单位名称."""
        return tuple(Piece(self.directory.unit_called(one, at)) for one in ids)

    def officers(self, ids: Iterable[str], at: datetime) -> tuple[Piece, ...]:
        """姓名: what is no officer's id is shown as it was written."""
        return tuple(Piece(officer_called(self.directory, one, at) or one) for one in ids)

    @cached_property
    def clock_labels(self) -> Mapping[str, str]:
        """期限名称: what the clocks of all rule books are called."""
        return {spec.clock: spec.label for book in self.known.books.all() for spec in book.clocks}

    @cached_property
    def step_labels(self) -> Mapping[str, str]:
        """预警步骤名称."""
        own = [step for book in self.known.books.all() for step in book.alerts]
        return {step.id: step.label for step in (*own, *steps())}

    def rulebook(self, id: str | None) -> str | None:
        """规则册名称."""
        titles = {book.id: book.title for book in self.known.books.all()}
        return None if id is None else f"《{titles[id]}》" if id in titles else id

    def limit_class(self, rulebook: str | None, value: str) -> str:
        """时限类别: as the rule book's own clock has it, else as forms name it."""
        for book in self.known.books.all():
            for spec in book.clocks if book.id == rulebook else ():
                if value in spec.only.get("limit_class", ()):
                    return spec.label
        return forms.choice("limit_class", value)

    def lines(self, fact: Fact, shown: Iterable[str]) -> list[Line]:
        """事件内容: of the fields that may be shown, those which say something, each under its label."""
        event, defaults = name_of(fact), {one.name: one.default for one in msgspec.structs.fields(fact)}
        found: list[Line] = []
        for name in shown:
            value = getattr(fact, name)
            if name in UNTOLD or value in (None, "", ()) or (value is False and defaults[name] is False):
                continue
            pieces = self._pieces(fact, event, name, value)
            if pieces:
                found.append(Line(label(event, name), pieces))
        return found

    def _pieces(self, fact: Fact, event: str, name: str, value: Any) -> tuple[Piece, ...]:
        at = fact.recorded_at
        if name in LINKS:
            id, place = getattr(fact, LINKS[name][0], None), LINKS[name][1]
            return (Piece(str(value), None if id is None else f"/console/{place}/{id}"),)
        values = value if isinstance(value, tuple) else (value,)
        if values and isinstance(values[0], msgspec.Struct):
            return self._structs(values, at)
        if name in UNITS:
            return self.units(values, at)
        if name in OFFICERS:
            return self.officers(values, at)
        if name in COUNTED:
            return (Piece(COUNTED[name].format(len(values))),)
        if name == "visitors":
            return (Piece(f"{len(values)}人（姓名等身份信息另行查看）"),)
        return tuple(Piece(self._word(fact, event, name, one)) for one in values)

    def _structs(self, values: tuple[Any, ...], at: datetime) -> tuple[Piece, ...]:
        first = values[0]
        if isinstance(first, Attachment):
            return tuple(self.attachment(one) for one in values)
        if isinstance(first, Against):
            return self.against(values, at)
        if isinstance(first, Petitioner):
            return (Piece(f"{len(values)}人（姓名等身份信息另行查看）"),)
        if isinstance(first, PrintedDate):
            return tuple(self._printed(one) for one in values)
        if isinstance(first, Linked):
            return tuple(Piece(one.number, f"/console/{FOLDERS_OF[one.kind]}/{one.case}") for one in values)
        return (Piece(f"导入记录 {first.key}"),) if isinstance(first, Source) else ()

    def _printed(self, one: PrintedDate) -> Piece:
        loose = "（暂定）" if one.provisional else ""
        return Piece(f"{papers.date_label(one.name, one.clock)} {one.on}{loose}")

    def attachment(self, one: Attachment) -> Piece:
        """附件: its name, leading to its content; paper leads nowhere."""
        if not one.sha256:
            return Piece(f"{one.name}（纸质）")
        return Piece(one.name, f"{self.attachments_at}/{one.sha256}" if self.attachments_at else None)

    def against(self, those: Iterable[Against], at: datetime) -> tuple[Piece, ...]:
        """被反映对象: units and persons by name."""
        found = []
        for one in those:
            unit = self.directory.unit_called(one.unit, at) if one.unit else ""
            person = (officer_called(self.directory, one.person, at) or one.person) if one.person else ""
            found.append(Piece(" ".join(part for part in (unit, person) if part)))
        return tuple(found)

    def _word(self, fact: Fact, event: str, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return forms.choice("yes", "true" if value else "false")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, UUID) or not isinstance(value, str):
            return COUNTS.get(name, "{}").format(value)
        special = _WORDS.get(name)
        return special(self, fact, value) if special is not None else said(name, value, event)


def _entry(entries: Iterable[grounds.Entry], code: str) -> str:
    return next((one.label for one in entries if one.code == code), code)


def notice(code: str) -> str:
    """文书名称."""
    paper = papers.found(code)
    return paper.label if paper is not None else code


def ground(code: str) -> str:
    """事由: of declining, of supervising or of destroying; no code is in two tables."""
    known = _entry((*grounds.decline_grounds(), *grounds.supervision_grounds()), code)
    return retention.label_of_ground(known)


def category(topic: str, code: str) -> str:
    """类别: of a petition, or what an item was opened for."""
    return _entry(grounds.source_categories(), code) if topic.startswith("item.") else said("category", code)


_WORDS: Mapping[str, Callable[[Words, Fact, str], str]] = {
    "notice": lambda _, __, value: notice(value),
    "ground": lambda _, __, value: ground(value),
    "category": lambda _, fact, value: category(fact.TOPIC, value),
    "rulebook": lambda words, _, value: words.rulebook(value) or value,
    "limit_class": lambda words, fact, value: words.limit_class(getattr(fact, "rulebook", None), value),
    "retention": lambda _, __, value: retention.of_code(value).label,
    "step": lambda words, _, value: words.step_labels.get(value, value),
    **dict.fromkeys(CLOCKS, lambda words, _, value: words.clock_labels.get(value, value)),
}
