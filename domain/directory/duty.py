"""顶岗与离岗的决定: who stands in for whom in which order (AB岗), who is away and who is back."""

from collections.abc import Sequence
from datetime import date

from domain.acts import Act
from domain.directory import powers
from domain.directory.decisions import LONGEST_REASON
from domain.directory.events import AbsenceEnded, AbsenceRecorded, StandInsNamed
from domain.directory.fold import Directory
from domain.errors import Invalid, NotNow, NotYours

MOST_STAND_INS = 20
OPEN_ENDED = "（未定返岗日）"


def name_stand_ins(officer: str, stand_ins: Sequence[str], directory: Directory, act: Act) -> StandInsNamed:
    """指定顶岗人员: in this order; an empty list names nobody.

    Raises Unknown, NotNow after dismissal, NotYours outside one's own unit or for oneself, Invalid for somebody named
    twice, dismissed, unknown or the officer's own stand-in.
    """
    held = powers.serving(officer, directory)
    powers.must_manage_duty(held, directory, act)
    if officer == act.for_whom or {act.by, act.for_whom} & set(stand_ins):
        raise NotYours(
            "standin.own_name", "不得指定本人或者被代行人为他人顶岗，也不得变更被代行人的顶岗人员。"
        )
    if officer in stand_ins:
        raise Invalid("standin.self", "顶岗人员不能是本人。")
    if len(set(stand_ins)) < len(stand_ins):
        raise Invalid("standin.twice", "同一人员不能在顶岗顺序中出现两次。")
    if len(stand_ins) > MOST_STAND_INS:
        raise Invalid("standin.too_many", f"顶岗人员不能超过{MOST_STAND_INS}人。")
    if not all(directory.is_serving(one) for one in stand_ins):
        raise Invalid("standin.not_serving", "顶岗人员应为在册在任人员。")
    own = powers.own_units(directory, act)
    if act.role in powers.HEADS and any(directory.officers[one].unit not in own for one in stand_ins):
        raise NotYours(
            "standin.outside_unit",
            "单位负责人只能在本单位人员中指定顶岗人员；由其他单位人员顶岗的，请系统管理员或者督查员指定。",
        )
    if held.stand_ins == tuple(stand_ins):
        raise Invalid("standin.unchanged", "顶岗人员及顺序没有变化。")
    return StandInsNamed(**powers.envelope(directory, act), officer=officer, stand_ins=tuple(stand_ins))


def record_absence(
    officer: str, from_on: date, to_on: date | None, reason: str, directory: Directory, act: Act
) -> AbsenceRecorded:
    """离岗登记: from one day to another, or until the return; the days may lie ahead, and in the past.

    What was done meanwhile stays as it was done. Raises Unknown, NotNow, NotYours and Invalid.
    """
    held = powers.serving(officer, directory)
    if officer != act.by:
        powers.must_manage_duty(held, directory, act)
        if officer == act.for_whom:
            raise NotYours("duty.would_gain", "您正在代该人员办理，其离岗请由本人或者他人登记。")
        powers.must_not_gain(officer, directory, act)
    if to_on is not None and to_on < from_on:
        raise Invalid("duty.reversed", "离岗的截止日早于起始日。")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid("duty.reason_missing", f"请填写离岗事由，最长{LONGEST_REASON}个字。")
    met = next((one for one in held.absences if one.meets(from_on, to_on)), None)
    if met is not None:
        until = f"至{met.to_on}" if met.to_on is not None else OPEN_ENDED
        raise NotNow("duty.overlaps", f"与已登记的离岗（{met.from_on}{until}）重叠，请先办理返岗。")
    made = powers.envelope(directory, act)
    return AbsenceRecorded(**made, officer=officer, from_on=from_on, to_on=to_on, reason=reason)


def end_absence(officer: str, back_on: date, directory: Directory, act: Act) -> AbsenceEnded:
    """返岗: back from this day on; on the absence's first day, it is cancelled. Raises Unknown, NotNow, NotYours."""
    held = powers.serving(officer, directory)
    if officer != act.by:
        powers.must_manage_duty(held, directory, act)
        powers.must_not_gain(officer, directory, act, own_turn=False)
    if not directory.is_absent(officer, back_on):
        raise NotNow("duty.not_absent", "该人员当日没有离岗登记。")
    return AbsenceEnded(**powers.envelope(directory, act), officer=officer, back_on=back_on)
