"""接访值班记录的处境: what a decision on a record is taken on, and why an act is closed to an officer now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from domain.acts import Act
from domain.cases import UNKNOWN, legal_date_of
from domain.directory.accused import accused_people, accused_units
from domain.directory.fold import Directory, Officer
from domain.erasure import conditions as erasure
from domain.erasure import files
from domain.errors import NotNow, NotYours, Refused, Unknown
from domain.facts import Fact
from domain.petition.fold import Petition
from domain.reception.fold import Reception
from domain.reception.moments import CASE, tell
from domain.reception.stages import LABELS as STAGES
from domain.reception.stages import OPENINGS
from domain.rulebase.fold import Known
from domain.rules import authority
from domain.rules.authority import Standing
from domain.rules.deadlines import Clock, clocks

VISITS = "《接访下访制度》第一项第二目"
FIRST_CONTACT = "《政协机关信访工作制度》第四条第一项（首问责任制）"
SECRECY = "《信访工作条例》第三十条第三款"


@dataclass(frozen=True)
class Situation:
    """处境 — the record, its history, the act, the directory, the rules as known now, and a petition that is named."""

    reception: Reception
    history: Sequence[Fact]
    act: Act
    directory: Directory
    known: Known
    earlier: Petition | None = None

    @cached_property
    def clocks(self) -> list[Clock]:
        """期限: every clock of the record, computed from its history."""
        return clocks_of(self.history, self.reception, self.known, self.act.today)

    @cached_property
    def standing(self) -> Standing:
        """案件处境: what authority depends on."""
        return standing_of(self.reception, self.directory)

    def date(self, on: date | None) -> date:
        """法定日期: the date given or today; not before what was recorded last."""
        return legal_date_of(on, self.act, self.reception.last_on, "本件最近一次办理日期")


def clocks_of(
    history: Sequence[Fact], reception: Reception, known: Known, as_of: date | None = None
) -> list[Clock]:
    """期限: every clock of a record from its history, by the rules as known."""
    return clocks(CASE, tell(history), known.books, known.calendar, as_of)


def standing_of(reception: Reception, directory: Directory) -> Standing:
    """案件处境: what authority depends on, from the record's state."""
    against, since = reception.against, reception.recorded_at
    minding = () if reception.confidential else tuple(directory.minding(unit) for unit in reception.units)
    return Standing(
        office=reception.office,
        holder=reception.unit,
        held_by_office=directory.is_office(reception.unit),
        units=(*reception.units, *minding),
        assisting=(),
        handler=reception.responsible,
        people=frozenset(reception.people),
        confidential=reception.confidential,
        accused_units=accused_units(against, directory, since),
        accused_people=accused_people(against, directory, since),
        reviewing=False,
    )


def may_be_shown_to(officer: Officer, standing: Standing) -> bool:
    """可以送交: an accusation is shown to nobody it accuses, whichever post of theirs is meant."""
    return all(
        authority.may_receive(standing, post.unit, name, officer.id)
        for post in officer.posts
        for name in officer.names
    )


def _superior(s: Situation) -> bool:
    return authority.POWERS["office"](s.standing, s.act) or authority.POWERS["unit_leader"](s.standing, s.act)


POWERS: dict[str, Callable[[Situation], bool]] = {
    "responsible": lambda s: s.act.principal == s.reception.responsible,
    "named": lambda s: s.reception.pending is not None and s.act.principal == s.reception.pending.officer,
    "superior": _superior,
    "office": lambda s: authority.POWERS["office"](s.standing, s.act),
    "leader": lambda s: s.act.role == "leader",
    "witness": lambda s: authority.POWERS["witness"](s.standing, s.act),
    "alert_recipient": lambda s: authority.POWERS["alert_recipient"](s.standing, s.act),
}

LABELS: dict[str, str] = {
    "responsible": "首接责任人",
    "named": "指定的接收人",
    "superior": "信访工作机构或者首接责任人所在单位负责人",
    "office": authority.LABELS["office"],
    "leader": authority.LABELS["leader"],
    "witness": authority.LABELS["witness"],
    "alert_recipient": authority.LABELS["alert_recipient"],
}


def _promise_left(s: Situation) -> Refused | None:
    if s.reception.promises < 2:
        return None
    return NotNow("reception.promised_twice", "答复期限已经改过一次，不得再改。", VISITS)


def _promise_not_passed(s: Situation) -> Refused | None:
    promised = s.reception.promised_on
    if promised is None or s.act.today <= promised:
        return None
    return NotNow("reception.promise_passed", f"承诺的答复期限{promised}已过，不得改期，请尽快答复。", VISITS)


CONDITIONS: dict[str, Callable[[Situation], Refused | None]] = {
    "promise_left": _promise_left,
    "promise_not_passed": _promise_not_passed,
    **erasure.conditions(lambda s: files.of_reception(s.reception)),
}


def refusal(situation: Situation, slug: str) -> Refused | None:
    """是否开放: why the act is closed to this officer now, or None. Order: hidden, not yours, not now."""
    opening = OPENINGS[slug]
    reception = situation.reception
    if not authority.may_read(situation.standing, situation.act):
        return Unknown("reception.unknown", UNKNOWN)
    if not any(POWERS[power](situation) for power in opening.powers):
        allowed = "、".join(LABELS[power] for power in opening.powers)
        return NotYours("reception.not_yours", f"该操作由{allowed}办理。", FIRST_CONTACT)
    if reception.stage not in opening.stages:
        label = STAGES[reception.stage]
        return NotNow(
            "reception.wrong_stage", f"当前为“{label}”，不能办理该操作。", stage=reception.stage.value
        )
    gone = erasure.closed_by_erasure(reception, slug, files.of_reception)
    if gone is not None:
        return gone
    return next(
        (found for name in opening.conditions if (found := CONDITIONS[name](situation)) is not None), None
    )
