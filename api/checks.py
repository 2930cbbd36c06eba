"""检查: whether the database, the rule tables, the read models and the scheduler are as they should be."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal, NamedTuple

import psycopg

from api import key_upkeep
from api.bootstrap import Services
from api.health import FAR_BEHIND
from domain.rules import calendar, grounds, rulebook, signals
from domain.rules.calendar import CalendarError
from domain.rules.rulebook import Books, RulebookError
from eventstore import migrate, roles, seal_status
from projections import runner

OLDEST_SERVER = 15
SILENT = timedelta(minutes=2)


class Finding(NamedTuple):
    """检查结果 — in order, worth a note, or wrong."""

    state: Literal["ok", "note", "bad"]
    what: str
    said: str


def run(services: Services) -> list[Finding]:
    """逐项检查: an unreachable database ends the list."""
    found = [*_tables()]
    try:
        with services.database.connection() as connection:
            server = connection.info.server_version // 10000
    except psycopg.Error as error:
        return [*found, Finding("bad", "数据库", f"无法连接（{type(error).__name__}）")]
    known = "ok" if server >= OLDEST_SERVER else "bad"
    found.append(Finding("ok" if known == "ok" else "bad", "数据库", f"PostgreSQL {server}"))
    at, newest = migrate.current(services.database.dsn), migrate.newest()
    if at != newest:
        return [*found, Finding("bad", "数据库结构", f"{at or '空'}，应为 {newest}；请执行 shixian migrate")]
    return [
        *found,
        Finding("ok", "数据库结构", str(at)),
        *_roles(services),
        *_keys(services),
        *_published(services),
        *_views(services),
        *_beats(services),
        *_sealing(services),
    ]


def _roles(services: Services) -> Iterator[Finding]:
    with services.database.connection() as connection:
        state, said = roles.finding(connection)
    yield Finding(state, "数据库角色", said)


def _keys(services: Services) -> Iterator[Finding]:
    content = services.keys.ring().content
    gone = len(content.trees[content.current].gone())
    yield Finding("ok", "主密钥", f"{services.keys.file}，第 {content.current} 代，已销毁 {gone} 个密钥")
    if older := key_upkeep.unrecorded(services.database, services.casework, services.keys):
        yield Finding(
            "note",
            "数据库早于销毁",
            f"有 {older} 个密钥已经销毁，而日志中没有相应的销毁记录：数据库是用销毁以前的备份恢复的。"
            "列表已清空重建，保存的检索条件已删除，有关内容不再显示；请核对并补办销毁记录",
        )
    plain = key_upkeep.left_plain(services.database)
    if plain:
        said = f"{plain} 份附件或导入文件尚未加密；请执行 shixian keys encrypt-contents"
        yield Finding("note", "早先的附件", said)


def _tables() -> Iterator[Finding]:
    try:
        books, decrees = Books(rulebook.shipped()).all(), calendar.shipped()
        grounds.notices(), grounds.decline_grounds(), grounds.supervision_grounds(), grounds.representation()
        signals.steps()
    except (RulebookError, CalendarError, KeyError, ValueError) as error:
        yield Finding("bad", "随附的规则表", str(error))
        return
    years = sorted({one.year for one in decrees})
    yield Finding("ok", "随附的规则表", f"规则册 {len(books)} 个版本，放假安排 {years[0]}—{years[-1]} 年")


def _published(services: Services) -> Iterator[Finding]:
    base, directory = services.casework.rulebase(), services.casework.directory()
    Books(base.rulebooks)
    yield Finding("ok", "规则库", f"已录入 {base.version} 项")
    coming = services.clock().year + 1
    if not any(one.year == coming for one in base.decrees):
        yield Finding("note", "放假安排", f"{coming} 年尚未录入，涉及的到期日为暂定")
    if not directory.units:
        yield Finding("note", "机构", "尚未设立单位，请用 shixian found-unit 和 shixian appoint 建立")


def _views(services: Services) -> Iterator[Finding]:
    for lag in runner.lags(services.database):
        if lag["stalled_position"] is not None:
            said = f"停滞于位置 {lag['stalled_position']}（{lag['error']}）"
            yield Finding("bad", f"读模型 {lag['name']}", said)
        else:
            late: Literal["note", "bad"] = "bad" if lag["lag"] > FAR_BEHIND else "note"
            state: Literal["ok", "note", "bad"] = late if lag["lag"] else "ok"
            yield Finding(state, f"读模型 {lag['name']}", f"位置 {lag['position']}，落后 {lag['lag']}")


def _beats(services: Services) -> Iterator[Finding]:
    with services.database.connection() as connection:
        row = connection.execute("SELECT max(at) AS at FROM heartbeats").fetchone()
    last = row["at"] if row is not None else None
    if last is None or services.clock() - last > SILENT:
        yield Finding("note", "定时任务", "没有运行")
    else:
        yield Finding("ok", "定时任务", "正在运行")


def _sealing(services: Services) -> Iterator[Finding]:
    with services.database.connection() as connection:
        status = seal_status.status(connection)
    if status.fault is not None:
        yield Finding("bad", "日志封存", status.said)
    else:
        yield Finding("note" if status.waiting else "ok", "日志封存", status.said)
