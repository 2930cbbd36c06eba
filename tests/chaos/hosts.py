"""两台主机: two network namespaces with two cables between them, where root and the tools for it are there.

`python -m tests.chaos.hosts COMMAND…` makes them, runs the command on the first and takes them away again. The cable
`data` leads to the database; what `desk` carries, the requests and the deliveries, is never cut.
"""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

FIRST, SECOND = f"shixian-a-{os.getppid()}", f"shixian-b-{os.getppid()}"
TOLD = "SHIXIAN_CHAOS_HOSTS"
DATA, DESK = ("10.99.0.1", "10.99.0.2"), ("10.99.1.1", "10.99.1.2")
NOBODY = "02:00:00:00:00:99"
"""An address that no cable's end has: what is sent there is dropped without a word."""


def missing() -> str:
    """所缺: what two hosts need and this machine lacks; empty if nothing."""
    if os.geteuid() != 0:
        return "需要 root 建立网络命名空间。"
    if shutil.which("ip") is None:
        return "没有 ip（iproute2）。"
    probe = f"shixian-probe-{os.getpid()}"
    try:
        ip("netns", "add", probe)
        ip("link", "add", "sxprobe", "type", "veth", "peer", "name", "sxprobe2", "netns", probe)
        ip("link", "del", "sxprobe")
    except subprocess.CalledProcessError:
        return "内核不允许建立网络命名空间或 veth。"
    finally:
        with suppress(subprocess.CalledProcessError):
            ip("netns", "del", probe)
    return ""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def second() -> str:
    """第二台主机: the name of its namespace, for whoever runs on the first."""
    return os.environ[TOLD]


def on_second(*command: str) -> tuple[str, ...]:
    """在第二台主机上: the command there."""
    return ("ip", "netns", "exec", second(), *command)


def unplug() -> None:
    """拔线: the second host's data cable is down."""
    ip("-n", second(), "link", "set", "data", "down")


def plug() -> None:
    """接线."""
    ip("-n", second(), "link", "set", "data", "up")


def swallow() -> None:
    """半开: what the second host sends to the database vanishes; it still hears what the database says."""
    ip("-n", second(), "neigh", "replace", DATA[0], "lladdr", NOBODY, "dev", "data", "nud", "permanent")


def deliver() -> None:
    """恢复."""
    ip("-n", second(), "neigh", "del", DATA[0], "dev", "data")


def make() -> None:
    """搭建: both namespaces, joined by both cables."""
    for name in (FIRST, SECOND):
        ip("netns", "add", name)
        ip("-n", name, "link", "set", "lo", "up")
    for cable, ends in (("data", DATA), ("desk", DESK)):
        ip("-n", FIRST, "link", "add", cable, "type", "veth", "peer", "name", cable, "netns", SECOND)
        for name, address in zip((FIRST, SECOND), ends, strict=True):
            ip("-n", name, "addr", "add", f"{address}/24", "dev", cable)
            ip("-n", name, "link", "set", cable, "up")


def take_away() -> None:
    for name in (FIRST, SECOND):
        with suppress(subprocess.CalledProcessError):
            ip("netns", "del", name)


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        make()
        with subprocess.Popen(
            ["ip", "netns", "exec", FIRST, *command], env={**os.environ, TOLD: SECOND}
        ) as process:
            try:
                return process.wait()
            finally:
                process.terminate()
    finally:
        take_away()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
