"""账户的记录: the rows of accounts, and what was done to them."""

from datetime import datetime

import structlog

from api.account_shapes import AccountShown
from domain.acts import Act
from domain.directory.fold import Directory
from projections.view import Connection, Row

_SHOWN = """
SELECT a.username, a.officer, a.created_at, a.password_set_at, a.locked_at IS NOT NULL AS locked,
    a.password_hash IS NOT NULL AS has_password, a.oidc_subject IS NOT NULL AS linked,
    (SELECT c.expires_at FROM account_codes c WHERE c.account = a.username AND c.expires_at > %(now)s)
        AS code_expires_at,
    (SELECT count(*) FROM sessions s WHERE s.officer = a.officer AND s.expires_at > %(now)s) AS sessions
FROM accounts a
"""

log = structlog.get_logger("accounts")


def owner(connection: Connection, account: str | None) -> Row | None:
    """账户所属: whose it is and whether it is locked; held against other changes until the end of the transaction."""
    return connection.execute(
        "SELECT username, officer, locked_at FROM accounts WHERE username = %s FOR UPDATE", (account,)
    ).fetchone()


def listed(connection: Connection, now: datetime, after: str, most: int) -> list[Row]:
    """账户列表: in the order of the usernames, from the one after this."""
    return connection.execute(
        f"{_SHOWN} WHERE a.username > %(after)s ORDER BY a.username LIMIT %(most)s",
        {"now": now, "after": after, "most": most},
    ).fetchall()


def one(connection: Connection, now: datetime, account: str) -> Row:
    """账户: one that is known to be there."""
    [row] = connection.execute(
        f"{_SHOWN} WHERE a.username = %(account)s", {"now": now, "account": account}
    ).fetchall()
    return row


def shown(directory: Directory, row: Row) -> AccountShown:
    """账户说明: with the owner's name and post as they are now; empty of somebody no longer in the directory."""
    found = directory.officers.get(row["officer"])
    return AccountShown(
        **row,
        name=found.name if found is not None else "",
        unit=found.unit if found is not None else "",
        post=found.post if found is not None else "",
    )


def note(connection: Connection, act: Act, account: str, what: str) -> None:
    """账户变动: kept for good; the log has the owner's doings without the name of the account."""
    connection.execute(
        "INSERT INTO account_changes (at, by, for_whom, account, what) VALUES (%s, %s, %s, %s, %s)",
        (act.at, act.by, act.for_whom, account, what),
    )
    log.info("account.changed", what=what)
