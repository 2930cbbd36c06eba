"""登录与退出: who knows the password gets a token for twelve hours; signing out ends it at once.

A wrong password, an unknown name and a locked account cost the same work and get the same answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from secrets import token_urlsafe
from threading import BoundedSemaphore
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api import cookies, passwords, tries
from api.bodies import Short
from api.bootstrap import Services
from api.errors import READS, SignedOut, responses
from api.holders import IDLE, digest
from api.identity import Held, Personal, Token
from api.logs import bind
from domain.acts import legal_date
from domain.errors import Busy, Unknown
from eventstore.database import Database
from projections.view import Connection

LASTS = timedelta(hours=12)
PATIENCE = 3.0
"""Seconds to wait for a turn at the hashing before the answer is "busy"."""

Via = Literal["password", "oidc"]

router = APIRouter(prefix="/v1/sessions", tags=["登录"])


class Secret(BaseModel):
    """登录 — username and password; `cookie` for pages of our own, which hold no token."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)
    username: Short
    password: Annotated[str, Field(min_length=1, max_length=passwords.LONGEST)]
    cookie: bool = False


class OfficerShown(BaseModel):
    """工作人员 — who is signed in."""

    id: str
    name: str
    unit: str
    unit_name: str
    post: str


class Session(BaseModel):
    """会话 — until when, whose, in which posts that officer may act (Acting-As), and for whom today (Acting-For)."""

    expires_at: AwareDatetime
    officer: OfficerShown
    acting_as: list[str]
    acting_for: list[str]


class NewSession(Session):
    """新会话 — with the token, which is shown this once."""

    token: str


class SessionShown(BaseModel):
    """我的会话 — one of my own; `current` is the one that asks."""

    id: UUID
    created_at: AwareDatetime
    last_seen_at: AwareDatetime
    expires_at: AwareDatetime
    via: Via
    current: bool


class SessionList(BaseModel):
    """我的会话列表 — newest first."""

    items: list[SessionShown]


class Doorkeeper:
    """门卫 — lets few hash at a time (64 MiB each)."""

    def __init__(self, at_once: int, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._turns = BoundedSemaphore(at_once)
        self._queue = BoundedSemaphore(at_once * 8)

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


async def door(request: Request) -> Doorkeeper:
    """门卫: the application's one."""
    keeper: Doorkeeper = request.app.state.doorkeeper
    return keeper


Door = Annotated[Doorkeeper, Depends(door)]


async def place(request: Request) -> str:
    """来处: the address a request comes from."""
    return request.client.host if request.client else ""


Place = Annotated[str, Depends(place)]


def create_account(database: Database, username: str, officer: str, password: str) -> None:
    """开户: an officer's name and password; for a name that exists, the password is replaced and sessions end."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO accounts (username, officer, password_hash, password_set_at) VALUES (%s, %s, %s, now())"
            " ON CONFLICT (username) DO UPDATE SET officer = EXCLUDED.officer,"
            " password_hash = EXCLUDED.password_hash, password_set_at = now()",
            (username, officer, passwords.hashed(password)),
        )
        connection.execute("DELETE FROM account_codes WHERE account = %s", (username,))
        end_sessions(connection, officer)


def open_session(services: Services, officer: str, via: Via = "password") -> tuple[str, datetime]:
    """建立会话: the token, which is stored nowhere, and when it ends."""
    with services.database.transaction() as connection:
        return begin_session(connection, officer, via, services.clock())


def begin_session(connection: Connection, officer: str, via: Via, now: datetime) -> tuple[str, datetime]:
    """建立会话: in the caller's transaction, which has made sure of the account."""
    token = token_urlsafe(32)
    connection.execute(
        "INSERT INTO sessions (token_digest, officer, created_at, last_seen_at, expires_at, via)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (digest(token), officer, now, now, now + LASTS, via),
    )
    return token, now + LASTS


def end_sessions(connection: Connection, officer: str, *, but: str | None = None) -> int:
    """结束会话: all of an officer's, perhaps but the one with this token; how many there were."""
    kept = digest(but) if but is not None else b""
    return connection.execute(
        "DELETE FROM sessions WHERE officer = %s AND token_digest <> %s", (officer, kept)
    ).rowcount


def end_session(connection: Connection, token: str | None) -> None:
    """结束会话: the one with this token, if there is one."""
    connection.execute("DELETE FROM sessions WHERE token_digest = %s", (digest(token or ""),))


def shown(services: Services, officer: str, expires_at: datetime) -> Session:
    """会话说明."""
    directory = services.casework.directory()
    found = directory.officers[officer]
    return Session(
        expires_at=expires_at,
        officer=OfficerShown(
            id=found.id,
            name=found.name,
            unit=found.unit,
            unit_name=directory.unit_name(found.unit),
            post=found.post,
        ),
        acting_as=[post.key for post in found.posts],
        acting_for=directory.stands_in_for(officer, legal_date(services.clock())),
    )


@router.post("", summary="登录", status_code=201, responses=responses(401, 403, 413, 422, 429, 503))
def sign_in(
    request: Request, response: Response, services: Held, keeper: Door, address: Place, secret: Secret
) -> NewSession:
    """登录: 返回 12 小时内有效的 token；两小时不用即失效。cookie 为 true 时另设 Cookie."""
    tries.admit(services.database, address, services.clock(), secret.username)
    with services.database.connection() as connection:
        row = connection.execute(
            "SELECT officer, password_hash FROM accounts WHERE username = %s", (secret.username,)
        ).fetchone()
    with keeper.turn():
        matches = passwords.matches(secret.password, row["password_hash"] if row is not None else None)
    refused = SignedOut("session.refused", "用户名或口令不正确。")
    if row is None or not matches or not services.casework.directory().is_serving(row["officer"]):
        raise refused
    with services.database.transaction() as connection:
        still = connection.execute(
            "SELECT FROM accounts WHERE username = %s AND password_hash = %s AND locked_at IS NULL FOR SHARE",
            (secret.username, row["password_hash"]),
        ).fetchone()
        if still is None:
            raise refused
        if secret.cookie:
            end_session(connection, request.cookies.get(cookies.SESSION))
        token, ends = begin_session(connection, row["officer"], "password", services.clock())
    tries.forget(services.database, address, secret.username)
    bind(actor=row["officer"])
    if secret.cookie:
        cookies.set_session(request, response, token, LASTS)
    return NewSession(token=token, **dict(shown(services, row["officer"], ends)))


@router.get("", summary="我的会话", responses=READS)
def sessions(services: Held, act: Personal, token: Token) -> SessionList:
    """我的会话: 在用的登录，最近的在前."""
    now = services.clock()
    with services.database.connection() as connection:
        rows = connection.execute(
            "SELECT id, created_at, last_seen_at, expires_at, via, token_digest = %s AS current FROM sessions"
            " WHERE officer = %s AND expires_at > %s AND last_seen_at > %s ORDER BY created_at DESC, id",
            (digest(token or ""), act.by, now, now - IDLE),
        ).fetchall()
    return SessionList(items=[SessionShown(**row) for row in rows])


@router.get("/current", summary="当前会话", responses=READS)
def current(services: Held, act: Personal, token: Token) -> Session:
    """当前会话: 当前登录的工作人员."""
    with services.database.connection() as connection:
        row = connection.execute(
            "SELECT expires_at FROM sessions WHERE token_digest = %s", (digest(token or ""),)
        ).fetchone()
    if row is None:
        raise SignedOut("session.missing", "尚未登录或登录已失效，请重新登录。")
    return shown(services, act.by, row["expires_at"])


@router.delete("/current", summary="退出登录", status_code=204, response_class=Response, responses=READS)
def sign_out(request: Request, response: Response, services: Held, _: Personal, token: Token) -> None:
    """退出: 令牌立即失效."""
    with services.database.transaction() as connection:
        end_session(connection, token)
    cookies.clear_session(request, response)


@router.delete("", summary="退出所有登录", status_code=204, response_class=Response, responses=READS)
def sign_out_everywhere(request: Request, response: Response, services: Held, act: Personal) -> None:
    """退出所有登录: 本人的所有会话立即失效，包括当前会话."""
    with services.database.transaction() as connection:
        end_sessions(connection, act.by)
    cookies.clear_session(request, response)


@router.delete("/{id}", summary="结束一个会话", status_code=204, response_class=Response, responses=READS)
def end_one(id: UUID, services: Held, act: Personal) -> None:
    """结束本人的一个会话."""
    with services.database.transaction() as connection:
        ended = connection.execute("DELETE FROM sessions WHERE id = %s AND officer = %s", (id, act.by))
    if ended.rowcount == 0:
        raise Unknown("session.unknown", "没有这个会话。")
