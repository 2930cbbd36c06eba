"""定时任务: the job table. No job per case; each one looks at what the tables say is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.casework import OWN_KEY
from eventstore.database import Database
from scheduler.outbox import dispatch
from scheduler.sweep import RaisesAlerts, sweep

OWN_RECEIPTS_KEPT = timedelta(days=1)
TRIES_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Context:
    """任务环境 — what a job works with; `go_on` turns false when the worker stops or no longer leads."""

    database: Database
    casework: RaisesAlerts
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


def dispatch_alerts(context: Context) -> None:
    """发送预警."""
    dispatch(context.database, context.clock, worker=context.name, go_on=context.go_on)
    beat(context.database, "dispatch", context.clock())


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
    """清理回执: of commands that came without an idempotency key; their receipts only served their own retries."""
    with context.database.transaction() as connection:
        connection.execute(
            "DELETE FROM command_receipts WHERE key LIKE %s AND created_at < %s",
            (f"{OWN_KEY}%", context.clock() - OWN_RECEIPTS_KEPT),
        )


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
    Job("dispatch", 5, 1, dispatch_alerts),
    Job("purge_sessions", 24 * 60 * 60, 600, purge_sessions),
    Job("purge_receipts", 24 * 60 * 60, 600, purge_receipts),
)
