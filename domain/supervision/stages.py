"""督查事项的环节, and the one table of which act is open in which stage, to whom, under which conditions.

A row reads: for each power (`rules/item_powers.py`) the stages in which its holders may do the act; the conditions
on the state (`conditions.py`) that must hold besides. Nobody else decides when an act is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.erasure.acts import CONDITIONS_OF


class Stage(StrEnum):
    """环节 — where a supervision item stands."""

    OPENED = "opened"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ISSUED = "issued"
    HANDLING = "handling"
    RESULT = "result"
    VETTED = "vetted"
    WITH_LEADER = "with_leader"
    WITH_SUPERIOR = "with_superior"
    SIGNED_OFF = "signed_off"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


LABELS: dict[Stage, str] = {
    Stage.OPENED: "已立项",
    Stage.SUBMITTED: "待批示",
    Stage.APPROVED: "已批准待下发",
    Stage.ISSUED: "已下发待分办",
    Stage.HANDLING: "承办中",
    Stage.RESULT: "待初审",
    Stage.VETTED: "已初审",
    Stage.WITH_LEADER: "待领导复审",
    Stage.WITH_SUPERIOR: "已报上级",
    Stage.SIGNED_OFF: "已核销",
    Stage.WITHDRAWN: "已撤项",
    Stage.ARCHIVED: "已归档",
}

CLOSED = frozenset({Stage.SIGNED_OFF, Stage.WITHDRAWN, Stage.ARCHIVED})
"""办结环节: nothing is being done on the item itself."""

_S = Stage
_ALL = frozenset(Stage)
_LIVE = _ALL - CLOSED
_BEFORE_ISSUE = frozenset({_S.OPENED, _S.SUBMITTED, _S.APPROVED})
_HANDLING = frozenset({_S.HANDLING})
_REVIEWING = frozenset({_S.RESULT, _S.VETTED, _S.WITH_LEADER, _S.WITH_SUPERIOR})
_SCORED = _HANDLING | _REVIEWING | {_S.SIGNED_OFF, _S.ARCHIVED}
_FIRST_REVIEW = frozenset({_S.VETTED, _S.WITH_SUPERIOR})
_SECOND_REVIEW = frozenset({_S.WITH_LEADER, _S.WITH_SUPERIOR})


@dataclass(frozen=True, slots=True)
class Opening:
    """开放条件 — one row of the table: each power with the stages it opens the act in."""

    grants: Mapping[str, frozenset[Stage]]
    conditions: tuple[str, ...] = ()

    @property
    def powers(self) -> tuple[str, ...]:
        """所需职权: any one of them will do."""
        return tuple(self.grants)

    @property
    def stages(self) -> frozenset[Stage]:
        """开放环节: those in which the act is open to somebody."""
        return frozenset().union(*self.grants.values())


def _row(conditions: str = "", **grants: frozenset[Stage]) -> Opening:
    return Opening(grants, tuple(conditions.split()))


def _only(*stages: Stage) -> frozenset[Stage]:
    return frozenset(stages)


OPENINGS: dict[str, Opening] = {
    "submit": _row(inspector=_only(_S.OPENED)),
    "instruct": _row(
        "not_own_item not_signed_yet not_own_note", named_leader=_only(_S.SUBMITTED), unit_posts=_HANDLING
    ),
    "countersign": _row(
        "not_own_item instructed named_or_approved not_signed_yet not_own_note",
        leader=_only(_S.SUBMITTED, _S.APPROVED),
    ),
    "amend": _row(inspector=_only(_S.OPENED, _S.APPROVED)),
    "issue": _row(inspector=_only(_S.APPROVED)),
    "withdraw": _row(leader=_LIVE, inspector=_BEFORE_ISSUE),
    "allocate": _row("issued_or_document", inspector=_only(_S.APPROVED, _S.ISSUED)),
    "designate": _row("result_open", unit_posts=_HANDLING),
    "object": _row("never_submitted not_objected_yet", unit_posts=_HANDLING),
    "settle-objection": _row("open_objection", inspector=_HANDLING),
    "report": _row("result_open", reporter=_HANDLING),
    "sign-report": _row("result_open report_to_sign not_own_report", unit_head=_HANDLING),
    "submit-result": _row("result_open own_objection_settled report_signed", unit_posts=_HANDLING),
    "request-extension": _row("result_open no_open_request limit_running", reporter=_HANDLING),
    "vet-extension": _row("request_to_vet", unit_posts=_HANDLING, inspector=_HANDLING),
    "grant-extension": _row("request_to_answer", inspector=_HANDLING, named_leader=_HANDLING),
    "refuse-extension": _row(
        "request_to_answer", unit_head=_HANDLING, inspector=_HANDLING, named_leader=_HANDLING
    ),
    "urge": _row(inspector=_HANDLING),
    "issue-notice": _row("notice_to_issue", inspector=_HANDLING | _REVIEWING),
    "vet": _row("not_own_result", inspector=_only(_S.RESULT)),
    "submit-to-leader": _row(inspector=_only(_S.VETTED)),
    "send-back": _row(inspector_alone=_FIRST_REVIEW | {_S.RESULT}, named_leader=_SECOND_REVIEW),
    "sign-off": _row(
        "not_own_result not_own_review", inspector_alone=_FIRST_REVIEW, named_leader=_SECOND_REVIEW
    ),
    "submit-to-superior": _row(
        "not_own_review", inspector_alone=_only(_S.VETTED), named_leader=_only(_S.WITH_LEADER)
    ),
    "score": _row(inspector=_SCORED, unit_scorer=_SCORED),
    "send-for-reading": _row(inspector=_ALL, leader=_ALL, unit_head=_ALL),
    "report-to-body": _row("from_a_meeting body_not_told_yet", inspector=_only(_S.SIGNED_OFF)),
    "archive": _row("body_told", inspector=_only(_S.SIGNED_OFF, _S.WITHDRAWN)),
    "lend-file": _row(CONDITIONS_OF["lend-file"], inspector=CLOSED),
    "return-file": _row(CONDITIONS_OF["return-file"], inspector=_ALL),
    "request-erasure": _row(CONDITIONS_OF["request-erasure"], inspector=CLOSED),
    "approve-erasure": _row(CONDITIONS_OF["approve-erasure"], leader=CLOSED),
    "refuse-erasure": _row(CONDITIONS_OF["refuse-erasure"], leader=CLOSED),
    "witness-erasure": _row(CONDITIONS_OF["witness-erasure"], witness=CLOSED),
    "acknowledge-alert": _row(alert_recipient=_ALL),
}
