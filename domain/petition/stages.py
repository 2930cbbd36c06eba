"""信访事项的环节, and the one table of which act is open in which stage, to whom, under which conditions.

A row reads: stages in which the act is open; the powers of which one is needed (`rules/authority.py`); the
conditions on the state (`conditions.py`) that must hold besides. The console, `GET …/acts` and every command
ask this table; nobody else decides when an act is open.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.erasure.acts import CONDITIONS_OF


class Stage(StrEnum):
    """环节 — where a petition stands."""

    REGISTERED = "registered"
    WITH_UNIT = "with_unit"
    HANDLING = "handling"
    REPLIED = "replied"
    DECLINED = "declined"
    FORWARDED = "forwarded"
    UNDER_REVIEW = "under_review"
    REVIEWED = "reviewed"
    UNDER_REEXAMINATION = "under_reexamination"
    TERMINATED = "terminated"
    SIGNED_OFF = "signed_off"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


LABELS: dict[Stage, str] = {
    Stage.REGISTERED: "已登记",
    Stage.WITH_UNIT: "已转交待受理",
    Stage.HANDLING: "办理中",
    Stage.REPLIED: "已答复",
    Stage.DECLINED: "不予受理",
    Stage.FORWARDED: "已转送",
    Stage.UNDER_REVIEW: "复查中",
    Stage.REVIEWED: "复查已答复",
    Stage.UNDER_REEXAMINATION: "复核中",
    Stage.TERMINATED: "已终结",
    Stage.SIGNED_OFF: "已办结",
    Stage.WITHDRAWN: "已撤回",
    Stage.ARCHIVED: "已归档",
}

CLOSED = frozenset(
    {Stage.DECLINED, Stage.FORWARDED, Stage.TERMINATED, Stage.SIGNED_OFF, Stage.WITHDRAWN, Stage.ARCHIVED}
)
"""办结环节: nothing is being done on the case itself."""

_S = Stage
_ACTIVE = frozenset({_S.REGISTERED, _S.WITH_UNIT, _S.HANDLING})
_REVIEWING = frozenset({_S.UNDER_REVIEW, _S.UNDER_REEXAMINATION})
_LIVE = frozenset(Stage) - {_S.ARCHIVED}
_ANSWERED = frozenset({_S.REPLIED, _S.REVIEWED, _S.TERMINATED, _S.SIGNED_OFF}) | _REVIEWING
_REPORTED_IN = frozenset({_S.WITH_UNIT, _S.HANDLING, _S.REPLIED, _S.SIGNED_OFF})


@dataclass(frozen=True, slots=True)
class Opening:
    """开放条件 — one row of the table."""

    stages: frozenset[Stage]
    powers: tuple[str, ...]
    conditions: tuple[str, ...] = ()


def _row(stages: set[Stage] | frozenset[Stage], powers: str, conditions: str = "") -> Opening:
    return Opening(frozenset(stages), tuple(powers.split()), tuple(conditions.split()))


OPENINGS: dict[str, Opening] = {
    "classify": _row(_ACTIVE, "office holder"),
    "propose": _row(_ACTIVE, "office holder handler"),
    "instruct": _row(_LIVE - {_S.WITHDRAWN}, "leader"),
    "pass-on-instruction": _row(_LIVE - {_S.WITHDRAWN}, "office", "open_instruction"),
    "investigate": _row({_S.HANDLING}, "holder handler"),
    "sign-record": _row({_S.HANDLING, _S.REPLIED}, "leader", "unsigned_record record_leader"),
    "approve-report": _row(_REPORTED_IN, "leader", "assigned_by_superior report_not_approved_yet"),
    "send-for-reading": _row(_LIVE, "office holder leader"),
    "accept": _row(
        {_S.REGISTERED, _S.WITH_UNIT}, "holder", "no_open_objection not_concluded_by_reexamination"
    ),
    "switch-track": _row({_S.HANDLING}, "holder", "on_simplified_track"),
    "decline": _row({_S.REGISTERED, _S.WITH_UNIT}, "holder", "no_open_objection"),
    "forward": _row(_ACTIVE, "office", "with_office_or_accused"),
    "assign": _row(_ACTIVE, "office", "with_office_or_accused"),
    "transfer": _row(_ACTIVE, "office", "with_office_or_accused"),
    "object": _row({_S.WITH_UNIT, _S.HANDLING}, "holder assistant", "passed_on_by_office may_object"),
    "hand-back": _row({_S.WITH_UNIT, _S.HANDLING}, "office", "open_objection"),
    "keep-with-unit": _row({_S.WITH_UNIT, _S.HANDLING}, "office", "open_objection"),
    "designate": _row({_S.WITH_UNIT, _S.HANDLING}, "holder", "no_open_objection"),
    "request-extension": _row(
        {_S.HANDLING}, "holder handler", "not_yet_extended no_open_extension_request has_extendable_clock"
    ),
    "grant-extension": _row(
        {_S.HANDLING}, "leader", "open_extension_request not_yet_extended not_own_request"
    ),
    "refuse-extension": _row({_S.HANDLING}, "leader", "open_extension_request"),
    "ask-for-more": _row(_ACTIVE, "holder handler", "not_yet_asked_for_more"),
    "supplement": _row(_ACTIVE, "office holder handler", "asked_for_more"),
    "open-hearing": _row({_S.HANDLING} | _REVIEWING, "hearing_organ", "no_open_hearing"),
    "close-hearing": _row({_S.HANDLING} | _REVIEWING, "hearing_organ", "open_hearing"),
    "report": _row(_REPORTED_IN, "holder handler assistant office", "may_report"),
    "reply": _row({_S.HANDLING}, "holder handler", "no_open_hearing record_signed"),
    "issue-notice": _row(_LIVE - {_S.WITHDRAWN}, "office holder handler inspector", "notice_to_issue"),
    "serve": _row(_LIVE - {_S.WITHDRAWN}, "office holder handler"),
    "request-review": _row(
        {_S.REPLIED, _S.SIGNED_OFF, _S.ARCHIVED}, "office holder", "opinion_served no_review_yet"
    ),
    "conclude-review": _row({_S.UNDER_REVIEW}, "review_organ", "not_own_reply no_open_hearing"),
    "request-reexamination": _row(
        {_S.REVIEWED, _S.SIGNED_OFF, _S.ARCHIVED}, "office holder", "review_opinion_served"
    ),
    "conclude-reexamination": _row(
        {_S.UNDER_REEXAMINATION}, "review_organ", "not_own_reply not_own_review no_open_hearing"
    ),
    "urge": _row(_ACTIVE | _REVIEWING, "office inspector leader"),
    "supervise": _row(_LIVE - {_S.WITHDRAWN}, "office inspector leader", "no_open_supervision"),
    "answer-supervision": _row(_LIVE - {_S.WITHDRAWN}, "holder", "open_supervision"),
    "take-charge": _row(_ACTIVE | _REVIEWING | {_S.REPLIED, _S.REVIEWED}, "leader office_head"),
    "report-urgent": _row(_ACTIVE, "office holder"),
    "acknowledge-urgent": _row(_ACTIVE | {_S.REPLIED}, "leader", "open_urgent_report"),
    "link-repeat": _row(_ACTIVE, "office", "not_linked_yet"),
    "delay-notice": _row({_S.WITH_UNIT, _S.HANDLING}, "holder handler"),
    "reschedule": _row({_S.WITH_UNIT, _S.HANDLING}, "office", "report_date_open"),
    "withdraw": _row(_ACTIVE, "office holder"),
    "sign-off": _row({_S.REPLIED, _S.REVIEWED}, "office inspector leader", "last_opinion_served"),
    "reopen": _row(
        {_S.SIGNED_OFF, _S.WITHDRAWN, _S.DECLINED, _S.FORWARDED, _S.ARCHIVED},
        "office_head leader",
        "not_terminated",
    ),
    "archive": _row(CLOSED - {_S.ARCHIVED}, "office", "termination_served"),
    "hand-over": _row(_ACTIVE, "first_contact unit_leader"),
    "confirm-hand-over": _row(_ACTIVE, "named"),
    "decline-hand-over": _row(_ACTIVE, "named"),
    "rate": _row(_ANSWERED | {_S.HANDLING}, "office petitioner"),
    "consent-to-refusal": _row(frozenset(Stage) - {_S.WITHDRAWN}, "leader unit_leader", "refusal_to_consent"),
    "file-refusal": _row(frozenset(Stage) - {_S.WITHDRAWN}, "office holder handler", "refusal_to_file"),
    "lend-file": _row(CLOSED, "office", CONDITIONS_OF["lend-file"]),
    "return-file": _row(frozenset(Stage), "office", CONDITIONS_OF["return-file"]),
    "request-erasure": _row(CLOSED, "office", CONDITIONS_OF["request-erasure"]),
    "approve-erasure": _row(CLOSED, "leader", CONDITIONS_OF["approve-erasure"]),
    "refuse-erasure": _row(CLOSED, "leader", CONDITIONS_OF["refuse-erasure"]),
    "witness-erasure": _row(CLOSED, "witness", CONDITIONS_OF["witness-erasure"]),
    "acknowledge-alert": _row(frozenset(Stage), "alert_recipient"),
}
