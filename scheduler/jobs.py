"""定时任务: the job table. No job per case; each one looks at what the tables say is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from eventstore.database import Database
from projections.replay import drop_outdated
from scheduler.limits import RecordsMoves, record_limits
from scheduler.outbox import dispatch
from scheduler.publishing import publish
from scheduler.push import push
from scheduler.push_messages import TellsOfCases
from scheduler.sweep import RaisesAlerts, sweep

OWN_RECEIPTS_KEPT = timedelta(days=1)
TRIES_KEPT = timedelta(days=1)
ANNOUNCEMENTS_KEPT = timedelta(days=90)

log = structlog.get_logger("scheduler")


class Cases(RaisesAlerts, RecordsMoves, TellsOfCases, Protocol):
    """案件 — the one door, as far as the jobs need it."""


@dataclass(frozen=True, slots=True)
class Context:
    """任务环境 — what a job works with; `go_on` turns false when the worker stops or no longer leads."""

    database: Database
    casework: Cases
    clock: Callable[[], datetime]
    name: str
    go_on: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """定时任务 — its name, how often it runs, by how much the moment varies, and what it does."""

    name: str
    seconds: int
    jitter: int
    run: Callable[[Context], object]


def sweep_deadlines(context: Context) -> None:
    """巡查期限."""
    sweep(context.database, context.casework, context.clock, go_on=context.go_on)
    beat(context.database, "sweep", context.clock())


def record_moved_limits(context: Context) -> None:
    """登记期限调整."""
    record_limits(context.database, context.casework, context.clock, go_on=context.go_on)


def dispatch_alerts(context: Context) -> None:
    """发送预警."""
    dispatch(context.database, context.clock, worker=context.name, go_on=context.go_on)
    beat(context.database, "dispatch", context.clock())


def push_events(context: Context) -> None:
    """推送事件."""
    push(context.database, context.casework, context.clock, go_on=context.go_on)


def publish_heads(context: Context) -> None:
    """发布封存头."""
    publish(context.database, context.clock, go_on=context.go_on)


def show_life(context: Context) -> None:
    """心跳: the scheduler is alive; that its work gets done is shown by the beats of the jobs."""
    beat(context.database, "scheduler", context.clock())


def purge_sessions(context: Context) -> None:
    """清理会话: sessions, one-time codes and begun sign-ins past their end, and tries nobody counts any longer."""
    now = context.clock()
    with context.database.transaction() as connection:
        for table in ("sessions", "account_codes", "oidc_logins"):
            connection.execute(f"DELETE FROM {table} WHERE expires_at < %s", (now,))
        connection.execute("DELETE FROM sign_in_failures WHERE last_at < %s", (now - TRIES_KEPT,))


def purge_receipts(context: Context) -> None:
    """清理回执: of commands that came without an idempotency key, for they only served their own retries; and what was
    announced long ago."""
    with context.database.transaction() as connection:
        connection.execute("DELETE FROM announcements WHERE at < %s", (context.clock() - ANNOUNCEMENTS_KEPT,))
        connection.execute("SELECT purge_receipts(%s)", (context.clock() - OWN_RECEIPTS_KEPT,))


def drop_outdated_replays(context: Context) -> None:
    """清除过时重放: a destroyed file is in no replay that was made before."""
    for schema in drop_outdated(context.database):
        log.info("replay.dropped", schema=schema)


def beat(database: Database, name: str, at: datetime) -> None:
    """记录心跳."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO heartbeats (name, at) VALUES (%s, %s) "
            "ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at",
            (name, at),
        )


JOBS = (
    Job("heartbeat", 10, 1, show_life),
    Job("sweep", 15, 5, sweep_deadlines),
    Job("limits", 5, 1, record_moved_limits),
    Job("dispatch", 5, 1, dispatch_alerts),
    Job("push", 2, 1, push_events),
    Job("publish_heads", 60, 10, publish_heads),
    Job("drop_outdated_replays", 30, 5, drop_outdated_replays),
    Job("purge_sessions", 24 * 60 * 60, 600, purge_sessions),
    Job("purge_receipts", 24 * 60 * 60, 600, purge_receipts),
)
