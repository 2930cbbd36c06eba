"""系统令牌: what another system signs in with, opening only what its scopes name. It acts as its officer, under whose id
everything it does is recorded; that officer has no login of a person, so that nobody's name is used for what a
machine did. A token manages no accounts, sessions or tokens and stands in for nobody.
"""

from datetime import date
from secrets import token_urlsafe
from typing import Annotated, Any
from uuid import UUID, uuid4

import structlog
from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from api import two_managers
from api.account_records import note
from api.account_shapes import ASKED, Asked
from api.accounts import must_manage, must_read
from api.bodies import Day, Form, Short
from api.bootstrap import Services
from api.errors import READS, WRITES
from api.holders import API_TOKEN, digest
from api.identity import Held, Signed
from api.scopes import NEVER_PERSONAL, PERSONAL, SCOPES
from domain.acts import Act
from domain.directory.fold import Directory
from domain.errors import Invalid, NotNow, Unknown
from projections.view import Connection, Row

router = APIRouter(prefix="/v1/tokens", tags=["系统令牌"])

MOST = 200
"""Tokens in use; an office with more has forgotten to revoke some."""

log = structlog.get_logger("tokens")


class NewToken(Form):
    """发放令牌 — for the officer who stands for that system; without `expires_on` it is good until revoked."""

    name: Short
    officer: Short
    scopes: Annotated[list[Short], Field(min_length=1, max_length=len(SCOPES), description="、".join(SCOPES))]
    expires_on: Day | None = None


class TokenShown(BaseModel):
    """系统令牌 — what it opens and whether it is still used."""

    id: UUID
    name: str
    officer: str
    scopes: list[str]
    created_by: str
    created_at: AwareDatetime
    expires_on: date | None
    last_used_at: AwareDatetime | None
    revoked_by: str | None
    revoked_at: AwareDatetime | None


class TokenMade(TokenShown):
    """新令牌 — with the token itself, which is shown this once."""

    token: str


class TokenList(BaseModel):
    """系统令牌列表 — newest first, the revoked ones too."""

    items: list[TokenShown]
    scopes: dict[str, str]


@router.get("", responses=READS, summary="系统令牌列表")
def tokens(services: Held, act: Signed) -> TokenList:
    """全部令牌和各自的权限；系统管理员、督查员、审计人员可查."""
    must_read(act)
    with services.database.connection() as connection:
        rows = connection.execute(f"SELECT {_SHOWN} FROM api_tokens ORDER BY created_at DESC, id").fetchall()
    return TokenList(items=[TokenShown(**row) for row in rows], scopes=SCOPES)


@router.post(
    "",
    status_code=201,
    response_model=TokenMade | Asked,
    responses={**WRITES, **ASKED},
    summary="发放令牌",
)
def make(services: Held, act: Signed, body: NewToken, response: Response) -> Any:
    """发放令牌: 令牌只显示这一次；权限见列表。由任命该人员以外的管理人员办理；领导、督查员、审计、系统管理员职务的，须另一名
    管理人员确认."""
    directory = _checked(services, act, body)
    with services.database.transaction() as connection:
        _must_be_possible(connection, body)
        if two_managers.takes_two(connection, directory, act, body.officer):
            response.status_code = 202
            return two_managers.ask(connection, act, _account(body), body.officer, "token_made")
        two_managers.must_not_have_given(connection, directory, act, body.officer)
        return _made(connection, act, body)


@router.post("/confirm", status_code=201, responses=WRITES, summary="确认发放令牌")
def confirm(services: Held, act: Signed, body: NewToken) -> TokenMade:
    """确认发放令牌: 由申请人以外的管理人员在24小时内填写同样内容办理；令牌只显示这一次."""
    _checked(services, act, body)
    with services.database.transaction() as connection:
        _must_be_possible(connection, body)
        two_managers.must_be_asked(connection, act, _account(body), "token_made")
        return _made(connection, act, body)


@router.post("/{id}/revoke", responses=WRITES, summary="撤销令牌")
def revoke(id: UUID, services: Held, act: Signed) -> TokenShown:
    """撤销令牌: 立即失效；记录保留."""
    must_manage(act)
    with services.database.transaction() as connection:
        row = _revoked(connection, id, act)
        if row is None:
            known = connection.execute("SELECT 1 FROM api_tokens WHERE id = %s", (id,)).fetchone()
            if known is None:
                raise Unknown("token.unknown", "没有这个令牌。")
            raise NotNow("token.revoked", "令牌已经撤销。")
    log.info("token.revoked", token=str(id))
    return TokenShown(**row)


_SHOWN = "id, name, officer, scopes, created_by, created_at, expires_on, last_used_at, revoked_by, revoked_at"


def _checked(services: Services, act: Act, body: NewToken) -> Directory:
    """The directory as it was looked at. Raises NotYours and Invalid."""
    must_manage(act)
    unknown = sorted(set(body.scopes) - SCOPES.keys())
    if unknown:
        raise Invalid("token.unknown_scope", f"权限应为：{'、'.join(SCOPES)}。")
    if body.expires_on is not None and body.expires_on < act.today:
        raise Invalid("token.expired", "有效期不能早于今日。")
    directory = services.casework.directory()
    if not directory.is_serving(body.officer):
        raise Invalid("account.unknown_officer", "没有这个在任人员，请先任职。")
    if PERSONAL in body.scopes and NEVER_PERSONAL & {post.post for post in directory.posts(body.officer)}:
        raise Invalid("token.no_personal_data", "审计人员职务的令牌不得查询信访人身份信息。")
    return directory


def _must_be_possible(connection: Connection, body: NewToken) -> None:
    """Held against other tokens and accounts until the end of the transaction. Raises NotNow."""
    connection.execute("LOCK TABLE api_tokens IN SHARE ROW EXCLUSIVE MODE")
    if connection.execute("SELECT 1 FROM accounts WHERE officer = %s", (body.officer,)).fetchone():
        raise NotNow("token.officer_has_account", "令牌不能借用个人账户的身份，请为该系统另设人员。")
    counted = connection.execute("SELECT count(*) AS n FROM api_tokens WHERE revoked_at IS NULL").fetchone()
    if counted is None or counted["n"] >= MOST:
        raise NotNow("token.too_many", f"在用令牌已达 {MOST} 个，请先撤销不用的。")


def _account(body: NewToken) -> str:
    """Under what a token stands in what was done to accounts: no username has a colon."""
    return f"token:{body.officer}"


def _made(connection: Connection, act: Act, body: NewToken) -> TokenMade:
    token, scopes = API_TOKEN + token_urlsafe(32), sorted(set(body.scopes))
    [row] = connection.execute(
        "INSERT INTO api_tokens (id, name, officer, scopes, token_digest, created_by, created_at, expires_on)"
        f" VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING {_SHOWN}",
        (uuid4(), body.name, body.officer, scopes, digest(token), act.by, act.at, body.expires_on),
    ).fetchall()
    note(connection, act, _account(body), "token_made")
    log.info("token.made", token=str(row["id"]), scopes=row["scopes"])
    return TokenMade(**row, token=token)


def _revoked(connection: Connection, id: UUID, act: Act) -> Row | None:
    return connection.execute(
        "UPDATE api_tokens SET revoked_by = %s, revoked_at = %s WHERE id = %s AND revoked_at IS NULL"
        f" RETURNING {_SHOWN}",
        (act.by, act.at, id),
    ).fetchone()
