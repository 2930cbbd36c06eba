"""查阅一件: a single case of any kind as an officer may see it, now or as of another time.

Hidden, unknown and of another kind answer alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from api import case_links
from api.bootstrap import Services
from domain.acts import PETITIONER, Act, legal_date
from domain.cases import Kind
from domain.casework import Case, Recorded
from domain.directory.fold import Directory
from domain.errors import NotYours
from domain.kinds import PETITION
from domain.petition.situation import standing_of
from domain.petition.timetravel import as_of
from domain.reception.situation import standing_of as reception_standing
from domain.rulebase.fold import Known
from domain.rules.authority import may_see_personal_data
from domain.rules.deadlines import Clock
from domain.rules.rows import RulebookError


@dataclass(frozen=True)
class Seen:
    """所见 — a case's facts up to the time asked about, its state after them, and the rules as known then.

    `named_at` is the instant whose names officers and units bear in the state; `hidden` the other cases that it names
    and that this officer may not know of.
    """

    kind: Kind
    history: list[Recorded]
    state: Any
    known: Known
    today: date
    directory: Directory
    past: bool
    named_at: datetime
    hidden: frozenset[UUID] = case_links.NONE

    @cached_property
    def clocks(self) -> list[Clock]:
        """期限: every clock, judged on the day asked about; none if no rule book was published by then."""
        try:
            return self.kind.clocks([one.fact for one in self.history], self.state, self.known, self.today)
        except RulebookError:
            return []

    @property
    def last(self) -> Recorded:
        """最后事件."""
        return self.history[-1]

    def unit_name(self, unit: str | None) -> str | None:
        """单位名称: at the time asked about."""
        return None if unit is None else self.directory.unit_called(unit, self.named_at)

    def officer_name(self, officer: str | None) -> str | None:
        """姓名: at the time asked about; of nobody and of somebody unknown none."""
        return officer_called(self.directory, officer, self.named_at)

    def steps(self) -> Iterator["Seen"]:
        """逐步: the same case after each of its facts, by the rules as known at the end.

        Each is judged on the latest legal date so far and by the names of its record, the last one as asked about.
        """
        for count in range(1, len(self.history) + 1):
            yield self.after(count)

    def after(self, count: int, state: Any = None) -> "Seen":
        """其中一步: the case after so many of its facts; `state` if somebody has folded them already."""
        if count == len(self.history):
            return replace(self, past=True)
        history = self.history[:count]
        return replace(
            self,
            history=history,
            state=state or self.kind.project(one.fact for one in history),
            today=max(one.fact.on for one in history),
            past=True,
            named_at=min(history[-1].fact.recorded_at, self.named_at),
        )


SYSTEM = "系统"
CITIZEN = "信访人"


def officer_called(directory: Directory, officer: str | None, at: datetime) -> str | None:
    """当时的姓名: of an officer; the service's own acts are the system's. None of nobody and of somebody unknown."""
    if officer == "system":
        return SYSTEM
    if officer == PETITIONER:
        return CITIZEN
    return directory.officer_called(officer, at) if officer in directory.officers else None


def in_full(services: Services, case_id: UUID, now: datetime) -> Seen:
    """全部经过: the case as it stands, for whoever runs the service; nobody's permission is asked. Raises Unknown."""
    case = services.casework.case(case_id)
    if case is None:
        raise PETITION.unknown()
    return _present(services, case, now)


def look(
    services: Services,
    act: Act,
    case_id: UUID,
    at: datetime | None = None,
    known_at: datetime | None = None,
    kind: Kind = PETITION,
) -> Seen:
    """查阅: the case, if the officer may read it as it stands today. Raises Unknown if hidden, absent, of another kind
    or not yet there."""
    case = services.casework.readable(case_id, act)
    if case is None or case.kind is not kind:
        raise kind.unknown()
    present = _present(services, case, act.at)
    linked = case_links.named(present.state, *case.facts)
    present = replace(present, hidden=case_links.hidden(services, act, linked))
    if at is None and known_at is None:
        return present
    return _then(services, act, present, at, known_at)


def _present(services: Services, case: Case, now: datetime) -> Seen:
    casework = services.casework
    known, directory = casework.known(now), casework.directory()
    return Seen(
        case.kind, case.history, case.state, known, legal_date(now), directory, past=False, named_at=now
    )


def _then(
    services: Services, act: Act, present: Seen, at: datetime | None, known_at: datetime | None
) -> Seen:
    kept = {fact.originator_version for fact in as_of([one.fact for one in present.history], at, known_at)}
    history = [one for one in present.history if one.fact.originator_version in kept]
    if not history:
        raise present.kind.unknown()
    return replace(
        present,
        history=history,
        state=present.kind.project(one.fact for one in history),
        known=services.casework.known(known_at or act.at),
        today=legal_date(at or act.at),
        past=True,
        named_at=min(at or act.at, known_at or act.at),
    )


def must_see_personal_data(services: Services, act: Act, case_id: UUID) -> None:
    """可看身份信息: those through whose hands the case passes now, and the auditor. Raises NotYours."""
    seen = look(services, act, case_id)
    if not may_see_personal_data(standing_of(seen.state, seen.directory), act):
        raise NotYours(
            "petition.personal_data_closed",
            "信访人身份信息只对正在办理该事项的单位和人员开放。",
            "《信访工作条例》第三十条第三款",
        )


def must_see_visitors(services: Services, act: Act, case: Case) -> None:
    """可看来访人身份信息: those through whose hands the record passes, and the auditor. Raises NotYours."""
    if not may_see_personal_data(reception_standing(case.state, services.casework.directory()), act):
        raise NotYours(
            "reception.personal_data_closed",
            "来访人身份信息只对接待和办理该事项的人员开放。",
            "《信访工作条例》第三十条第三款",
        )
