"""查阅一件: a single case as an officer may see it, now or as of another time. Hidden and unknown answer alike."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from api.bootstrap import Services
from domain.acts import Act, legal_date
from domain.casework import Recorded
from domain.directory.fold import Directory
from domain.errors import NotYours, Unknown
from domain.petition.fold import Petition, project
from domain.petition.situation import clocks_of, standing_of
from domain.petition.timetravel import as_of
from domain.rulebase.fold import Known
from domain.rules.authority import POWERS, READ_ALL_POSTS, may_read
from domain.rules.deadlines import Clock
from domain.rules.rows import RulebookError

LINKS = frozenset({"repeat_of", "repeat_of_number", "earlier", "earlier_number"})
"""Fields of a state or a fact that name the earlier petition of a repeat."""


@dataclass(frozen=True)
class Seen:
    """所见 — a case's facts up to the time asked about, its state after them, and the rules as known then."""

    history: list[Recorded]
    petition: Petition
    known: Known
    today: date
    directory: Directory
    past: bool
    hides: frozenset[str] = frozenset()

    @cached_property
    def clocks(self) -> list[Clock]:
        """期限: every clock, judged on the day asked about."""
        return clocks_then(self.history, self.petition, self.known, self.today)

    def steps(self) -> Iterator["Seen"]:
        """逐步: the same case after each of its facts, by the rules as known at the end.

        Each is judged on the latest legal date so far, the last one on the day asked about.
        """
        latest = date.min
        for count, one in enumerate(self.history, 1):
            latest = max(latest, one.fact.on)
            history = self.history[:count]
            petition = _must_exist(project(None, (earlier.fact for earlier in history)))
            today = self.today if count == len(self.history) else latest
            yield Seen(history, petition, self.known, today, self.directory, True, self.hides)


def in_full(services: Services, case_id: UUID, now: datetime) -> Seen:
    """全部经过: the case as it stands, for whoever runs the service; nobody's permission is asked. Raises Unknown."""
    history = services.casework.history(case_id)
    petition = _must_exist(project(None, (one.fact for one in history)))
    directory = services.casework.directory()
    return Seen(history, petition, services.casework.known(now), legal_date(now), directory, past=False)


def look(
    services: Services, act: Act, case_id: UUID, at: datetime | None = None, known_at: datetime | None = None
) -> Seen:
    """查阅: the case, if the officer may read it as it stands today. Raises Unknown if hidden, absent or not yet there."""
    present = in_full(services, case_id, act.at)
    if not may_read(standing_of(present.petition, present.directory), act):
        raise _unknown()
    present = replace(present, hides=hidden_links(services, act, present.petition.repeat_of))
    if at is None and known_at is None:
        return present
    known = services.casework.known(known_at or act.at)
    kept = {fact.originator_version for fact in as_of([one.fact for one in present.history], at, known_at)}
    then = [one for one in present.history if one.fact.originator_version in kept]
    petition = _must_exist(project(None, (one.fact for one in then)))
    return Seen(then, petition, known, legal_date(at or act.at), present.directory, True, present.hides)


def hidden_links(services: Services, act: Act, earlier: UUID | None) -> frozenset[str]:
    """隐去前件: the fields that would tell of an earlier petition which this officer may not know of."""
    if earlier is None:
        return frozenset()
    found, directory = services.casework.petition(earlier), services.casework.directory()
    known = found is not None and may_read(standing_of(found, directory), act)
    return frozenset() if known else LINKS


def must_see_personal_data(services: Services, act: Act, case_id: UUID) -> None:
    """可看身份信息: those through whose hands the case passes now, and those who read every case. Raises NotYours."""
    standing = standing_of(look(services, act, case_id).petition, services.casework.directory())
    holds = POWERS["holder"](standing, act) or POWERS["handler"](standing, act)
    if not holds and act.role not in READ_ALL_POSTS:
        raise NotYours(
            "petition.personal_data_closed",
            "信访人身份信息只对正在办理该事项的单位和人员开放。",
            "《信访工作条例》第三十条第三款",
        )


def clocks_then(history: list[Recorded], petition: Petition, known: Known, today: date) -> list[Clock]:
    """当时的期限: none if no rule book was published yet."""
    try:
        return clocks_of([one.fact for one in history], petition, known, today)
    except RulebookError:
        return []


def _must_exist(petition: Petition | None) -> Petition:
    if petition is None:
        raise _unknown()
    return petition


def _unknown() -> Unknown:
    return Unknown("petition.unknown", "查无此件。")
