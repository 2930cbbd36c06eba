"""账户: opened, reset, locked, unlocked and linked by those who administer the office's users (第十条). Nobody sets
somebody else's password: a one-time code lets its owner do that. What was done to an account is kept for good.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from psycopg.errors import UniqueViolation

from api import account_codes, account_records, two_managers
from api.account_shapes import (
    ASKED,
    CHANGES,
    AccountList,
    AccountShown,
    Asked,
    Change,
    ChangeList,
    Code,
    ConfirmedSubject,
    Opening,
    Subject,
)
from api.bootstrap import Services
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.paging import USUAL, Cursor, Limit, encode, place
from api.sessions import end_sessions
from api.settings import Oidc
from api.two_managers import MANAGERS
from domain.acts import Act
from domain.directory.powers import ARTICLE_10
from domain.errors import Invalid, NotNow, NotYours, Unknown
from projections.view import Connection, Row

router = APIRouter(prefix="/v1/accounts", tags=["账户"])

READERS = MANAGERS | {"auditor"}

Account = Annotated[str, Path(min_length=1, max_length=200, description="登录名")]


@router.get("", responses=READS, summary="账户列表")
def accounts(services: Held, act: Signed, limit: Limit = USUAL, cursor: Cursor = None) -> AccountList:
    """全部账户，按登录名排列；系统管理员、督查员、审计人员可查."""
    must_read(act)
    after = place(cursor, str, "")
    with services.database.connection() as connection:
        rows = account_records.listed(connection, act.at, after, limit + 1)
    directory = services.casework.directory()
    items = [account_records.shown(directory, row) for row in rows[:limit]]
    return AccountList(items=items, next_cursor=encode((items[-1].username,)) if len(rows) > limit else None)


@router.get("/changes", responses=READS, summary="账户变动记录")
def changes(services: Held, act: Signed, limit: Limit = USUAL, cursor: Cursor = None) -> ChangeList:
    """谁在何时对哪个账户做了什么，最近的在前；系统管理员、督查员、审计人员可查."""
    must_read(act)
    before = place(cursor, int, 2**63 - 1)
    with services.database.connection() as connection:
        rows = connection.execute(
            "SELECT * FROM account_changes WHERE id < %s ORDER BY id DESC LIMIT %s", (before, limit + 1)
        ).fetchall()
    items = [Change(**row, label=CHANGES[row["what"]]) for row in rows[:limit]]
    return ChangeList(
        items=items, next_cursor=encode((rows[limit - 1]["id"],)) if len(rows) > limit else None
    )


@router.post("", status_code=201, responses=WRITES, summary="开户")
def open_account(services: Held, act: Signed, body: Opening) -> Code:
    """开户: 返回一次性设置码，由本人凭码设置口令；任何人不得代设口令；由任命该人员以外的管理人员办理."""
    must_manage(act)
    username = body.username or body.officer
    directory = services.casework.directory()
    if not directory.is_serving(body.officer):
        raise Invalid("account.unknown_officer", "没有这个在任人员，请先任职。")
    try:
        with services.database.transaction() as connection:
            two_managers.must_not_have_given(connection, directory, act, body.officer)
            connection.execute("LOCK TABLE api_tokens IN SHARE ROW EXCLUSIVE MODE")
            if connection.execute(
                "SELECT 1 FROM api_tokens WHERE officer = %s AND revoked_at IS NULL LIMIT 1", (body.officer,)
            ).fetchone():
                raise NotNow("account.officer_has_tokens", "该人员名下有系统令牌，不能另开登录账户。")
            connection.execute(
                "INSERT INTO accounts (username, officer, created_at) VALUES (%s, %s, %s)",
                (username, body.officer, act.at),
            )
            return _code(connection, act, username, body.officer, "opened")
    except UniqueViolation:
        raise NotNow("account.exists", "该人员已有账户，或者登录名已被使用。") from None


@router.post(
    "/{account}/reset", response_model=Code | Asked, responses={**WRITES, **ASKED}, summary="重设口令"
)
def reset(account: Account, services: Held, act: Signed, response: Response) -> Any:
    """重设口令: 原口令和会话立即失效，返回一次性设置码，由本人凭码设置新口令；领导、督查员、审计、系统管理员及其顶岗人员
    的，须另一名管理人员确认."""
    with services.database.transaction() as connection:
        row = _to_reset(connection, act, account)
        if _must_ask(services, connection, act, row["officer"]):
            response.status_code = 202
            return two_managers.ask(connection, act, account, row["officer"], "reset")
        return _reset(connection, act, account, row["officer"])


@router.post("/{account}/reset/confirm", responses=WRITES, summary="确认重设口令")
def confirm_reset(account: Account, services: Held, act: Signed) -> Code:
    """确认重设口令: 由申请人以外的管理人员在24小时内办理，返回一次性设置码."""
    with services.database.transaction() as connection:
        row = _to_reset(connection, act, account)
        two_managers.must_be_asked(connection, act, account, "reset")
        return _reset(connection, act, account, row["officer"])


@router.post("/{account}/lock", responses=WRITES, summary="锁定账户")
def lock(account: Account, services: Held, act: Signed) -> AccountShown:
    """锁定账户: 不能再登录，会话和设置码立即失效."""
    with services.database.transaction() as connection:
        row = _others(connection, act, account)
        if row["locked_at"] is not None:
            raise NotNow("account.locked", "账户已经锁定。")
        connection.execute("UPDATE accounts SET locked_at = %s WHERE username = %s", (act.at, account))
        connection.execute("DELETE FROM account_codes WHERE account = %s", (account,))
        end_sessions(connection, row["officer"])
        return _changed(services, connection, act, account, "locked")


@router.post("/{account}/unlock", responses=WRITES, summary="解锁账户")
def unlock(account: Account, services: Held, act: Signed) -> AccountShown:
    """解锁账户: 可以用原口令登录."""
    with services.database.transaction() as connection:
        if _others(connection, act, account)["locked_at"] is None:
            raise NotNow("account.not_locked", "账户没有锁定。")
        connection.execute("UPDATE accounts SET locked_at = NULL WHERE username = %s", (account,))
        return _changed(services, connection, act, account, "unlocked")


@router.post(
    "/{account}/oidc",
    response_model=AccountShown | Asked,
    responses={**WRITES, **ASKED},
    summary="绑定统一身份认证",
)
def link(account: Account, services: Held, act: Signed, body: Subject, response: Response) -> Any:
    """绑定统一身份认证: subject 为认证方的用户标识；为空则解除绑定。领导、督查员、审计、系统管理员及其顶岗人员的绑定，
    须另一名管理人员确认."""
    with services.database.transaction() as connection:
        row = _others(connection, act, account)
        provider = _provider(services)
        if body.subject is None:
            return _linked(services, connection, act, account, None)
        if _must_ask(services, connection, act, row["officer"]):
            response.status_code = 202
            return two_managers.ask(connection, act, account, row["officer"], "linked")
        return _linked(services, connection, act, account, f"{provider.issuer} {body.subject}")


@router.post("/{account}/oidc/confirm", responses=WRITES, summary="确认绑定统一身份认证")
def confirm_link(account: Account, services: Held, act: Signed, body: ConfirmedSubject) -> AccountShown:
    """确认绑定统一身份认证: 由申请人以外的管理人员在24小时内办理，由其填写用户标识."""
    with services.database.transaction() as connection:
        _others(connection, act, account)
        provider = _provider(services)
        two_managers.must_be_asked(connection, act, account, "linked")
        return _linked(services, connection, act, account, f"{provider.issuer} {body.subject}")


@router.delete(
    "/{account}/sessions", status_code=204, response_class=Response, responses=READS, summary="结束账户的会话"
)
def end_all(account: Account, services: Held, act: Signed) -> None:
    """结束账户的全部会话: 立即失效；账户仍可登录."""
    with services.database.transaction() as connection:
        end_sessions(connection, _others(connection, act, account)["officer"])
        account_records.note(connection, act, account, "sessions_ended")


def must_manage(act: Act) -> None:
    """系统维护权: raises NotYours."""
    if act.role not in MANAGERS:
        raise NotYours("account.not_yours", "账户由系统管理员或者督查员管理。", ARTICLE_10)


def must_read(act: Act) -> None:
    """查阅账户: raises NotYours."""
    if act.role not in READERS:
        raise NotYours("account.not_yours", "账户由系统管理员、督查员管理，审计人员可查。", ARTICLE_10)


def _others(connection: Connection, act: Act, account: str) -> Row:
    """The account of somebody else, held against other changes until the end of the transaction."""
    must_manage(act)
    row = account_records.owner(connection, account)
    if row is None:
        raise Unknown("account.unknown", "没有这个账户。")
    if row["officer"] in {act.by, act.for_whom}:
        raise NotYours("account.own", "本人的账户请由其他管理人员办理；口令可以自行修改。")
    return row


def _to_reset(connection: Connection, act: Act, account: str) -> Row:
    row = _others(connection, act, account)
    if row["locked_at"] is not None:
        raise NotNow("account.locked", "账户已锁定，请先解锁。")
    return row


def _must_ask(services: Services, connection: Connection, act: Act, officer: str) -> bool:
    """Whether another manager has to confirm; raises NotYours where another has to do it altogether."""
    directory = services.casework.directory()
    if two_managers.takes_two(connection, directory, act, officer):
        return True
    two_managers.must_not_have_given(connection, directory, act, officer)
    return False


def _reset(connection: Connection, act: Act, account: str, officer: str) -> Code:
    connection.execute("UPDATE accounts SET password_hash = NULL WHERE username = %s", (account,))
    end_sessions(connection, officer)
    return _code(connection, act, account, officer, "reset")


def _provider(services: Services) -> Oidc:
    if services.settings.oidc is None:
        raise NotNow("oidc.off", "没有启用统一身份认证。")
    return services.settings.oidc


def _linked(
    services: Services, connection: Connection, act: Act, account: str, subject: str | None
) -> AccountShown:
    try:
        connection.execute("UPDATE accounts SET oidc_subject = %s WHERE username = %s", (subject, account))
    except UniqueViolation:
        raise NotNow("oidc.subject_taken", "该标识已绑定其他账户。") from None
    what = "linked" if subject is not None else "unlinked"
    return _changed(services, connection, act, account, what)


def _code(connection: Connection, act: Act, username: str, officer: str, what: str) -> Code:
    code, ends = account_codes.issue(connection, username, act.at)
    account_records.note(connection, act, username, what)
    page = account_codes.page(code)
    return Code(username=username, officer=officer, code=code, page=page, expires_at=ends)


def _changed(services: Services, connection: Connection, act: Act, account: str, what: str) -> AccountShown:
    account_records.note(connection, act, account, what)
    row = account_records.one(connection, act.at, account)
    return account_records.shown(services.casework.directory(), row)
