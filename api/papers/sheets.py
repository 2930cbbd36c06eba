"""文书清单: the papers of one case – those issued, and those that could be – and each of them printed.

An issued paper is printed from what was recorded when it was issued: its number, dates, templates and the names of that
time. What has changed since is told beside it, never in it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import BoundedSemaphore
from typing import Any

import structlog

from api.bootstrap import Services
from api.case_reading import Seen, look
from api.papers import fields, glyphs, shelf
from api.papers.apart import typeset_apart
from api.papers.printing import Printing
from api.papers.tasks import Broken, Task
from api.papers.typesetting import typeset
from domain.acts import Act
from domain.cases import Kind
from domain.casework import Case
from domain.erasure.files import file_of
from domain.errors import Busy, NotNow, Refused, Unknown
from domain.facts import Fact, name_of
from domain.papers import issuing
from domain.papers import templates as paper_templates
from domain.papers.issuing import Issuer
from domain.papers.shapes import PrintedDate
from domain.rulebase.fold import Known
from domain.rules import papers
from domain.rules.papers import Paper

AT_ONCE = 2
PATIENCE = 15.0
"""How many papers are typeset at a time, and how many seconds one waits for its turn."""

_turns = BoundedSemaphore(AT_ONCE)
log = structlog.get_logger("papers")


@dataclass(frozen=True)
class Sheet:
    """一份文书 — issued, or a draft on a decision that has none yet; `closed` is why the officer can't issue it."""

    paper: Paper
    decision: Fact
    issued: Any = None
    served_on: date | None = None
    closed: Refused | None = None

    @property
    def number(self) -> str:
        """文号: empty for a draft."""
        return str(self.issued.number) if self.issued is not None else ""


@dataclass(frozen=True)
class File:
    """一案的文书 — what of it is seen, by whom, the papers in it, and what issuing needs to know."""

    services: Services
    act: Act
    seen: Seen
    issuer: Issuer
    sheets: Sequence[Sheet]

    def moved(self, printed: PrintedDate) -> date | None:
        """现行期限: of a limit that a paper prints, if it is another by now."""
        return issuing.current(printed, self.seen.clocks)

    def sheet(self, code: str, number: str | None = None) -> Sheet:
        """一份文书: the one of that number, the last one issued, or else the draft.

        Raises Unknown and NotNow("notice.without_decision").
        """
        paper = next((one for one in papers.of_case(self.seen.kind.name) if one.code == code), None)
        if paper is None:
            raise Unknown("notice.no_such_paper", "没有这种文书。")
        own = [one for one in self.sheets if one.paper is paper]
        issued = [one for one in own if one.number and number in {None, one.number}]
        if issued:
            return issued[-1]
        if number is not None:
            raise Unknown("notice.no_such_number", "没有这个文号的文书。")
        if not own:
            raise NotNow(
                "notice.without_decision",
                f"尚未作出{paper.label}所依据的决定，没有可以打印的文书。",
                issuing.basis(paper, None, self.issuer),
            )
        return own[-1]


def opened(services: Services, act: Act, case_id: Any, kind: Kind) -> File:
    """打开文书清单: of a case that the officer may read; none of one whose texts or people are gone, for no reprint would be
    what was issued. Raises Unknown."""
    seen = look(services, act, case_id, kind=kind)
    _, situation = services.casework.situation(case_id, act, kind)
    issuer: Issuer = situation.issuer
    file = file_of(seen.state)
    gone = file is not None and file.is_gone
    found = [] if gone else [one for paper in papers.of_case(kind.name) for one in _of_paper(paper, issuer)]
    return File(services, act, seen, issuer, found)


def _of_paper(paper: Paper, issuer: Issuer) -> list[Sheet]:
    facts = issuing.issued(issuer.history, paper.code)
    ends = [one.originator_version for one in facts[1:]] + [len(issuer.history) + 1]
    found = [
        Sheet(paper, issuer.history[one.rests_on - 1], one, _served(paper, issuer, one, end))
        for one, end in zip(facts, ends, strict=False)
    ]
    decision = issuing.decision(paper, issuer)
    if decision is not None and all(one.decision is not decision for one in found):
        found.append(Sheet(paper, decision, closed=issuing.refusal(paper, issuer)))
    return found


def _served(paper: Paper, issuer: Issuer, issued: Fact, end: int) -> date | None:
    """When it was served: after it was issued and before the next of its kind was."""
    between = issuer.history[issued.originator_version : end - 1]
    served = [one.on for one in between if name_of(one) == "Served" and _notice(one) == paper.code]
    return served[-1] if served else None


def _notice(fact: Any) -> str:
    return str(fact.notice)


def printing(file: File, sheet: Sheet) -> Printing:
    """待印文书: an issued one as it was recorded, a draft as it stands now."""
    seen, issued = file.seen, sheet.issued
    if issued is None:
        drafted = issuing.drafted(sheet.paper, sheet.decision, file.issuer)
        case, known, on, at, by = (
            Case(seen.kind, seen.state, seen.history),
            seen.known,
            seen.today,
            file.act.at,
            file.act.by,
        )
        return Printing(
            sheet.paper, sheet.decision, case, known, seen.directory, "", drafted["organ"],
            drafted["addressees"], drafted["copies"], drafted["dates"], on, at, by,
            *_books(file.issuer, sheet, known),
        )  # fmt: skip
    before = seen.history[: issued.originator_version - 1]
    case = Case(seen.kind, seen.kind.project(one.fact for one in before), before)
    known = file.services.casework.known(issued.recorded_at)
    return Printing(
        sheet.paper, sheet.decision, case, known, seen.directory, issued.number, issued.organ,
        issued.addressees, issued.copies, issued.dates, issued.on, issued.recorded_at, issued.by,
        *_books(file.issuer, sheet, known),
    )  # fmt: skip


def _books(issuer: Issuer, sheet: Sheet, known: Known) -> tuple[Sequence[str], Sequence[str]]:
    """The rule books that judge the decision, and those of its day."""
    return issuer.books_at(sheet.paper.clocks, sheet.decision, known), issuer.books_at(
        (), sheet.decision, known
    )


def made(file: File, sheet: Sheet, form: str) -> bytes:
    """排印: the paper as "docx" or "typ" makes it. Raises Busy where the office's own template fails."""
    task_printing = printing(file, sheet)
    data = fields.of(task_printing)
    digest = _template(file, sheet, form)
    lacking = glyphs.lacking(data) if form == "typ" else []
    if lacking:
        log.warning("paper.glyphs_missing", notice=sheet.paper.code, count=len(lacking))
    template = shelf.content_of(file.services.database, digest)
    task = Task(form, template, data, task_printing.on, task_printing.draft)
    return in_turn(task, apart=not shelf.is_shipped(digest))


def in_turn(task: Task, *, apart: bool) -> bytes:
    """依次排印: only so many at a time; templates of others in a process of their own."""
    try:
        with turn():
            return typeset_apart(task) if apart else typeset(task)
    except Broken as broken:
        log.error("paper.not_typeset", form=task.form, problems=len(broken.problems))
        raise Busy(
            "paper.not_typeset", f"文书模板不能排印：{broken}。请更换模板后重试。", retry_after=3600
        ) from None


@contextmanager
def turn() -> Iterator[None]:
    """轮候: until it is one's turn. Raises Busy if that takes too long."""
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy("paper.busy", "正在排印的文书较多，请稍后重试。")
    try:
        yield
    finally:
        _turns.release()


def _template(file: File, sheet: Sheet, form: str) -> str:
    used = {one.form: one.sha256 for one in sheet.issued.templates} if sheet.issued is not None else {}
    if form in used:
        return str(used[form])
    office = paper_templates.office_of(file.seen.state)
    now = file.services.casework.templates().used(office, sheet.paper.code, form)
    return now or shelf.digest(sheet.paper.code, form)
