"""记入: facts with their receipt in one transaction; what meets a conflict is decided again."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID, uuid4

from eventsourcing.persistence import DatabaseError, IntegrityError

from domain.acts import Act, Receipt, envelope
from domain.attachments import lying_with, settled
from domain.cases import Draft, Kind
from domain.casework.cases import Key, Prepared
from domain.casework.numbering import Numbering
from domain.directory.capacity import must_have_been_away
from domain.errors import Busy
from domain.facts import Fact, name_of
from domain.filing import month
from domain.numbering import NumbersTaken
from domain.petition import registration
from domain.store import KeyStore, Shelf, StoredReceipt, Submission
from domain.supervision import secrecy

ATTEMPTS = 32
"""So often a command is decided again when others store first: two services on one case lose every second turn."""
STRIPES = 4096
"""So many that two batches of commands seldom have one in common."""
UNKEPT = frozenset({"query_code"})
"""What a receipt tells and doesn't keep: the code lies in the case, under a key."""
OWN_KEY = "own:"
"""What begins the receipt key of a command that came without one; such a receipt only serves the command's retries."""

T = TypeVar("T")


class Storing(Numbering):
    """记入 — a decision's facts, once."""

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        shelf: Shelf | None = None,
        keys: KeyStore | None = None,
    ) -> None:
        super().__init__(env, shelf, keys)
        self._registering = Lock()
        self._stripes = [Lock() for _ in range(STRIPES)]

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

    def _consequences(self, fact: Fact, situation: Any) -> list[Fact]:
        """连带记录: what is recorded in other streams along with the fact, or not at all."""
        tables = (month.CONSEQUENCES, secrecy.CONSEQUENCES)
        found = [table[type(fact)] for table in tables if type(fact) in table]
        return [made for of_fact in found for made in of_fact(fact, situation, self._facts)]

    def _prepared(
        self,
        facts: Sequence[Fact],
        act: Act,
        key: Key,
        *,
        answer: Fact | None = None,
        extra: tuple[tuple[str, str], ...] = (),
    ) -> Prepared:
        """待存: facts and receipt as they will be stored."""
        last = answer or facts[-1]
        about = [f for f in facts if f.originator_id == last.originator_id]
        names = tuple(name_of(f) for f in about)
        body = {
            "id": str(last.originator_id),
            "version": last.originator_version,
            "events": list(names),
            "extra": [[name, "" if name in UNKEPT else value] for name, value in extra],
        }
        receipts = (StoredReceipt(act.by, key.key, self._keyed(key.digest), body),)
        rows = [self.mapper.to_stored_event(fact) for fact in facts]
        taken = tuple(fact for fact in facts if isinstance(fact, NumbersTaken))
        return Prepared(
            Submission(rows, receipts), last.originator_id, last.originator_version, names, extra, taken
        )

    def _stored(self, prepared: Prepared) -> Receipt:
        """记入: or the conflict that it met, raised."""
        (outcome,) = self.store.append_all((prepared.submission,))
        if isinstance(outcome, DatabaseError):
            self._distrust(prepared)
            raise outcome
        return prepared.receipt(outcome)

    def _distrust(self, prepared: Prepared) -> None:
        """不再信任: what is remembered of the streams which this was decided on and could not be stored in."""
        self._memory.drop({UUID(str(event.originator_id)) for event in prepared.submission.events})

    def _once(self, act: Act, key: Key | None, attempt: Callable[[Key], Prepared]) -> Receipt:
        """只办一次: the first answer again for a key seen before; another body under the same key is refused."""
        own = key or own_key()
        tried = key is not None

        def keyed() -> Receipt:
            nonlocal tried
            answered = self.store.find_receipts([(act.by, own.key)]) if tried else {}
            tried = True
            for stored in answered.values():
                return self._replayed(stored, own)
            return self._stored(attempt(own))

        return self._retry(keyed)

    def _again(self, id: UUID, name: str) -> str:
        """再次告知: what a receipt names and doesn't keep, from the case's first fact."""
        first = next(iter(self._facts(id)), None)
        return str(getattr(first, name, ""))

    def _keyed(self, digest: str) -> str:
        """带密钥的摘要: of what was sent; a bare one would let whoever has the row try what may have been written."""
        return hmac.digest(self.keys.named("receipts"), digest.encode(), "sha256").hex() if digest else ""

    def _replayed(self, stored: StoredReceipt, key: Key) -> Receipt:
        """再次回答: as the first time. Raises Invalid where the key came with something else."""
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
        raise too_busy()


def own_key() -> Key:
    """自备键: of a command without a key, so that a try whose commit was not confirmed is recognised."""
    return Key(f"{OWN_KEY}{uuid4()}", "")


def too_busy() -> Busy:
    """系统正忙: others kept storing first."""
    return Busy("store.busy", "系统正忙，请稍后重试。")
