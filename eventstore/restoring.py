"""恢复: a home made from a base copy and the write-ahead log, as the log stood at an instant or with its n-th position.

PostgreSQL replays in single-user mode, where nobody can sign in: no port, no socket, no password. It stops between two
commits, never within one. Positions behind the lost ones are not given out again: whoever reads on after a position that the
restored log no longer has, skips nothing, and no message outside gets the number of another. By this gap the first process
that opens the log knows that it was restored, and leaves out numbers of cases and papers, too.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from domain.acts import SHANGHAI
from eventstore import backup
from eventstore.binaries import ENVIRONMENT, Account, Programs, ServerError, account_for, find_programs
from eventstore.copies import Base, Folder
from eventstore.embedded import DATABASE, USER
from eventstore.places import make_home

Say = Callable[[str, int, int], None]
"""Hears what goes on, how much of it is done, of how much; 0 of 0 where nobody can know."""

GAP = 1_000_000
"""Positions left out behind those that may have been given out before."""
TOO_SOON = (
    "recovery ended before configured recovery target was reached",
    "before consistent recovery point",
)
TOLD = re.compile(r'told = "(.*)"\t')
UNDER_WAY = "postgres.restoring"
FARTHEST = 1_000_000_000
"""Positions that nobody can have lost; who names one farther off has mistyped."""

ABOUT = """
SELECT json_build_object('position', coalesce(max(notification_id), 0), 'facts', count(*),
 'recorded_at', max(stored_at), 'given_out', public.last_position(),
 'sealed', (SELECT coalesce(max(size), 0) FROM public.seal_heads))::text AS told FROM public.casework_events
"""
COMMIT_OF = """
SELECT json_build_object('position', notification_id, 'commit', xmin::text)::text AS told
 FROM public.casework_events WHERE notification_id <= {position} ORDER BY notification_id DESC LIMIT 1
"""
LEAVE_OUT = "SELECT setval('public.casework_events_notification_id_seq', {position})"
OURS = """
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{user}') THEN CREATE ROLE {user} SUPERUSER LOGIN; END IF; END $$
"""
RENAMED = 'ALTER DATABASE "{name}" RENAME TO {database}'


class Unreachable(ServerError):
    """无法恢复到此 — the copies and the log don't reach the moment asked for."""


class Restored(NamedTuple):
    """恢复结果 — what the log is now."""

    base: Base
    position: int
    facts: int
    recorded_at: datetime | None
    sealed: int
    """已封存: facts under the last head in the restored database."""
    next_position: int
    lost: int
    """丢失的位置: so many that were given out for certain are in it no more."""


def restore(
    folder: Folder,
    home: Path,
    *,
    until: datetime | None = None,
    position: int | None = None,
    known: int = 0,
    say: Say = lambda what, done, total: None,
) -> Restored:
    """恢复: into a home without a database, which may then be served; to the end of what is there, an instant, or a position.

    `known` is a position that was given out before for certain, such as the outside file of heads names it. Broken off, it
    leaves nothing that would be taken for a database. Raises Unreachable, ServerError, OSError.
    """
    make_home(home)
    if (home / "postgres").exists():
        raise ServerError(f"{home} 中已有数据库。请把它移走，或者恢复到另一个目录。")
    base = chosen(folder.bases(), until, position)
    account = account_for(home / "postgres")
    programs = find_programs(home, account, base.major)
    say("核对备份", 0, 0)
    backup.check(folder.data(base), programs)
    replayed = _Replay(folder, base, home, account, programs, say)
    try:
        if position is not None:
            about = replayed.to_position(position)
        elif until is not None:
            about = replayed.to({"recovery_target_time": f"{until.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f+00}"})
        else:
            about = replayed.to({})
        given_out = max(about["given_out"], known)
        if given_out - about["position"] > FARTHEST:
            raise ServerError(
                f"所写的最后位置 {known} 距恢复到的第 {about['position']} 位过远，请核对后再试。"
            )
        replayed.settle(given_out + GAP)
    except BaseException:
        shutil.rmtree(replayed.data, ignore_errors=True)
        raise
    replayed.data.rename(home / "postgres")
    at = about["recorded_at"]
    recorded_at = datetime.fromisoformat(at) if at else None
    return Restored(
        base,
        about["position"],
        about["facts"],
        recorded_at,
        about["sealed"],
        next_position=given_out + GAP + 1,
        lost=given_out - about["position"],
    )


def chosen(bases: Sequence[Base], until: datetime | None, position: int | None) -> Base:
    """所用备份: the newest that ended before what is asked for. Raises Unreachable."""
    if not bases:
        raise Unreachable("目录中没有完成的基础备份。")
    before = [
        base
        for base in bases
        if (until is None or base.ended_at <= until) and (position is None or base.position <= position)
    ]
    if not before:
        first = bases[0]
        raise Unreachable(
            f"最早的基础备份完成于 {first.ended_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}（北京时间），日志第 {first.position} 位，不能恢复到更早。"
        )
    return before[-1]


class _Replay:
    """重放 — one copy being brought forward; it may be begun again from the start."""

    def __init__(
        self, folder: Folder, base: Base, home: Path, account: Account, programs: Programs, say: Say
    ) -> None:
        self.folder = folder
        self.base = base
        self.data = home / UNDER_WAY
        self.account = account
        self.programs = programs
        self.say = say

    def to(self, target: Mapping[str, str]) -> dict[str, Any]:
        """到目标: what the log is there. Raises Unreachable where the write-ahead log ends before."""
        self._lay_out()
        return self._replay(target, ABOUT)

    def to_position(self, position: int) -> dict[str, Any]:
        """到某一位置: which commit brought it, is found by replaying all there is; then up to that commit, and no further."""
        self._lay_out()
        last = self._replay({}, COMMIT_OF.format(position=position))
        end = self._ask(self.base.database, ABOUT)
        if end["position"] < position:
            raise Unreachable(f"备份中的日志只到第 {end['position']} 位。")
        try:
            about = self.to({"recovery_target_xid": last["commit"]})
        except Unreachable:  # it was committed while the copy was made
            about = self.to({"recovery_target": "immediate"})
        if about["position"] < last["position"]:
            raise Unreachable(f"未能恢复到第 {position} 位：得到的日志到第 {about['position']} 位。")
        return about

    def settle(self, last: int) -> None:
        """安顿: under the names that the embedded server knows, behind the positions that were given out."""
        orders = [LEAVE_OUT.format(position=last)]
        if self.base.superuser != USER:
            orders.append(" ".join(OURS.format(user=USER).split()))
        self._run(self.base.database, orders)
        if self.base.database != DATABASE:
            self._run("template1", [RENAMED.format(name=self.base.database, database=DATABASE)])

    def _lay_out(self) -> None:
        """The copy, closed to others, with what the server must not take over from where it came."""
        shutil.rmtree(self.data, ignore_errors=True)
        source = self.folder.data(self.base)
        total = sum(file.stat().st_size for file in source.rglob("*") if file.is_file())
        done = 0

        def copy(origin: str, target: str) -> None:
            nonlocal done
            shutil.copyfile(origin, target)
            done += Path(origin).stat().st_size
            self.say("复制基础备份", done, total)

        shutil.copytree(source, self.data, copy_function=copy)
        segments = list(self.folder.segments(self.base.wal)) if self.folder.goes_on(self.base) else []
        for number, (name, file) in enumerate(segments, 1):
            shutil.copyfile(file, self.data / "pg_wal" / name)
            self.say("复制预写日志", number, len(segments))
        (self.data / "postgresql.auto.conf").write_text("")
        if self.base.superuser != USER:
            (self.data / "postgresql.conf").write_text("")
        (self.data / "pg_hba.conf").write_text("local all all reject\n")
        (self.data / "recovery.signal").touch()
        for path in (self.data, *self.data.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
            self.account.own(path)

    def _replay(self, target: Mapping[str, str], asked: str) -> dict[str, Any]:
        self.say("重放预写日志", 0, 0)
        options = {
            "restore_command": "/bin/false",  # all there is lies in pg_wal
            "recovery_target_action": "promote",
            "recovery_target_timeline": "latest",
            "hot_standby": "off",
            **target,
        }
        said = self._run(self.base.database, [asked], options)
        return _told(said)

    def _ask(self, database: str, query: str) -> dict[str, Any]:
        return _told(self._run(database, [query]))

    def _run(self, database: str, orders: Sequence[str], options: Mapping[str, str] | None = None) -> str:
        given = {
            "exit_on_error": "on",
            "archive_mode": "off",
            "synchronous_standby_names": "",
            "primary_conninfo": "",
            "primary_slot_name": "",
            "listen_addresses": "",
            "log_statement": "none",
            "log_min_error_statement": "panic",
            "TimeZone": "UTC",
            **(options or {}),
        }
        command = [self.programs.postgres, "--single", "-D", str(self.data)]
        command += [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        done = subprocess.run(
            [*command, database],
            input="".join(f"{' '.join(order.split())}\n" for order in orders),
            capture_output=True,
            text=True,
            errors="replace",
            env=ENVIRONMENT,
            cwd="/",
            **self.account.options(),
        )
        if done.returncode != 0:
            if any(one in done.stderr for one in TOO_SOON):
                raise Unreachable(
                    "备份中的预写日志到不了所要求的时刻：其中最后一次提交比它早，或者所用的基础备份比它晚。"
                )
            raise ServerError(f"重放未成功：{done.stderr.strip()[-600:]}")
        said: str = done.stdout
        return said


def _told(said: str) -> dict[str, Any]:
    found = TOLD.search(said)
    if found is None:
        raise ServerError(f"数据库没有回答：{said.strip()[-300:]}")
    answer: dict[str, Any] = json.loads(found.group(1))
    return answer
