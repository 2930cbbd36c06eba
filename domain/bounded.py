"""当时的日志: the log as far as it was recorded by an instant, and the office that knows no more than that.

In a log that was kept in order that is its beginning, up to one position. Facts whose act began before the instant may lie
behind one that was recorded after it; they count, as they do wherever a case is read as known at an instant.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Never, cast
from uuid import UUID

from domain.attachments import Held
from domain.casework import Casework
from domain.facts import TOPICS
from domain.store import Recorder, Stored, StoredReceipt, Submission

BATCH = 4000
NO_FACTS = "the past takes no facts"


@dataclass(frozen=True, slots=True)
class Reach:
    """所及范围 — what was recorded by an instant: all up to `whole`, and of the streams behind it up to `last` so many versions.

    `head` is where the log ended when it was looked through, `facts` how many were recorded by then.
    """

    whole: int
    last: int
    head: int
    facts: int
    versions: Mapping[UUID, int] = field(default_factory=dict)

    def holds(self, row: Stored) -> bool:
        """已录: whether the row was recorded by then."""
        if row.position <= self.whole:
            return True
        return row.position <= self.last and row.originator_version <= self.versions.get(row.originator_id, 0)


def reach(
    casework: Casework, until: datetime, progress: Callable[[int], None] = lambda position: None
) -> Reach:
    """所及范围: of the log as it stands, at the instant. A fact never counts without those before it in its stream."""
    whole = last = head = facts = 0
    ended: set[UUID] = set()
    versions: dict[UUID, int] = {}
    while rows := casework.store.select_log(head, BATCH):
        for row, fact in zip(rows, casework.facts(rows, TOPICS), strict=True):
            if fact.recorded_at > until:
                ended.add(row.originator_id)
                continue
            if row.originator_id in ended:
                continue
            facts, last = facts + 1, row.position
            if ended:
                versions[row.originator_id] = row.originator_version
            else:
                whole = row.position
        head = rows[-1].position
        progress(head)
    return Reach(whole, last, head, facts, versions)


class Bounded:
    """截至当时的存储 — reads what lies within reach and nothing behind it; writes nothing."""

    def __init__(self, recorder: Recorder, within: Reach) -> None:
        self._recorder = recorder
        self._within = within

    def select_streams(self, ids: Iterable[UUID]) -> dict[UUID, list[Stored]]:
        """各流的事实."""
        found = self._recorder.select_streams(ids)
        return {id: [row for row in rows if self._within.holds(row)] for id, rows in found.items()}

    def select_stream(self, originator_id: UUID, after_version: int = 0) -> list[Stored]:
        """一流的事实."""
        found = self._recorder.select_stream(originator_id, after_version)
        return [row for row in found if self._within.holds(row)]

    def select_tails(self, after: Mapping[UUID, int]) -> dict[UUID, list[Stored]]:
        """各流的后续事实."""
        found = self._recorder.select_tails(after)
        return {id: [row for row in rows if self._within.holds(row)] for id, rows in found.items()}

    def select_log(self, after: int, limit: int) -> list[Stored]:
        """日志: batches may be shorter than the limit; only behind the reach there is none."""
        while after < self._within.last:
            found = self._recorder.select_log(after, limit)
            held = [row for row in found if self._within.holds(row)]
            if held or not found:
                return held
            after = found[-1].position
        return []

    def stream_log(self, after: int, limit: int) -> Generator[list[Stored]]:
        """日志逐段: there is none only behind the reach."""
        read, held = True, False
        while read and not held and after < self._within.last:
            read = False
            with closing(self._recorder.stream_log(after, limit)) as pieces:
                for rows in pieces:
                    read, after = True, rows[-1].position
                    if piece := [row for row in rows if self._within.holds(row)]:
                        held = True
                        yield piece

    def max_notification_id(self) -> int | None:
        """日志末端: the last position within reach."""
        return self._within.last or None

    def find_receipts(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], StoredReceipt]:
        """回执: of commands only, and none is given here."""
        return {}

    def append_all(self, submissions: Sequence[Submission]) -> Never:
        """不能记录: the past takes no facts."""
        raise TypeError(NO_FACTS)

    def enabled_channels(self) -> list[str]:
        """预警渠道: nothing is sent."""
        return []

    def uploads(self, officer: str, hashes: Sequence[str]) -> dict[str, Held]:
        """已上传内容: nothing is taken in."""
        return {}


class Then(Casework):
    """当时的办件 — cases, directory and rule base as recorded within reach; everything else it shares with the live one."""

    def __init__(self, live: Casework, within: Reach) -> None:
        self.__dict__.update(live.__dict__)
        self._bounded = Bounded(live.store, within)
        self._forget(kept=0)

    @property
    def store(self) -> Recorder:
        """存储: what lies within reach."""
        return cast(Recorder, self._bounded)

    def save(self, *objs: Any, **kwargs: Any) -> Never:
        """不能记录: the past takes no facts."""
        raise TypeError(NO_FACTS)

    def close(self) -> None:
        """不关闭: the connections are the live one's."""
