"""命令行·备份与恢复: `shixian backup`, `shixian restore`. The keys are never part of either."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api import terminal
from api.console.case_places import in_beijing
from api.settings import Settings
from api.terminal import out, stop
from domain.acts import SHANGHAI
from domain.numbering import LEAST_LEFT_OUT, left_out
from eventstore import backup as copying
from eventstore import heads_file, restoring
from eventstore.binaries import Programs, ServerError, account_for, find_programs
from eventstore.copies import Base, Folder
from eventstore.embedded import Server

AGAIN = 5.0
"""Seconds until a server that is away is asked again."""
FIRST = 60.0
"""Seconds the first base copy waits for the write-ahead log to come in."""
NOTHING_KNOWN = (
    (
        "注意：没有封存头文件，也没有写 --last-known，或者都不晚于恢复到的位置："
        f"丢失了多少无从得知，编号只空出 {LEAST_LEFT_OUT} 个。"
    ),
    "    其间发出过的号可能更多，或者这已不是第一次恢复的，请写明 --last-known，恢复到另一个目录。",
)

Where = Annotated[
    Path, typer.Argument(metavar="目录", help="备份目录，只放一个数据库的备份。 The folder of the backup.")
]
Follow = Annotated[
    bool,
    typer.Option(
        "--follow", help="随后一直归档预写日志，直到被停止。 Then archive the write-ahead log until stopped."
    ),
]
Keep = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="份数",
        help="只留最近几份基础备份和其后的预写日志。 Keep so many base copies, and the log since.",
    ),
]
End = Annotated[
    bool,
    typer.Option(
        "--end",
        help="不再归档到此目录，数据库不再为它留存预写日志。 The server need keep nothing for the folder.",
    ),
]
List = Annotated[bool, typer.Option("--list", help="列出目录中的备份。 List what the folder holds.")]


def add(main: typer.Typer) -> None:
    """加入命令."""
    main.command()(backup)
    main.command()(restore)


def backup(
    folder: Where, follow: Follow = False, keep: Keep = None, end: End = False, listed: List = False
) -> None:
    """备份数据库：复制并核对一份基础备份；加 --follow 则连续归档，可恢复到任一时刻。 Copy the database, and follow its log.

    密钥不在备份之内，请另行备份。目录中有明文的台账，应放在加密的磁盘上。
    """
    given = terminal.settings()
    into = Folder(folder)
    with terminal.plain_errors():
        _must_lie_apart(into, given)
        if listed:
            _list(into)
        elif end:
            with terminal.database(given) as dsn:
                copying.release(dsn, into, programs(given))
            out.print("数据库不再为此目录留存预写日志。")
        elif follow:
            _follow(into, given, keep)
        else:
            _take(into, given, keep)


def restore(
    folder: Where,
    into: Annotated[
        Path,
        typer.Option(
            metavar="数据目录",
            help="恢复到哪个数据目录（SHIXIAN_HOME），其中不得有数据库。 The home to make.",
        ),
    ],
    until: Annotated[
        str | None,
        typer.Option(
            metavar="时刻",
            help="恢复到该时刻，如 2026-03-02T10:00（北京时间，日期指当日结束）。 Until when.",
        ),
    ] = None,
    position: Annotated[
        int | None,
        typer.Option(min=1, metavar="位置", help="恢复到日志的这一位为止。 Up to this position of the log."),
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, readable=True, help="丢失前的库外封存头文件。 The file of heads."
        ),
    ] = None,
    last_known: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="位置",
            help="丢失前已知到过的最后位置，如推送接收方所记。 The last position known to have been given out.",
        ),
    ] = None,
) -> None:
    """从备份恢复出一个数据目录；不写时刻或位置则恢复到备份末尾。 Make a home from a backup.

    原数据库不受影响。中断后再次运行同一命令即从头恢复。
    """
    if until is not None and position is not None:
        stop("--until 和 --position 只能写一个。", 2)
    home = into.expanduser().absolute()
    with terminal.plain_errors():
        last = heads_file.last(heads or home / heads_file.NAME)
        known = last.head if last is not None else None
        if heads is not None and known is None:
            stop(f"{heads} 不是封存头文件，或者其中没有封存头。", 2)
        furthest = max(known.position if known is not None else 0, last_known or 0)
        with _progress() as (bar, task):

            def say(what: str, done: int, total: int) -> None:
                bar.update(task, description=what, completed=done, total=total or None)

            found = restoring.restore(
                Folder(folder),
                home,
                until=None if until is None else _instant(until),
                position=position,
                known=furthest,
                say=say,
            )
    lines = told(found, home, known.size if known is not None else 0)
    if furthest <= found.position:
        lines += NOTHING_KNOWN
    for line in lines:
        out.print(line, markup=False)


def told(found: restoring.Restored, home: Path, sealed: int) -> list[str]:
    """恢复说明: what is there now, and what has to be done before it is used; `sealed` is what the file outside has seen."""
    when = f"，最后一条记于 {_shown(found.recorded_at)}" if found.recorded_at is not None else ""
    lines = [
        f"已恢复到 {home}：日志 {found.facts} 条，到第 {found.position} 位{when}。",
        f"以后的事实从第 {found.next_position} 位起编号，丢失的位置不再使用。",
        f"所用基础备份：{found.base.name}。启动前请核对：",
        f"一、密钥：把现用的密钥目录复制到 {home / 'keys'}（或设置 SHIXIAN_KEYS），不要用早先的副本。",
    ]
    if sealed > found.sealed:
        lines.append(
            f"二、封存：库外的封存头文件已签到第 {sealed} 条，恢复后的库内到第 {found.sealed} 条。"
            "请留存该文件并记明由谁决定、为何恢复，再执行 shixian verify --write-heads；在此之前不再封存。"
        )
    else:
        lines.append(
            f"二、封存：库内封存到第 {found.sealed} 条。请把库外的封存头文件 seals.jsonl 放到 {home}；"
            "它若比库内新，见运行手册“日志封存”。"
        )
    lines += [
        "三、预警：该时刻以后发出过的预警会以原编号重新发出，按编号收取的接收方不会重复处理；",
        "    邮件和群消息会再到一次，需要时先停用渠道，或告知收件人。",
        "四、事件推送：该时刻以后推送过的事件会丢失或以新编号重新办理，请告知接收方恢复到的位置。",
        f"五、编号：该时刻以后发给群众的件号、文号不再给别的件：首次启动时各编号系列空出 {left_out(found.lost)} 个，",
        "    日志中记明（恢复备份，日志封存页可查）。丢失的件请补登，另得新号，并告知持号人。",
        "六、执行 shixian verify，然后启动服务；原数据库不要再启动。",
        "七、备份：此后备份到新的目录；原目录只供恢复以前的内容，不再续用。",
    ]
    return lines


def programs(given: Settings) -> Programs:
    """数据库程序: the copying ones come with the server's, and can copy servers of their own version and older ones."""
    return find_programs(given.home, account_for(given.home / "postgres"), None)


def _must_lie_apart(into: Folder, given: Settings) -> None:
    keys, folder = given.keys_folder.expanduser().resolve(), into.path.resolve()
    if folder.is_relative_to(keys) or keys.is_relative_to(folder):
        stop("备份目录和密钥目录不能互相包含：密钥不在备份之内。", 2)
    if folder.is_relative_to((given.home / "postgres").expanduser().resolve()):
        stop("备份目录不能在数据库目录之内。", 2)


def _take(into: Folder, given: Settings, keep: int | None) -> None:
    with terminal.database(given) as dsn, _progress() as (bar, task):
        base = copying.take(
            dsn,
            into,
            programs(given),
            lambda done, total: bar.update(task, description="复制数据库", completed=done, total=total),
        )
    out.print(f"基础备份已完成并通过核对：{_line(base)}", markup=False)
    if keep is not None:
        for name in copying.prune(into, programs(given), keep):
            out.print(f"已清理：{name}", markup=False)


def _follow(into: Folder, given: Settings, keep: int | None) -> None:
    stopping, began = threading.Event(), threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.default_int_handler)
    follower = _Follower(into, given, stopping, began)
    with terminal.database(given) as dsn:
        copying.hold(dsn, into, programs(given))
        follower.start()
        if not began.wait(FIRST):
            follower.finish()
            stop(follower.fault or follower.said or "预写日志没有到来，请检查数据库。")
        try:
            if keep is not None or not any(into.goes_on(base) for base in into.bases()):
                _take(into, given, keep)
        except BaseException:
            follower.finish()
            raise
    with suppress(KeyboardInterrupt):
        follower.join()
    follower.finish()
    if follower.fault:
        stop(follower.fault)
    out.print("连续归档已停止；再次运行即接着归档。")


class _Follower(threading.Thread):
    """连续归档 — asks again after a while whenever the server goes away; it never starts one."""

    def __init__(
        self, into: Folder, given: Settings, stopping: threading.Event, began: threading.Event
    ) -> None:
        super().__init__(name="follow", daemon=True)
        self.into = into
        self.given = given
        self.stopping = stopping
        self.began = began
        self.fault = ""
        self.said = ""

    def run(self) -> None:
        """归档: until told to stop, or nothing can be made up for any more."""
        out.print(f"连续归档到 {self.into.wal}；Ctrl-C 停止。", markup=False)
        while not self.stopping.is_set():
            try:
                self._once()
            except copying.Recycled as error:
                self.fault = str(error)
                return
            except ServerError as error:
                self.said = str(error)
                out.print(f"{error} {AGAIN:.0f} 秒后再试。", markup=False)
            self.stopping.wait(AGAIN)

    def finish(self) -> None:
        """停止: once what has arrived is on the disk."""
        self.stopping.set()
        self.join()

    def _once(self) -> None:
        dsn = self.given.database_url
        if dsn is None:
            server = Server(self.given.home, {})
            if not server.alive():
                raise ServerError("数据库没有运行。")
            dsn = server.dsn
        copying.hold(dsn, self.into, programs(self.given))
        said = copying.follow(dsn, self.into, programs(self.given), self.stopping, self.began)
        if not self.stopping.is_set():
            raise ServerError(f"归档中断：{said}。")


def _list(into: Folder) -> None:
    for base in into.bases():
        out.print(_line(base), markup=False)
    segments = [name for name, _ in into.segments()]
    out.print(f"预写日志 {len(segments)} 个文件" + (f"，到 {segments[-1]}" if segments else ""), markup=False)


def _line(base: Base) -> str:
    return (
        f"{base.name}（{_shown(base.ended_at)} 完成，日志到第 {base.position} 位，PostgreSQL {base.major}）"
    )


def _shown(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _instant(given: str) -> datetime:
    try:
        return datetime.fromisoformat(str(in_beijing(given))).astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        stop("时刻应写成 2026-03-02 或 2026-03-02T10:00（北京时间），也可带时区。", 2)


@contextmanager
def _progress() -> Iterator[tuple[Progress, TaskID]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, TimeElapsedColumn(), console=out) as bar:
        yield bar, bar.add_task("准备", total=None)
