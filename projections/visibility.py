"""可见范围: which cases an officer's lists may show. Every list query takes one; none can be asked without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from domain.acts import Act
from domain.rules.authority import READ_ALL_POSTS, UNIT_POSTS
from projections.paging import Condition


def handler_key(officer: str) -> str:
    """承办人标记: how the ledger's `units` names the officer who handles a case, beside the units."""
    return f"officer:{officer}"


@dataclass(frozen=True, slots=True)
class Visibility:
    """可见范围 — what the signed-in officer may see: every case, or those that passed through `units`.

    `unit` is the officer's own. `names` are the names and ids under which the officer or the unit may be
    complained of: an accusation is never shown to whom it accuses, whatever else they may see (条例 30.3).
    """

    all: bool
    officer: str
    unit: str | None = None
    units: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, act: Act, unit_names: Iterable[str] = ()) -> Self:
        """按职务确定: the same as `authority.may_read`; `unit_names` are what the officer's unit is called."""
        units: tuple[str, ...] = ()
        if act.role in UNIT_POSTS:
            units = (act.unit,)
        elif act.role == "unit_officer":
            units = (handler_key(act.by),)
        person = tuple(name for name in (act.by, act.name) if name)
        unit = () if act.role in {"auditor", "system"} else (act.unit, *unit_names)
        everything = act.role in READ_ALL_POSTS or act.role == "system"
        return cls(all=everything, officer=act.by, unit=act.unit, units=units, names=(*person, *unit))

    def condition(self) -> Condition:
        """条件: true of the ledger rows (alias `l`) which the officer may see."""
        return Condition(
            "(%(sees_all)s OR l.units && %(sees_units)s::text[]) AND NOT (l.category = 'accusation'"
            " AND (l.accused_units && %(sees_names)s::text[] OR l.accused_people && %(sees_names)s::text[]))",
            {"sees_all": self.all, "sees_units": list(self.units), "sees_names": list(self.names)},
        )
