"""出具: on which decision a paper rests, who signs it, what it prints – the same for petitions and supervision items.

Each kind of case tells through an `Issuer` what differs. Nothing here knows a stage.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.directory.fold import Directory
from domain.errors import NotNow, NotYours, Refused
from domain.facts import Fact, name_of
from domain.papers.shapes import PrintedDate
from domain.rulebase.fold import Known
from domain.rules import articles, papers
from domain.rules.deadlines import Clock
from domain.rules.papers import Paper

LIVE = frozenset({"running", "suspended"})
_ORGANS = frozenset({"petition_office", "supervision"})
"""Units that urge and supervise others in their own name."""


@dataclass(frozen=True)
class Issuer:
    """出具文书的处境 — the case as a paper needs it.

    `organ` is the unit for which the officer acts; `may_sign` whether the officer may issue in the name of a unit;
    `holder_at` the unit that held the case when the fact of that version was made; `clocks_at` the clocks of the
    history up to a version. `given` are dates of the case by what `notices.toml` calls them. `books_at` names the rule
    books that judge what was decided, by the rules known: those of the day on which one of the named clocks started.
    """

    history: Sequence[Fact]
    directory: Directory
    office: str
    organ: str
    may_sign: Callable[[str], bool]
    holder_at: Callable[[int], str]
    clocks_at: Callable[[int], Sequence[Clock]]
    given: Callable[[str, Fact], date | None]
    nobody_to_tell: bool
    known: Known
    books_at: Callable[[Sequence[str], Fact, Known], tuple[str, ...]]
    rules: Callable[[], str]


def issued(history: Sequence[Fact], code: str | None = None) -> list[Any]:
    """已出具的文书: the facts, of one kind or of all, in order."""
    found = [one for one in history if name_of(one) == "NoticeIssued"]
    return [one for one in found if code is None or getattr(one, "notice", None) == code]


def decision(paper: Paper, issuer: Issuer) -> Fact | None:
    """所依据的决定: the last one that still stands; None if there is none."""
    standing: Fact | None = None
    for fact in issuer.history:
        name = name_of(fact)
        if name in paper.until:
            standing = None
        if name in paper.after and _concerns(paper, fact, issuer.organ):
            standing = fact
    return standing


def _concerns(paper: Paper, fact: Fact, organ: str) -> bool:
    """A receipt is each organ's own; an objection that moved nothing to another unit allocates nothing."""
    if paper.signer == "own":
        return organ == (fact.unit if name_of(fact) == "Registered" else addressees(fact)[0])
    return name_of(fact) != "ObjectionSettled" or getattr(fact, "to_unit", None) is not None


def addressees(fact: Fact, holder: str = "") -> tuple[str, ...]:
    """主送单位: whom the decision is about."""
    several: tuple[str, ...] = getattr(fact, "units", ())
    for name in ("to_unit", "to_organ", "from_unit", "lead_unit", "of_unit"):
        one = getattr(fact, name, None)
        if one is not None and not several:
            return (str(one),)
    return several or (holder,)


def signer(paper: Paper, fact: Fact, issuer: Issuer) -> str:
    """落款机关: in whose name the paper is issued."""
    if paper.signer == "own":
        return issuer.organ
    if paper.signer == "holder":
        return issuer.holder_at(fact.originator_version)
    unit = issuer.directory.units.get(fact.unit)
    overseer = unit is not None and unit.kind in _ORGANS
    return fact.unit if paper.signer == "overseer" and overseer else issuer.office


def basis(paper: Paper, fact: Fact | None, issuer: Issuer) -> str | None:
    """文书依据: the article of the rule book that judges the decision; without one, of the case as it stands."""
    if not articles.is_by_book(paper.code):
        return paper.basis
    about = fact or issuer.history[-1]
    return articles.cited(issuer.books_at(paper.clocks, about, issuer.known), paper.code) or None


def refusal(paper: Paper, issuer: Issuer) -> Refused | None:
    """是否可以出具: why the paper can't be issued now by this officer, or None."""
    fact = decision(paper, issuer)
    found = _closed(paper, fact, issuer)
    if found is None:
        return None
    if fact is not None and found.code == "notice.nobody_to_notify":
        rests_on: str | None = articles.cited(issuer.books_at((), fact, issuer.known), "unreachable")
    else:
        rests_on = basis(paper, fact, issuer)
    return type(found)(found.code, found.message, rests_on)


def _closed(paper: Paper, fact: Fact | None, issuer: Issuer) -> Refused | None:
    """The refusal, without the article it rests on."""
    if fact is None and paper.signer == "own":
        return NotYours("notice.not_yours", f"{paper.label}由收到信访事项的机关各自出具，本机关没有收到。")
    if fact is None:
        return NotNow("notice.without_decision", f"尚未作出{paper.label}所依据的决定，不能出具。")
    unit = signer(paper, fact, issuer)
    if not issuer.may_sign(unit):
        return NotYours("notice.not_yours", f"该文书由{issuer.directory.unit_name(unit)}出具。")
    if paper.personal and issuer.nobody_to_tell:
        return NotNow("notice.nobody_to_notify", "信访人姓名、住址不清，无从告知，不必出具。")
    version = fact.originator_version
    again = [one for one in issued(issuer.history, paper.code) if one.rests_on == version]
    if again:
        message = f"该决定的{paper.label}已经出具（{again[-1].number}），请直接打印。"
        return NotNow("notice.already_issued", message)
    return None


def to_issue(case: str, issuer: Issuer) -> Refused | None:
    """有无可出具的文书: None if there is one for this officer; else why not."""
    found = [_closed(one, decision(one, issuer), issuer) for one in papers.of_case(case)]
    if None in found:
        return None
    told = [(type(one), one.code) for one in found if one is not None]
    theirs = any(kind is NotNow and code != "notice.without_decision" for kind, code in told)
    if theirs or all(kind is not NotYours for kind, _ in told):
        return NotNow("notice.nothing_to_issue", "现在没有可以出具的文书。", issuer.rules())
    return NotYours("notice.not_yours", "现有文书由承办单位或者信访工作机构出具。", issuer.rules())


def drafted(paper: Paper, fact: Fact, issuer: Issuer) -> dict[str, Any]:
    """文书内容: the own fields of the fact to be, but for the number and the templates.

    `number` holds the series so far; the register completes it.
    """
    organ = signer(paper, fact, issuer)
    unit = issuer.directory.units.get(organ)
    name, code = (unit.name, unit.code or unit.id) if unit is not None else (organ, organ)
    to_units = paper.to == "unit"
    copies: tuple[str, ...] = getattr(fact, "assisting_units", ()) if to_units else ()
    holder = issuer.holder_at(fact.originator_version)
    return {
        "notice": paper.code,
        "number": f"{papers.abbreviation(name, code)}{paper.word}",
        "rests_on": fact.originator_version,
        "organ": organ,
        "addressees": addressees(fact, holder) if to_units else (),
        "copies": copies,
        "dates": tuple(dates(paper, fact, issuer)),
    }


def dates(paper: Paper, fact: Fact, issuer: Issuer) -> list[PrintedDate]:
    """所载日期: those that there are; a limit as it was once the decision was taken, whatever moved it afterwards."""
    found = (_date(paper, name, source, fact, issuer) for name, source in paper.dates.items())
    return [one for one in found if one is not None]


def _date(paper: Paper, name: str, source: str, fact: Fact, issuer: Issuer) -> PrintedDate | None:
    how, _, what = source.partition(" ")
    if how in {"clock", "before"}:
        version = fact.originator_version
        among = issuer.clocks_at(version if how == "clock" else version - 1)
        meant = {issuer.organ} if paper.signer == "own" else set(addressees(fact))
        clock = _clock(what.split("|"), among, meant, only_theirs=paper.signer == "own")
        if clock is None:
            return None
        if how == "before":
            return PrintedDate(name, clock.due_on, provisional=clock.provisional)
        return PrintedDate(
            name, clock.due_on, clock.clock, clock.start_version, clock.part, provisional=clock.provisional
        )
    if how == "field":
        on: date | None = getattr(fact, what, None)
    else:
        on = fact.on if how == "decision" else issuer.given(source, fact)
    return None if on is None else PrintedDate(name, on)


def _clock(
    names: Sequence[str], among: Sequence[Clock], meant: Set[str], *, only_theirs: bool
) -> Clock | None:
    """The first that runs, for the unit that is meant where the decision means one; of several, the last to start."""
    for name in names:
        running = [one for one in among if one.clock == name and one.state in LIVE]
        own = [one for one in running if one.unit in meant]
        chosen = own if own or only_theirs else [one for one in running if not one.part] or running
        if chosen:
            return chosen[-1]
    return None


def current(printed: PrintedDate, clocks: Sequence[Clock]) -> date | None:
    """现行期限: the present date of the limit that was printed, if it is another one."""
    for one in clocks:
        if (one.clock, one.start_version, one.part) == (printed.clock, printed.since, printed.part):
            return one.due_on if one.due_on != printed.on else None
    return None
