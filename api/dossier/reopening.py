"""重新打开: what a dossier encloses, back into the facts, the rules and the names that it tells of.

Whoever makes a dossier and whoever checks one read it here, so that the page and the print say what the events say. Only
what is enclosed counts: the tables of this program are not asked.
"""

import base64
import binascii
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from api.case_reading import Seen
from api.dossier import forms, layout
from api.dossier.forms import CaseFile, Event
from api.dossier.unpacking import Unfit
from domain.casework import Recorded
from domain.directory.fold import Directory
from domain.directory.people import Called, Officer, Unit
from domain.facts import TOPICS, UPCASTERS, Fact
from domain.kinds import kind_of
from domain.rulebase import fold as rulebase
from domain.rulebase.fold import Known
from domain.rules import calendar as calendars
from domain.rules import rulebook as rulebooks
from domain.rules.calendar import Calendar, CalendarError
from domain.rules.rulebook import Books, RulebookError
from domain.secrets import CLEARED
from eventstore.mapper import read as read_fact
from eventstore.merkle import WIDTH

T = TypeVar("T")

Read = Callable[[str], bytes]
"""A file of the dossier by its path. Raises Unfit."""
NOBODY = UUID(int=0)
"""Stands in the place of another case's id that isn't told."""
YEARS = 30
"""Years on either side of the dossier for which statutory days are asked for where there is no decree."""
LEFT_OUT: Mapping[str, str] = {layout.UNTOLD: f"〔{layout.UNTOLD}〕", layout.ERASED: CLEARED}
"""What stands in the place of a text that is left out."""


def form(kind: type[T], content: bytes, path: str) -> T:
    """读取文件: as what it must be. Raises Unfit."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Unfit(f"{path} 的格式不对") from None


@dataclass(frozen=True)
class Enclosed:
    """所附内容 — a dossier's files, read."""

    case: CaseFile
    events: Sequence[Event]
    names: forms.Names
    rules: Sequence[forms.RuleFile]
    tables: Mapping[str, bytes]
    rule_events: Sequence[Event]
    keys: Sequence[forms.Key]
    papers: Sequence[forms.Paper]
    attachments: Sequence[forms.Attached]
    readings: Sequence[forms.Reading] | None
    head: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def seen(self) -> Seen:
        """案件: as the dossier lets it be seen. Raises Unfit."""
        history = [Recorded(one.position, fact_of(one)) for one in self.events]
        kind = kind_of(history[0].fact) if history else None
        if kind is None or kind.name != self.case.kind:
            raise Unfit("首个事件不是这类案件的开始")
        made = self.case.made_at
        try:
            state = kind.project(one.fact for one in history)
        except Exception as error:
            raise Unfit(f"事件不能连成一件案件（{type(error).__name__}）") from None
        today, hidden = self.case.made_on, frozenset({NOBODY})
        return Seen(kind, history, state, self.known, today, self.directory, True, made, hidden)

    @cached_property
    def known(self) -> Known:
        """规则: as they were known when the dossier was made. Raises Unfit."""
        at = self.case.made_at
        try:
            books = [
                rulebooks.parse(tomllib.loads(self.tables[one.path].decode()))
                for one in self.rules
                if one.source == "rulebook"
            ]
            decrees = [
                calendars.parse(table)
                for one in self.rules
                if one.source == "calendar"
                for table in tomllib.loads(self.tables[one.path].decode())["decree"]
            ]
            base = rulebase.Rulebase(0, tuple(books), tuple(decrees))
            for event in self.rule_events:
                base = rulebase.fold(base, fact_of(event))
            known = calendars.as_known(base.decrees, at)
            statutory = self._statutory(at, known)
            return Known(Books(base.rulebooks).known(at), Calendar(known.decrees, statutory))
        except (KeyError, TypeError, ValueError, RulebookError, CalendarError) as error:
            raise Unfit(f"所附规则不能读取（{type(error).__name__}）") from None

    def _statutory(self, at: datetime, known: Calendar) -> dict[int, frozenset[date]]:
        """法定节假日: of the years without a decree, by the table that is enclosed."""
        table = tomllib.loads(self.tables[layout.STATUTORY].decode())
        own = {one["year"]: one["holiday"] for one in table["year"]}
        fixed = [(int(day[:2]), int(day[3:])) for one in table["fixed"] for day in one["days"]]
        found: dict[int, frozenset[date]] = {}
        for year in range(at.year - YEARS, at.year + YEARS + 1):
            if year in own:
                found[year] = frozenset(day for one in own[year] for day in one["days"])
            elif year not in known.decrees:
                found[year] = frozenset(date(year, month, day) for month, day in fixed)
        return found

    @cached_property
    def directory(self) -> Directory:
        """名称: a directory that knows nothing but names."""
        units = {
            one.id: Unit(one.id, one.name, one.kind, "", "", _called(one.called)) for one in self.names.units
        }
        officers = {
            one.id: Officer(one.id, one.name, "", "", called=_called(one.called))
            for one in self.names.officers
        }
        return Directory(1, units, officers)


def _called(given: Sequence[forms.Called]) -> tuple[Called, ...]:
    return tuple(Called(one.since, one.name) for one in given)


def fact_of(event: Event) -> Fact:
    """事实: of what the dossier shows of an event; a text that is left out says so, everything else is missing.

    Raises Unfit.
    """
    if event.topic not in TOPICS and event.topic not in UPCASTERS:
        raise Unfit(f"第{event.version}号事件的种类 {event.topic!r} 未知")
    try:
        return read_fact(event.topic, msgspec.json.encode(_filled(event)))
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError):
        raise Unfit(f"第{event.version}号事件的内容不能读取") from None


def _filled(event: Event) -> dict[str, Any]:
    kind = TOPICS.get(event.topic)
    if kind is None:
        return event.opened
    needed = {one.encode_name: one.type for one in msgspec.structs.fields(kind) if one.required}
    lacking = {one.field: one.why for one in event.closed if one.field not in event.opened}
    filled = {name: _nothing(needed[name], why) for name, why in lacking.items() if name in needed}
    return event.opened | filled


def _nothing(kind: Any, why: str) -> Any:
    """留空: what stands in the place of a field that must be there and isn't shown."""
    info = msgspec.inspect.type_info(kind)
    if isinstance(info, msgspec.inspect.Metadata):
        info = info.type
    if isinstance(info, msgspec.inspect.StrType):
        return LEFT_OUT.get(why, LEFT_OUT[layout.UNTOLD])
    if isinstance(info, msgspec.inspect.UUIDType):
        return str(NOBODY)
    return [] if isinstance(info, msgspec.inspect.VarTupleType) else None


def state_of(event: Event) -> bytes | None:
    """存储字节: as stored; None where they aren't shown. Raises Unfit."""
    if event.state is None:
        return None
    try:
        return base64.b64decode(event.state, validate=True)
    except (binascii.Error, ValueError):
        raise Unfit(f"第{event.version}号事件的存储字节不是 base64") from None


def hash_of(text: str, what: str) -> bytes:
    """哈希值. Raises Unfit."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != WIDTH or text != found.hex():
        raise Unfit(f"{what}不是 SHA-256")
    return found


def read(read: Read, paths: Sequence[str]) -> Enclosed:
    """读取案卷: every file that says something. Raises Unfit."""

    def told(kind: type[T], path: str) -> T:
        return form(kind, read(path), path)

    def events(folder: str) -> list[Event]:
        own = sorted(one for one in paths if one.startswith(f"{folder}/"))
        return [told(Event, one) for one in own]

    rules = told(list[forms.RuleFile], layout.RULES)
    return Enclosed(
        case=told(CaseFile, layout.CASE),
        events=events(layout.EVENTS),
        names=told(forms.Names, layout.NAMES),
        rules=rules,
        tables={one.path: read(one.path) for one in rules if one.source != "event"},
        rule_events=events(layout.RULE_EVENTS),
        keys=told(list[forms.Key], layout.KEYS),
        papers=told(list[forms.Paper], layout.PAPERS),
        attachments=told(list[forms.Attached], layout.ATTACHMENTS),
        readings=told(list[forms.Reading], layout.READINGS) if layout.READINGS in paths else None,
        head=told(dict[str, Any], layout.HEAD),
    )
