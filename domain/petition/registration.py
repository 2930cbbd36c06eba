"""登记与导入: how a petition gets on the register, by an officer or from an older ledger; its number and its basis."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any
from uuid import UUID

from domain.acts import Act, envelope, system_act
from domain.directory.accused import accused_people, accused_units
from domain.directory.fold import Directory, Unit
from domain.erasure import deciding
from domain.erasure.events import CUSTODY_FACTS
from domain.errors import Invalid, NotNow, NotYours
from domain.facts import Fact
from domain.papers import issuing
from domain.petition import events
from domain.petition.commands import PetitionerEntry, Register
from domain.petition.moments import case_of
from domain.petition.situation import Situation
from domain.review import events as review_events
from domain.rules import authority, grounds, papers
from domain.rules.rulebook import Books


def received_on(command: Register, act: Act) -> date:
    """收件日: the date given or today. Raises Invalid("date.in_future") and Invalid("date.too_early")."""
    on = command.received_on or act.today
    if on > act.today:
        raise Invalid("date.in_future", f"收件日{on}晚于今天（{act.today}），法定日期不得填写将来的日期。")
    if on.year < grounds.EARLIEST_YEAR:
        raise Invalid("date.too_early", f"收件日{on}早于{grounds.EARLIEST_YEAR}年，请核对。")
    return on


STARTING = frozenset(
    {
        "registered",
        "registered_at_office",
        "received",
        "accepted",
        "accepted_ordinary",
        "simplified",
        "instructed",
    }
)
"""Moments of every petition's life; a rule book none of whose clocks starts on one is not for petitions."""


def must_suit(rulebook: str | None, limit_class: str | None, on: date, books: Books) -> None:
    """规则册须适用: it exists, is for petitions, and a class of limit is named if its clocks ask for one.

    Raises Invalid("rulebook.unknown"), Invalid("rulebook.not_for_petitions") and Invalid("petition.limit_class").
    """
    if rulebook is None:
        return
    book = books.version(rulebook, on)
    if book is None:
        raise Invalid("rulebook.unknown", "没有这个规则册。")
    specs = [spec for spec in books.clocks(book, on) if STARTING & set(spec.starts)]
    if not specs:
        raise Invalid("rulebook.not_for_petitions", f"《{book.title}》不适用于信访事项。")
    classes = list(dict.fromkeys(name for spec in specs for name in spec.only.get("limit_class", ())))
    if classes and limit_class not in classes:
        labels = "、".join(
            f"{s.only['limit_class'][0]}（{s.label}）" for s in specs if "limit_class" in s.only
        )
        raise Invalid(
            "petition.limit_class", f"适用《{book.title}》的，应当注明期限类别 limit_class：{labels}。"
        )


def office_of(act: Act, directory: Directory) -> Unit:
    """登记机构: the petition office whose register the petition goes on. Raises NotYours."""
    if act.role not in authority.REGISTRARS and act.role != "system":
        raise NotYours(
            "petition.not_yours",
            "登记由信访工作机构或者收到信访事项的单位办理。",
            "《信访工作条例》第二十二条、第二十三条",
        )
    own = directory.units.get(act.unit)
    if own is not None and own.kind == "petition_office":
        return own
    office = next((u for u in directory.units.values() if u.kind == "petition_office"), None)
    if office is None:
        raise NotNow("office.missing", "尚未设立信访工作机构，请管理员先建立单位目录。")
    return office


def query_code() -> str:
    """查询码: what the petitioner looks the matter up with; easy to read out, hard to guess."""
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "".join(secrets.choice(letters) for _ in range(10))


def registered(
    command: Register, act: Act, directory: Directory, number: str, query_code: str
) -> dict[str, Any]:
    """登记内容: the own fields of the Registered fact.

    Raises Invalid for a sixth representative (条例 20.3), a collective visit without one, an unknown unit or rule book.
    """
    _check_representatives(command)
    keys = [f"p{i}" for i in range(1, len(command.petitioners) + 1)]
    return {
        "number": number,
        "query_code": query_code,
        "office": office_of(act, directory).id,
        "channel": command.channel,
        "category": command.category,
        "subject": command.subject,
        "content": command.content,
        "petitioners": tuple(
            events.Petitioner(key, p.representative) for key, p in zip(keys, command.petitioners, strict=True)
        ),
        "headcount": _headcount(command),
        "at_office": act.role in authority.OFFICE_POSTS or act.role == "system",
        "purpose": command.purpose,
        "against": tuple(events.Against(a.unit, a.person) for a in command.against),
        "rulebook": command.rulebook,
        "limit_class": command.limit_class,
        "first_contact": command.first_contact,
        "urgent": command.urgent,
        "personal": events.Personal(
            tuple(_person(key, p) for key, p in zip(keys, command.petitioners, strict=True)), command.reply_to
        ),
    }


def put_to_leaders(fact: events.Registered, act: Act, directory: Directory) -> list[Fact]:
    """报领导处理: an accusation of the petition office itself is put to the leaders, who take the office's place."""
    units = accused_units(fact.against, directory, fact.recorded_at)
    if fact.category != "accusation" or fact.office not in units:
        return []
    people = accused_people(fact.against, directory, fact.recorded_at)
    leaders = [directory.officers[id] for id in directory.with_post(("leader",))]
    told = [o.id for o in leaders if authority.may_be_shown(units, people, o.unit, o.name, o.id)]
    if not told:
        return []
    made = envelope(fact.originator_id, 2, system_act(act.at), "《信访工作条例》第三十条第三款", fact.on)
    reason = "检举控告的对象为本信访工作机构，报请领导处理。"
    return [events.SentForReading(**made, officers=tuple(told), reason=reason)]


def _person(key: str, entry: PetitionerEntry) -> events.Person:
    return events.Person(key, entry.name, entry.id_number, entry.phone, entry.address)


def _headcount(command: Register) -> int:
    listed = len(command.petitioners)
    if command.headcount is not None and command.headcount < max(listed, 1):
        raise Invalid(
            "petition.headcount_too_small", f"信访人数{command.headcount}少于所列信访人{listed}名。"
        )
    return command.headcount or max(listed, 1)


def _check_representatives(command: Register) -> None:
    if command.channel != "visit":
        return
    rule = grounds.representation()
    named = sum(p.representative for p in command.petitioners)
    if named > rule.most:
        raise Invalid(
            "petition.too_many_representatives",
            f"多人采用走访形式提出共同的信访事项，代表人数不得超过{rule.most}人，所列代表{named}人。",
            rule.basis,
        )
    if _headcount(command) >= rule.collective_from and not named:
        raise Invalid("petition.no_representative", "集体走访应当推选代表，请注明代表。", rule.basis)


@dataclass(frozen=True, slots=True)
class Intake:
    """来信导入 — one answered letter of an older ledger: when it came, what it said, when and what was replied."""

    source: events.Source
    received_on: date
    replied_on: date
    subject: str
    content: str
    reply: str
    petitioner: str

    @property
    def confidential(self) -> bool:
        """保密: a letter of the message board is no accusation."""
        return False

    def register(self, act: Act, directory: Directory) -> Unit:
        """登记机构: the importing officer's petition office."""
        return office_of(act, directory)

    def facts(self, id: UUID, number: str, query_code: str, directory: Directory, act: Act) -> Iterator[Fact]:
        """导入事件: registered and (assumed) accepted on the day of the letter, replied and served on the day of the reply."""
        office = office_of(act, directory).id

        def envelope(version: int, on: date) -> dict[str, Any]:
            return {
                "originator_id": id,
                "originator_version": version,
                "on": on,
                "recorded_at": act.at.astimezone(UTC),
                "by": act.by,
                "unit": office,
                "role": act.role,
                "basis": "历史来信导入",
            }

        yield events.Registered(
            **envelope(1, self.received_on),
            number=number,
            query_code=query_code,
            office=office,
            channel="online",
            category="appeal",
            subject=self.subject,
            content=self.content,
            petitioners=(events.Petitioner("p1"),),
            headcount=1,
            at_office=True,
            source=self.source,
            personal=events.Personal((events.Person("p1", self.petitioner),)),
        )
        yield events.Accepted(**envelope(2, self.received_on), assumed=True)
        yield events.Replied(**envelope(3, self.replied_on), result="explain", text=self.reply)
        yield events.Served(**envelope(4, self.replied_on), notice="opinion", method="online")


_ARTICLES: dict[type[Fact], str] = {
    events.HandedOver: "《政协机关信访工作制度》第四条第一项（首问责任制）",
    events.HandOverConfirmed: "《政协机关信访工作制度》第四条第一项（首问责任制）",
    events.HandOverDeclined: "《政协机关信访工作制度》第四条第一项（首问责任制）",
    events.Classified: "《信访工作条例》第二十九条至第三十一条",
    events.Designated: "《信访工作条例》第二十八条",
    events.AskedForMore: "一次性告知制度",
    events.Supplemented: "一次性告知制度",
    events.TrackSwitched: "《信访事项简易办理办法（试行）》",
    events.HearingOpened: "《信访工作条例》第三十一条第六项、第三十六条第二款",
    events.HearingClosed: "《信访工作条例》第三十一条第六项、第三十六条第二款",
    events.Proposed: "《政协机关信访工作制度》第三条第二项",
    events.Instructed: "《信访工作条例》第十八条第二款",
    events.InstructionPassedOn: "《政协机关信访工作制度》第三条第二项",
    events.Investigated: "《政协机关信访工作制度》第三条第三项",
    events.RecordSigned: "《政协机关信访工作制度》第三条第三项",
    events.ReportApproved: "《政协机关信访工作制度》第三条第四项",
    events.SentForReading: "《政协机关信访工作制度》第三条第二项",
    events.TakenCharge: "《信访工作条例》第十八条第二款",
    events.UrgentReported: "《信访工作条例》第二十五条",
    events.UrgentAcknowledged: "《信访工作条例》第二十五条",
    events.LinkedAsRepeat: "《信访工作条例》第三十六条第三款",
    events.Reported: "《信访工作条例》第二十二条第一款第三项",
    events.Urged: "《信访工作条例》第四十条",
    events.Rescheduled: "《信访工作条例》第二十二条第一款第三项",
    events.DelayNoticed: "滞办反馈告知制度",
    events.RefusalConsented: "《否定报备制》第二条",
    events.RefusalFiled: "《否定报备制》第二条",
    events.PutUnderSupervision: "《信访工作条例》第四十条",
    events.SignedOff: "《信访工作条例》第三十二条",
    events.Reopened: "《信访工作条例》第三十七条",
    events.Archived: "《信访工作条例》第二十一条第二款",
    events.Rated: "《信访事项办理群众满意度评价工作办法》",
}
"""Acts that rest on the same article whatever the rule book."""

_CLOCKS_OF_NOTICE: dict[str, tuple[str, ...]] = {
    "receipt": ("notify", "decide"),
    "acceptance": ("notify", "decide"),
    "refusal": ("notify", "decide"),
    "opinion": ("finish",),
    "extension": ("finish",),
    "review-opinion": ("review",),
    "reexamination-opinion": ("reexamination",),
}

_CLOCKS_OF: dict[type[Fact], tuple[str, ...]] = {
    events.Accepted: ("finish", "decide"),
    events.Declined: ("notify", "decide"),
    events.Forwarded: ("route", "decide"),
    events.Assigned: ("route", "decide"),
    events.Transferred: ("route", "decide"),
    events.Objected: ("object",),
    events.HandedBack: ("object",),
    events.KeptWithUnit: ("object",),
    events.ExtensionRequested: ("finish",),
    events.ExtensionGranted: ("finish",),
    events.ExtensionRefused: ("finish",),
    events.Replied: ("finish",),
    events.Supervised: ("advice-reply",),
    events.SupervisionAnswered: ("advice-reply",),
    review_events.ReviewRequested: ("review-request",),
    review_events.ReviewConcluded: ("review",),
    review_events.ReexaminationRequested: ("reexamination-request",),
    review_events.ReexaminationConcluded: ("reexamination",),
}
"""The clocks whose article an act rests on; the article itself stands in the rule book in force on the day."""


def basis_of(kind: type[Fact], on: date, fields: Mapping[str, Any], situation: Situation) -> str | None:
    """依据: the article that the act rests on, where a limit is concerned of the book in force on the legal date."""
    if kind in _ARTICLES:
        return _ARTICLES[kind]
    if kind in CUSTODY_FACTS:
        return deciding.basis_of(kind, fields)
    books, case = situation.known.books, case_of(situation.petition)
    named = books.version(case.rulebook, on) if case.rulebook else None
    book = named or books.statutory(case.kind, on)
    if kind is events.NoticeIssued:
        paper, issuer = papers.paper(fields["notice"], "petition"), situation.issuer
        return issuing.basis(paper, issuing.decision(paper, issuer), issuer)
    served = kind is events.Served
    names = _CLOCKS_OF_NOTICE.get(fields["notice"], ()) if served else _CLOCKS_OF.get(kind, ())
    for name in names:
        spec = books.clock(book, name)
        if spec is not None:
            return spec.basis
    return grounds.notice_kind(fields["notice"]).basis if served else None


def basis_of_registration(rulebook: str | None, on: date, books: Books) -> str | None:
    """登记依据: the article of the rule book in force on the day of receipt."""
    book = books.version(rulebook, on) if rulebook else None
    book = book or books.statutory("petition", on)
    spec = books.clock(book, "route") or books.clock(book, "decide")
    return spec.basis if spec is not None else book.source


def reused_key() -> Invalid:
    """幂等键重复: the same key was sent before with another body."""
    return Invalid("idempotency.key_reused", "该 Idempotency-Key 已用于另一请求，请更换后再提交。")
