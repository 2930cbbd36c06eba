"""可见范围: which cases an officer's lists may show. Every list query takes one; none can be asked without it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from domain.acts import Act
from domain.directory.fold import Directory
from domain.filing.situation import READERS as MONTH_READERS
from domain.kinds import ITEM, MONTH, PETITION
from domain.rules.authority import (
    CASELESS_POSTS,
    OFFICE_POSTS,
    OVERSEEING_POSTS,
    READ_ACCUSATIONS_POSTS,
    SHORTEST_NAME,
    UNIT_POSTS,
    plain,
)
from domain.rules.item_powers import OVERSEEING, TRACKING_POSTS
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
}
"""各类案件的查阅职务: as each kind's `may_read` has them."""


@dataclass(frozen=True, slots=True)
class Accusable:
    """可被指称 — what somebody may be complained of under: ids and codes as a whole, names also within a text."""

    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, ids: Iterable[str], names: Iterable[str]) -> Self:
        """规整: as accusations are compared."""
        return cls(_plain(ids), _plain(names))


@dataclass(frozen=True, slots=True)
class Visibility:
    """可见范围 — what the signed-in officer may see.

    Of each kind in `all` the cases that are not confidential, of each in `confidential` all; public ones; and those
    which passed through one of `keys` (units and officers, as the ledger names them). `person` and `organ` are what
    the officer and the unit may be complained of under: an accusation is never shown to whom it accuses, whatever else
    they may see (条例 30.3).
    """

    officer: str
    unit: str | None = None
    all: frozenset[str] = frozenset()
    confidential: frozenset[str] = frozenset()
    public: bool = False
    keys: tuple[str, ...] = ()
    person: Accusable = Accusable()
    organ: Accusable = Accusable()

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
            person=_person(act, directory),
            organ=Accusable() if act.role in OVERSEEING else _organ(act, directory),
        )

    def condition(self) -> Condition:
        """条件: true of the ledger rows (alias `l`) which the officer may see.

        Whom an accusation names is compared as `authority.names_person` and `authority.names_unit` do.
        """
        return Condition(
            "(NOT l.confidential AND l.kind = ANY(%(sees_all)s::text[]) OR l.kind = ANY(%(sees_confidential)s::text[])"
            " OR %(sees_public)s AND l.public OR l.units && %(sees_keys)s::text[]) AND NOT (l.confidential AND ("
            " EXISTS (SELECT FROM unnest(l.accused_people) accused WHERE accused = ANY(%(own_ids)s::text[])"
            " OR EXISTS (SELECT FROM unnest(%(own_names)s::text[]) own"
            " WHERE accused = own OR (length(own) >= %(shortest)s AND strpos(accused, own) > 0)))"
            " OR EXISTS (SELECT FROM unnest(l.accused_units) accused WHERE accused = ANY(%(unit_ids)s::text[])"
            " OR EXISTS (SELECT FROM unnest(%(unit_names)s::text[]) own"
            " WHERE accused = own OR (length(own) >= %(shortest)s AND strpos(accused, own) > 0)"
            " OR (length(accused) > %(shortest)s AND own LIKE regexp_replace(accused, '(.)', '%%\\1', 'g'))))))",
            {
                "sees_all": sorted(self.all),
                "sees_confidential": sorted(self.confidential),
                "sees_public": self.public,
                "sees_keys": list(self.keys),
                "own_ids": list(self.person.ids),
                "own_names": list(self.person.names),
                "unit_ids": list(self.organ.ids),
                "unit_names": list(self.organ.names),
                "shortest": SHORTEST_NAME,
            },
        )


def _keys(act: Act) -> tuple[str, ...]:
    keys = [person_key(act.principal)]
    if act.role in UNIT_POSTS:
        keys.append(act.unit)
    if act.role in OFFICE_POSTS:
        keys.append(office_key(act.unit))
    return tuple(keys)


def _person(act: Act, directory: Directory) -> Accusable:
    """The officer who acts and the one stood in for, under every name they ever bore."""
    ids = (act.by, act.principal)
    known = [directory.officers[one] for one in ids if one in directory.officers]
    return Accusable.of(ids, (act.name, *(name for one in known for name in sorted(one.names))))


def _organ(act: Act, directory: Directory) -> Accusable:
    """The units the officer belongs to or acts in, and those above them, under every name they ever bore."""
    units = [u for unit in (act.unit, act.own_unit) if unit for u in (unit, *directory.above(unit))]
    known = [directory.units[unit] for unit in units if unit in directory.units]
    ids = (*units, *(one.code for one in known))
    return Accusable.of(ids, (name for one in known for name in sorted(one.names)))


def _plain(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for text in texts if (found := plain(text))))
