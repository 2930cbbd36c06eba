"""信访事项的折叠: events → state. Imports events and stages only; assignments only, no decision, no clock."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.facts import Fact
from domain.petition import events
from domain.petition.stages import Stage
from domain.review import events as review_events
from domain.review.fold import Review, evolve, served


class Petition(msgspec.Struct, frozen=True):
    """信访事项 — the state of one petition: the fold of its stored events and nothing else."""

    id: UUID
    version: int
    number: str
    office: str
    stage: Stage
    received_on: date
    registered_at: datetime
    last_on: date
    channel: str
    category: str
    subject: str
    content: str
    query_code: str
    petitioners: tuple[events.Petitioner, ...]
    personal: events.Personal
    headcount: int
    holder: str
    units: tuple[str, ...]
    against: tuple[events.Against, ...] = ()
    purpose: str | None = None
    topic: str | None = None
    way: str = "opinion"
    rulebook: str | None = None
    limit_class: str | None = None
    first_contact: str | None = None
    urgent: bool = False
    at_office: bool = True
    source: events.Source | None = None
    track: str | None = None
    simplified: bool = False
    accepted_on: date | None = None
    acceptance_assumed: bool = False
    declined_ground: str | None = None
    forwarded_to: str | None = None
    received_by_unit_on: date | None = None
    passed_on_by_office: bool = False
    assigned: bool = False
    assisting_units: tuple[str, ...] = ()
    objected_on: date | None = None
    handler: str | None = None
    extension_requested_on: date | None = None
    extension_requested_days: int = 0
    extension_days: int = 0
    asked_for_more_on: date | None = None
    supplemented_on: date | None = None
    hearing_opened_on: date | None = None
    replied_on: date | None = None
    reply_result: str | None = None
    opinion_served_on: date | None = None
    notices_served: tuple[str, ...] = ()
    review: Review = Review()
    supervised_on: date | None = None
    leader_in_charge: str | None = None
    urgent_reported_on: date | None = None
    urgent_acknowledged_on: date | None = None
    repeat_of: UUID | None = None
    repeat_of_number: str | None = None
    closed_on: date | None = None
    rated: tuple[tuple[str, str], ...] = ()
    alerts: frozenset[UUID] = frozenset()
    acknowledged: frozenset[UUID] = frozenset()
    before_closing: Stage | None = None

    @property
    def anonymous(self) -> bool:
        """匿名: nobody is named, so nobody can be notified (条例 23.2)."""
        return not self.petitioners


def _registered(fact: events.Registered) -> Petition:
    return Petition(
        id=fact.originator_id,
        version=fact.originator_version,
        number=fact.number,
        office=fact.office,
        stage=Stage.REGISTERED if fact.at_office else Stage.WITH_UNIT,
        received_on=fact.on,
        registered_at=fact.recorded_at,
        last_on=fact.on,
        channel=fact.channel,
        category=fact.category,
        subject=fact.subject,
        content=fact.content,
        query_code=fact.query_code,
        petitioners=fact.petitioners,
        personal=fact.personal,
        headcount=fact.headcount,
        holder=fact.unit,
        units=(fact.unit,),
        against=fact.against,
        purpose=fact.purpose,
        rulebook=fact.rulebook,
        limit_class=fact.limit_class,
        first_contact=fact.first_contact,
        urgent=fact.urgent,
        at_office=fact.at_office,
        source=fact.source,
        received_by_unit_on=None if fact.at_office else fact.on,
    )


def _passed_to(petition: Petition, unit: str, fact: Fact, assisting: tuple[str, ...] = ()) -> Petition:
    units = petition.units + tuple(u for u in (unit, *assisting) if u not in petition.units)
    return replace(
        petition,
        stage=Stage.WITH_UNIT,
        holder=unit,
        units=units,
        assisting_units=assisting,
        received_by_unit_on=fact.on,
        passed_on_by_office=True,
        handler=None,
    )


def _new_round(petition: Petition, stage: Stage) -> Petition:
    """重新办理: what a new round of handling begins with."""
    return replace(
        petition,
        stage=stage,
        closed_on=None,
        replied_on=None,
        reply_result=None,
        opinion_served_on=None,
        extension_requested_on=None,
        extension_requested_days=0,
        extension_days=0,
        review=Review(),
        before_closing=None,
    )


def _apply(petition: Petition, fact: Fact) -> Petition:
    match fact:
        case events.Classified():
            return replace(
                petition,
                category=fact.category,
                topic=fact.topic,
                way=fact.way,
                limit_class=fact.limit_class or petition.limit_class,
            )
        case events.Accepted():
            return replace(
                petition,
                stage=Stage.HANDLING,
                accepted_on=fact.on,
                track=fact.track,
                simplified=petition.simplified or fact.track == "simplified",
                acceptance_assumed=fact.assumed,
            )
        case events.TrackSwitched():
            return replace(petition, track="ordinary")
        case events.Declined():
            return replace(
                petition,
                stage=Stage.DECLINED,
                declined_ground=fact.ground,
                closed_on=fact.on,
                before_closing=petition.stage,
            )
        case events.Forwarded() if not fact.tracked:
            return replace(
                petition,
                stage=Stage.FORWARDED,
                forwarded_to=fact.to_organ,
                closed_on=fact.on,
                before_closing=petition.stage,
            )
        case events.Forwarded():
            return _passed_to(petition, fact.to_organ, fact)
        case events.Assigned():
            return replace(_passed_to(petition, fact.to_unit, fact, fact.assisting_units), assigned=True)
        case events.Transferred():
            return _passed_to(petition, fact.to_unit, fact)
        case events.Objected():
            return replace(petition, objected_on=fact.on)
        case events.HandedBack():
            return replace(
                petition,
                stage=Stage.REGISTERED,
                holder=petition.units[0],
                objected_on=None,
                handler=None,
                received_by_unit_on=None,
                passed_on_by_office=False,
                assigned=False,
                assisting_units=(),
            )
        case events.KeptWithUnit():
            return replace(petition, objected_on=None)
        case events.Designated():
            return replace(petition, handler=fact.officer)
        case events.ExtensionRequested():
            return replace(petition, extension_requested_on=fact.on, extension_requested_days=fact.days)
        case events.ExtensionGranted():
            return replace(petition, extension_requested_on=None, extension_days=fact.days)
        case events.ExtensionRefused():
            return replace(petition, extension_requested_on=None)
        case events.AskedForMore():
            return replace(petition, asked_for_more_on=fact.on, supplemented_on=None)
        case events.Supplemented():
            return replace(petition, supplemented_on=fact.on)
        case events.HearingOpened():
            return replace(petition, hearing_opened_on=fact.on)
        case events.HearingClosed():
            return replace(petition, hearing_opened_on=None)
        case events.Replied():
            return replace(petition, stage=Stage.REPLIED, replied_on=fact.on, reply_result=fact.result)
        case events.Served():
            return replace(
                petition,
                notices_served=(*petition.notices_served, fact.notice),
                opinion_served_on=fact.on if fact.notice == "opinion" else petition.opinion_served_on,
                review=served(petition.review, fact.notice, fact.on),
            )
        case review_events.ReviewRequested():
            return replace(petition, stage=Stage.UNDER_REVIEW, closed_on=None)
        case review_events.ReviewConcluded() if fact.result in {"revoke", "redo"}:
            return replace(_new_round(petition, Stage.HANDLING), review=petition.review)
        case review_events.ReviewConcluded():
            return replace(petition, stage=Stage.REVIEWED)
        case review_events.ReexaminationRequested():
            return replace(petition, stage=Stage.UNDER_REEXAMINATION, closed_on=None)
        case review_events.ReexaminationConcluded() if fact.result in {"revoke", "redo"}:
            return replace(_new_round(petition, Stage.HANDLING), review=petition.review)
        case review_events.ReexaminationConcluded():
            return replace(petition, stage=Stage.TERMINATED, closed_on=fact.on)
        case events.Supervised():
            return replace(petition, supervised_on=fact.on)
        case events.SupervisionAnswered():
            return replace(petition, supervised_on=None)
        case events.TakenCharge():
            return replace(petition, leader_in_charge=fact.leader)
        case events.UrgentReported():
            return replace(petition, urgent=True, urgent_reported_on=fact.on, urgent_acknowledged_on=None)
        case events.UrgentAcknowledged():
            return replace(petition, urgent_acknowledged_on=fact.on)
        case events.LinkedAsRepeat():
            return replace(petition, repeat_of=fact.earlier, repeat_of_number=fact.earlier_number)
        case events.Withdrawn():
            return replace(petition, stage=Stage.WITHDRAWN, closed_on=fact.on, before_closing=petition.stage)
        case events.SignedOff():
            return replace(petition, stage=Stage.SIGNED_OFF, closed_on=fact.on, before_closing=petition.stage)
        case events.Archived():
            return replace(petition, stage=Stage.ARCHIVED)
        case events.Reopened():
            return _reopened(petition)
        case events.Rated():
            return replace(petition, rated=(*petition.rated, (fact.about, fact.score)))
        case events.Alerted():
            return replace(petition, alerts=petition.alerts | {fact.alert_id})
        case events.AlertAcknowledged():
            return replace(petition, acknowledged=petition.acknowledged | {fact.alert_id})
        case _:
            return petition


def _reopened(petition: Petition) -> Petition:
    if petition.accepted_on is not None:
        return _new_round(petition, Stage.HANDLING)
    back = Stage.REGISTERED if petition.received_by_unit_on is None else Stage.WITH_UNIT
    return replace(_new_round(petition, back), declined_ground=None, forwarded_to=None)


def fold(petition: Petition | None, fact: Fact) -> Petition | None:
    """折叠: the petition after the fact. A stream's first fact is its registration."""
    if petition is None:
        return _registered(fact) if isinstance(fact, events.Registered) else None
    after = _apply(petition, fact)
    return replace(
        after,
        version=fact.originator_version,
        last_on=after.last_on if isinstance(fact, events.QUIET) else max(after.last_on, fact.on),
        review=evolve(after.review, fact),
    )


def project(petition: Petition | None, facts: Iterable[Fact]) -> Petition | None:
    """投影函数: folds facts into the petition; the shape that the library's repository calls."""
    for fact in facts:
        petition = fold(petition, fact)
    return petition
