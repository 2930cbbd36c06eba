"""Folders of the embedded server: its home, and the private one for its socket."""

import contextlib
import hashlib
import os
from pathlib import Path

from eventstore.binaries import Account, ServerError

LONGEST_SOCKET_FOLDER = 80


def make_home(home: Path) -> None:
    """Folders that we make; those that exist stay as they are.

    The home is closed to others. Where root steps down for the server, its account may pass through, no more.
    """
    for folder in reversed(home.parents):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
    if not home.exists():
        home.mkdir(mode=0o700, exist_ok=True)
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)


def open_private(file: Path, flags: int) -> int:
    """A descriptor of a file that nobody else may read; one that was made wider is narrowed."""
    handle = os.open(file, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.fchmod(handle, 0o600)
    return handle


def write_private(file: Path, text: str, account: Account) -> None:
    """The account's private file, whole or not at all; nothing that lies in its way is written through."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w") as written:
        written.write(text)
        written.flush()
        os.fsync(handle)
        if account.uid is not None and account.gid is not None:
            os.fchown(handle, account.uid, account.gid)
    fresh.replace(file)


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
