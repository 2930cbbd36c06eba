"""成批办理: many commands at once – read in one trip, decided one after the other, stored in one go, each by itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.persistence import DatabaseError, IntegrityError

from domain.acts import Act, Receipt
from domain.cases import Kind
from domain.casework.cases import Asked, Coming, Key, Prepared
from domain.casework.deciding import Deciding
from domain.casework.storing import ATTEMPTS, STRIPES, own_key, too_busy
from domain.directory.fold import Directory
from domain.erasure.commands import WitnessErasure


@dataclass(slots=True, eq=False)
class Pending:
    """待办 — one command on its way to an outcome; `tried` if it may have been stored without our knowing."""

    case: UUID
    asks: Callable[[Directory], Asked]
    key: Key
    tried: bool
    attempts: int = 0
    asked: Asked | None = None
    outcome: Receipt | Exception | None = None

    def come(self, directory: Directory) -> None:
        """到场: who asks what, once; whoever is refused is answered."""
        try:
            self.asked = self.asked or self.asks(directory)
        except Exception as error:
            self.outcome = error


def _pending(one: Asked | Coming) -> Pending:
    asks = one.asks if isinstance(one, Coming) else lambda _: one
    return Pending(one.case, asks, one.key or own_key(), tried=one.key is not None)


class Batches(Deciding):
    """成批办理 — what meets a conflict is decided again on what is recorded then; the others have long been answered."""

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
        (outcome,) = self.handle_many((Asked(case_id, command, act, kind, expects, key),))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def handle_many(
        self, asked: Sequence[Asked | Coming], storing: Callable[[], object] = bool
    ) -> list[Receipt | Exception]:
        """成批办理: the receipt of each command or what it was refused with, in the order in which they were asked.

        `storing` is told when what could be decided goes to the disk.

        Nothing that befalls one of them touches another. Of several commands that write to one stream, the later
        ones are decided once the first is stored.
        """
        every = [_pending(one) for one in asked]
        with self._all_alone(one.case for one in asked):
            left: Sequence[Pending] = every
            while left := [one for one in left if one.outcome is None]:
                try:
                    self._round(left, storing)
                except Exception as error:
                    for one in left:
                        one.outcome = one.outcome or error
        for one in every:
            witnessed = one.asked is not None and isinstance(one.asked.command, WitnessErasure)
            if witnessed and isinstance(one.outcome, Receipt):
                one.outcome = self._carried_out(one.case, one.outcome)
        return [one.outcome for one in every if one.outcome is not None]

    @contextmanager
    def _all_alone(self, case_ids: Iterable[UUID]) -> Iterator[None]:
        """逐件办理: as `_alone`, for many; always in one order, so that no two wait for each other."""
        with ExitStack() as held:
            for stripe in sorted({id.int % STRIPES for id in case_ids}):
                held.enter_context(self._stripes[stripe])
            yield

    def _round(self, left: Sequence[Pending], storing: Callable[[], object]) -> None:
        """一轮: decides what can be decided side by side and stores it; the rest is left to the next round."""
        at_hand = self.at_hand({one.case for one in left})
        for one in left:
            one.come(at_hand.directory)
        asked = [(one, one.asked) for one in left if one.asked is not None]
        tried = [(its.act.by, one.key.key) for one, its in asked if one.tried]
        answered = self.store.find_receipts(tried) if tried else {}
        written: set[UUID] = set()
        ready: list[tuple[Pending, Prepared]] = []
        for one, its in asked:
            if one.case in written:
                continue
            try:
                if one.tried and (its.act.by, one.key.key) in answered:
                    one.outcome = self._replayed(answered[its.act.by, one.key.key], one.key)
                    continue
                prepared = self._decided(its, one.key, at_hand)
            except IntegrityError:
                _again(one)
                continue
            except Exception as error:
                one.outcome = error
                continue
            streams = {UUID(str(event.originator_id)) for event in prepared.submission.events}
            if written.isdisjoint(streams):
                written |= streams
                ready.append((one, prepared))
        if ready:
            storing()
            self._settle(ready)

    def _settle(self, ready: Sequence[tuple[Pending, Prepared]]) -> None:
        for one, _ in ready:
            one.tried = True
        outcomes = self.store.append_all([prepared.submission for _, prepared in ready])
        for (one, prepared), outcome in zip(ready, outcomes, strict=True):
            if isinstance(outcome, DatabaseError):
                self._distrust(prepared)
            if isinstance(outcome, IntegrityError):
                _again(one)
            elif isinstance(outcome, DatabaseError):
                one.outcome = outcome
            else:
                one.outcome = prepared.receipt(outcome)

    def _carried_out(self, case_id: UUID, receipt: Receipt) -> Receipt | Exception:
        try:
            self._carry_out(case_id)
        except Exception as error:
            return error
        return receipt


def _again(one: Pending) -> None:
    """冲突重试: somebody stored first; it is decided again, so many times."""
    one.attempts += 1
    one.tried = True
    if one.attempts == ATTEMPTS:
        one.outcome = too_busy()
