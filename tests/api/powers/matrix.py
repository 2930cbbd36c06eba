"""Calls every cell of a stage over HTTP and compares what is answered with what the table says."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from api.sessions import open_session
from tests.api.conftest import Town
from tests.api.powers.calls import Calls, start_blocking_portal
from tests.api.powers.people import IDS, SELDOM
from tests.api.powers.setting import Cell, Stories, cells, shared_of


@dataclass(frozen=True)
class Matrix:
    """The acts of one kind of case under their prefix."""

    town: Town
    prefix: str
    kind: str

    def tries(self, stories: Stories, stage: str) -> None:
        """Every cell of the stage; says which came out otherwise, and that nobody refused has changed a case."""
        facts, found = cells(stories, stage, IDS, SELDOM)
        casework = self.town.services.casework
        casework.save(*facts)
        untouched = {case: len(casework.history(case)) for case in shared_of(found)}
        with start_blocking_portal() as portal:
            calls = Calls(self.town.app, portal, lambda who: open_session(self.town.services, who)[0])
            wrong = [told for cell in found if (told := self._tried(calls, cell))]
            wrong += [
                told for cell in found if cell.officer == IDS[0] and (told := self._unsigned(calls, cell))
            ]
        wrong += [f"{case} has changed" for case, v in untouched.items() if len(casework.history(case)) != v]
        assert not wrong, f"{stage}: {len(wrong)} of {len(found)} cells are wrong\n" + "\n".join(wrong)

    def url(self, case: UUID, act: str) -> str:
        return f"{self.prefix}/{case}/{act}"

    def _tried(self, calls: Calls, cell: Cell) -> str:
        answer = calls.post(self.url(cell.case, cell.act), cell.body, cell.officer)
        problem = answer.problem
        code = problem.get("code", "")
        if answer.status == cell.status and (code == f"{self.kind}.unknown") is (cell.status == 404):
            return ""
        when = f" ({cell.when})" if cell.when else ""
        told = f"{cell.act}{when} by {cell.officer}: table {cell.status}, answered {answer.status} {code}"
        return f"{told} {problem.get('detail', '')}"

    def _unsigned(self, calls: Calls, cell: Cell) -> str:
        answers = [calls.post(self.url(case, cell.act), cell.body) for case in (cell.case, uuid4())]
        right = all(one.status == 401 for one in answers) and answers[0].content == answers[1].content
        return "" if right else f"{cell.act} by nobody: answered {[one.status for one in answers]}"
