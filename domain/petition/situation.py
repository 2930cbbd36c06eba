"""处境: everything a decision may ask about, gathered before it is taken. The guards stand in `conditions.py`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from domain.acts import Act
from domain.cases import legal_date_of
from domain.directory.accused import accused_people, accused_units
from domain.directory.fold import Directory
from domain.erasure.files import File
from domain.errors import Invalid
from domain.facts import Fact
from domain.papers.issuing import Issuer
from domain.petition.fold import Petition, project
from domain.petition.moments import case_of, tell
from domain.petition.stages import Stage
from domain.rulebase.fold import Known
from domain.rules import articles, authority
from domain.rules.authority import Standing
from domain.rules.deadlines import Clock, clocks


@dataclass(frozen=True)
class Situation:
    """处境 — the petition, its history, the act, the directory, and the rules as known now."""

    petition: Petition
    history: Sequence[Fact]
    act: Act
    directory: Directory
    known: Known
    earlier: Petition | None = None
    linked: tuple[File, ...] = ()

    @cached_property
    def clocks(self) -> list[Clock]:
        """期限: every clock of the petition, computed from its history."""
        return clocks_of(self.history, self.petition, self.known, self.act.today)

    @cached_property
    def standing(self) -> Standing:
        """案件处境: what authority depends on."""
        return standing_of(self.petition, self.directory)

    @cached_property
    def issuer(self) -> Issuer:
        """文书处境: the petition as a paper needs it, and for whom the officer may sign."""
        return issuer_of(self)

    @property
    def assisting_unit(self) -> str | None:
        """协办单位: the assisting unit for which the officer acts, if it is one."""
        return self.act.unit if authority.POWERS["assistant"](self.standing, self.act) else None

    def is_of(self, doers: Iterable[str]) -> bool:
        """本人经办: whether the acting officer, or the one stood in for, is among those who did it."""
        return bool({self.act.by, self.act.principal} & set(doers))

    def last_on(self, kind: type[Fact]) -> date | None:
        """最近日期: when the last fact of the kind was done; None if there is none."""
        return next((fact.on for fact in reversed(self.history) if isinstance(fact, kind)), None)

    def must_be_involved(self, unit: str | None) -> str:
        """在办单位: the unit named, or the holder if none is; it holds the case or assists.

        Raises Invalid("petition.not_with_unit").
        """
        if unit is None:
            return self.petition.holder
        found = self.directory.resolve(unit)
        if found not in {self.petition.holder, *self.petition.assisting_units}:
            raise Invalid("petition.not_with_unit", "该单位没有承办或者协办本件。")
        return found

    def running(self, clock: str, unit: str | None = None) -> Clock | None:
        """未停期限: the latest clock of that name that has neither stopped nor been cancelled."""
        open_ones = [
            c
            for c in self.clocks
            if c.clock == clock and c.state in {"running", "suspended"} and unit in {None, c.unit}
        ]
        return open_ones[-1] if open_ones else None

    @cached_property
    def extendable(self) -> Clock | None:
        """可延期限: the running clock whose rule allows an extension."""
        found = [c for c in self.clocks if c.extension_cap and c.state in {"running", "suspended"}]
        return found[-1] if found else None

    def date(self, on: date | None, not_before: date | None = None, after: str = "收件日") -> date:
        """法定日期: the date given or today; refused in the future, before receipt, or before what it follows.

        Raises Invalid("date.in_future") and Invalid("date.before_antecedent").
        """
        earliest = max(not_before or self.petition.received_on, self.petition.received_on)
        return legal_date_of(on, self.act, earliest, after)


def issuer_of(s: Situation) -> Issuer:
    """文书处境: of a petition. The office signs for itself, whoever has the case for the holder."""
    petition, act, history = s.petition, s.act, s.history
    held = any(authority.POWERS[power](s.standing, act) for power in ("holder", "handler"))
    in_office = authority.POWERS["office"](s.standing, act)
    organ = petition.office if in_office else petition.holder if held else act.unit

    def folded(version: int) -> Petition:
        return project(None, history[:version]) or petition

    def may_sign(unit: str) -> bool:
        if unit == organ:
            return in_office or held or act.role == "inspector"
        return unit == petition.holder and held

    def given(source: str, fact: Fact) -> date | None:
        then = folded(fact.originator_version - 1)
        return {
            "received": petition.received_on,
            "accepted": then.accepted_on,
            "requested review": then.review.requested_on,
            "requested reexamination": then.review.reexamination_requested_on,
        }[source]

    return Issuer(
        history=history,
        directory=s.directory,
        office=petition.office,
        organ=organ,
        may_sign=may_sign,
        holder_at=lambda version: folded(version - 1).holder,
        clocks_at=lambda version: clocks_of(history[:version], folded(version), s.known, act.today),
        given=given,
        nobody_to_tell=petition.anonymous,
        known=s.known,
        books_at=lambda names, fact, known: books_of(names, fact, history, known),
        rules=lambda: articles.cited(books_of((), history[-1], history, s.known), "acceptance"),
    )


def books_of(names: Sequence[str], fact: Fact, history: Sequence[Fact], known: Known) -> tuple[str, ...]:
    """适用的规则册: of a decision, on the day on which the last of the named clocks started, else on its own day."""
    then = history[: fact.originator_version]
    petition = project(None, then)
    if petition is None:
        return ()
    started = [one.started_on for one in clocks_of(then, petition, known) if one.clock in names]
    return articles.judging(
        "petition",
        petition.rulebook,
        simplified=petition.track == "simplified",
        on=started[-1] if started else fact.on,
        books=known.books,
    )


def clocks_of(
    history: Sequence[Fact], petition: Petition, known: Known, as_of: date | None = None
) -> list[Clock]:
    """期限: every clock of a petition from its history, by the rules as known."""
    moments, earlier = tell(history)
    return clocks(case_of(petition, earlier), moments, known.books, known.calendar, as_of)


def standing_of(petition: Petition, directory: Directory) -> Standing:
    """案件处境: what authority depends on, from the petition's state."""
    against, since = petition.against if petition.confidential else (), petition.registered_at
    minding = () if petition.confidential else tuple(directory.minding(unit) for unit in petition.units)
    return Standing(
        office=petition.office,
        holder=petition.holder,
        held_by_office=directory.is_office(petition.holder),
        units=(*petition.units, *minding),
        assisting=petition.assisting_units,
        handler=petition.handler,
        people=frozenset(petition.people),
        confidential=petition.category == "accusation",
        accused_units=accused_units(against, directory, since),
        accused_people=accused_people(against, directory, since),
        reviewing=petition.stage in {Stage.UNDER_REVIEW, Stage.UNDER_REEXAMINATION},
        contact=petition.contact,
        named=petition.named,
    )
