"""一次性设置码: with it an officer sets the own password, so that nobody ever knows somebody else's.

A code is 256 random bits, good for a day and for once; a new one voids the one before. An office without accounts has
one that founds its administrator.
"""

from datetime import datetime, timedelta
from itertools import count
from secrets import token_urlsafe

from api.bootstrap import Services
from api.holders import digest
from domain.acts import Act, system_act
from domain.directory import decisions
from domain.directory.fold import DIRECTORY_ID, Directory, fold
from domain.facts import Fact
from projections.view import Connection

LASTS = timedelta(hours=24)
FOUNDING = ""
"""The account of the code with which an office without accounts begins."""
ADMIN, ADMIN_NAME = "admin", "系统管理员"
SYSTEM, SYSTEM_NAME = "system", "系统"


def issue(connection: Connection, account: str, now: datetime) -> tuple[str, datetime]:
    """发码: the code, which is stored nowhere, and when it ends."""
    code, ends = token_urlsafe(32), now + LASTS
    connection.execute(
        "INSERT INTO account_codes (account, code_digest, created_at, expires_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (account) DO UPDATE SET code_digest = EXCLUDED.code_digest,"
        " created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at",
        (account, digest(code), now, ends),
    )
    return code, ends


def take(connection: Connection, code: str, now: datetime) -> tuple[str, datetime] | None:
    """收码: whose it was since when, and nobody's from now on; None of one that is used, voided, too old or made up."""
    row = connection.execute(
        "DELETE FROM account_codes WHERE code_digest = %s RETURNING account, created_at, expires_at",
        (digest(code),),
    ).fetchone()
    return (row["account"], row["created_at"]) if row is not None and row["expires_at"] > now else None


def page(code: str) -> str:
    """设置页: where the code is used."""
    return f"/setup?code={code}"


def has_accounts(connection: Connection) -> bool:
    """已有账户: whether anybody has an account."""
    return connection.execute("SELECT FROM accounts LIMIT 1").fetchone() is not None


def first_code(services: Services) -> str | None:
    """首个设置码: a fresh one for an office without accounts, None for any other."""
    with services.database.transaction() as connection:
        if has_accounts(connection):
            return None
        return issue(connection, FOUNDING, services.clock())[0]


def found_administrator(services: Services) -> str:
    """设立系统管理员: the officer's id; what is already there stays."""
    act = system_act(services.clock())
    chosen = ""

    def drafts(_: int) -> list[Fact]:
        nonlocal chosen
        chosen, facts = _founding(services.casework.directory(), act)
        return facts

    if _founding(services.casework.directory(), act)[1]:
        services.casework.publish(DIRECTORY_ID, drafts, act)
        return chosen
    return ADMIN


def _founding(directory: Directory, act: Act) -> tuple[str, list[Fact]]:
    facts: list[Fact] = []
    held = directory.officers.get(ADMIN)
    if held is not None and held.post == "admin":
        return ADMIN, facts
    numbered = (ADMIN if number == 1 else f"{ADMIN}-{number}" for number in count(1))
    chosen = next(one for one in numbered if one not in directory.officers)
    unit = next((one.id for one in directory.units.values() if one.kind == "service"), None)
    if unit is None:
        unit = SYSTEM
        founded = decisions.found_unit(unit, SYSTEM_NAME, "service", "", directory, act)
        directory = fold(directory, founded)
        facts.append(founded)
    facts.append(decisions.appoint(chosen, ADMIN_NAME, unit, "admin", directory, act))
    return chosen, facts
