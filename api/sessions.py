"""登录与退出: who knows the password gets a token for twelve hours; signing out ends it at once.

A wrong password and an unknown name cost the same work and get the same answer.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from secrets import token_urlsafe
from threading import BoundedSemaphore, Lock
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pwdlib import PasswordHash
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.bodies import Short
from api.bootstrap import Services
from api.errors import READS, SignedOut, TooOften, responses
from api.identity import Credentials, Held, Signed, digest
from api.logs import bind
from domain.errors import Busy
from eventstore.database import Database

LASTS = timedelta(hours=12)
TRIES, WITHIN = 10, timedelta(minutes=5)
NAME_TRIES = 20
"""Failures of one name in a row, from any addresses, after which every further try has to wait, ever longer."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN = timedelta(hours=24)
REMEMBERED = 10_000
PATIENCE = 3.0
"""Seconds to wait for a turn at the hashing before the answer is "busy"."""

router = APIRouter(prefix="/v1/sessions", tags=["登录"])
passwords = PasswordHash.recommended()


class Secret(BaseModel):
    """登录 — username and password."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)
    username: Short
    password: Annotated[str, Field(min_length=1, max_length=1000)]


class OfficerShown(BaseModel):
    """工作人员 — who is signed in."""

    id: str
    name: str
    unit: str
    unit_name: str
    post: str


class Session(BaseModel):
    """会话 — until when, and whose."""

    expires_at: AwareDatetime
    officer: OfficerShown


class NewSession(Session):
    """新会话 — with the token, which is shown this once."""

    token: str


@dataclass(slots=True)
class _Guessing:
    """Failures in a row for one name, from wherever, and when the next try is heard."""

    failures: int
    last: datetime
    wait: timedelta

    def left(self, now: datetime) -> timedelta:
        return self.last + self.wait - now


class Doorkeeper:
    """门卫 — counts failed tries per name and address, and per name from anywhere, whose waits grow; lets few hash at
    a time (64 MiB each)."""

    def __init__(self, at_once: int, patience: float = PATIENCE) -> None:
        self._lock = Lock()
        self._patience = patience
        self._failed: OrderedDict[tuple[str, str], list[datetime]] = OrderedDict()
        self._guessed: OrderedDict[str, _Guessing] = OrderedDict()
        self._turns = BoundedSemaphore(at_once)
        self._queue = BoundedSemaphore(at_once * 8)

    def admit(self, who: tuple[str, str], now: datetime) -> None:
        """放行: counts the try as failed until `forget`. Raises TooOften."""
        with self._lock:
            wait = max(self._near(who, now), self._anywhere(who[0], now))
            if wait <= timedelta():
                self._count(who, now)
        if wait > timedelta():
            seconds = int(wait.total_seconds()) + 1
            raise TooOften("session.too_often", "登录尝试过于频繁，请稍后再试。", retry_after=seconds)

    def _near(self, who: tuple[str, str], now: datetime) -> timedelta:
        """How long this name has to wait at this address."""
        recent = [at for at in self._failed.get(who, ()) if now - at < WITHIN]
        return recent[0] + WITHIN - now if len(recent) >= TRIES else timedelta()

    def _anywhere(self, name: str, now: datetime) -> timedelta:
        """How long this name has to wait wherever it is tried: addresses are cheap to change."""
        known = self._guessed.get(name)
        return known.left(now) if known is not None else timedelta()

    def _count(self, who: tuple[str, str], now: datetime) -> None:
        recent = [at for at in self._failed.pop(who, []) if now - at < WITHIN]
        self._failed[who] = [*recent, now]
        known = self._guessed.pop(who[0], None)
        failures = known.failures + 1 if known is not None and now - known.last < FORGOTTEN else 1
        doublings = min(failures - NAME_TRIES, 10)
        wait = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT) if doublings >= 0 else timedelta()
        self._guessed[who[0]] = _Guessing(failures, now, wait)
        for table in (self._failed, self._guessed):
            while len(table) > REMEMBERED:
                table.popitem(last=False)

    def forget(self, who: tuple[str, str]) -> None:
        """登录成功: earlier failures no longer count."""
        with self._lock:
            self._failed.pop(who, None)
            self._guessed.pop(who[0], None)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """轮候: a turn at the hashing. Raises Busy."""
        busy = Busy("session.busy", "登录人数较多，请稍后重试。")
        if not self._queue.acquire(blocking=False):
            raise busy
        try:
            if not self._turns.acquire(timeout=self._patience):
                raise busy
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._queue.release()


def door(request: Request) -> Doorkeeper:
    """门卫: the application's one."""
    keeper: Doorkeeper = request.app.state.doorkeeper
    return keeper


@cache
def _nobody() -> str:
    """A hash that no password has, checked in place of an unknown name's."""
    return passwords.hash(token_urlsafe())


def create_account(database: Database, username: str, officer: str, password: str) -> None:
    """开户: an officer's name and password; for a name that exists, the password is replaced."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO accounts (username, officer, password_hash) VALUES (%s, %s, %s)"
            " ON CONFLICT (username) DO UPDATE SET officer = EXCLUDED.officer,"
            " password_hash = EXCLUDED.password_hash",
            (username, officer, passwords.hash(password)),
        )


def open_session(services: Services, officer: str) -> tuple[str, datetime]:
    """建立会话: the token, which is stored nowhere, and when it ends."""
    token, now = token_urlsafe(32), services.clock()
    with services.database.transaction() as connection:
        connection.execute(
            "INSERT INTO sessions (token_digest, officer, created_at, expires_at) VALUES (%s, %s, %s, %s)",
            (digest(token), officer, now, now + LASTS),
        )
    return token, now + LASTS


def _shown(services: Services, officer: str) -> OfficerShown:
    directory = services.casework.directory()
    found = directory.officers[officer]
    return OfficerShown(
        id=found.id,
        name=found.name,
        unit=found.unit,
        unit_name=directory.unit_name(found.unit),
        post=found.post,
    )


@router.post("", summary="登录", status_code=201, responses=responses(401, 413, 422, 429, 503))
def sign_in(
    request: Request, services: Held, keeper: Annotated[Doorkeeper, Depends(door)], secret: Secret
) -> NewSession:
    """登录: 返回 12 小时内有效的 token."""
    who = (secret.username, request.client.host if request.client else "")
    keeper.admit(who, services.clock())
    with services.database.connection() as connection:
        row = connection.execute(
            "SELECT officer, password_hash FROM accounts WHERE username = %s", (secret.username,)
        ).fetchone()
    with keeper.turn():
        matches = passwords.verify(secret.password, row["password_hash"] if row is not None else _nobody())
    if row is None or not matches or row["officer"] not in services.casework.directory().officers:
        raise SignedOut("session.refused", "用户名或口令不正确。")
    keeper.forget(who)
    bind(actor=row["officer"])
    token, ends = open_session(services, row["officer"])
    return NewSession(token=token, expires_at=ends, officer=_shown(services, row["officer"]))


@router.get("/current", summary="当前会话", responses=READS)
def current(services: Held, act: Signed, credentials: Credentials) -> Session:
    """当前会话: 当前登录的工作人员."""
    token = credentials.credentials if credentials is not None else ""
    with services.database.connection() as connection:
        row = connection.execute(
            "SELECT expires_at FROM sessions WHERE token_digest = %s", (digest(token),)
        ).fetchone()
    if row is None:
        raise SignedOut("session.missing", "尚未登录或登录已失效，请重新登录。")
    return Session(expires_at=row["expires_at"], officer=_shown(services, act.by))


@router.delete("/current", summary="退出登录", status_code=204, response_class=Response, responses=READS)
def sign_out(services: Held, act: Signed, credentials: Credentials) -> None:
    """退出: 令牌立即失效."""
    token = credentials.credentials if credentials is not None else ""
    with services.database.transaction() as connection:
        connection.execute("DELETE FROM sessions WHERE token_digest = %s", (digest(token),))
