"""持有人: whose session or token it is, looked up for all who wait for it in one trip to the database.

Nothing is remembered from one request to the next: whoever signs out, is locked out or loses a token has lost it
everywhere at once. Tokens are 256 random bits; the tables hold their SHA-256 only.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from api.bootstrap import Services
from api.errors import SignedOut
from domain.acts import legal_date
from domain.directory.fold import Directory

IDLE = timedelta(hours=2)
"""A session that nobody used for so long has ended."""
NOTED = timedelta(minutes=1)
"""So exact is what is kept of when a session or token was last used."""
API_TOKEN = "sxt_"
"""How the tokens of other systems begin."""

SESSIONS = (
    "SELECT s.token_digest, s.officer, s.created_at, s.last_seen_at FROM sessions s"
    " LEFT JOIN accounts a ON a.officer = s.officer"
    " WHERE s.token_digest = ANY(%s) AND s.expires_at > %s AND s.last_seen_at > %s AND a.locked_at IS NULL"
)
SEEN = "UPDATE sessions SET last_seen_at = %s WHERE token_digest = ANY(%s)"
TOKENS = (
    "SELECT token_digest, officer, scopes, created_at, last_used_at FROM api_tokens WHERE token_digest = ANY(%s)"
    " AND revoked_at IS NULL AND (expires_on IS NULL OR expires_on >= %s)"
)
USED = "UPDATE api_tokens SET last_used_at = %s WHERE token_digest = ANY(%s)"


class Shown(NamedTuple):
    """出示的令牌 — as it was sent, and whether its use says that the officer is there."""

    token: str | None
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Holder:
    """持有人 — whose session or token it is and since when; of a token also what it opens."""

    officer: str
    since: datetime
    scopes: frozenset[str] | None = None


class Present(NamedTuple):
    """到场 — the holder, with the directory as recorded then."""

    holder: Holder
    directory: Directory


def digest(token: str) -> bytes:
    """令牌摘要: what is stored of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def find(
    services: Services, shown: Sequence[Shown], _storing: Callable[[], object] = bool
) -> list[Present | Exception]:
    """查验: who holds each session or token that is good now, SignedOut for the others. Nothing of it
    waits for the disk."""
    found = held(services, shown)
    directory = services.casework.directory()
    return [_present_or_out(one, directory) for one in found]


def held(services: Services, shown: Sequence[Shown]) -> list[Holder | None]:
    """持有人: of each session or token that is good now; whether the officer still serves, the directory says."""
    now = services.clock()
    digests = [digest(one.token) if one.token else b"" for one in shown]
    tokens = {place for place, one in enumerate(shown) if one.token and one.token.startswith(API_TOKEN)}
    sessions = [place for place, one in enumerate(shown) if one.token and place not in tokens]
    found: dict[bytes, Holder] = {}
    with services.database.connection() as connection:
        if sessions:
            awake = {digests[place] for place in sessions if shown[place].seen}
            found.update(_sessions(connection, {digests[place] for place in sessions}, awake, now))
        if tokens:
            found.update(_tokens(connection, {digests[place] for place in tokens}, now))
    return [found.get(one) for one in digests]


def present(holder: Holder | None, directory: Directory) -> Present:
    """到场: by the directory. Raises SignedOut."""
    officer = directory.officers.get(holder.officer) if holder is not None else None
    if holder is None or officer is None or not officer.serves_since(holder.since):
        raise signed_out()
    return Present(holder, directory)


def signed_out() -> SignedOut:
    """未登录: what whoever isn't known is told."""
    return SignedOut("session.missing", "尚未登录或登录已失效，请重新登录。")


def _present_or_out(holder: Holder | None, directory: Directory) -> Present | Exception:
    try:
        return present(holder, directory)
    except SignedOut as out:
        return out


def _sessions(
    connection: Connection[DictRow], asked: set[bytes], awake: set[bytes], now: datetime
) -> Iterator[tuple[bytes, Holder]]:
    rows = connection.execute(SESSIONS, (list(asked), now, now - IDLE)).fetchall()
    due = [row["token_digest"] for row in rows if now - row["last_seen_at"] >= NOTED]
    noted = [one for one in due if one in awake]
    if noted:
        connection.execute(SEEN, (now, noted))
    return ((row["token_digest"], Holder(row["officer"], row["created_at"])) for row in rows)


def _tokens(
    connection: Connection[DictRow], asked: set[bytes], now: datetime
) -> Iterator[tuple[bytes, Holder]]:
    rows = connection.execute(TOKENS, (list(asked), legal_date(now))).fetchall()
    noted = [
        row["token_digest"]
        for row in rows
        if row["last_used_at"] is None or now - row["last_used_at"] >= NOTED
    ]
    if noted:
        connection.execute(USED, (now, noted))
    return (
        (row["token_digest"], Holder(row["officer"], row["created_at"], frozenset(row["scopes"])))
        for row in rows
    )
