"""可见范围: which cases an officer's lists may show. Every list query takes one; none can be asked without it."""

from dataclasses import dataclass
from typing import Self

from domain.acts import Act
from domain.directory.fold import Directory
from domain.rules.authority import (
    CASELESS_POSTS,
    READ_ACCUSATIONS_POSTS,
    READ_ALL_POSTS,
    SHORTEST_NAME,
    UNIT_POSTS,
    plain,
)
from projections.paging import Condition


def person_key(officer: str) -> str:
    """人员标记: how the ledger's `units` names an officer the case passed through, beside the units."""
    return f"officer:{officer}"


@dataclass(frozen=True, slots=True)
class Visibility:
    """可见范围 — what the signed-in officer may see.

    `all` cases that are not confidential; `confidential` ones too; `public` ones; and those which passed through one
    of `keys` (units and officers, as the ledger names them). `people` (ids and names) and `unit_names` are what the
    officer and the unit may be complained of under: an accusation is never shown to whom it accuses, whatever else
    they may see (条例 30.3).
    """

    all: bool
    officer: str
    unit: str | None = None
    keys: tuple[str, ...] = ()
    confidential: bool = False
    public: bool = False
    people: tuple[str, ...] = ()
    unit_names: tuple[str, ...] = ()

    @classmethod
    def of(cls, act: Act, directory: Directory) -> Self:
        """按职务确定: the same as each kind's `may_read`."""
        if act.role in CASELESS_POSTS:
            return cls(all=False, officer=act.by, unit=act.unit)
        apart = act.role in {"auditor", "system"}
        own = () if apart else _unit_names(act, directory)
        principal = directory.officers.get(act.principal)
        names = (act.by, act.name, act.principal, principal.name if principal is not None else "")
        return cls(
            all=act.role in READ_ALL_POSTS or act.role == "system",
            officer=act.principal,
            unit=act.unit,
            keys=(person_key(act.principal), *((act.unit,) if act.role in UNIT_POSTS else ())),
            confidential=act.role in READ_ACCUSATIONS_POSTS or act.role == "system",
            public=True,
            people=tuple(dict.fromkeys(plain(name) for name in names if name)),
            unit_names=tuple(dict.fromkeys(plain(name) for name in own if name)),
        )

    def condition(self) -> Condition:
        """条件: true of the ledger rows (alias `l`) which the officer may see.

        Whom an accusation names is compared as `authority.names_person` and `authority.names_unit` do.
        """
        return Condition(
            "(%(sees_all)s AND NOT l.confidential OR %(sees_confidential)s OR %(sees_public)s AND l.public"
            " OR l.units && %(sees_keys)s::text[]) AND NOT (l.confidential AND ("
            " EXISTS (SELECT FROM unnest(l.accused_people) accused, unnest(%(own_people)s::text[]) own"
            " WHERE accused = own OR (length(own) >= %(shortest)s AND strpos(accused, own) > 0))"
            " OR EXISTS (SELECT FROM unnest(l.accused_units) accused, unnest(%(own_units)s::text[]) own"
            " WHERE accused = own OR (length(own) >= %(shortest)s AND strpos(accused, own) > 0)"
            " OR (length(accused) > %(shortest)s AND own LIKE regexp_replace(accused, '(.)', '%%\\1', 'g')))))",
            {
                "sees_all": self.all,
                "sees_confidential": self.confidential,
                "sees_public": self.public,
                "sees_keys": list(self.keys),
                "own_people": list(self.people),
                "own_units": list(self.unit_names),
                "shortest": SHORTEST_NAME,
            },
        )


def _unit_names(act: Act, directory: Directory) -> tuple[str, ...]:
    """The ids, codes and names of the units the officer belongs to or acts in, and of those above them."""
    units = [u for unit in (act.unit, act.own_unit) if unit for u in (unit, *directory.above(unit))]
    known = [directory.units[unit] for unit in units if unit in directory.units]
    return (*units, *(one.code for one in known), *(one.name for one in known))
