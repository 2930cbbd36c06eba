"""内置数据库: our own launcher for a private PostgreSQL, used when no DATABASE_URL is given.

The server listens on a unix socket in a folder only its account may enter. "Running" means that a
connection works, never that a process id exists. A connection needs the password, which only whoever starts
the server can read. Whoever uses the server holds a shared file lock; the last one to leave stops it, and a
killed user's lock vanishes with it. A server left behind by a killed process is adopted by the next.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event
from urllib.parse import quote

import psycopg

from eventstore import access
from eventstore.binaries import ENVIRONMENT, Programs, ServerError, account_for, find_programs, is_postgres
from eventstore.places import make_home, make_private, open_private, socket_folder, write_private
from eventstore.roles import WRITER

USER = DATABASE = "shixian"
SERVICE = "shixian_service"
"""The login of the running service: a member of the writer and nothing else."""
PORT = 5432
START_LIMIT = 600.0
"""Seconds: recovery after a crash replays the log and may take minutes."""
STOP_LIMIT = 60.0
LARGEST_LOG = 16 * 1024 * 1024
LINGERING = "shared memory block"
"""The children of a killed server need a moment to notice and let go of its memory."""


def buffers(memory: int) -> int:
    """缓冲区（MiB）: a sixteenth of a machine's memory (bytes), within bounds; the system's own cache has the rest."""
    return max(128, min(1024, memory // 16 // 1024**2))


SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_duration_statement": "-1",
    "log_statement": "none",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "max_slot_wal_keep_size": "10GB",
    "shared_buffers": f"{buffers(os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES'))}MB",
}
"""The log lies beside the database for as long as nobody deletes it: no detail, statement or parameter that quotes a value.
A backup that follows the write-ahead log and is forgotten holds back no more of it than the last of them says."""


class Server:
    """内置数据库服务 — started or adopted by `ensure`; `stop` ends it once nobody else uses it."""

    def __init__(self, home: Path, settings: Mapping[str, str]) -> None:
        self.home = home
        self.data = home / "postgres"
        self.log = home / "postgres.log"
        self.secret = home / "postgres.password"
        self.password = access.known(self.secret)
        self.settings = {**SETTINGS, **settings}
        self.account = account_for(self.data)
        self.socket = socket_folder(home)
        self.started = False
        self._process: subprocess.Popen[bytes] | None = None
        self._claim: int | None = None

    @classmethod
    def ensure(cls, home: Path, settings: Mapping[str, str] | None = None) -> "Server":
        """A server that answers: the one already running on this home, else a newly started one."""
        home = home.expanduser().absolute()
        try:
            make_home(home)
            server = cls(home, settings or {})
            with server._only_one(), server._or_leave():
                server._start_or_adopt()
        except PermissionError as error:
            raise ServerError(
                f"无权使用 {error.filename}。请检查其归属,或用 SHIXIAN_HOME 另指定目录。"
            ) from error
        return server

    @property
    def dsn(self) -> str:
        return self.address(DATABASE)

    def for_service(self) -> str:
        """服务的连接串: of a login that can be nothing but the writer, once the roles are there.

        A server that an older version left running knows only the owner; it is used until it is started again.
        """
        password = access.keep(self.home / "service.password")
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            query = "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)"
            known = {one for (one,) in connection.execute(query, ([WRITER, SERVICE],))}
            if WRITER not in known:
                return self.dsn
            make = "ALTER" if SERVICE in known else "CREATE"
            connection.execute(f"{make} ROLE {SERVICE} LOGIN PASSWORD '{access.verifier(password)}'")
            connection.execute(f"GRANT {WRITER} TO {SERVICE}")
        dsn = self.address(DATABASE, SERVICE, password)
        try:
            psycopg.connect(dsn, connect_timeout=5).close()
        except psycopg.OperationalError:
            return self.dsn
        return dsn

    def alive(self) -> bool:
        """Whether a connection works; a live process alone proves nothing.

        Raises ServerError when a server runs that was started with another password: waiting would not help.
        """
        try:
            psycopg.connect(self.address("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ServerError(
                    f"数据库正在运行,但 {self.secret} 中的口令与之不符。请先停止使用该目录的程序,再重新启动。"
                ) from None
            return False
        return True

    def restart(self) -> None:
        """Bring a server back that died; nothing happens when it answers."""
        with self._only_one():
            self._start_or_adopt()

    def stop(self) -> None:
        """Leave the server, and end it when this was the last user."""
        with self._only_one():
            last = self._claim is None or try_lock(self._claim, fcntl.LOCK_EX)
            self._leave()
            if last:
                self._end()

    def postmaster(self) -> int | None:
        """The server's process id, if that process lives and is a PostgreSQL."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        if self._process is not None and self._process.pid == pid and self._process.poll() is not None:
            return None
        return pid if is_postgres(pid) else None

    def _start_or_adopt(self) -> None:
        self._use()
        self.password = access.keep(self.secret, self.password)
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        if self.alive():
            self._need_database()
            return
        closed = self.account.first_closed(self.home)
        if closed is not None:
            raise ServerError(
                f"数据库账户(uid {self.account.uid})无法进入 {closed}。请用 SHIXIAN_HOME 指定其可进入的目录,"
                "例如 /var/lib/shixian;程序不会放宽已有目录的权限。"
            )
        make_private(self.socket, self.account)
        programs = find_programs(self.home, self.account, self._stored_major())
        deadline = time.monotonic() + START_LIMIT
        if self.postmaster() is None or not self._answers(deadline):
            self._initialise(programs)
            self._set_password(programs, deadline)
            self._launch(programs, deadline)
            self.started = True
        self._need_database()

    def _use(self) -> None:
        if self._claim is None:
            claim = open_private(self.home / "postgres.users", os.O_RDWR)
            fcntl.flock(claim, fcntl.LOCK_SH)
            self._claim = claim

    def _leave(self) -> None:
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

    @contextlib.contextmanager
    def _or_leave(self) -> Iterator[None]:
        """Who could not get a server is no user of it."""
        try:
            yield
        except BaseException:
            self._leave()
            raise

    @contextlib.contextmanager
    def _only_one(self) -> Iterator[None]:
        """Starting and stopping are done by one process at a time."""
        handle = open_private(self.home / "postgres.lock", os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _stored_major(self) -> int | None:
        with contextlib.suppress(FileNotFoundError):
            return int((self.data / "PG_VERSION").read_text())
        return None

    def _initialise(self, programs: Programs) -> None:
        """A cluster appears under its name only when whole: an interrupted attempt leaves no half one."""
        if self.data.exists():
            return
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self.account.own(fresh)
        locale = ["--locale=C.UTF-8", *(["--locale-provider=builtin"] if programs.major >= 17 else [])]
        quick = ["--no-sync"] if self.settings.get("fsync") == "off" else []
        authentication = ["--auth-local=reject", "--auth-host=reject", f"--username={USER}"]
        command = [programs.initdb, "-D", str(fresh), "--encoding=UTF8", *locale, *authentication, *quick]
        made = subprocess.run(
            command, capture_output=True, text=True, env=ENVIRONMENT, cwd="/", **self.account.options()
        )
        if made.returncode != 0:
            raise ServerError(f"数据库初始化失败({fresh}):{made.stderr.strip() or made.stdout.strip()}")
        fresh.rename(self.data)

    def _set_password(self, programs: Programs, deadline: float) -> None:
        """In single-user mode, so that at no time anybody could enter without it; then the rules that ask for it."""
        rules = access.rules(self.password)
        file = self.data / "pg_hba.conf"
        if file.exists() and file.read_text() == rules:
            return
        quiet = [
            "-c",
            "log_min_error_statement=panic",
            "-c",
            "exit_on_error=on",
            "-c",
            "synchronous_standby_names=",
        ]
        command = [programs.postgres, "--single", "-D", str(self.data), *self._options(), *quiet, "postgres"]
        order = f"ALTER ROLE {USER} PASSWORD '{access.verifier(self.password)}'\n"
        while True:
            self._clear_leftovers()
            done = subprocess.run(
                command,
                input=order,
                capture_output=True,
                text=True,
                env=ENVIRONMENT,
                cwd="/",
                **self.account.options(),
            )
            if done.returncode == 0:
                break
            if LINGERING not in done.stderr or time.monotonic() > deadline:
                raise ServerError(f"未能设置数据库口令({self.data}):{done.stderr.strip()[-600:]}")
            Event().wait(0.2)
        write_private(file, rules, self.account)

    def _options(self) -> list[str]:
        return [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]

    def _launch(self, programs: Programs, deadline: float) -> None:
        command = [programs.postgres, "-D", str(self.data), "-k", str(self.socket), *self._options()]
        while True:
            self._clear_leftovers()
            if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
                self.log.replace(self.log.with_suffix(".log.old"))
            with os.fdopen(open_private(self.log, os.O_WRONLY | os.O_APPEND), "ab") as log:
                log.seek(0, os.SEEK_END)
                begun = log.tell()
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=ENVIRONMENT,
                    cwd="/",
                    start_new_session=True,
                    **self.account.options(),
                )
            if self._answers(deadline):
                return
            with self.log.open("rb") as log:
                log.seek(begun)
                said = log.read().decode(errors="replace").strip()
            if LINGERING not in said or time.monotonic() > deadline:
                raise ServerError(f"数据库未能启动,日志见 {self.log}:{said[-600:]}")
            Event().wait(0.2)

    def _answers(self, deadline: float) -> bool:
        """Wait for a working connection as long as the process lives and the limit allows."""
        pause = Event()
        wait = 0.01
        while not self.alive():
            gone = (
                self._process.poll() is not None if self._process is not None else self.postmaster() is None
            )
            if gone or time.monotonic() > deadline:
                return False
            pause.wait(wait)
            wait = min(wait * 1.5, 0.5)
        return True

    def _clear_leftovers(self) -> None:
        """Files of a dead server; PostgreSQL itself would take an unreaped zombie for a live one."""
        if self.postmaster() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            for leftover in self.socket.glob(".s.PGSQL.*"):
                leftover.unlink(missing_ok=True)

    def _need_database(self) -> None:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            if (
                connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
                is None
            ):
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _end(self) -> None:
        for order, limit in ((signal.SIGINT, STOP_LIMIT), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            pid = self.postmaster()
            if pid is None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, order)
            deadline = time.monotonic() + limit
            pause = Event()
            while self.postmaster() == pid and time.monotonic() < deadline:
                pause.wait(0.01)
        if self._process is not None:
            self._process.wait(STOP_LIMIT)

    def address(self, database: str, user: str = USER, password: str = "") -> str:
        """The connection string of one of the server's databases. It holds a password: not to be shown."""
        known = quote(password or self.password, safe="")
        return f"postgresql://{user}:{known}@/{database}?host={quote(str(self.socket), safe='')}&port={PORT}"


def try_lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
