"""本人口令: set with a one-time code, changed with the present one. Nobody sets anybody else's."""

from fastapi import APIRouter, Response

from api import account_codes, account_records, passwords, tries
from api.account_codes import FOUNDING
from api.account_shapes import NewOwnPassword, SetUp, Setup
from api.bootstrap import Services
from api.errors import WRITES, responses
from api.identity import Held, Personal, Token
from api.logs import bind
from api.sessions import Door, Place, end_sessions
from domain.acts import Act
from domain.errors import Invalid, NotNow, Unknown
from projections.view import Connection, Row

router = APIRouter(prefix="/v1/accounts", tags=["账户"])


@router.post("/setup", responses=responses(403, 404, 409, 413, 422, 429, 503), summary="凭设置码设置口令")
def set_up(services: Held, keeper: Door, address: Place, body: Setup) -> SetUp:
    """设置口令: 设置码用过、过期、作废或有误，答复相同."""
    now = services.clock()
    tries.admit(services.database, address, now)
    passwords.must_be_strong(body.password)
    with services.database.transaction() as connection:
        account, since = account_codes.take(connection, body.code, now) or (None, now)
        row = (
            _founded(services, connection, body.password)
            if account == FOUNDING
            else account_records.owner(connection, account)
        )
        directory = services.casework.directory()
        held = (
            directory.officers.get(row["officer"]) if row is not None and row["locked_at"] is None else None
        )
        if row is None or held is None or not held.serves_since(since):
            raise Unknown("account.code_refused", "设置码无效或者已经失效，请向系统管理员重新索取。")
        username, officer = row["username"], row["officer"]
        passwords.must_be_strong(body.password, username, held.name)
        with keeper.turn():
            stored = passwords.hashed(body.password)
        connection.execute(
            "INSERT INTO accounts (username, officer, password_hash, password_set_at, created_at)"
            " VALUES (%(username)s, %(officer)s, %(stored)s, %(now)s, %(now)s) ON CONFLICT (username)"
            " DO UPDATE SET password_hash = EXCLUDED.password_hash, password_set_at = EXCLUDED.password_set_at",
            {"username": username, "officer": officer, "stored": stored, "now": now},
        )
        end_sessions(connection, officer)
        what = "founded" if account == FOUNDING else "password_set"
        bind(actor=officer)
        account_records.note(connection, Act(by=officer, unit="", role="", at=now), username, what)
    tries.forget(services.database, address)
    return SetUp(username=username)


@router.post(
    "/me/password", status_code=204, response_class=Response, responses=WRITES, summary="修改本人口令"
)
def change_password(
    services: Held, act: Personal, token: Token, keeper: Door, address: Place, body: NewOwnPassword
) -> None:
    """修改本人口令: 其他会话随即失效."""
    with services.database.connection() as connection:
        row = connection.execute(
            "SELECT username, password_hash FROM accounts WHERE officer = %s", (act.by,)
        ).fetchone()
    if row is None:
        raise Unknown("account.unknown", "没有这个账户。")
    username = row["username"]
    tries.admit(services.database, address, act.at, username)
    with keeper.turn():
        if not passwords.matches(body.current, row["password_hash"]):
            raise Invalid("password.current_wrong", "原口令不正确。")
    tries.forget(services.database, address, username)
    passwords.must_be_strong(body.new, username, act.name)
    if body.new == body.current:
        raise Invalid("password.unchanged", "新口令与原口令相同。")
    with keeper.turn():
        stored = passwords.hashed(body.new)
    with services.database.transaction() as connection:
        changed = connection.execute(
            "UPDATE accounts SET password_hash = %s, password_set_at = %s WHERE username = %s"
            " AND password_hash = %s AND locked_at IS NULL",
            (stored, act.at, username, row["password_hash"]),
        )
        if changed.rowcount == 0:
            raise NotNow("password.changed_meanwhile", "口令已在别处更改，请重新登录。")
        connection.execute("DELETE FROM account_codes WHERE account = %s", (username,))
        end_sessions(connection, act.by, but=token)
        account_records.note(connection, act, username, "password_changed")


def _founded(services: Services, connection: Connection, password: str) -> Row | None:
    """The first administrator of an office that has no account yet; None once it has."""
    if account_codes.has_accounts(connection):
        return None
    passwords.must_be_strong(password, account_codes.ADMIN, account_codes.ADMIN_NAME)
    officer = account_codes.found_administrator(services)
    return {"username": officer, "officer": officer, "locked_at": None}
