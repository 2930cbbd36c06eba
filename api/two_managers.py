"""两名管理人员经手: nobody comes into another's powers by one manager alone.

Whoever gave an officer a post hands out no key to it – a code, a link with the provider, a token – and whoever handed
out a key gives no overseeing post. Keys of those who oversee, or stand in for them, are asked for by one manager and
handed out by another. An office with one manager has nobody to ask: there it shows in what was done to accounts.
"""

from datetime import datetime, timedelta

from api import account_records
from api.account_shapes import Asked
from domain.acts import Act
from domain.directory.events import OfficerAppointed, PostGiven, StandInsNamed
from domain.directory.fold import Directory
from domain.directory.people import Post
from domain.directory.powers import ARTICLE_10, OVERSEEING
from domain.errors import NotNow, NotYours
from domain.facts import Fact
from eventstore.database import Database
from projections.view import Connection, Row

MANAGERS = frozenset({"admin", "inspector"})
WAITS = timedelta(hours=24)
"""So long another manager may confirm what was asked for."""
ASKED = {"reset": "reset_asked", "linked": "link_asked", "token_made": "token_asked"}
"""What is handed out after somebody asked, and how the asking is recorded."""


def must_not_have_given(connection: Connection, directory: Directory, act: Act, officer: str) -> None:
    """任命、发钥分开: raises NotYours for who gave one of the officer's posts, if another manager can do it."""
    givers = _givers(directory, officer)
    if _hands(act) & givers and _others(connection, directory, act, officer) - givers:
        raise NotYours(
            "account.own_appointee", "该人员的职务由您任命，其账户和令牌请由其他管理人员办理。", ARTICLE_10
        )


def must_not_hold_keys(connection: Connection, directory: Directory, act: Act, officer: str) -> None:
    """发钥、任命分开: raises NotYours for who opened, reset or linked the officer's account, or made a token in use."""
    hands = list(_hands(act))
    held = connection.execute(
        "SELECT 1 FROM account_changes c JOIN accounts a ON a.username = c.account WHERE a.officer = %(officer)s"
        " AND c.what IN ('opened', 'reset', 'linked') AND (c.by = ANY(%(hands)s) OR c.for_whom = ANY(%(hands)s))"
        " UNION SELECT 1 FROM api_tokens WHERE officer = %(officer)s AND created_by = ANY(%(hands)s)"
        " AND revoked_at IS NULL",
        {"officer": officer, "hands": hands},
    ).fetchone()
    if held is not None and _others(connection, directory, act, officer):
        raise NotYours(
            "directory.keys_held",
            "该人员的账户或者令牌由您经手，领导、督查员、审计、系统管理员职务及其顶岗请由其他管理人员办理。",
            ARTICLE_10,
        )


def must_be_apart(database: Database, directory: Directory, fact: Fact, act: Act) -> None:
    """任命与发钥分开: of a change that lets somebody oversee. Raises NotYours for who handed out that one's key."""
    gaining = _gaining(directory, fact)
    if gaining:
        with database.connection() as connection:
            for officer in gaining:
                must_not_hold_keys(connection, directory, act, officer)


def _gaining(directory: Directory, fact: Fact) -> frozenset[str]:
    """Who comes to hold an overseeing post by it, or to stand in for somebody who does."""
    match fact:
        case OfficerAppointed() | PostGiven() if fact.post in OVERSEEING:
            held = Post(fact.unit_id, fact.post) in directory.posts(fact.officer)
            return frozenset() if held else frozenset({fact.officer})
        case StandInsNamed() if any(one.post in OVERSEEING for one in directory.posts(fact.officer)):
            return frozenset(fact.stand_ins) - frozenset(directory.officers[fact.officer].stand_ins)
        case _:
            return frozenset()


def takes_two(connection: Connection, directory: Directory, act: Act, officer: str) -> bool:
    """须两人经手: of who oversees or stands in for one who does, and where every other manager gave a post, too."""
    others = _others(connection, directory, act, officer)
    givers = _givers(directory, officer)
    return bool(others) and (oversees(directory, officer) or bool(_hands(act) & givers and others <= givers))


def oversees(directory: Directory, officer: str) -> bool:
    """重要职务: holds a post that sees or sets what others don't, or stands in for somebody who does."""
    reached = [one for one in directory.officers.values() if one.id == officer or officer in one.stand_ins]
    return any(post.post in OVERSEEING for one in reached for post in one.posts)


def ask(connection: Connection, act: Act, account: str, officer: str, what: str) -> Asked:
    """申请: what another manager is to confirm. Raises NotNow while it waits already."""
    if _waiting(connection, act, account, what) is not None:
        raise NotNow("account.asked_already", "已有待确认的申请，请由另一名管理人员确认。")
    account_records.note(connection, act, account, ASKED[what])
    return Asked(username=account, officer=officer, asked_by=act.by, asked_until=act.at + WAITS)


def must_be_asked(connection: Connection, act: Act, account: str, what: str) -> None:
    """确认: raises NotNow if nobody asked within a day, NotYours for who asked."""
    row = _waiting(connection, act, account, what)
    if row is None:
        raise NotNow("account.not_asked", "没有待确认的申请，请先提出申请。")
    if _hands(act) & {row["by"], row["for_whom"]}:
        raise NotYours("account.own_asking", "申请由您提出，请由另一名管理人员确认。", ARTICLE_10)


def waiting(connection: Connection, at: datetime) -> list[Row]:
    """待确认的申请: what was asked for within a day and neither handed out since nor lapsed, the oldest first."""
    kinds = {asked: what for what, asked in ASKED.items()}
    rows = connection.execute(
        "SELECT id, at, by, for_whom, account, what FROM account_changes WHERE what = ANY(%s) AND at > %s ORDER BY id",
        ([*kinds, *kinds.values()], at - WAITS),
    ).fetchall()
    last: dict[tuple[str, str], Row] = {}
    for row in rows:
        what = str(kinds.get(row["what"], row["what"]))
        last.pop((row["account"], what), None)
        if row["what"] in kinds:
            last[row["account"], what] = {**row, "what": what, "until": row["at"] + WAITS}
    return list(last.values())


def _waiting(connection: Connection, act: Act, account: str, what: str) -> Row | None:
    row = connection.execute(
        "SELECT at, by, for_whom, what FROM account_changes WHERE account = %s AND what = ANY(%s)"
        " ORDER BY id DESC LIMIT 1",
        (account, [what, ASKED[what]]),
    ).fetchone()
    return row if row is not None and row["what"] != what and row["at"] > act.at - WAITS else None


def _hands(act: Act) -> frozenset[str]:
    return frozenset(one for one in (act.by, act.for_whom) if one is not None)


def _givers(directory: Directory, officer: str) -> frozenset[str]:
    found = directory.officers.get(officer)
    return found.givers if found is not None else frozenset()


def _others(connection: Connection, directory: Directory, act: Act, officer: str) -> frozenset[str]:
    """The managers who have an account, but neither act here nor are the one it is about."""
    managers = set(directory.with_post(MANAGERS)) - _hands(act) - {officer}
    rows = connection.execute("SELECT officer FROM accounts WHERE officer = ANY(%s)", (list(managers),))
    return frozenset(row["officer"] for row in rows)
