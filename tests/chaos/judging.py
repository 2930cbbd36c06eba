"""裁判: what the log, the tables and the receivers say in the end, held against what was noted outside."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from api import store_check
from domain.alerts.events import Alerted, AlertWithdrawn
from domain.alerts.withdrawal import withdrawal_id
from domain.casework import Recorded
from domain.facts import Fact
from domain.numbering import NumbersTaken
from domain.petition.events import PutUnderSupervision, Registered
from domain.supervision.events import Opened
from projections.rebuild import rebuild
from scheduler import subscriptions
from scheduler.push_messages import message_of
from scheduler.subscriptions import kind_of
from tests.chaos import tables
from tests.chaos.load import Command
from tests.chaos.stage import SUBSCRIPTION, Stage

KEY = re.compile(r"\bk[0-9a-f]{12}\b")
CHUNK = 2000
MOST_SHOWN = 5
FEW = 10
"""So many repeats may go unanswered whatever was killed at that moment."""


@dataclass
class Verdict:
    """结论 — counts for the table, and what is wrong, in words."""

    counts: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def must_be_none(self, what: str, wrong: Iterable[object]) -> None:
        found = list(wrong)
        self.counts[what] = len(found)
        if found:
            some = "; ".join(map(str, found[:MOST_SHOWN]))
            self.findings.append(f"{what}: {len(found)} ({some})")


@dataclass
class Told:
    """日志所载 — the log read once, by stream, by key and by kind."""

    log: list[Recorded]
    streams: dict[UUID, list[Recorded]]
    by_key: dict[str, list[Recorded]]
    receipts: dict[str, dict[str, Any]]

    def of(self, kind: type[Fact]) -> Iterator[Any]:
        return (one.fact for one in self.log if type(one.fact) is kind)


def judge(stage: Stage) -> Verdict:
    """裁判: every promise, one after the other."""
    verdict = Verdict()
    told = read(stage)
    journal = stage.journal
    verdict.counts |= {
        "commands": len(journal.commands),
        "confirmed": len(journal.confirmed),
        "unanswered": len(journal.unanswered),
        "stored though unanswered": sum(one.key in told.by_key for one in journal.unanswered),
        "refused": sum(one.refused is not None for one in journal.commands),
        "confirmed again": journal.repeats,
        "events": len(told.log),
        "needed nobody to finish": int(stage.needs_nobody),
    }
    verdict.must_be_none("odd answers", journal.odd)
    missed = journal.asked_again - journal.repeats
    verdict.must_be_none(
        "mostly not answered again", range(missed) if missed > max(journal.repeats, FEW) else ()
    )
    verdict.must_be_none("confirmed but lost", (c.key for c in journal.confirmed if c.key not in told.by_key))
    verdict.must_be_none("done twice", (key for key, facts in told.by_key.items() if len(facts) > 1))
    verdict.must_be_none("not as confirmed", (c.key for c in journal.confirmed if differs(c, told)))
    verdict.must_be_none(
        "refused but stored", (c.key for c in journal.commands if c.refused and c.key in told.by_key)
    )
    verdict.must_be_none("halves", halves(told))
    verdict.must_be_none("broken streams", broken(told))
    alerts(stage, told, verdict)
    subscribers(stage, told, verdict)
    views(stage, told, verdict)
    seal(stage, verdict)
    return verdict


def read(stage: Stage) -> Told:
    casework = stage.services.casework
    log: list[Recorded] = []
    while rows := casework.store.select_log(log[-1].position if log else 0, CHUNK):
        log += [Recorded(row.position, casework.fact(row)) for row in rows]
    streams: dict[UUID, list[Recorded]] = defaultdict(list)
    by_key: dict[str, list[Recorded]] = defaultdict(list)
    for one in log:
        streams[one.fact.originator_id].append(one)
        for key in keys_in(one.fact):
            by_key[key].append(one)
    with psycopg.connect(stage.dsn, row_factory=dict_row) as connection:
        rows_ = connection.execute("SELECT key, receipt FROM command_receipts").fetchall()
    receipts = {row["key"]: row["receipt"] for row in rows_ if KEY.fullmatch(row["key"])}
    return Told(log, dict(streams), dict(by_key), receipts)


def keys_in(fact: Fact) -> set[str]:
    """Which commands stand in the fact's own texts; an item made from a petition quotes nothing of it."""
    texts = (getattr(fact, name) for name in type(fact).__struct_fields__)
    return {key for text in texts if isinstance(text, str) for key in KEY.findall(text)}


def differs(command: Command, told: Told) -> bool:
    """Whether the fact isn't where the confirmation says, or its receipt isn't kept."""
    facts, kept = told.by_key.get(command.key, []), told.receipts.get(command.key)
    assert command.receipt is not None
    said = command.receipt
    if not facts or kept is None:
        return True
    about = said["id"], said["version"]
    last = told.streams.get(UUID(said["id"]), [])
    at = next((one for one in last if one.fact.originator_version == said["version"]), None)
    return (
        (str(facts[0].fact.originator_id), kept["version"]) != about
        or (kept["id"], kept["version"]) != about
        or at is None
        or at.position != said["position"]
    )


def halves(told: Told) -> Iterator[str]:
    """Of what is stored in several streams or tables at once, a part without the others."""
    for key in told.by_key.keys() - told.receipts.keys():
        yield f"fact without receipt {key}"
    for key in told.receipts.keys() - told.by_key.keys():
        yield f"receipt without fact {key}"
    numbers = [one.number for kind in (Registered, Opened) for one in told.of(kind)]
    taken = sum(one.count for one in told.of(NumbersTaken))
    if len(numbers) != taken or len(set(numbers)) != len(numbers):
        yield f"{taken} numbers taken, {len(numbers)} given, {len(set(numbers))} of them different"
    noted = {(one.originator_id, one.item) for one in told.of(PutUnderSupervision)}
    opened = {(one.petition, one.originator_id) for one in told.of(Opened) if one.petition}
    for petition, item in noted ^ opened:
        yield f"item {item} and petition {petition}"


def broken(told: Told) -> Iterator[str]:
    """Streams whose versions don't follow one another, or whose positions don't rise with them."""
    for id, facts in told.streams.items():
        versions = [one.fact.originator_version for one in facts]
        if versions != list(range(1, len(facts) + 1)):
            yield f"{id}: {versions}"


def alerts(stage: Stage, told: Told, verdict: Verdict) -> None:
    raised = Counter(
        (one.originator_id, one.clock, one.start_version, one.part, step, one.due_on)
        for one in told.of(Alerted)
        for step in (*one.covers, one.step)
    )
    verdict.counts["alerts"] = sum(1 for _ in told.of(Alerted))
    verdict.must_be_none("alerts raised twice", (key for key, times in raised.items() if times > 1))
    cases = [id for id, facts in told.streams.items() if isinstance(facts[0].fact, Registered | Opened)]
    missing = sum(
        stage.services.casework.raise_alerts(cases[at : at + 500], stage.clock())
        for at in range(0, len(cases), 500)
    )
    verdict.must_be_none("due and not raised", range(missing))
    verdict.must_be_none("old and never warned of", tables.never_warned_of(stage, told.streams))
    with psycopg.connect(stage.dsn, row_factory=dict_row) as connection:
        rows = connection.execute("SELECT id, alert_id, channel, state, payload FROM outbox").fetchall()
    wanted = Counter(one.alert_id for one in told.of(Alerted))
    wanted.update(Counter(withdrawal_id(one.alert_id) for one in told.of(AlertWithdrawn)))
    sent = Counter(row["alert_id"] for row in rows)
    verdict.must_be_none("alerts not sent once for each channel", (wanted - sent) + (sent - wanted))
    verdict.must_be_none("undelivered", (row["id"] for row in rows if row["state"] != "delivered"))
    got = stage.alerts.times
    ids = {str(row["id"]) for row in rows}
    verdict.must_be_none("delivered but never received", ids - got.keys())
    verdict.must_be_none("received under an unknown id", got.keys() - ids)
    verdict.counts["alerts received again"] = got.total() - len(got)


def subscribers(stage: Stage, told: Told, verdict: Verdict) -> None:
    """Skipped by the webhook or by the feed, or out of order."""
    casework = stage.services.casework
    one = subscriptions.one_of(stage.services.database, SUBSCRIPTION)
    wanted: list[str] = []
    after = 0
    while rows := casework.store.select_log(after, CHUNK):
        after = rows[-1].position
        messages = (message_of(casework, row) for row in rows if one.wants(kind_of(row.topic)))
        wanted += [message.id for message in messages if message is not None]
    got = stage.events.firsts()
    verdict.counts["events pushed"] = len(got)
    verdict.counts["pushed again"] = len(stage.events.ids) - len(got)
    verdict.must_be_none("events the webhook skipped", set(wanted) - set(got))
    verdict.must_be_none("events the webhook invented", set(got) - set(wanted))
    verdict.must_be_none("webhook out of order", out_of_order(got, wanted))
    follower = stage.follower
    if follower is None:
        return
    cases = {id for id, facts in told.streams.items() if isinstance(facts[0].fact, Registered | Opened)}
    said = [
        (r.position, f"{r.fact.originator_id}.{r.fact.originator_version}")
        for r in told.log
        if r.fact.originator_id in cases
    ]
    read = [pair for pair in follower.got if UUID(pair[1].partition(".")[0]) in cases]
    verdict.counts["events followed"] = len(read)
    verdict.must_be_none("events the feed skipped", sorted(set(said) - set(read)))
    verdict.must_be_none("feed out of order", out_of_order(read, sorted(set(read))))


def out_of_order(got: list[Any], wanted: list[Any]) -> list[Any]:
    return [one for one, right in zip(got, wanted, strict=False) if one != right]


def views(stage: Stage, told: Told, verdict: Verdict) -> None:
    results = rebuild(stage.services.database, stage.services.casework, switch=False)
    verdict.counts["views compared"] = len(results)
    verdict.must_be_none("views unlike their rebuild", (one for one in results if not one.agrees))
    verdict.must_be_none("rows unlike the log", tables.unlike_the_log(stage, told.log, told.streams))


def seal(stage: Stage, verdict: Verdict) -> None:
    outcome = store_check.check(stage.dsn, stage.services.settings)
    verdict.must_be_none("seal findings", (one.said for one in outcome.findings))
