"""装入: what of a case goes into a dossier for the one who asks – events, keys, rules, names – and what stays out.

Who may read the case may have its history; who petitioned, only who may see that. The code that opens a case to a citizen
never leaves. Bytes that would tell in plain what isn't to be told, or what was erased since, stay out whole; their hash stays.
"""

import base64
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from api import case_links
from api.case_shapes import NEVER_SHOWN
from api.dossier import forms, layout, opening
from api.dossier.forms import Closed, Event
from api.dossier.opening import Row
from domain.directory.fold import Directory
from domain.directory.people import Called, Officer, Unit
from domain.facts import Fact
from domain.rules.calendar import TABLES
from domain.rules.deadlines import Clock
from domain.secrets import ACCUSED, CONTACT, CUSTODY, TEXTS, person
from eventstore.envelope import Blob, blobs, told_in_plain
from eventstore.leaves import Leaf

PERSON = person("")
"""What the subjects of persons begin with."""
FOR_READERS = frozenset({TEXTS, ACCUSED, CUSTODY})
"""科目: what whoever may read a case may read of it."""
PRESENT = 0
"""现用代次: by which the keys are asked of what was stored before there were any."""
SecretOf = Callable[[str, str, int], bytes | None]
"""A data key by owner, subject and generation; None if it was destroyed."""


@dataclass(frozen=True)
class Asker:
    """查阅权限 — whether persons are shown to the one who asks, and the cases that must not be told of."""

    persons: bool
    hidden: case_links.Hidden = case_links.NONE

    def may_open(self, subject: str) -> bool:
        """可以启封: what is stored under a subject."""
        if subject in FOR_READERS:
            return True
        return self.persons and (subject == CONTACT or subject.startswith(PERSON))


class Keyring:
    """所附密钥 — collects, while events are enclosed, the keys that open what is shown of them."""

    def __init__(self, asker: Asker, secret_of: SecretOf) -> None:
        self._asker, self._secret_of = asker, secret_of
        self._found: dict[str, forms.Key] = {}

    def secret(self, row: Row, blob: Blob) -> bytes | None:
        """数据密钥: of a blob that may be opened and can be."""
        if not self._asker.may_open(blob.subject):
            return None
        secret = self._secret_of(str(row.originator_id), blob.subject, blob.generation)
        if secret is not None:
            id = opening.key_id(blob)
            self._found[id] = forms.Key(id=id, subject=blob.subject, key=secret.hex())
        return secret

    def is_destroyed(self, row: Row, subject: str, generation: int) -> bool:
        """已经销毁: whether nobody can open it any more."""
        return self._secret_of(str(row.originator_id), subject, generation) is None

    def why_shut(self, row: Row, subject: str) -> str | None:
        """不予载明的原因: of what the row tells in plain, and wouldn't if it lay under its key; None if it may be told."""
        if self.is_destroyed(row, subject, PRESENT):
            return layout.ERASED
        return None if self._asker.may_open(subject) else layout.UNTOLD

    @property
    def keys(self) -> list[forms.Key]:
        """全部所附密钥."""
        return [one for _, one in sorted(self._found.items())]


def event(row: Row, fact: Fact, asker: Asker, ring: Keyring) -> Event:
    """事件文件: of one row; without its bytes where they hold in plain what must not be shown."""
    found = opening.opened(row, lambda blob: ring.secret(row, blob))
    kept_back = set(case_links.untold(fact, asker.hidden)) | NEVER_SHOWN - {"personal"}
    if not asker.persons:
        kept_back.add("personal")
    in_plain = sorted(kept_back & set(found.fields))
    shut = [
        Closed(field=name, subject=subject, why=why)
        for name, subject in told_in_plain(row.topic, row.state)
        if name not in kept_back and (why := ring.why_shut(row, subject))
    ]
    fields = {name: value for name, value in found.fields.items() if name not in kept_back}
    fields = _without(fields, shut)
    generations = {blob.subject: blob.generation for blob in blobs(row.state)}
    closed = [
        Closed(field=name, subject=subject, why=_why(row, subject, generations[subject], ring))
        for name, subject in found.closed
    ]
    closed += [Closed(field=name, why=layout.UNTOLD) for name in in_plain]
    closed += shut
    return Event(
        position=row.position,
        originator_id=row.originator_id,
        version=row.version,
        stored_at=row.stored_at,
        topic=row.topic,
        state=None if in_plain or shut else base64.b64encode(row.state).decode(),
        leaf_hash=leaf(row).hash().hex(),
        opened=fields,
        closed=sorted(closed, key=lambda one: (one.field, one.subject)),
    )


def _without(fields: dict[str, Any], shut: Sequence[Closed]) -> dict[str, Any]:
    """What is left of fields stored in plain: nothing of a text; of people, those whose keys are still there."""
    left = dict(fields)
    for name in {one.field for one in shut}:
        value, gone = left.pop(name), {one.subject for one in shut if one.field == name}
        people = value.get("people", ()) if isinstance(value, dict) else ()
        staying = [one for one in people if person(one["key"]) not in gone]
        if staying:
            left[name] = {**({} if CONTACT in gone else value), "people": staying}
    return left


def _why(row: Row, subject: str, generation: int, ring: Keyring) -> str:
    return layout.ERASED if ring.is_destroyed(row, subject, generation) else layout.UNTOLD


def leaf(row: Row) -> Leaf:
    """叶子: of a row."""
    return Leaf(row.position, row.originator_id, row.version, row.stored_at, row.topic, row.state)


def shipped_tables() -> Iterator[tuple[str, str, bytes]]:
    """随附规则表: what came with the program – the source, the path in the dossier, the content."""
    for source in ("rulebook", "calendar"):
        for file in sorted((TABLES / f"{source}s").glob("*.toml")):
            yield source, f"rules/{source}s/{file.name}", file.read_bytes()
    yield "statutory", layout.STATUTORY, (TABLES / Path(layout.STATUTORY).name).read_bytes()


def rule_files(clocks: Sequence[Clock], published: Sequence[tuple[Event, Fact]]) -> list[forms.RuleFile]:
    """规则目录: every table and every published rule, and which of them the case's clocks were counted by."""
    books = {(one.rulebook, one.rulebook_version) for one in clocks}
    years = {
        year
        for one in clocks
        for year in range(one.started_on.year, max(one.due_on.year, one.started_on.year) + 1)
    }
    found = []
    for source, path, content in shipped_tables():
        table = tomllib.loads(content.decode())
        if source == "rulebook":
            used = (table["id"], table["version"]) in books
        elif source == "calendar":
            used = any(one["year"] in years for one in table["decree"])
        else:
            used = any(one.provisional for one in clocks)
        found.append(
            forms.RuleFile(
                source=source,
                path=path,
                sha256=layout.digest(content),
                name=_table_name(source, table),
                used=used,
            )
        )
    for event, fact in published:
        path = layout.event_path(layout.RULE_EVENTS, event.version)
        told: Any = fact
        if hasattr(fact, "table"):
            name, used = str(told.table["title"]), (told.rulebook, told.table["version"]) in books
        else:
            name, used = str(getattr(fact, "source", event.topic)), getattr(fact, "year", None) in years
        content = layout.written(msgspec.to_builtins(event))
        found.append(
            forms.RuleFile(source="event", path=path, sha256=layout.digest(content), name=name, used=used)
        )
    return found


def _table_name(source: str, table: dict[str, Any]) -> str:
    if source == "rulebook":
        return f"{table['title']}（{table['version']}版）"
    if source == "calendar":
        return "；".join(dict.fromkeys(str(one["source"]) for one in table["decree"]))
    return "全国年节及纪念日放假办法所列节日"


def names(directory: Directory, events: Iterable[Event], *more: str) -> forms.Names:
    """名称表: of every unit and officer whose id stands in an event, with what they were called when."""
    said = set(more)
    for one in events:
        said |= set(_texts(one.opened))
    return forms.Names(
        units=[_named(directory.units[id]) for id in sorted(said & set(directory.units))],
        officers=[_named(directory.officers[id]) for id in sorted(said & set(directory.officers))],
    )


def _named(one: Unit | Officer) -> forms.Named:
    kind = one.kind if isinstance(one, Unit) else ""
    return forms.Named(id=one.id, kind=kind, name=one.name, called=[_called(name) for name in one.called])


def _called(one: Called) -> forms.Called:
    return forms.Called(since=one.since, name=one.name)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
