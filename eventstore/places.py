"""Folders of the embedded server: its home, and the private one for its socket."""

import contextlib
import hashlib
import os
from pathlib import Path

from eventstore.binaries import Account, ServerError

LONGEST_SOCKET_FOLDER = 80


def make_home(home: Path) -> None:
    """Folders that we make may be entered by the server's account; folders that exist stay as they are."""
    for folder in [*reversed(home.parents), home]:
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)


def socket_folder(home: Path) -> Path:
    """Inside the home; a socket's path is limited to some 100 bytes, so a long home gets a short stand-in."""
    folder = home / "socket"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    return Path("/tmp") / f"shixian-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"


def make_private(folder: Path, account: Account) -> None:
    """A folder of mode 0700 that is the account's; one that someone else made is refused."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        account.own(folder)
    found = folder.lstat()
    owner = os.geteuid() if account.uid is None else account.uid
    if folder.is_symlink() or not folder.is_dir() or found.st_uid != owner or found.st_mode & 0o077:
        raise ServerError(f"{folder} 不是数据库账户(uid {owner})的私有目录,请移走后重试。")
