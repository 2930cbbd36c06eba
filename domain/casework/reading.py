"""读取案件: cases, directory and rule base as recorded now; nothing here decides or stores."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from itertools import islice, takewhile
from threading import Lock
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

from eventsourcing.application import Application

from domain import trace
from domain.acts import Act
from domain.cases import Kind
from domain.casework.at_hand import AtHand
from domain.casework.cases import Case, Recorded, Standing, case_from, standing_from
from domain.casework.remembering import MOST, Found, Memory, Remembered, anything_erased, weight_of
from domain.directory import fold as directory_fold
from domain.directory.capacity import in_the_place_of
from domain.directory.fold import DIRECTORY_ID, Directory
from domain.erasure import blanking, erasing, naming
from domain.erasure.surroundings import Nowhere, Surroundings
from domain.facts import Fact
from domain.kinds import PETITION
from domain.numbering import RESTORED_ID, LogRestored
from domain.papers import templates as paper_templates
from domain.papers.templates import TEMPLATES_ID, Templates
from domain.petition import events
from domain.petition.fold import Petition, project
from domain.petition.told import UNTOLD
from domain.rota import book as rota
from domain.rulebase import fold as rulebase_fold
from domain.rulebase import moving
from domain.rulebase.events import LimitsMoved
from domain.rulebase.fold import RULEBASE_ID, Known, Rulebase
from domain.store import KeyStore, Reader, Recorder, Shelf, Stored


class Reading(Application[UUID]):
    """读取 — what every part of the casework reads, folded no further than the log has it."""

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
        self._forget()

    def _forget(self, kept: int = MOST) -> None:
        """从头读起: nothing is remembered of what was folded before; the shipped tables are all there is."""
        self._lock = Lock()
        self._memory = Memory(kept)
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

    def fact(self, row: Stored) -> Fact:
        """读出事实: the fact of one stored row."""
        return cast(Reader, self.mapper).read(row)

    def facts(self, rows: Sequence[Stored], bare: Container[str] = frozenset()) -> list[Fact]:
        """读出多行: the facts of many rows, in order; the keys are looked at once for all of them.

        Facts of the topics in `bare` are read without what lies under their keys.
        """
        return cast(Reader, self.mapper).read_all(rows, bare)

    def history(self, case_id: UUID) -> list[Recorded]:
        """案件历史: every fact of a case in order; empty if there is no such case."""
        return self._recorded(self.store.select_stream(case_id))

    def _recorded(self, rows: Sequence[Stored]) -> list[Recorded]:
        return _recorded(rows, self.facts(rows))

    def histories(self, case_ids: Sequence[UUID]) -> dict[UUID, list[Recorded]]:
        """多案历史: the same for many cases in one read."""
        streams = self.store.select_streams(case_ids)
        facts = iter(self.facts([row for rows in streams.values() for row in rows]))
        return {id: _recorded(rows, list(islice(facts, len(rows)))) for id, rows in streams.items()}

    def case(self, case_id: UUID) -> Case | None:
        """案件: of any kind, as recorded now; None if there is no such case."""
        found, _ = self._found((case_id,))
        return self._case(case_id, found[case_id])

    def cases(self, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
        """多案: the same for many in one read; what is no case is left out."""
        found = {id: case_from(history) for id, history in self.histories(case_ids).items()}
        return {id: case for id, case in found.items() if case is not None}

    def standings(self, case_ids: Sequence[UUID]) -> dict[UUID, Standing]:
        """现状: how many cases stand, in one read, without their histories; what is no case is left out."""
        streams = self.store.select_streams(case_ids)
        rows = [row for rows in streams.values() for row in rows]
        facts = iter(self.facts(rows, UNTOLD))
        histories = ((id, blanking.blanked(list(islice(facts, len(rows))))) for id, rows in streams.items())
        found = ((id, standing_from(history)) for id, history in histories)
        return {id: standing for id, standing in found if standing is not None}

    def directory(self, at: datetime | None = None) -> Directory:
        """机构人员: as recorded now, or by an instant."""
        if at is not None:
            facts = self._facts(DIRECTORY_ID)
            return reduce(directory_fold.fold, takewhile(lambda f: f.recorded_at <= at, facts), Directory())
        return self._directory_after(self.store.select_stream(DIRECTORY_ID, self._directory.version))

    def _directory_after(self, rows: Sequence[Stored]) -> Directory:
        """Folded further by what was read of it; others may have come further meanwhile."""
        with self._lock:
            for fact in self.facts([one for one in rows if one.originator_version > self._directory.version]):
                self._directory = directory_fold.fold(self._directory, fact)
            return self._directory

    def rulebase_at(self, position: int) -> Rulebase:
        """规则库: as recorded by a position of the log."""
        latest = self.rulebase()
        rows = [row for row in self.store.select_stream(RULEBASE_ID) if row.position <= position]
        if len(rows) >= latest.version:
            return latest
        return reduce(rulebase_fold.fold, self.facts(rows), rulebase_fold.shipped())

    def rulebase(self) -> Rulebase:
        """规则库: as recorded now."""
        return self._rulebase_after(self.store.select_stream(RULEBASE_ID, self._rulebase.version))

    def _rulebase_after(self, rows: Sequence[Stored]) -> Rulebase:
        with self._lock:
            for fact in self.facts([one for one in rows if one.originator_version > self._rulebase.version]):
                self._rulebase = rulebase_fold.fold(self._rulebase, fact)
            return self._rulebase

    def templates(self) -> Templates:
        """文书模板: as recorded now."""
        with self._lock:
            for fact in self._facts(TEMPLATES_ID, self._templates.version):
                self._templates = paper_templates.fold(self._templates, fact)
            return self._templates

    def known(self, at: datetime) -> Known:
        """当时所知的规则: rule books and calendar published by the instant."""
        return self.rulebase().known(at)

    def petition(self, case_id: UUID) -> Petition | None:
        """信访事项: the fold of its stored events; texts that the fold has no use for are not opened."""
        if not self._memory.recall((case_id,), self._ring()):
            return project(None, self.facts(self.store.select_stream(case_id), UNTOLD))
        case = self.case(case_id)
        return case.state if case is not None and case.kind is PETITION else None

    def at_hand(self, case_ids: Iterable[UUID]) -> AtHand:
        """案头: these cases with the directory and the rule base, in one trip to the store."""
        folded = {DIRECTORY_ID: self._directory.version, RULEBASE_ID: self._rulebase.version}
        found, tails = self._found(case_ids, folded)
        return AtHand(
            self._directory_after(tails[DIRECTORY_ID]),
            self._rulebase_after(tails[RULEBASE_ID]),
            found,
            self._case,
        )

    def _ring(self) -> object:
        return cast(Reader, self.mapper).ring()

    def _found(
        self, case_ids: Iterable[UUID], besides: Mapping[UUID, int] = MappingProxyType({})
    ) -> tuple[dict[UUID, Found], Mapping[UUID, Sequence[Stored]]]:
        """What is remembered of the cases, with what follows it in the log; `besides`, other streams after a version."""
        ids, ring = list(case_ids), self._ring()
        known = self._memory.recall(ids, ring)
        after = {id: known[id].last.originator_version - 1 if id in known else 0 for id in ids}
        tails = self.store.select_tails({**after, **besides})
        gone = [id for id, one in known.items() if tails[id][:1] != [one.last]]
        anew: Mapping[UUID, Sequence[Stored]] = {}
        if gone:
            self._memory.drop(gone)
            anew = self.store.select_streams(gone)
        found = {
            id: Found(known[id], tails[id][1:], ring)
            if id in known and id not in anew
            else Found(None, anew.get(id, tails[id]), ring)
            for id in ids
        }
        return found, tails

    def _case(self, id: UUID, found: Found) -> Case | None:
        """The case, followed from what is remembered of it; remembered in its turn."""
        before, rows = found.known, found.rows
        if before is not None and not rows:
            return _copied(before.case)
        history = [] if before is None else before.case.history
        facts = blanking.blanked([*(one.fact for one in history), *self.facts(rows)])
        positions = [*(one.position for one in history), *(row.position for row in rows)]
        case = case_from(list(map(Recorded, positions, facts)))
        if case is None or anything_erased(case.history):
            self._memory.drop((id,))
            return case
        weight = weight_of(rows) + (0 if before is None else before.weight)
        self._memory.keep(id, Remembered(_copied(case), rows[-1], weight), found.keys)
        return case

    def readable(self, case_id: UUID, act: Act) -> Case | None:
        """可读案件: the case, if there is one and the officer may read it."""
        return _readable(case_id, act, self.at_hand((case_id,)))

    def _readable_petition(self, id: UUID | None, act: Act) -> Petition | None:
        """所指信访事项: if there is one and the officer may read it."""
        found = self.readable(id, act) if id is not None else None
        return found.state if found is not None and found.kind is PETITION else None

    def situation(
        self, case_id: UUID, act: Act, kind: Kind | None = None, at_hand: AtHand | None = None
    ) -> tuple[Kind, Any]:
        """处境: what a decision on the case by this officer is taken on. Raises Unknown if hidden or not there.

        With a kind, a case of another kind isn't there. What lies at hand already isn't read again.
        """
        given = at_hand or self.at_hand((case_id,))
        case, directory = _readable(case_id, act, given), given.directory
        if case is None or kind not in {None, case.kind}:
            raise (kind or PETITION).unknown()
        acting = in_the_place_of(case.kind.held_by(case.state), act, directory)
        known = given.rulebase.known(act.at)
        found = case.kind.situation(case.state, case.facts, acting, directory, known)
        if case.kind is PETITION and case.state.repeat_of is not None:
            found = replace(found, earlier=self.petition(case.state.repeat_of))
        return case.kind, found

    def book(self, office: str, year: int) -> rota.Book:
        """接访值班簿: of an office and year, as recorded now."""
        stream = rota.stream_of(office, year)
        with self._lock:
            book = self._books.get(stream, rota.Book())
            for fact in self._facts(stream, book.version):
                book = rota.fold(book, fact)
            if book.version:
                self._books[stream] = book
            return book

    def _facts(self, stream: UUID, after_version: int = 0) -> list[Fact]:
        return self.facts(self.store.select_stream(stream, after_version))

    def linked(self, petition: Petition, history: Sequence[Fact]) -> list[Case]:
        """关联案卷: what would go with the petition's file – items made from it, receptions that led to it."""
        ids = [*erasing.items_of(history), *self.surroundings.receptions_of(petition.id)]
        return list(self.cases(ids).values())

    def people_around(self, state: Any, along: Sequence[Case] = ()) -> list[events.Person]:
        """相关人员: of a case, of the petition that it came from, and of what goes along with it, as far as still there."""
        origin = getattr(state, "petition", None)
        states = [state, *(one.state for one in along), *([] if origin is None else [self.petition(origin)])]
        return [person for one in states for person in naming.people_of(one)]

    def stated_reason(self, case_id: UUID, act: Act) -> str | None:
        """已说明的查阅理由: what the officer stated of the case a moment ago; None if nothing."""
        last = self._last_read(case_id, trace.STATED, act)
        return last.reason if last is not None and trace.is_lately(last, act) else None

    def _last_read(self, case_id: UUID, what: str, act: Act) -> trace.PersonalDataRead | None:
        if what not in trace.REPEATED:
            return None
        last = self.events.get(trace.stream_of(case_id, what, act), desc=True, limit=1)
        return cast(trace.PersonalDataRead | None, next(iter(last), None))

    def restorations(self) -> list[LogRestored]:
        """恢复记录: how often the log was put back to an earlier moment."""
        return cast(list[LogRestored], self._facts(RESTORED_ID))

    def moves_recorded(self, change: int) -> int | None:
        """期限调整进度: how many limits that a change of the rules moved are recorded; None if none of it is yet."""
        last = self._last_moved(change)
        return None if last is None else last.through

    def _last_moved(self, change: int) -> LimitsMoved | None:
        last = self.events.get(moving.stream_of(change), desc=True, limit=1)
        return cast(LimitsMoved | None, next(iter(last), None))


def _readable(id: UUID, act: Act, at_hand: AtHand) -> Case | None:
    case = at_hand.case(id)
    hidden = case is None or not case.kind.may_read(case.state, at_hand.directory, act)
    return None if hidden else case


def _copied(case: Case) -> Case:
    """Nobody who adds to a history adds to what is remembered."""
    return Case(case.kind, case.state, [*case.history])


def _recorded(rows: Sequence[Stored], facts: Sequence[Fact]) -> list[Recorded]:
    """A whole stream; what a fact of it says is destroyed reads so, also while the keys are still there."""
    return [Recorded(row.position, fact) for row, fact in zip(rows, blanking.blanked(facts), strict=True)]
