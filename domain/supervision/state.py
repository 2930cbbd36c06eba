"""督查事项的状态: what the fold of an item's events holds. Shapes and what can be read off them; no decision, no clock."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from domain.erasure.fold import Custody
from domain.petition.events import Against
from domain.supervision.stages import Stage


class Extension(msgspec.Struct, frozen=True):
    """延期申请 — an open request; `level` is how far it has come: "officer", "unit" or "inspector"."""

    asked_on: date
    asked_by: tuple[str, ...]
    reason: str
    progress: str
    expected_on: date
    limit: str
    level: str
    vetted_by: tuple[str, ...] = ()


class Share(msgspec.Struct, frozen=True):
    """承办份额 — one unit's part in the item, from its allocation until it is let off.

    `due_on` is the unit's limit if one was set; `waived` that the lead did not wait for the result; `since` begins the
    present round, which a send-back opens anew. `signed` is of the last report, `special` that it answers no period, and
    `special_signed` that the head signed the last one which does not.
    """

    unit: str
    lead: bool
    allocated_on: date
    since: date
    due_on: date | None = None
    handler: str | None = None
    objected_on: date | None = None
    objection_settled: bool = False
    extension: Extension | None = None
    reports: int = 0
    reported_on: date | None = None
    reported_by: tuple[str, ...] = ()
    signed: bool = False
    special: bool = False
    special_signed: bool = False
    periods: tuple[str, ...] = ()
    result_on: date | None = None
    submitted_by: tuple[str, ...] = ()
    waived: bool = False
    redo_by: date | None = None
    released_on: date | None = None

    @property
    def released(self) -> bool:
        """已退出承办: the unit was let off."""
        return self.released_on is not None


class Points(msgspec.Struct, frozen=True):
    """考核分 — points of one unit; they count once `confirmed`. `reported` is what the unit had entered, and by whom."""

    unit: str
    points: int
    reason: str
    on: date
    by: str
    confirmed: bool = True
    reported: int | None = None
    reported_by: tuple[str, ...] = ()


class Item(msgspec.Struct, frozen=True):
    """督查事项 — the state of one supervision item: the fold of its stored events and nothing else.

    `units` are those it is or was allocated to, `people` the officers it passed through, `leaders` those it was
    submitted to by name, `signed_by` those whose note approved it. `drafted_by`, `noted_by` and `reviewed_by` are all who
    had a hand in the draft, the notes and the first review, stand-ins and those stood in for alike.
    """

    id: UUID
    version: int
    number: str
    stage: Stage
    stage_on: date
    opened_on: date
    opened_at: datetime
    last_on: date
    source: str
    category: str
    subject: str
    requirements: str
    opened_by_unit: str
    people: tuple[str, ...]
    due_on: date | None = None
    public: bool = False
    form: str = "item"
    limit_class: str | None = None
    cadence: str | None = None
    leader_review: bool = False
    petition: UUID | None = None
    petition_number: str | None = None
    petition_office: str | None = None
    received_on: date | None = None
    body: str | None = None
    confidential: bool = False
    against: tuple[Against, ...] = ()
    leaders: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()
    drafted_by: tuple[str, ...] = ()
    noted_by: tuple[str, ...] = ()
    reviewed_by: tuple[str, ...] = ()
    issued_on: date | None = None
    lead_unit: str | None = None
    task_group: str | None = None
    shares: tuple[Share, ...] = ()
    units: tuple[str, ...] = ()
    scores: tuple[Points, ...] = ()
    body_told_on: date | None = None
    closed_on: date | None = None
    custody: Custody = Custody()
    alerts: frozenset[UUID] = frozenset()
    acknowledged: frozenset[UUID] = frozenset()
    recalled: frozenset[UUID] = frozenset()

    @property
    def holding(self) -> tuple[Share, ...]:
        """在办份额: the shares of the units that have not been let off, the lead's first."""
        return tuple(sorted((s for s in self.shares if not s.released), key=lambda s: not s.lead))

    @property
    def assisting_units(self) -> tuple[str, ...]:
        """协办单位: the units that hold a share beside the lead."""
        return tuple(share.unit for share in self.holding if not share.lead)

    def reported_points(self, unit: str) -> Points | None:
        """待确认考核分: what the unit entered for itself and the inspector has not answered yet."""
        return next((one for one in self.scores if one.unit == unit and not one.confirmed), None)

    def share(self, unit: str) -> Share | None:
        """单位份额: the share that the unit holds now."""
        return next((share for share in self.holding if share.unit == unit), None)
