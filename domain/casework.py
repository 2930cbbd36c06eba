"""办件: the one door for writes. Load, authorise, decide, save; the console, API, CLI and scheduler all come here.

What it needs of the store stands in `domain.store`; the store implements it, the domain never imports it.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from itertools import takewhile
from secrets import randbelow
from threading import Lock
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4, uuid5

from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError

from domain import trace
from domain.acts import Act, Receipt, envelope, system_act
from domain.alerts import plan as alerts
from domain.alerts import withdrawal
from domain.alerts.commands import AcknowledgeAlert
from domain.alerts.events import QUIET, AlertAcknowledged
from domain.arrivals import Arrival
from domain.attachments import lying_with, settled
from domain.cases import Draft, Kind, State, legal_date_of
from domain.directory import fold as directory_fold
from domain.directory.capacity import in_the_place_of, must_have_been_away
from domain.directory.fold import DIRECTORY_ID, NAMESPACE, Directory
from domain.directory.people import Unit
from domain.erasure import blanking, erasing, files, naming
from domain.erasure.commands import COMMANDS as CUSTODY_COMMANDS
from domain.erasure.commands import RequestErasure, WitnessErasure
from domain.erasure.events import Erased, keys_of
from domain.erasure.surroundings import Nowhere, Surroundings
from domain.errors import Busy
from domain.facts import Fact, name_of
from domain.filing import month
from domain.kinds import ITEM, PETITION, RECEPTION, kind_of
from domain.numbering import CONFIDENTIAL_NUMBERS, NumbersTaken, confidential_number, number, stream_of
from domain.papers import templates as paper_templates
from domain.papers.commands import IssueNotice
from domain.papers.shapes import TemplateUsed
from domain.papers.templates import TEMPLATES_ID, Templates
from domain.petition import events, registration
from domain.petition.commands import LinkRepeat, Register
from domain.petition.fold import Petition, project
from domain.reception import events as reception_events
from domain.reception import opening as receiving
from domain.reception.commands import Receive, RegisterPetition
from domain.rota import book as rota
from domain.rota import decisions as duty_log
from domain.rota.events import MatterTaken
from domain.rulebase import fold as rulebase_fold
from domain.rulebase import moving
from domain.rulebase.events import LimitMoved, LimitsMoved
from domain.rulebase.fold import RULEBASE_ID, Known, Rulebase
from domain.rules import papers
from domain.store import KeyStore, OutboxRow, Reader, Recorder, Shelf, Stored, StoredReceipt
from domain.supervision import events as item_events
from domain.supervision import opening, secrecy
from domain.supervision.commands import Open

ATTEMPTS = 8
STRIPES = 64
UNKEPT = frozenset({"query_code"})
"""What a receipt tells and doesn't keep: the code lies in the case, under a key."""
CUSTODY = tuple(CUSTODY_COMMANDS.values())
"""Commands whose words outlive what the file held."""
OWN_KEY = "own:"
"""What begins the receipt key of a command that came without one; such a receipt only serves the command's retries."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key:
    """幂等键 — the client's key and the digest of what it sent with it."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """已录事件 — a fact with its place in the log."""

    position: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Case:
    """案件 — one case of any kind: its facts with their places in the log, and the state they fold to."""

    kind: Kind
    state: Any
    history: list[Recorded]

    @property
    def facts(self) -> list[Fact]:
        """事实: without their places."""
        return [one.fact for one in self.history]


def case_from(history: list[Recorded]) -> Case | None:
    """案件: of a stream's facts; None if they are no case's."""
    kind = kind_of(history[0].fact) if history else None
    if kind is None:
        return None
    return Case(kind, kind.project(one.fact for one in history), history)


class Casework(Application[UUID]):
    """办件 — the application: cases of every kind, the directory and the rule base over one event store."""

    name = "casework"

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        shelf: Shelf | None = None,
        keys: KeyStore | None = None,
    ) -> None:
        super().__init__(dict(env or {}))
        self._shelf = shelf
        self.surroundings: Surroundings = Nowhere()
        self._keys = keys
        cast(Reader, self.mapper).use(keys)
        self._registering = Lock()
        self._stripes = [Lock() for _ in range(STRIPES)]
        self._forget()

    def _forget(self) -> None:
        """从头读起: nothing is remembered of what was folded before; the shipped tables are all there is."""
        self._lock = Lock()
        self._templates = Templates()
        self._directory = Directory()
        self._books: dict[UUID, rota.Book] = {}
        self._rulebase = rulebase_fold.shipped()

    @property
    def store(self) -> Recorder:
        """存储: the recorder, as the domain sees it."""
        return cast(Recorder, self.recorder)

    @property
    def keys(self) -> KeyStore:
        """密钥库: the data keys of what is stored. Raises LookupError in an application that was given none."""
        if self._keys is None:
            raise LookupError("casework has no keys")
        return self._keys

    # Reading

    def fact(self, row: Stored) -> Fact:
        """读出事实: the fact of one stored row."""
        return cast(Reader, self.mapper).read(row)

    def history(self, case_id: UUID) -> list[Recorded]:
        """案件历史: every fact of a case in order; empty if there is no such case."""
        return self._recorded(self.store.select_stream(case_id))

    def histories(self, case_ids: Sequence[UUID]) -> dict[UUID, list[Recorded]]:
        """多案历史: the same for many cases in one read."""
        streams = self.store.select_streams(case_ids)
        return {id: self._recorded(rows) for id, rows in streams.items()}

    def _recorded(self, rows: Sequence[Stored]) -> list[Recorded]:
        """A whole stream; what a fact of it says is destroyed reads so, also while the keys are still there."""
        facts = blanking.blanked([self.fact(row) for row in rows])
        return [Recorded(row.position, fact) for row, fact in zip(rows, facts, strict=True)]

    def case(self, case_id: UUID) -> Case | None:
        """案件: of any kind, as recorded now; None if there is no such case."""
        return case_from(self.history(case_id))

    def cases(self, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
        """多案: the same for many in one read; what is no case is left out."""
        found = {id: case_from(history) for id, history in self.histories(case_ids).items()}
        return {id: case for id, case in found.items() if case is not None}

    def directory(self, at: datetime | None = None) -> Directory:
        """机构人员: as recorded now, or by an instant."""
        if at is not None:
            facts = (self.fact(row) for row in self.store.select_stream(DIRECTORY_ID))
            return reduce(directory_fold.fold, takewhile(lambda f: f.recorded_at <= at, facts), Directory())
        with self._lock:
            for row in self.store.select_stream(DIRECTORY_ID, self._directory.version):
                self._directory = directory_fold.fold(self._directory, self.fact(row))
            return self._directory

    def rulebase_at(self, position: int) -> Rulebase:
        """规则库: as recorded by a position of the log."""
        latest = self.rulebase()
        rows = [row for row in self.store.select_stream(RULEBASE_ID) if row.position <= position]
        if len(rows) >= latest.version:
            return latest
        return reduce(rulebase_fold.fold, map(self.fact, rows), rulebase_fold.shipped())

    def rulebase(self) -> Rulebase:
        """规则库: as recorded now."""
        with self._lock:
            for row in self.store.select_stream(RULEBASE_ID, self._rulebase.version):
                self._rulebase = rulebase_fold.fold(self._rulebase, self.fact(row))
            return self._rulebase

    def templates(self) -> Templates:
        """文书模板: as recorded now."""
        with self._lock:
            for row in self.store.select_stream(TEMPLATES_ID, self._templates.version):
                self._templates = paper_templates.fold(self._templates, self.fact(row))
            return self._templates

    def known(self, at: datetime) -> Known:
        """当时所知的规则: rule books and calendar published by the instant."""
        return self.rulebase().known(at)

    def petition(self, case_id: UUID) -> Petition | None:
        """信访事项: the fold of its stored events."""
        return project(None, (self.fact(row) for row in self.store.select_stream(case_id)))

    def readable(self, case_id: UUID, act: Act) -> Case | None:
        """可读案件: the case, if there is one and the officer may read it."""
        case = self.case(case_id)
        hidden = case is None or not case.kind.may_read(case.state, self.directory(), act)
        return None if hidden else case

    def situation(self, case_id: UUID, act: Act, kind: Kind | None = None) -> tuple[Kind, Any]:
        """处境: what a decision on the case by this officer is taken on. Raises Unknown if hidden or not there.

        With a kind, a case of another kind isn't there.
        """
        case = self.readable(case_id, act)
        if case is None or kind not in {None, case.kind}:
            raise (kind or PETITION).unknown()
        directory = self.directory()
        acting = in_the_place_of(case.kind.held_by(case.state), act, directory)
        found = case.kind.situation(case.state, case.facts, acting, directory, self.known(act.at))
        if case.kind is PETITION and case.state.repeat_of is not None:
            found = replace(found, earlier=self.petition(case.state.repeat_of))
        return case.kind, found

    # Writing

    def handle(
        self,
        case_id: UUID,
        command: Any,
        act: Act,
        *,
        kind: Kind | None = None,
        expects: int | None = None,
        key: Key | None = None,
    ) -> Receipt:
        """办理: decide the command on the case and store its fact.

        `expects` is the version the officer saw; a case that moved on since (alerts aside) is refused as Stale.
        Raises Refused of every kind.
        """

        def attempt(own: Key) -> Receipt:
            found, situation = self.situation(case_id, act, kind)
            _must_be_fresh(expects, found, situation.history)
            if isinstance(command, LinkRepeat | RegisterPetition):
                named = (
                    command.petition if isinstance(command, RegisterPetition) else command.earlier_petition
                )
                situation = replace(situation, earlier=self._readable_petition(named, act))
            along: list[Case] = []
            if isinstance(command, RequestErasure | WitnessErasure) and found is PETITION:
                along = self.linked(situation.petition, situation.history)
                situation = replace(situation, linked=files.files_of(one.state for one in along))
            draft = found.decide(command, situation)
            if isinstance(command, CUSTODY):
                self._must_not_name(
                    command, draft, found.project(situation.history), situation.history, along
                )
            if isinstance(command, WitnessErasure):
                return self._witnessed(found, draft, situation, along, own)
            if isinstance(command, IssueNotice):
                return self._issued(found, draft, situation, own)
            fact = self._fact(found, draft, situation)
            return self._store([*self._consequences(fact, situation), fact], act, own, answer=fact)

        with self._alone(case_id):
            receipt = self._once(act, key, attempt)
            if isinstance(command, WitnessErasure):
                self._carry_out(case_id)
            return receipt

    def register(self, command: Register, act: Act, *, key: Key | None = None) -> Receipt:
        """登记: put a petition on the register; the receipt also carries its number and query code."""

        def attempt(own: Key) -> Receipt:
            directory = self.directory()
            on = registration.received_on(command, act)
            known = self.known(act.at)
            registration.must_suit(command.rulebook, command.limit_class, on, known.books)
            office = registration.office_of(act, directory)
            given, numbers = self._number(office, on.year, command.category == "accusation", act)
            case_id = uuid4()
            fields = registration.registered(command, act, directory, given, registration.query_code())
            fact = events.Registered(
                **envelope(
                    case_id,
                    1,
                    act,
                    registration.basis_of_registration(command.rulebook, on, known.books),
                    on,
                ),
                **fields,
            )
            made = [fact, *registration.put_to_leaders(fact, act, directory)]
            extra = (("number", given), ("query_code", fact.query_code))
            return self._store([numbers, *made], act, own, answer=made[-1], extra=extra)

        with self._registering:
            return self._once(act, key, attempt)

    def open_item(self, command: Open, act: Act, *, key: Key | None = None) -> Receipt:
        """立项: open a supervision item, numbered by the register of the unit that opens it.

        One made from a petition is noted on the petition in the same transaction. The receipt also carries its number.
        """

        def attempt(own: Key) -> Receipt:
            directory = self.directory()
            unit, on = opening.opening_unit(command, act, directory), opening.opened_on(command, act)
            petition = self._readable_petition(command.petition, act)
            if petition is not None and petition.supervision_item is not None:
                earlier = self.case(petition.supervision_item)
                opening.must_be_first(earlier.state if earlier is not None else None)
            secret = petition is not None and petition.category == "accusation"
            register = opening.register_of(directory.units[unit])
            given, numbers = self._number(register, on.year, secret, act)
            fields = opening.opened(command, act, directory, given, petition)
            made = envelope(uuid4(), 1, act, ITEM.basis_of(item_events.Opened, on, fields, None), on)
            fact = item_events.Opened(**made, **fields)
            facts: list[Fact] = [numbers]
            if petition is not None:
                facts.append(_put_under_supervision(petition, fact, act))
            return self._store([*facts, fact], act, own, answer=fact, extra=(("number", given),))

        with self._registering:
            return self._once(act, key, attempt)

    def receive(self, command: Receive, act: Act, *, key: Key | None = None) -> Receipt:
        """接访登记: log a reception, numbered by its office's reception register; one on a shift is noted in the duty log.

        The receipt also carries its number.
        """

        def attempt(own: Key) -> Receipt:
            directory = self.directory()
            office, on = receiving.office_of(act, directory), receiving.received_on(command, act)
            petition = self._readable_petition(command.petition, act)
            stream, book, shift = self._shift_of(command.shift, act)
            register, secret = receiving.register_of(office), bool(command.against)
            given, numbers = self._number(register, on.year, secret, act)
            fields = receiving.received(command, act, directory, given, petition, shift)
            basis = RECEPTION.basis_of(reception_events.Received, on, fields, None)
            fact = reception_events.Received(**envelope(uuid4(), 1, act, basis, on), **fields)
            must_have_been_away(directory, act, on)
            facts: list[Fact] = [numbers]
            if shift is not None:
                made = envelope(stream, book.version + 1, act, basis)
                facts.append(MatterTaken(**made, shift=shift.id, case=fact.originator_id, case_number=given))
            return self._store([*facts, fact], act, own, answer=fact, extra=(("number", given),))

        with self._registering:
            return self._once(act, key, attempt)

    def book(self, office: str, year: int) -> rota.Book:
        """接访值班簿: of an office and year, as recorded now."""
        stream = rota.stream_of(office, year)
        with self._lock:
            book = self._books.get(stream, rota.Book())
            for row in self.store.select_stream(stream, book.version):
                book = rota.fold(book, self.fact(row))
            if book.version:
                self._books[stream] = book
            return book

    def enter(
        self,
        office: str,
        year: int,
        decide: Callable[[duty_log.Desk], Fact],
        act: Act,
        *,
        shift: str | None = None,
        key: Key | None = None,
    ) -> Receipt:
        """记入值班簿: what is decided on an office's book; with a shift, on the matters that were logged on it, too."""

        def attempt(own: Key) -> Receipt:
            book = self.book(office, year)
            taken = book.shifts[shift].matters if shift in book.shifts else ()
            matters = [one.state for one in self.cases([m.case for m in taken]).values()]
            desk = duty_log.Desk(office, year, book, act, self.directory(), matters)
            return self._store([decide(desk)], act, own)

        with self._alone(rota.stream_of(office, year)):
            return self._once(act, key, attempt)

    def _shift_of(self, shift: str | None, act: Act) -> tuple[UUID, rota.Book, rota.Shift | None]:
        """班次: with its book, if the officer may read it. Raises Unknown."""
        office, year = (rota.place_of(shift) if shift is not None else None) or ("", 0)
        book = self.book(office, year) if shift is not None else rota.Book()
        found = duty_log.shift_of(shift, book, act) if shift is not None else None
        return rota.stream_of(office, year), book, found

    def _readable_petition(self, id: UUID | None, act: Act) -> Petition | None:
        """所指信访事项: if there is one and the officer may read it."""
        found = self.readable(id, act) if id is not None else None
        return found.state if found is not None and found.kind is PETITION else None

    def take_in(self, arrivals: Sequence[Arrival], act: Act) -> list[UUID]:
        """导入: cases with their whole past, in one transaction; those already there are left alone.

        Returns the ids of the cases that were new. Raises Busy if others kept registering meanwhile.
        """

        def attempt() -> list[UUID]:
            ids = [uuid5(NAMESPACE, f"{i.source.kind}:{i.source.key}") for i in arrivals]
            present = self.store.select_streams(ids)
            fresh = [(id, i) for id, i in zip(ids, arrivals, strict=True) if not present.get(id)]
            directory = self.directory()
            units: dict[str, Unit] = {}
            registers: dict[tuple[str, int, bool], list[tuple[UUID, Arrival]]] = {}
            for id, one in fresh:
                register = one.register(act, directory)
                units[register.id] = register
                place = (register.id, one.received_on.year, one.confidential)
                registers.setdefault(place, []).append((id, one))
            facts: list[Fact] = []
            for (unit, year, confidential), those in sorted(registers.items(), key=lambda pair: pair[0]):
                given, taken = self._block(units[unit], year, len(those), confidential, act)
                facts.extend(taken)
                for (id, one), own in zip(those, given, strict=True):
                    facts.extend(one.facts(id, own, registration.query_code(), directory, act))
            if facts:
                self.save(*facts)
            return [id for id, _ in fresh]

        with self._registering:
            return self._retry(attempt)

    def sources(self, kind: str, keys: Sequence[str]) -> dict[str, events.Source]:
        """导入来源: of the imported records among these keys, the source recorded for each."""
        ids = {uuid5(NAMESPACE, f"{kind}:{key}"): key for key in keys}
        firsts = [self.fact(rows[0]) for rows in self.store.select_streams(ids).values() if rows]
        known = {first.originator_id: _source_of(first) for first in firsts}
        return {ids[id]: source for id, source in known.items() if source is not None}

    def raise_alerts(self, case_ids: Sequence[UUID], at: datetime) -> int:
        """预警: raise every alert of these cases whose day has come, each once; returns how many were new. One that warns of a
        date which has moved away since, and that nobody has acknowledged, is withdrawn first.

        The clocks are derived again from the stored history, so a case closed meanwhile raises nothing. Alert facts
        and outbox rows are stored in one transaction. Safe to call by any number of schedulers at once.
        """

        def attempt() -> int:
            act, directory, known = system_act(at), self.directory(), self.known(at)
            channels = self.store.enabled_channels()
            facts: list[Fact] = []
            outbox: list[OutboxRow] = []
            new = 0
            for case in self.cases(case_ids).values():
                kind, state, history = case.kind, case.state, case.facts
                clocks = kind.clocks(history, state, known, None)
                untrue = withdrawal.withdrawn(state, history, clocks, act)
                history += untrue
                raised = alerts.due(kind, state, history, clocks, known, directory, act)
                new += len(raised)
                facts += [*untrue, *raised]
                for channel in channels:
                    outbox += [withdrawal.outgoing(kind, state, one, channel, directory) for one in untrue]
                    outbox += [alerts.outgoing(kind, state, one, channel, directory) for one in raised]
            if facts:
                self.save(*facts, outbox=outbox)
            return new

        return self._retry(attempt)

    def acknowledge(
        self,
        case_id: UUID,
        command: AcknowledgeAlert,
        act: Act,
        *,
        expects: int | None = None,
        key: Key | None = None,
    ) -> Receipt:
        """签收预警: by one of its recipients, once."""

        def attempt(own: Key) -> Receipt:
            kind, situation = self.situation(case_id, act)
            _must_be_fresh(expects, kind, situation.history)
            closed = kind.refusal(situation, "acknowledge-alert")
            if closed is not None:
                raise closed
            alert = alerts.find(situation.history, command.alert_id)
            case: State = kind.project(situation.history)
            alerts.must_be_acknowledgeable(alert, case, situation)
            own_fields = {"alert_id": command.alert_id, "remark": command.remark}
            fact = self._fact(kind, (AlertAcknowledged, act.today, own_fields), situation)
            return self._store([fact], act, own)

        with self._alone(case_id):
            return self._once(act, key, attempt)

    def publish(
        self, stream: UUID, drafts: Callable[[int], Sequence[Fact]], act: Act, *, key: Key | None = None
    ) -> Receipt:
        """发布: append to the directory or the rule base; `drafts` gets the stream's present version."""

        def attempt(own: Key) -> Receipt:
            if stream == TEMPLATES_ID:
                version = self.templates().version
            else:
                version = self.rulebase().version if stream == RULEBASE_ID else self.directory().version
            facts = list(drafts(version))
            return self._store(facts, act, own)

        return self._once(act, key, attempt)

    def note_readings(self, readings: Sequence[trace.Reading], act: Act, *, once: bool = False) -> None:
        """查阅留痕: that these are shown to the officer, stored before they are; once a moment only where typing reads."""

        def attempt() -> None:
            made = (
                trace.next_fact(one, act, self._last_read(one.case, one.what, act), once) for one in readings
            )
            facts = [one for one in made if one is not None]
            if facts:
                self.save(*facts)

        self._retry(attempt)

    def stated_reason(self, case_id: UUID, act: Act) -> str | None:
        """已说明的查阅理由: what the officer stated of the case a moment ago; None if nothing."""
        last = self._last_read(case_id, trace.STATED, act)
        return last.reason if last is not None and trace.is_lately(last, act) else None

    def _last_read(self, case_id: UUID, what: str, act: Act) -> trace.PersonalDataRead | None:
        if what not in trace.REPEATED:
            return None
        last = self.events.get(trace.stream_of(case_id, what, act), desc=True, limit=1)
        return cast(trace.PersonalDataRead | None, next(iter(last), None))

    def moves_recorded(self, change: int) -> int | None:
        """期限调整进度: how many limits that a change of the rules moved are recorded; None if none of it is yet."""
        last = self._last_moved(change)
        return None if last is None else last.through

    def record_moves(
        self, change: int, moves: Sequence[LimitMoved], through: int | None, total: int, at: datetime
    ) -> None:
        """期限调整: the next limits that a change of the rules moved, after those `through` which it is recorded so far.

        Nothing is stored if somebody else has come further meanwhile.
        """
        last = self._last_moved(change)
        if through != (None if last is None else last.through):
            return
        basis = self._facts(RULEBASE_ID)[change - 1].basis
        facts = moving.recorded(change, moves, last, total, at, basis)
        with suppress(IntegrityError):
            self.save(*facts)

    def _last_moved(self, change: int) -> LimitsMoved | None:
        last = self.events.get(moving.stream_of(change), desc=True, limit=1)
        return cast(LimitsMoved | None, next(iter(last), None))

    # How it is stored

    def _alone(self, case_id: UUID) -> Lock:
        """逐件办理: writers of one case in this process queue instead of colliding; others collide and try again."""
        return self._stripes[case_id.int % STRIPES]

    def _fact(self, kind: Kind, draft: Draft, situation: Any) -> Fact:
        made, on, stated = draft
        must_have_been_away(situation.directory, situation.act, on)
        history = situation.history
        fields = settled(
            stated, lambda hashes: {**lying_with(history), **self.store.uploads(situation.act.by, hashes)}
        )
        basis = kind.basis_of(made, on, fields, situation)
        return made(
            **envelope(history[0].originator_id, len(history) + 1, situation.act, basis, on), **fields
        )

    def linked(self, petition: Petition, history: Sequence[Fact]) -> list[Case]:
        """关联案卷: what would go with the petition's file – items made from it, receptions that led to it."""
        ids = [*erasing.items_of(history), *self.surroundings.receptions_of(petition.id)]
        return list(self.cases(ids).values())

    def people_around(self, state: Any, along: Sequence[Case] = ()) -> list[events.Person]:
        """相关人员: of a case, of the petition that it came from, and of what goes along with it, as far as still there."""
        origin = getattr(state, "petition", None)
        states = [state, *(one.state for one in along), *([] if origin is None else [self.petition(origin)])]
        return [person for one in states for person in naming.people_of(one)]

    def _must_not_name(
        self, command: Any, draft: Draft, state: Any, history: Sequence[Fact], along: Sequence[Case]
    ) -> None:
        """不得写入身份信息: neither what is written of a file, nor texts that stay when a person goes. Raises Invalid."""
        naming.must_name_nobody(naming.written(command), self.people_around(state, along))
        _, _, fields = draft
        if isinstance(command, RequestErasure) and not fields["texts"]:
            plan = erasing.planned(files.the_file(state), state, along, fields["people"], False)
            naming.must_be_free(erasing.still_named(plan, state, history, along))

    def _witnessed(
        self, kind: Kind, draft: Draft, situation: Any, along: Sequence[Case], key: Key
    ) -> Receipt:
        """监销: with the second witness the case is destroyed – the fact first, its keys right after the commit.

        What goes wrong in between is made up for by whoever reads the fact next.
        """
        act, fact = situation.act, self._fact(kind, draft, situation)
        state = kind.project(situation.history)
        file = files.the_file(state)
        if not erasing.completes(file):
            return self._store([fact], act, key)
        plan = erasing.asked_for(file, state, along)
        unit = situation.directory.units.get(file.office)
        series = erasing.series(unit.name if unit else file.office, unit.code if unit else "")
        given, numbers = self._paper_number(series, fact.on.year, file.confidential, act)
        lying = self.surroundings.only_in(plan.cases, erasing.hashes_in(plan, situation.history))
        made = erasing.facts(fact, given, act, plan, lying)
        self.surroundings.forget(plan.cases, plan.names)
        extra = (("number", given),)
        return self._store([numbers, *made[1:], fact, made[0]], act, key, answer=made[0], extra=extra)

    def _carry_out(self, case_id: UUID) -> None:
        """销毁密钥: of whatever the case's facts say is destroyed, here and in the files that went with it; once more is
        no harm."""
        erased = [fact for fact in self._facts(case_id) if isinstance(fact, Erased)]
        along = [fact for one in erased for linked in one.linked for fact in self._facts(linked.case)]
        pairs = [pair for fact in (*erased, *along) for pair in keys_of(fact)]
        if not pairs:
            return
        try:
            self.keys.destroy(pairs)
        except Busy:
            raise Busy(
                "erasure.keys_busy",
                "销毁记录已经保存，内容不再显示；密钥文件正被其他程序占用，密钥尚未销毁。系统会自动续办，也可稍后以同一请求重试。",
                retry_after=5,
            ) from None

    def _issued(self, kind: Kind, draft: Draft, situation: Any, key: Key) -> Receipt:
        """出具文书: the paper's number is taken from its register in the same transaction; the receipt carries it.

        What it is printed from is recorded with it, so that a reprint is the same paper.
        """
        made, on, fields = draft
        act, state = situation.act, kind.project(situation.history)
        series, notice = fields["number"], fields["notice"]
        given, numbers = self._paper_number(series, on.year, state.confidential, act)
        office = paper_templates.office_of(state)
        own = {"number": given, "templates": self._used(office, notice)}
        fact = self._fact(kind, (made, on, fields | own), situation)
        return self._store([numbers, fact], act, key, answer=fact, extra=(("number", given),))

    def _paper_number(self, series: str, year: int, confidential: bool, act: Act) -> tuple[str, NumbersTaken]:
        """取文号: the next of the series; of a confidential case by chance, lest a gap tell of it."""
        if not confidential:
            first, numbers = self._numbers(f"papers:{series}", year, 1, act)
            return papers.number(series, year, first), numbers
        drawn = randbelow(CONFIDENTIAL_NUMBERS)
        given = papers.confidential_number(series, year, drawn)
        stream = stream_of(f"papers:{given}", year)
        return given, NumbersTaken(**envelope(stream, 1, act), first=drawn, count=1)

    def _used(self, office: str, notice: str) -> tuple[TemplateUsed, ...]:
        templates, shelf = self.templates(), self._shelf
        found = [
            (form, templates.used(office, notice, form) or (shelf.shipped(notice, form) if shelf else None))
            for form in papers.FORMS
        ]
        return tuple(TemplateUsed(form, digest) for form, digest in found if digest is not None)

    def _consequences(self, fact: Fact, situation: Any) -> list[Fact]:
        """连带记录: what is recorded in other streams along with the fact, or not at all."""
        tables = (month.CONSEQUENCES, secrecy.CONSEQUENCES)
        found = [table[type(fact)] for table in tables if type(fact) in table]
        return [made for of_fact in found for made in of_fact(fact, situation, self._facts)]

    def _facts(self, stream: UUID) -> list[Fact]:
        return [self.fact(row) for row in self.store.select_stream(stream)]

    def _number(self, office: Unit, year: int, confidential: bool, act: Act) -> tuple[str, NumbersTaken]:
        """取号: the next number of the register; a confidential case is numbered by chance, lest a gap tell of it."""
        if not confidential:
            first, numbers = self._numbers(office.id, year, 1, act)
            return number(office, year, first), numbers
        drawn = randbelow(CONFIDENTIAL_NUMBERS)
        given = confidential_number(office, year, drawn)
        made = envelope(stream_of(given, year), 1, act)
        return given, NumbersTaken(**made, first=drawn, count=1)

    def _block(
        self, register: Unit, year: int, count: int, confidential: bool, act: Act
    ) -> tuple[list[str], list[NumbersTaken]]:
        """取一批号: so many numbers of the register in one go, or each by chance."""
        if confidential:
            drawn = [self._number(register, year, True, act) for _ in range(count)]
            return [given for given, _ in drawn], [taken for _, taken in drawn]
        first, numbers = self._numbers(register.id, year, count, act)
        return [number(register, year, first + offset) for offset in range(count)], [numbers]

    def _numbers(self, office: str, year: int, count: int, act: Act) -> tuple[int, NumbersTaken]:
        stream = stream_of(office, year)
        last = next(iter(self.events.get(stream, desc=True, limit=1)), None)
        taken = cast(NumbersTaken | None, last)
        first = 1 if taken is None else taken.first + taken.count
        version = 1 if taken is None else taken.originator_version + 1
        return first, NumbersTaken(**envelope(stream, version, act), first=first, count=count)

    def _store(
        self,
        facts: Sequence[Fact],
        act: Act,
        key: Key,
        *,
        answer: Fact | None = None,
        extra: tuple[tuple[str, str], ...] = (),
    ) -> Receipt:
        last = answer or facts[-1]
        about = [f for f in facts if f.originator_id == last.originator_id]
        names = tuple(name_of(f) for f in about)
        body = {
            "id": str(last.originator_id),
            "version": last.originator_version,
            "events": list(names),
            "extra": [[name, "" if name in UNKEPT else value] for name, value in extra],
        }
        receipts = [StoredReceipt(act.by, key.key, self._keyed(key.digest), body)]
        recordings = self.save(*facts, receipts=receipts)
        position = int(recordings[-1].notification.id)
        return Receipt(last.originator_id, last.originator_version, position, names, extra)

    def _once(self, act: Act, key: Key | None, attempt: Callable[[Key], Receipt]) -> Receipt:
        """只办一次: the first answer again for a key seen before; another body under the same key is refused.

        A command without a key gets one of its own, so that a try whose commit was not confirmed is recognised.
        """
        own = key or Key(f"{OWN_KEY}{uuid4()}", "")
        tried = key is not None

        def keyed() -> Receipt:
            nonlocal tried
            found = self._replayed(act, own) if tried else None
            tried = True
            return found if found is not None else attempt(own)

        return self._retry(keyed)

    def _again(self, id: UUID, name: str) -> str:
        """再次告知: what a receipt names and doesn't keep, from the case's first fact."""
        first = next(iter(self._facts(id)), None)
        return str(getattr(first, name, ""))

    def _keyed(self, digest: str) -> str:
        """带密钥的摘要: of what was sent; a bare one would let whoever has the row try what may have been written."""
        return hmac.digest(self.keys.named("receipts"), digest.encode(), "sha256").hex() if digest else ""

    def _replayed(self, act: Act, key: Key) -> Receipt | None:
        stored = self.store.find_receipt(act.by, key.key)
        if stored is None:
            return None
        if stored.digest not in {self._keyed(key.digest), key.digest}:
            raise registration.reused_key()
        body = stored.receipt
        id, version = UUID(body["id"]), int(body["version"])
        row = next(r for r in self.store.select_stream(id, version - 1) if r.originator_version == version)
        return Receipt(
            id,
            version,
            row.position,
            tuple(body["events"]),
            tuple((str(k), str(v or self._again(id, k))) for k, v in body["extra"]),
        )

    def _retry(self, attempt: Callable[[], T]) -> T:
        """冲突重试: somebody stored first; load again and decide again."""
        for _ in range(ATTEMPTS):
            try:
                return attempt()
            except IntegrityError:
                continue
        raise Busy("store.busy", "系统正忙，请稍后重试。")


def _source_of(first: Fact) -> events.Source | None:
    """导入来源: what the first fact of an imported case was made from."""
    match first:
        case events.Registered():
            return first.source
        case item_events.Opened():
            return first.imported
        case _:
            return None


def _put_under_supervision(petition: Petition, opened: item_events.Opened, act: Act) -> Fact:
    """列入督查: what is noted on the petition; not before it was received. Raises Invalid."""
    on = legal_date_of(opened.on, act, petition.received_on, "信访事项的收到日期")
    own: dict[str, Any] = {"item": opened.originator_id, "item_number": opened.number}
    basis = PETITION.basis_of(events.PutUnderSupervision, on, own, None)
    return events.PutUnderSupervision(**envelope(petition.id, petition.version + 1, act, basis, on), **own)


def _must_be_fresh(expects: int | None, kind: Kind, history: Sequence[Fact]) -> None:
    if expects is None:
        return
    between = [f for f in history[expects:] if not isinstance(f, QUIET)]
    if expects > len(history) or between:
        names = [name_of(f) for f in between]
        raise kind.stale(names, len(history))
