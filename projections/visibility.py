"""可见范围: which cases an officer's lists may show. Every list query takes one; none can be asked without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, NamedTuple, Self

from domain.acts import Act
from domain.directory.accused import names_of_unit, patterns_of_officer, patterns_of_unit
from domain.directory.fold import Directory, Unit
from domain.directory.former import STILL
from domain.filing.situation import READERS as MONTH_READERS
from domain.kinds import ITEM, MONTH, PETITION, RECEPTION
from domain.rules.authority import (
    APART_POSTS,
    CASELESS_POSTS,
    OFFICE_POSTS,
    OVERSEEING_POSTS,
    READ_ACCUSATIONS_POSTS,
    UNIT_POSTS,
)
from domain.rules.item_powers import OVERSEEING, TRACKING_POSTS
from domain.rules.naming import SHORTEST_NAME, STAFF_ENDING, UNIT_ENDING
from projections.paging import Condition


def person_key(officer: str) -> str:
    """人员标记: how the ledger's `units` names an officer the case passed through, beside the units."""
    return f"officer:{officer}"


def office_key(unit: str) -> str:
    """信访工作机构标记: how the ledger's `units` names a unit whose office clerk and head read the case for their post."""
    return f"office:{unit}"


class Readers(NamedTuple):
    """查阅职务 — the posts that read every case of a kind, and those that read the confidential ones too."""

    all: frozenset[str]
    confidential: frozenset[str]


READERS: Mapping[str, Readers] = {
    PETITION.name: Readers(OVERSEEING_POSTS | {"system"}, READ_ACCUSATIONS_POSTS | {"system"}),
    ITEM.name: Readers(TRACKING_POSTS | OVERSEEING, OVERSEEING),
    MONTH.name: Readers(MONTH_READERS, MONTH_READERS),
    RECEPTION.name: Readers(OVERSEEING_POSTS | {"system"}, READ_ACCUSATIONS_POSTS | {"system"}),
}
"""各类案件的查阅职务: as each kind's `may_read` has them."""


NAMES_MEANT: LiteralString = (
    "(l.accused_units || l.accused_people) && (SELECT coalesce(array_agg(accused), '{}') FROM"
    " (SELECT DISTINCT c.name AS accused FROM accused_names c) AS named WHERE accused ~ ANY(%(called)s::text[])"
    " OR strpos(%(all_names)s, left(accused, 1)) > 0 AND"
    " EXISTS (SELECT FROM unnest(%(names)s::text[]) AS own (name), LATERAL (SELECT"
    " regexp_replace(regexp_replace(accused, %(staff_ending)s, ''), %(unit_ending)s, '') AS short OFFSET 0) AS cut"
    " WHERE own.name LIKE regexp_replace(accused, '(.)', '%%\\1', 'g')"
    " OR own.name LIKE regexp_replace(short, '(.)', '%%\\1', 'g') || '%%'))"
)
"""Whether the case has one of those names, of all that accusations have, which may mean the officer."""

CASE_MEANT: LiteralString = (
    "EXISTS (SELECT FROM unnest(l.accused_units || l.accused_people) AS accused, LATERAL (SELECT"
    " regexp_replace(regexp_replace(accused, %(staff_ending)s, ''), %(unit_ending)s, '') AS short OFFSET 0) AS cut,"
    " LATERAL (SELECT regexp_replace(accused, '(.)', '%%\\1', 'g') AS whole,"
    " regexp_replace(short, '(.)', '%%\\1', 'g') || '%%' AS part OFFSET 0) AS in_order"
    " WHERE EXISTS (SELECT FROM unnest(%(called)s::text[], %(called_until)s::timestamptz[])"
    " AS own (pattern, until) WHERE own.until >= l.registered_at AND accused ~ own.pattern)"
    " OR EXISTS (SELECT FROM unnest(%(names)s::text[], %(mutes)s::text[], %(names_until)s::timestamptz[])"
    " AS own (name, mute, until) WHERE own.until >= l.registered_at AND (length(accused) > %(shortest)s"
    " AND own.name LIKE whole"
    " OR length(translate(short, own.mute, '')) >= %(shortest)s"
    " AND own.name LIKE part)))"
)
"""Whether one of the names of the case means the officer, or did when it was registered."""


class Called(NamedTuple):
    """被指称 — a pattern by which an accusation may mean the officer or a unit of the officer's, and until when.

    Of a unit that was left it holds for the cases registered before, and so it does of a unit that stood above.
    """

    pattern: str
    until: datetime = STILL


class Abbreviable(NamedTuple):
    """被简称 — a name of a unit of the officer's, which may be abbreviated, and what in it tells nothing by itself; until
    when as above."""

    name: str
    mute: str
    until: datetime = STILL


@dataclass(frozen=True, slots=True)
class Visibility:
    """可见范围 — what the signed-in officer may see.

    Of each kind in `all` the cases that are not confidential, of each in `confidential` all; public ones; and those
    which passed through one of `keys` (units and officers, as the ledger names them) or, if not confidential, of `minded`
    (units whose mail the officer's unit minds). `called` and `abbreviable`
    are what the officer and the officer's units may be complained of under: an accusation is never shown to whom it
    accuses, whatever else they may see (条例 30.3).
    """

    officer: str
    unit: str | None = None
    all: frozenset[str] = frozenset()
    confidential: frozenset[str] = frozenset()
    public: bool = False
    keys: tuple[str, ...] = ()
    minded: tuple[str, ...] = ()
    called: tuple[Called, ...] = ()
    abbreviable: tuple[Abbreviable, ...] = ()

    @classmethod
    def of(cls, act: Act, directory: Directory) -> Self:
        """按职务确定: the same as each kind's `may_read`."""
        if act.role in CASELESS_POSTS:
            return cls(officer=act.principal, unit=act.unit)
        return cls(
            officer=act.principal,
            unit=act.unit,
            all=frozenset(kind for kind, readers in READERS.items() if act.role in readers.all),
            confidential=frozenset(
                kind for kind, readers in READERS.items() if act.role in readers.confidential
            ),
            public=True,
            keys=_keys(act),
            minded=tuple(sorted(directory.minded(act.unit))) if act.role in UNIT_POSTS else (),
            called=_called(act, directory),
            abbreviable=_abbreviable(act, directory),
        )

    def condition(self) -> Condition:
        """条件: true of the ledger rows (alias `l`) which the officer may see.

        Whom an accusation names is compared as `accused_units` and `accused_people` do (`domain/rules/naming.py`), a row
        after another. Who goes through all cases saves most of that: which of all the names that accusations have may
        mean the officer is found out once, and only cases with one of those are looked at closely.
        """
        reach = self._reach()
        return Condition(
            f"({reach}) AND NOT (l.confidential AND {CASE_MEANT})",
            {
                "sees_all": sorted(self.all),
                "sees_confidential": sorted(self.confidential),
                "sees_keys": list(self.keys),
                "sees_minded": list(self.minded),
                "staff_ending": STAFF_ENDING,
                "unit_ending": UNIT_ENDING,
                "called": [one.pattern for one in self.called],
                "called_until": [one.until for one in self.called],
                "all_names": "".join(one.name for one in self.abbreviable),
                "names": [one.name for one in self.abbreviable],
                "mutes": [one.mute for one in self.abbreviable],
                "names_until": [one.until for one in self.abbreviable],
                "shortest": SHORTEST_NAME,
            },
            of_all=f"({reach}) AND NOT (l.confidential AND {NAMES_MEANT} AND {CASE_MEANT})",
        )

    def _reach(self) -> LiteralString:
        """What the officer's posts reach; only what is so for this officer, for the planner's sake."""
        reached: list[LiteralString] = []
        if self.all:
            reached.append("NOT l.confidential AND l.kind = ANY(%(sees_all)s::text[])")
        if self.confidential:
            reached.append("l.kind = ANY(%(sees_confidential)s::text[])")
        if self.public:
            reached.append("l.public")
        if self.keys:
            reached.append("l.units && %(sees_keys)s::text[]")
        if self.minded:
            reached.append("NOT l.confidential AND l.units && %(sees_minded)s::text[]")
        return " OR ".join(reached) if reached else "false"


def _keys(act: Act) -> tuple[str, ...]:
    keys = [person_key(act.principal)]
    if act.role in UNIT_POSTS:
        keys.append(act.unit)
    if act.role in OFFICE_POSTS:
        keys.append(office_key(act.unit))
    return tuple(keys)


def _called(act: Act, directory: Directory) -> tuple[Called, ...]:
    """One pattern for each instant: the database compiles each anew for every case if there are many."""
    patterns: dict[datetime, list[str]] = {}
    for officer in dict.fromkeys((act.by, act.principal)):
        for pattern, until in patterns_of_officer(directory, officer):
            patterns.setdefault(until, []).append(pattern)
    for unit, until in _units(act, directory):
        patterns.setdefault(until, []).extend(patterns_of_unit(unit))
    return tuple(Called("|".join(dict.fromkeys(those)), until) for until, those in patterns.items())


def _abbreviable(act: Act, directory: Directory) -> tuple[Abbreviable, ...]:
    return tuple(
        Abbreviable(one.name, one.mute, until)
        for unit, until in _units(act, directory)
        for one in names_of_unit(unit)
    )


def _units(act: Act, directory: Directory) -> list[tuple[Unit, datetime]]:
    """Every unit to which the officer who acts, or the one stood in for, belongs or ever belonged, and the unit acted in,
    with those above them; each until the last instant. The auditor stands apart from the unit of that post."""
    chains = [directory.belonging(officer) for officer in (act.by, act.principal)]
    if act.role not in APART_POSTS:
        chains.append(directory.chain(act.unit))
    last: dict[str, datetime] = {}
    for unit, until in (pair for chain in chains for pair in chain.items()):
        last[unit] = max(until, last.get(unit, until))
    return [(directory.units[unit], until) for unit, until in last.items() if unit in directory.units]
