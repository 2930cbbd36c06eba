#!/usr/bin/env python3
"""The project's one entrance: makes `.venv` from the lock file, then runs a target in it.

Standard library only, and readable by any Python 3.7, so that one too old says so in a sentence.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed"
MINIMUM = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")

TARGETS = {
    "setup": [],
    "run": [["shixian", "serve"]],
    "test": [["python", "-m", "pytest", "-n", "2", "tests"]],
    "e2e": [["python", "-m", "pytest", "-n", "2", "tests/console/browser"]],
    "shots": [["python", "-m", "tests.console.browser.shots"]],
    "check": [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports"],
        ["python", "-m", "pytest", "-q", "tests/house", "tests/domain"],
    ],
    "bench": [["python", "-m", "bench"]],
    "chaos": [["python", "-m", "tests.chaos"]],
    "seed": [["shixian", "seed"]],
    "wheel": [["python", "-m", "hatchling", "build"]],
}

WITH_BROWSER = ("test", "e2e", "shots")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> None:
    if len(arguments) < 1 or arguments[0] not in TARGETS:
        stop(f"usage / 用法: python3 dev.py {'|'.join(TARGETS)} [more arguments]", code=2)
    if sys.version_info[:2] < MINIMUM:
        use_newer_python(arguments)
    os.environ["PYTHONUTF8"] = "1"
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    os.chdir(ROOT)
    try:
        prepare()
    except subprocess.CalledProcessError as error:
        stop(f"setup failed, see above / 安装失败,原因见上: {' '.join(map(str, error.cmd))}")
    except PermissionError as error:
        stop(f"cannot write {error.filename}; the checkout must be yours / 无法写入,请检查目录归属")
    if arguments[0] in WITH_BROWSER:
        need_browser()
    perform(TARGETS[arguments[0]], arguments[1:])


def perform(steps: list[list[str]], extra: list[str]) -> None:
    """All steps but the last run here; the last one takes this process over, so that signals reach it."""
    for step in steps[:-1]:
        say("$ " + " ".join(step))
        code = subprocess.call([str(BIN / step[0]), *step[1:]])
        if code:
            raise SystemExit(code)
    for program, *rest in steps[-1:]:
        os.execv(str(BIN / program), [str(BIN / program), *rest, *extra])


def use_newer_python(arguments: list[str]) -> None:
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, str(ROOT / "dev.py"), *arguments])
    here = ".".join(map(str, sys.version_info[:3]))
    stop(
        f"Python 3.11 or newer is needed, this is {here} ({sys.executable}).\n"
        f"需要 Python 3.11 或更新版本,当前为 {here}。Debian/Ubuntu: apt-get install python3 python3-venv"
    )


def prepare() -> None:
    """Bring `.venv` in line with the lock file; a few milliseconds when it already is."""
    wanted = fingerprint()
    if is_ready(wanted):
        return
    with only_one():
        if is_ready(wanted):
            return
        STAMP.unlink(missing_ok=True)
        make_environment()
        install()
        STAMP.write_text(wanted, encoding="utf-8")


def fingerprint() -> str:
    """The lock, the project's own metadata, the place and the interpreter: whatever `.venv` depends on."""
    digest = hashlib.sha256()
    for part in (LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), bytes(ROOT)):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def is_ready(wanted: str) -> bool:
    try:
        return STAMP.read_text(encoding="utf-8") == wanted and (BIN / "python").exists()
    except OSError:
        return False


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Two targets started at once must not install over each other; the lock dies with its process."""
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_environment() -> None:
    if (BIN / "python").exists() and belongs_here():
        return
    need_venv_module()
    say("creating .venv / 正在创建虚拟环境")
    run(sys.executable, "-m", "venv", "--clear", str(VENV))


def belongs_here() -> bool:
    """A moved checkout keeps scripts that point to the old place: pip's own first line tells."""
    with contextlib.suppress(OSError, IndexError):
        return str(BIN) in (BIN / "pip").read_text(encoding="utf-8").splitlines()[0]
    return False


def need_venv_module() -> None:
    """Debian keeps `ensurepip` in a package of its own, and without it no environment can be made."""
    if has_ensurepip():
        return
    package = f"python3.{sys.version_info[1]}-venv"
    if not may_install():
        stop(
            f"This Python cannot make environments. Run this, then try again / 缺少 venv 模块,请先执行:\n"
            f"    sudo apt-get install -y {package}\n"
            f"(elsewhere: the package with Python's ensurepip / 其他系统请安装含 ensurepip 的软件包)"
        )
    install_package(package)


def need_browser() -> None:
    """The pages are tried in a real browser, the system's own: playwright's would come from another host."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if not may_install():
        stop(
            "The browser tests need chromium. Run this, then try again / 浏览器测试需要 chromium,请先执行:\n"
            "    sudo apt-get install -y --no-install-recommends chromium\n"
            "(elsewhere: any chromium or chrome on the PATH / 其他系统请安装 chromium 或 chrome)"
        )
    try:
        install_package("chromium")
    except subprocess.CalledProcessError as error:
        stop(
            f"chromium could not be installed, see above / chromium 安装失败,原因见上: {' '.join(error.cmd)}"
        )


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_package(package: str) -> None:
    """From the system's own archive; its index is fetched only where it is missing or stale."""
    say(f"installing {package} / 正在安装 {package}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
    if subprocess.call(command, env=environment):
        subprocess.check_call(["apt-get", "update", "-q"], env=environment)
        subprocess.check_call(command, env=environment)


def has_ensurepip() -> bool:
    return subprocess.call([sys.executable, "-c", "import ensurepip"], stderr=subprocess.DEVNULL) == 0


def install() -> None:
    """uv does it in seconds; pip reads the same lock and is the way out when uv cannot run here."""
    python = str(BIN / "python")
    editable = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    say("installing packages / 正在安装依赖")
    try:
        install_uv(python)
        environment = {"UV_SYSTEM_CERTS": "true", **os.environ, **package_index(python)}
        uv = [str(BIN / "uv"), "--quiet", "pip"]
        run(*uv, "sync", "--python", python, "--require-hashes", str(LOCK), environment=environment)
        run(*uv, "install", "--python", python, *editable, environment=environment)
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"uv did not manage ({error}); using pip / 改用 pip 安装,请稍候")
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        run(*pip, "--require-hashes", "-r", str(LOCK))
        run(*pip, *editable)


def install_uv(python: str) -> None:
    """The very version and hashes of the lock, and nothing else."""
    pinned = re.search(r"^uv==.*?(?=^\S|\Z)", LOCK.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if pinned is None:
        raise OSError("requirements.lock names no uv")
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as only_uv:
        only_uv.write(pinned.group())
        only_uv.flush()
        options = ["--disable-pip-version-check", "-q", "--require-hashes", "--no-deps"]
        run(python, "-m", "pip", "install", *options, "-r", only_uv.name)


def package_index(python: str) -> dict[str, str]:
    """uv does not read pip's settings; a mirror set there is meant for it too."""
    if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(os.environ):
        return {}
    index = os.environ.get("PIP_INDEX_URL", "")
    if not index:
        asked = [python, "-m", "pip", "config", "get", "global.index-url"]
        index = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return {"UV_DEFAULT_INDEX": index} if index else {}


def run(*command: str, environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, env=environment)


def say(text: str) -> None:
    print(f"[dev] {text}", file=sys.stderr, flush=True)


def stop(text: str, code: int = 1) -> None:
    say(text)
    raise SystemExit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
