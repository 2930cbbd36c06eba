"""登录尝试: failed tries are counted in the database – per name and address, per name from anywhere, per address with
any name – so that the count holds in every process and after a restart. The citizens' look-up has counts of its own:
who guesses there shuts out no officer at the same address, and nobody elsewhere who knows the code.

A tried name may be a password typed into the wrong field: only its digest is kept, for a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

import structlog

from api.errors import TooOften
from eventstore.database import Database
from projections.view import Connection

TRIES, WITHIN = 10, timedelta(minutes=5)
"""So many failures of one name at one address."""
ADDRESS_TRIES = 100
"""So many failures at one address in the same time, whatever the names."""
NAME_TRIES = 20
"""Failures of one name in a row, from any addresses, after which every further try has to wait, ever longer."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN = timedelta(hours=24)
NONE = timedelta()

log = structlog.get_logger("sign_in")


@dataclass(frozen=True, slots=True)
class Gate:
    """入口 — a way in whose tries are counted apart: its mark in the counts, what a try too many is told, how many
    failures at one address are too many; and where secrets can't be guessed, after how many failures of a name in a
    day no more are heard – but for addresses where nobody has failed with it.
    """

    mark: str
    code: str
    message: str
    at_address: int = ADDRESS_TRIES
    a_day: int | None = None


SIGN_IN = Gate("", "session.too_often", "登录尝试过于频繁，请稍后再试。")
PROGRESS = Gate("progress", "progress.too_often", "查询过于频繁，请稍后再试。", at_address=300, a_day=1000)
"""Ten random letters and digits: an office's visitors and a whole town may share one address and mistype."""
PEOPLE = Gate("people", "similar.too_often", "按信访人查找过于频繁，请稍后再试。", at_address=400)
"""Look-ups of somebody not looked up a moment ago, by one officer: far more than anybody types."""


@dataclass(frozen=True, slots=True)
class Count:
    """计数 — failures of one kind, since when, and when the last one was."""

    failures: int
    since: datetime
    last_at: datetime

    def wait(self, kind: str, now: datetime, gate: Gate = SIGN_IN) -> timedelta:
        """尚需等待: how long until the next try is heard."""
        if self.is_over(kind, now, gate):
            return NONE
        if kind == "name" and gate.a_day is not None:
            return self.since + FORGOTTEN - now if self.failures >= gate.a_day else NONE
        if kind == "name":
            doublings = min(self.failures - NAME_TRIES, 10)
            pause = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT) if doublings >= 0 else NONE
            return self.last_at + pause - now
        most = TRIES if kind == "near" else gate.at_address
        return self.since + WITHIN - now if self.failures >= most else NONE

    def is_over(self, kind: str, now: datetime, gate: Gate = SIGN_IN) -> bool:
        """已过时: whether the count begins anew."""
        if kind == "name" and gate.a_day is not None:
            return now - self.since >= FORGOTTEN
        return now - self.last_at >= FORGOTTEN if kind == "name" else now - self.since >= WITHIN


def admit(
    database: Database, address: str, now: datetime, name: str | None = None, gate: Gate = SIGN_IN
) -> None:
    """放行: counts the try as failed until `forget`. Raises TooOften; a try that isn't heard isn't counted."""
    keys = _keys(gate, address, name)
    with database.transaction() as connection:
        # names before addresses, so that no two tries wait for each other
        for kind in ("name", "address"):
            if kind in keys:
                lock = int.from_bytes(keys[kind][:8], signed=True)
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
        counts = {kind: _count(connection, kind, key) for kind, key in keys.items()}
        waits = {kind: count.wait(kind, now, gate) if count else NONE for kind, count in counts.items()}
        if gate.a_day is not None and not _guessed(counts.get("near"), now):
            waits["name"] = NONE
        wait, waiting = max(waits.values()), [kind for kind, one in waits.items() if one > NONE]
        if wait <= NONE:
            for kind, key in keys.items():
                _add(connection, kind, key, counts[kind], now, gate)
    if wait > NONE:
        if gate is PROGRESS:
            log.warning("progress.limited", origin=_origin(address), counted=waiting)
        else:
            log.warning("sign_in.limited", origin=_origin(address), counted=waiting)
        seconds = int(wait.total_seconds()) + 1
        raise TooOften(gate.code, gate.message, retry_after=seconds)


def forget(database: Database, address: str, name: str | None = None, gate: Gate = SIGN_IN) -> None:
    """登录成功: earlier failures of the name no longer count; of the address, and of a name that is only counted by the
    day, only this try doesn't.
    """
    keys = _keys(gate, address, name)
    with database.transaction() as connection:
        for kind, key in keys.items():
            if kind == "address" or (kind == "name" and gate.a_day is not None):
                connection.execute(
                    "UPDATE sign_in_failures SET failures = greatest(failures - 1, 0)"
                    " WHERE kind = %s AND digest = %s",
                    (kind, key),
                )
            else:
                connection.execute(
                    "DELETE FROM sign_in_failures WHERE kind = %s AND digest = %s", (kind, key)
                )


def ration(database: Database, officer: str, things: Iterable[str], now: datetime) -> None:
    """限量: what this officer looks up that wasn't looked up a moment ago. Raises TooOften."""
    whole = _digest(PEOPLE.mark, "address", officer)
    with database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (int.from_bytes(whole[:8], signed=True),))
        count = _count(connection, "address", whole)
        wait = count.wait("address", now, PEOPLE) if count else NONE
        for key in [_digest(PEOPLE.mark, "near", officer, one) for one in things] if wait <= NONE else ():
            known = _count(connection, "near", key)
            if known is None or known.is_over("near", now):
                _add(connection, "near", key, known, now)
                _add(connection, "address", whole, _count(connection, "address", whole), now)
    if wait > NONE:
        log.warning("similar.limited", officer=officer)
        raise TooOften(PEOPLE.code, PEOPLE.message, retry_after=int(wait.total_seconds()) + 1)


def _guessed(near: Count | None, now: datetime) -> bool:
    """Whether anybody failed with this name at this address in the last day."""
    return near is not None and near.failures > 0 and now - near.last_at < FORGOTTEN


def _keys(gate: Gate, address: str, name: str | None) -> dict[str, bytes]:
    place, apart = _network(address), (gate.mark,) if gate.mark else ()
    keys = {"address": _digest(*apart, "address", place)}
    if name is not None:
        keys |= {"name": _digest(*apart, "name", name), "near": _digest(*apart, "near", name, place)}
    return keys


def _network(address: str) -> str:
    """A household or an office has one IPv4 address, but 2^64 of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)


def _origin(address: str) -> str:
    """What kind of address, never which one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    return "loopback" if parsed.is_loopback else "private" if parsed.is_private else "public"


def _digest(*parts: str) -> bytes:
    return sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()


def _count(connection: Connection, kind: str, key: bytes) -> Count | None:
    row = connection.execute(
        "SELECT failures, since, last_at FROM sign_in_failures WHERE kind = %s AND digest = %s", (kind, key)
    ).fetchone()
    return Count(row["failures"], row["since"], row["last_at"]) if row is not None else None


def _add(
    connection: Connection, kind: str, key: bytes, count: Count | None, now: datetime, gate: Gate = SIGN_IN
) -> None:
    goes_on = count is not None and not count.is_over(kind, now, gate)
    failures, since = (count.failures + 1, count.since) if count is not None and goes_on else (1, now)
    connection.execute(
        "INSERT INTO sign_in_failures (kind, digest, failures, since, last_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (kind, digest) DO UPDATE SET failures = EXCLUDED.failures, since = EXCLUDED.since,"
        " last_at = EXCLUDED.last_at",
        (kind, key, failures, since, now),
    )
