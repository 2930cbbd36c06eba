"""记录: what the service notes by itself or an administrator publishes – alerts, readings, moved limits, rules."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError

from domain import trace
from domain.acts import Act, Receipt, envelope, system_act
from domain.alerts import plan as alerts
from domain.alerts import withdrawal
from domain.casework.cases import Key, Prepared
from domain.casework.storing import Storing
from domain.facts import Fact
from domain.numbering import RESTORED_ID, LogRestored, NumbersTaken, ground_of, left_out
from domain.papers.templates import TEMPLATES_ID
from domain.rulebase import moving
from domain.rulebase.events import LimitMoved
from domain.rulebase.fold import RULEBASE_ID
from domain.store import OutboxRow

T = TypeVar("T")


class Noting(Storing):
    """记录 — facts that no command on a case decides."""

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

    def publish(
        self, stream: UUID, drafts: Callable[[int], Sequence[Fact]], act: Act, *, key: Key | None = None
    ) -> Receipt:
        """发布: append to the directory or the rule base; `drafts` gets the stream's present version."""

        def attempt(own: Key) -> Prepared:
            if stream == TEMPLATES_ID:
                version = self.templates().version
            else:
                version = self.rulebase().version if stream == RULEBASE_ID else self.directory().version
            facts = list(drafts(version))
            return self._prepared(facts, act, own)

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

    def note_restoration(
        self, position: int, following: int, lost: int, series: Sequence[UUID], at: datetime
    ) -> bool:
        """恢复备份: that the log was put back to a position, and in each of these series of numbers the gap that it leaves.

        So many positions are `lost` for certain. Whether it was noted now, and not by another process.
        """
        act, count = system_act(at), left_out(lost)

        def attempt() -> bool:
            past = self.restorations()
            if any(one.following == following for one in past):
                return False
            ground = ground_of(position, count)
            made = envelope(RESTORED_ID, len(past) + 1, act, ground)
            gaps = [self._gap(taken, count, act, ground) for taken in map(self._last_taken, series)]
            mark = LogRestored(**made, position=position, following=following, left_out=count)
            self.save(mark, *(gap for gap in gaps if gap is not None))
            return True

        return self._retry(attempt)

    def _gap(self, taken: NumbersTaken | None, count: int, act: Act, ground: str) -> NumbersTaken | None:
        """空号: as numbers taken by nobody, with the ground why."""
        if taken is None:
            return None
        made = envelope(taken.originator_id, taken.originator_version + 1, act, ground)
        return NumbersTaken(**made, first=taken.first + taken.count, count=count)
