"""小磁盘: a disk in memory for the database and all else, in a mount namespace of its own, and how it is filled up."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNDER = ("unshare", "--mount", "--propagation", "private")
PIECE = bytes(1 << 16)


def missing() -> str:
    """所缺: what a disk of one's own needs and this machine lacks; empty if nothing."""
    if os.geteuid() != 0:
        return "需要 root 挂载 tmpfs。"
    if shutil.which("unshare") is None:
        return "没有 unshare（util-linux）。"
    tried = subprocess.run(
        [*UNDER, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
    )
    return "" if tried.returncode == 0 else "内核不允许挂载 tmpfs。"


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A folder on a disk of so many megabytes, which this process and its children alone see."""
    folder = Path(tempfile.mkdtemp(prefix="shixian-chaos-disk-"))
    options = f"size={megabytes}m,mode=0755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def fill(folder: Path) -> Path:
    """填满: with ballast, to the last byte."""
    ballast = folder / "ballast"
    try:
        with ballast.open("ab", buffering=0) as file:
            while file.write(PIECE):
                pass
    except OSError:
        return ballast
    raise AssertionError("unreachable: a write that wrote nothing")
