"""可见范围: which cases an officer's lists may show. Every list query takes one; none can be asked without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from domain.acts import Act
from domain.rules.authority import READ_ALL_POSTS, SHORTEST_NAME, UNIT_POSTS, plain
from projections.paging import Condition


def handler_key(officer: str) -> str:
    """承办人标记: how the ledger's `units` names the officer who handles a case, beside the units."""
    return f"officer:{officer}"


@dataclass(frozen=True, slots=True)
class Visibility:
    """可见范围 — what the signed-in officer may see: every case, or those that passed through `units`.

    `unit` is the officer's own; `person` (id and name) and `unit_names` are what the officer and the unit may
    be complained of under: an accusation is never shown to whom it accuses, whatever else they may see (条例 30.3).
    """

    all: bool
    officer: str
    unit: str | None = None
    units: tuple[str, ...] = ()
    person: tuple[str, str] = ("", "")
    unit_names: tuple[str, ...] = ()

    @classmethod
    def of(cls, act: Act, unit_names: Iterable[str] = ()) -> Self:
        """按职务确定: the same as `authority.may_read`; `unit_names` are what the officer's unit is called."""
        units: tuple[str, ...] = ()
        if act.role in UNIT_POSTS:
            units = (act.unit,)
        elif act.role == "unit_officer":
            units = (handler_key(act.by),)
        stands_apart = act.role in {"auditor", "system"}
        return cls(
            all=act.role in READ_ALL_POSTS or act.role == "system",
            officer=act.by,
            unit=act.unit,
            units=units,
            person=(plain(act.by), plain(act.name)),
            unit_names=() if stands_apart else tuple(plain(name) for name in (act.unit, *unit_names)),
        )

    def condition(self) -> Condition:
        """条件: true of the ledger rows (alias `l`) which the officer may see.

        Whom an accusation names is compared as `authority.names_person` and `authority.names_unit` do.
        """
        return Condition(
            "(%(sees_all)s OR l.units && %(sees_units)s::text[]) AND NOT (l.category = 'accusation' AND ("
            " EXISTS (SELECT FROM unnest(l.accused_people) accused WHERE accused IN (%(own_id)s, %(own_name)s)"
            " OR (length(%(own_name)s) >= %(shortest)s AND strpos(accused, %(own_name)s) > 0))"
            " OR EXISTS (SELECT FROM unnest(l.accused_units) accused, unnest(%(own_units)s::text[]) own"
            " WHERE accused = own OR (length(own) >= %(shortest)s AND strpos(accused, own) > 0)"
            " OR (length(accused) > %(shortest)s AND own LIKE regexp_replace(accused, '(.)', '%%\\1', 'g')))))",
            {
                "sees_all": self.all,
                "sees_units": list(self.units),
                "own_id": self.person[0],
                "own_name": self.person[1],
                "own_units": list(self.unit_names),
                "shortest": SHORTEST_NAME,
            },
        )
