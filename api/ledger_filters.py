"""台账筛选: by what each list may be narrowed – the same for the list, its page and its export."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query

from domain.directory.fold import Directory
from domain.petition.commands import Category, Channel
from domain.petition.stages import Stage
from domain.rules import grounds
from domain.supervision.commands import Form
from projections import deadlines_list, items, ledger_list

Words = Annotated[
    str | None,
    Query(max_length=200, description="编号、标题或内容中的词，以空格分隔；两个字即可"),
]
Word = Annotated[str | None, Query(max_length=200)]
State = Literal["open", "closed"]
Light = Literal["green", "yellow", "red", "grey"]
ClockStatus = Literal["running", "suspended", "met", "met_late", "overdue", "cancelled"]
AlertStatus = Literal["open", "acknowledged", "escalated"]
ItemStage = Literal[
    "opened", "submitted", "approved", "issued", "handling", "result", "vetted", "with_leader", "with_superior",
    "signed_off", "withdrawn", "archived",
]  # fmt: skip
"""环节: those of `domain.supervision.stages`, written out, so that the contract has no two shapes called Stage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionFilters:
    """信访事项筛选."""

    q: Words = None
    state: State | None = None
    stage: Stage | None = None
    unit: Word = None
    light: Light | None = None
    channel: Channel | None = None
    category: Category | None = None
    received_from: date | None = None
    received_to: date | None = None
    due_from: Annotated[date | None, Query(description="最近期限，自")] = None
    due_to: Annotated[date | None, Query(description="最近期限，至")] = None
    overdue: bool | None = None
    repeat: bool | None = None
    urgent: bool | None = None

    def wanted(self, directory: Directory) -> ledger_list.Wanted:
        """所需: as the list understands it."""
        return ledger_list.Wanted(**_resolved(self, directory))


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilters:
    """督查事项筛选."""

    q: Words = None
    state: State | None = None
    stage: ItemStage | None = None
    unit: Annotated[str | None, Query(max_length=200, description="主办、协办单位；未分办的为立项部门")] = (
        None
    )
    light: Light | None = None
    source: Word = None
    category: Annotated[str | None, Query(max_length=200, description="来源类别的代码、名称或者别称")] = None
    form: Form | None = None
    public: bool | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    overdue: bool | None = None
    mine: Annotated[bool | None, Query(description="经过本人或者本人任职单位的事项")] = None

    def wanted(self, directory: Directory) -> items.Wanted:
        """所需: as the list understands it."""
        given = _resolved(self, directory)
        category = None if self.category is None else grounds.source_category(self.category)
        return items.Wanted(**given | {"category": category})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineFilters:
    """期限筛选."""

    light: Light | None = None
    status: ClockStatus | None = None
    unit: Word = None
    clock: Word = None
    due_from: date | None = None
    due_to: date | None = None
    rulebook: Word = None
    provisional: bool | None = None
    active: Annotated[
        bool | None, Query(description="正在计算、须由单位办理的期限；信访人可以行使权利的期间不在其中")
    ] = None

    def wanted(self, directory: Directory) -> deadlines_list.Wanted:
        """所需: as the list understands it."""
        return deadlines_list.Wanted(**_resolved(self, directory))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilters:
    """预警筛选."""

    to: Literal["me", "unit", "all"] = "me"
    status: AlertStatus | None = None
    light: Light | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFilters:
    """月清单筛选."""

    month: Annotated[
        str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="月份，如 2026-03")
    ] = None
    state: State | None = None


Filters = PetitionFilters | ItemFilters | DeadlineFilters | AlertFilters | MonthFilters


def as_given(filters: Filters) -> dict[str, Any]:
    """所给的筛选条件: by name."""
    return {one.name: getattr(filters, one.name) for one in fields(filters)}


def _resolved(filters: Filters, directory: Directory) -> dict[str, Any]:
    given = as_given(filters)
    return given | {"unit": None if given["unit"] is None else directory.resolve(given["unit"])}
