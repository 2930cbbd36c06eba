"""接访台账: its filters and columns, the same for the list, its page and its export."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import Query

from api import case_stages
from api.console import forms
from api.ledger_shapes import Columns, Shown, officer
from api.sheets import Column
from domain.directory.fold import Directory
from domain.kinds import RECEPTION
from domain.reception.commands import Result, Way
from projections.receptions import Wanted
from projections.view import Row

Word = Annotated[str | None, Query(max_length=200)]
Light = Literal["green", "yellow", "red", "grey"]
ReceptionStage = Literal["unsettled", "promised", "settled", "explained", "registered", "archived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionFilters:
    """接访筛选."""

    q: Annotated[str | None, Query(max_length=200, description="编号或内容中的词，以空格分隔")] = None
    form: Way | None = None
    result: Result | None = None
    state: Literal["open", "closed"] | None = None
    stage: ReceptionStage | None = None
    light: Light | None = None
    unit: Word = None
    officer: Annotated[str | None, Query(max_length=200, description="接待、经手的人员")] = None
    responsible: Annotated[str | None, Query(max_length=200, description="现责任人")] = None
    since: Annotated[date | None, Query(alias="from", description="接访日期，自")] = None
    until: Annotated[date | None, Query(alias="to", description="接访日期，至")] = None
    overdue: bool | None = None

    def wanted(self, directory: Directory) -> Wanted:
        """所需: as the list understands it."""
        return Wanted(
            q=self.q,
            form=self.form,
            result=self.result,
            state=self.state,
            stage=self.stage,
            light=self.light,
            unit=None if self.unit is None else directory.resolve(self.unit),
            officer=self.officer,
            responsible=self.responsible,
            received_from=self.since,
            received_to=self.until,
            overdue=self.overdue,
        )


def _visitors(row: Row, _: Directory) -> str:
    """As everybody may see them; of a crowd the first few and how many there are."""
    names = "、".join(row["visitor_names"])
    return f"{names}等{row['headcount']}人" if row["headcount"] > len(row["visitor_names"]) > 0 else names


COLUMNS: Columns = {
    "number": Shown(Column("编号", width=20), lambda row, _: row["number"]),
    "received_on": Shown(Column("接访日期", "date", 11), lambda row, _: row["received_on"]),
    "form": Shown(Column("接待方式", width=9), lambda row, _: forms.choice("form", row["form"])),
    "visitors": Shown(Column("来访人", width=16), _visitors),
    "headcount": Shown(Column("人数", "number", 6), lambda row, _: row["headcount"]),
    "subject": Shown(Column("反映内容", width=40), lambda row, _: row["subject"]),
    "received_by": Shown(Column("接待人", width=10), lambda row, d: officer(d, row["first_contact"])),
    "result": Shown(
        Column("处理结果", width=11), lambda row, _: case_stages.label(RECEPTION.name, row["result"])
    ),
    "promised_on": Shown(Column("承诺答复日期", "date", 12), lambda row, _: row["promised_on"]),
    "responsible": Shown(Column("责任人", width=10), lambda row, d: officer(d, row["handler"])),
    "unit": Shown(Column("责任单位", width=18), lambda row, d: d.unit_name(row["unit"])),
    "stage": Shown(Column("状态", width=10), lambda row, _: case_stages.label(RECEPTION.name, row["stage"])),
    "next_due_on": Shown(Column("最近期限", "date", 11), lambda row, _: row["next_due_on"]),
    "closed_on": Shown(Column("办结日期", "date", 11), lambda row, _: row["closed_on"]),
    "light": Shown(Column("期限状态", "light", 9), lambda row, _: row["light"]),
}
USUAL = (
    "number",
    "received_on",
    "form",
    "visitors",
    "subject",
    "received_by",
    "result",
    "responsible",
    "light",
)
