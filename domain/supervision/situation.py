"""处境: everything a decision on a supervision item may ask about, gathered before it is taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from domain.acts import Act
from domain.cases import Draft, legal_date_of, set_date
from domain.directory.accused import accused_people, accused_units
from domain.directory.fold import Directory
from domain.errors import Invalid, NotYours
from domain.facts import Fact
from domain.papers.issuing import Issuer
from domain.rulebase.fold import Known
from domain.rules.deadlines import Clock, clocks
from domain.rules.item_powers import CLERKS, HEADS, ItemStanding
from domain.supervision.fold import Extension, Item, Share, project
from domain.supervision.moments import DOCUMENT_LIMITS, case_of, tell

__all__ = ["BOOK", "Draft", "Situation", "clocks_of", "set_date", "standing_of"]

BOOK = "《机关单位督查督办工作制度》"
LIMITS = ("redo", "unit-limit", *DOCUMENT_LIMITS)
"""The clocks that bound a unit's handling."""


@dataclass(frozen=True)
class Situation:
    """处境 — the item, its history, the act, the directory, and the rules as known now."""

    item: Item
    history: Sequence[Fact]
    act: Act
    directory: Directory
    known: Known

    @cached_property
    def clocks(self) -> list[Clock]:
        """期限: every clock of the item, computed from its history."""
        return clocks_of(self.history, self.item, self.known, self.act.today)

    @cached_property
    def standing(self) -> ItemStanding:
        """事项处境: what authority depends on."""
        return standing_of(self.item, self.directory)

    @cached_property
    def issuer(self) -> Issuer:
        """文书处境: the item as a paper needs it, and for whom the officer may sign."""
        return issuer_of(self)

    def is_of(self, doers: Iterable[str]) -> bool:
        """本人经办: whether the acting officer, or the one stood in for, is among those who did it."""
        return bool({self.act.by, self.act.principal} & set(doers))

    @property
    def share(self) -> Share:
        """本单位份额: the share of the acting officer's unit; asked for only where a power has made sure of one."""
        found = self.item.share(self.act.unit)
        if found is None:
            raise NotYours("item.not_yours", "该操作由承办单位办理。", f"{BOOK}第十一条")
        return found

    def limit(self, unit: str) -> Clock | None:
        """单位时限: the unit's running limit; the first to end if there are several."""
        return min(self.limits(unit), key=lambda clock: clock.due_on, default=None)

    def limits(self, unit: str) -> list[Clock]:
        """单位各时限: every running clock that bounds the unit's handling."""
        return [
            c
            for c in self.clocks
            if c.clock in LIMITS and c.unit == unit and c.state in {"running", "suspended"}
        ]

    def asked(self) -> list[Share]:
        """待办延期申请: the shares with a request that has come as far as this officer decides."""
        level = {"inspector": "unit", "leader": "inspector"}.get(self.act.role, "officer")
        own = (
            self.item.holding
            if level != "officer"
            else [s for s in self.item.holding if s.unit == self.act.unit]
        )
        return [s for s in own if s.extension is not None and s.extension.level == level]

    def legal_date(self, on: date | None, not_before: date | None = None, after: str = "立项日") -> date:
        """法定日期: the date given or today; refused in the future, before the opening, or before what it follows."""
        opened = self.item.opened_on
        if not_before is None or not_before < opened:
            return legal_date_of(on, self.act, opened, "立项日")
        return legal_date_of(on, self.act, not_before, after)

    def next_date(self, on: date | None) -> date:
        """法定日期: not before the item came to its present stage."""
        return self.legal_date(on, self.item.stage_on, "进入当前环节之日")

    def unit_date(self, on: date | None, not_before: date | None = None, after: str = "") -> date:
        """承办单位的法定日期: not before the unit got the item. It may lie in the past, as everybody's: what was done in
        time may be recorded late, and the clock tells so."""
        since = self.share.since
        return self.legal_date(on, max(since, not_before or since), after or "分办或者退办之日")


def in_question(situation: Situation, given: str | None, candidates: Sequence[Share], what: str) -> Share:
    """所涉单位: the share an act is about; named, or the only one there is.

    Raises NotYours("item.not_yours"), Invalid("item.unit_not_in_question") and Invalid("item.which_unit").
    """
    directory, act = situation.directory, situation.act
    if given is not None:
        unit = directory.resolve(given)
        if act.role in HEADS | CLERKS and unit != act.unit:
            raise NotYours("item.not_yours", "只能办理本单位承办的部分。", f"{BOOK}第十一条")
        candidates = [share for share in candidates if share.unit == unit]
        if not candidates:
            raise Invalid("item.unit_not_in_question", f"所填单位没有{what}。")
    if len(candidates) != 1:
        units = "、".join(f"{share.unit}（{directory.unit_name(share.unit)}）" for share in candidates)
        raise Invalid("item.which_unit", f"有多个单位的{what}，请用 unit 注明单位：{units}。")
    return candidates[0]


def request_of(share: Share) -> Extension:
    """延期申请: of a share that the conditions have found to have one."""
    if share.extension is None:
        raise Invalid("item.unit_not_in_question", "所填单位没有待批的延期申请。")
    return share.extension


def issuer_of(s: Situation) -> Issuer:
    """文书处境: of an item. An inspector signs for the own supervision office, or for the one that opened the item."""
    item, act, history = s.item, s.act, s.history

    def folded(version: int) -> Item:
        return project(None, history[:version]) or item

    return Issuer(
        history=history,
        directory=s.directory,
        office=item.opened_by_unit,
        organ=act.unit,
        may_sign=lambda unit: act.role == "inspector",
        holder_at=lambda version: folded(version - 1).lead_unit or item.opened_by_unit,
        clocks_at=lambda version: clocks_of(history[:version], folded(version), s.known, act.today),
        given=lambda source, fact: None,
        nobody_to_tell=False,
        known=s.known,
        books_at=lambda names, fact, known: (),
        rules=lambda: f"{BOOK}第十六条",
    )


def clocks_of(history: Sequence[Fact], item: Item, known: Known, as_of: date | None = None) -> list[Clock]:
    """期限: every clock of an item from its history, by the rules as known."""
    return clocks(case_of(item), tell(history), known.books, known.calendar, as_of)


def standing_of(item: Item, directory: Directory) -> ItemStanding:
    """事项处境: what authority depends on, from the item's state."""
    against, since = item.against if item.confidential else (), item.opened_at
    return ItemStanding(
        public=item.public,
        confidential=item.confidential,
        leader_review=item.leader_review,
        units=frozenset(item.units),
        handlers={share.unit: share.handler for share in item.holding},
        people=frozenset(item.people),
        leaders=frozenset(item.leaders),
        petition_office=item.petition_office,
        accused_units=accused_units(against, directory, since),
        accused_people=accused_people(against, directory, since),
        minding=frozenset(directory.minding(unit) for unit in item.units if not item.confidential),
    )
