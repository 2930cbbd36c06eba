"""说明查阅理由: who oversees a case, or had it in hand once, says why before the personal data in it is opened.

A reason holds for ten minutes, for everything of this case; each opening still leaves its own trace.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api import attachments, case_reading, readings
from api.bodies import SHORT, Form, Short, is_unusable
from api.bootstrap import Services
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.logs import bind
from domain.acts import Act
from domain.cases import Kind
from domain.casework import Case
from domain.erasure import naming
from domain.errors import Invalid
from domain.kinds import RECEPTION
from domain.rules.reading import GROUNDS
from domain.trace import MOMENT, STATED, Reading


class Why(Form):
    """查阅理由 — 一句话说明为何查阅；不要写入信访人的姓名和号码."""

    reason: Annotated[Short, Field(description="为何查阅，一句话；不要写入信访人的姓名和号码")]


class Stated(BaseModel):
    """已说明 — on what ground the officer reads, and until when nothing further needs to be stated."""

    ground: str
    ground_label: str
    needs_reason: bool
    until: datetime


def add_reasons(router: APIRouter, kind: Kind, prefix: str = "") -> None:
    """加入说明查阅理由: for the cases of a kind."""

    @router.post(
        "/{id}/readings",
        status_code=201,
        responses=READS | WRITES,
        summary="说明查阅理由",
        operation_id=f"{prefix}state-reason",
    )
    def state(id: UUID, body: Why, services: Held, act: Signed) -> Stated:
        """领导、督查员、审计人员和不再经办的人员查阅身份信息、附件、文书前先行说明；十分钟内有效，每次查阅仍各自留痕."""
        bind(command="state-reason", **{kind.name: id})
        return stated(services, act, kind, id, body.reason)


def stated(services: Services, act: Act, kind: Kind, id: UUID, reason: str) -> Stated:
    """说明理由: recorded for whoever may open what the case holds of people. Raises Unknown, NotYours, Invalid."""
    case = services.casework.readable(id, act)
    if case is None or case.kind is not kind:
        raise kind.unknown()
    must_open(services, act, case)
    why = " ".join(reason.split())
    if len(why) > SHORT or is_unusable(why):
        raise Invalid("reading.reason_unusable", f"查阅理由至多{SHORT}个字，不含控制字符。")
    if len(why) < LEAST:
        raise Invalid("reading.reason_too_short", f"请写明查阅理由（至少{LEAST}个字）。")
    naming.must_name_nobody([why], services.casework.people_around(case.state))
    ground = readings.ground_of(services, act, case)
    services.casework.note_readings([Reading(id, STATED, ground, why)], act)
    told = GROUNDS[ground]
    return Stated(
        ground=ground, ground_label=told.label, needs_reason=told.needs_reason, until=act.at + MOMENT
    )


LEAST = 4
"""Characters of a reason."""


def must_open(services: Services, act: Act, case: Case) -> None:
    """可以打开: whoever might be shown what the case holds of people once a reason is stated. Raises NotYours."""
    if case.kind is RECEPTION:
        case_reading.must_see_visitors(services, act, case)
    else:
        attachments.must_open_papers(services, act, case)


def missing(services: Services, act: Act, case: Case) -> str | None:
    """尚缺理由: the label of the ground on which the officer reads, where a reason must be stated and none is."""
    ground = GROUNDS[readings.ground_of(services, act, case)]
    return None if readings.may_know(services, act, case) else ground.label
