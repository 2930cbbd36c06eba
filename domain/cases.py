"""案件: what every kind of case has in common – petitions, supervision items, monthly lists – and what each must offer.

`Casework` knows kinds of case through `Kind` alone; a kind's own package fills it in (`petition/kind.py` and so on).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from domain.acts import Act
from domain.directory.fold import Directory
from domain.errors import Invalid, Refused, Stale, Unknown
from domain.facts import Fact
from domain.rulebase.fold import Known
from domain.rules.deadlines import Clock

FURTHEST_YEARS = 10
"""No date that is set for a matter lies further ahead."""

UNKNOWN = "查无此件。"
MOVED_ON = "您打开页面之后，该事项已有新的记录，请刷新后再办理。"

Draft = tuple[type[Fact], date, dict[str, Any]]
"""草稿: a fact to be: its class, legal date and own fields; `Casework` adds the envelope."""


class State(Protocol):
    """案件状态 — what the fold of every kind of case tells."""

    @property
    def id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def confidential(self) -> bool: ...
    @property
    def alerts(self) -> frozenset[UUID]: ...
    @property
    def acknowledged(self) -> frozenset[UUID]: ...
    @property
    def recalled(self) -> frozenset[UUID]: ...


class Situation(Protocol):
    """处境 — what a decision on a case is taken on; each kind adds what it asks about."""

    @property
    def history(self) -> Sequence[Fact]: ...
    @property
    def act(self) -> Act: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def known(self) -> Known: ...
    @property
    def clocks(self) -> list[Clock]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """案件种类 — how one kind of case is read, decided and watched.

    `group` names the officers of one recipient group of an alert step; `may_be_told` whether one of them may learn of
    the case at all; `wardens` are told in the place of a group none of whom may. `held_by` are the units it is with.
    """

    name: str
    label: str
    opening: type[Fact]
    commands: Mapping[str, type]
    project: Callable[[Iterable[Fact]], Any]
    clocks: Callable[[Sequence[Fact], Any, Known, date | None], list[Clock]]
    may_read: Callable[[Any, Directory, Act], bool]
    situation: Callable[[Any, Sequence[Fact], Act, Directory, Known], Any]
    refusal: Callable[[Any, str], Refused | None]
    decide: Callable[[Any, Any], Draft]
    basis_of: Callable[[type[Fact], date, Mapping[str, Any], Any], str | None]
    group: Callable[[str, Clock, Any, Directory], Sequence[str]]
    may_be_told: Callable[[str, Any, Directory], bool]
    wardens: Callable[[Any, Directory], Sequence[str]]
    held_by: Callable[[Any], Sequence[str]]
    unknown: Callable[[], Unknown]
    stale: Callable[[list[str], int], Stale]


def legal_date_of(on: date | None, act: Act, not_before: date, after: str) -> date:
    """法定日期: the date given or today; refused in the future, or before what it follows.

    Raises Invalid("date.in_future") and Invalid("date.before_antecedent").
    """
    legal = on or act.today
    if legal > act.today:
        raise Invalid("date.in_future", f"日期{legal}晚于今天（{act.today}），法定日期不得填写将来的日期。")
    if legal < not_before:
        raise Invalid("date.before_antecedent", f"日期{legal}早于{after}{not_before}，请核对。")
    return legal


def set_date(given: date, on: date, what: str, basis: str | None = None) -> None:
    """指定日期: a date that is set or promised; not before the act and not beyond what any matter may take.

    Raises Invalid("petition.due_before_start") and Invalid("date.too_far").
    """
    if given < on:
        raise Invalid("petition.due_before_start", f"{what}{given}早于办理日期{on}。", basis)
    if given.year > on.year + FURTHEST_YEARS:
        raise Invalid("date.too_far", f"{what}{given}过远，不得超过{FURTHEST_YEARS}年，请核对。", basis)
