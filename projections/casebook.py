"""案卷簿: what the views ask about cases while a batch is applied – each case folded once and its clocks counted once, for all
views together.

A case all of whose facts have passed by is folded from those and needs no reading: it stands as the batch leaves it. Any
other is read from its stream, as it stands now.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from domain.casework import Case, Casework, Recorded, case_from
from domain.casework.remembering import MOST, Kept, anything_erased
from domain.directory.fold import Directory
from domain.rulebase.fold import Known, Rulebase
from domain.rules.deadlines import Clock
from domain.secrets import destroyed_by
from domain.store import KeyStore

EVER = datetime.max.replace(tzinfo=UTC)
"""All that is recorded, whatever the hour: so a rebuild finds what the live view found."""


class Casebook:
    """案卷簿 — the cases of a batch and the rules they are judged by; remembers cases, never one of which anything is erased."""

    def __init__(self, casework: Casework, kept: int = MOST) -> None:
        self._casework = casework
        self._kept: Kept[Case] = Kept(kept)
        self._batch: dict[UUID, list[Recorded]] = {}
        self._found: dict[UUID, Case | None] = {}
        self._clocks: dict[UUID, tuple[Case, Known, list[Clock]]] = {}
        self._directory: Directory | None = None
        self._rules: Rulebase | None = None
        self._whole: tuple[int, int] | None = None
        self._known: tuple[Rulebase, Known] | None = None

    @property
    def keys(self) -> KeyStore:
        """密钥库."""
        return self._casework.keys

    def open(self, batch: Sequence[Recorded]) -> None:
        """翻开: at a batch. Where it records that something is destroyed, nothing read before is trusted any more."""
        if any(destroyed_by(one.fact) for one in batch):
            self.forget()
        self._batch, self._found, self._clocks = {}, {}, {}
        self._directory = self._rules = None
        for one in batch:
            self._batch.setdefault(one.fact.originator_id, []).append(one)

    def forget(self) -> None:
        """忘记: every case is read again."""
        self._kept.clear()
        self._found, self._clocks = {}, {}

    def cases(self, ids: Sequence[UUID]) -> dict[UUID, Case]:
        """多案: those of the batch as it leaves them, or newer; others as they stand now. What is no case is left out."""
        own = [id for id in ids if id in self._batch]
        for id in own:
            if id not in self._found and (case := self._followed(id)) is not None:
                self._keep(id, case)
        lacking = [id for id in ids if id not in self._found]
        read = self._casework.cases(lacking) if lacking else {}
        for id in own:
            if id not in self._found:
                self._keep(id, read.get(id))
        every = ((id, self._found[id] if id in self._found else read.get(id)) for id in ids)
        return {id: case for id, case in every if case is not None}

    def clocks(self, case: Case, known: Known) -> list[Clock]:
        """期限: every clock of a case by these rules, whatever the day."""
        counted = self._clocks.get(case.state.id)
        if counted is None or counted[0] is not case or counted[1] is not known:
            found = case.kind.clocks(case.facts, case.state, known, None)
            counted = self._clocks[case.state.id] = (case, known, found)
        return counted[2]

    def directory(self) -> Directory:
        """机构人员: as recorded now – the same for the whole batch."""
        if self._directory is None:
            self._directory = self._casework.directory()
        return self._directory

    def rules(self) -> Known:
        """规则: as recorded now."""
        return self._known_of(self._latest())

    def rules_at(self, position: int) -> Known:
        """规则: as recorded by a position of the log."""
        latest = self._latest()
        if self._whole is not None and self._whole[0] == latest.version and self._whole[1] <= position:
            return self._known_of(latest)
        then = self._casework.rulebase_at(position)
        if then.version == latest.version:
            self._whole = latest.version, position
        return self._known_of(then)

    def _latest(self) -> Rulebase:
        if self._rules is None:
            self._rules = self._casework.rulebase()
        return self._rules

    def _known_of(self, rules: Rulebase) -> Known:
        if self._known is None or self._known[0] is not rules:
            self._known = rules, rules.known(EVER)
        return self._known[1]

    def _followed(self, id: UUID) -> Case | None:
        """The case as its facts in the batch leave it, if all those before them are known; None if it has to be read."""
        facts = self._batch[id]
        kept = self._kept.get(id)
        behind = facts[0].fact.originator_version - 1
        if kept is not None and len(kept.history) >= facts[-1].fact.originator_version:
            return kept
        if behind and (kept is None or len(kept.history) != behind):
            return None
        if len(facts) != facts[-1].fact.originator_version - behind or anything_erased(facts):
            return None
        return case_from([*(kept.history if kept is not None and behind else ()), *facts])

    def _keep(self, id: UUID, case: Case | None) -> None:
        self._found[id] = case
        if case is None or anything_erased(case.history):
            self._kept.drop(id)
        else:
            self._kept.keep(id, case, len(case.history))
