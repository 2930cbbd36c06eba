"""开包: a dossier that came from anywhere. Nothing of it is believed before it is looked at; nothing is written to disk.

Names that lead elsewhere, doubled names, links, encrypted members and packings that swell are refused as a whole.
"""

import stat
import struct
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from api.dossier import layout

MOST_FILES = 20_000
MIB = 1024 * 1024
LARGEST_TEXT = 64 * MIB
"""Of a file that is read: everything but papers and attachments."""
LARGEST_FILE = 64 * MIB
LARGEST = 4096 * MIB
MOST_SWELLING = 200
"""How many times larger than packed a file may be; a page of repeated rows comes to forty."""
SMALL = MIB
"""Below this nothing swells enough to matter."""


class Unfit(Exception):
    """不是案卷 — the file is no dossier, or no safe one; the message is Chinese."""


class Folder:
    """案卷内容 — the files of a dossier by path, each read when it is asked for."""

    def __init__(self, path: Path) -> None:
        """Raises Unfit."""
        try:
            self._zip = ZipFile(path)
        except (OSError, BadZipFile, LargeZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise Unfit(f"不是可以读取的 ZIP 文件（{type(error).__name__}）") from None
        members = self._zip.infolist()
        try:
            _must_be_safe(members)
        except Unfit:
            self._zip.close()
            raise
        self._members = {one.filename: one for one in members}

    def __enter__(self) -> "Folder":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def paths(self) -> list[str]:
        """全部路径: in the order of the package."""
        return list(self._members)

    def __contains__(self, path: str) -> bool:
        return path in self._members

    def read(self, path: str) -> bytes:
        """读取: never more than the package says it is. Raises Unfit."""
        member = self._members.get(path)
        if member is None:
            raise Unfit(f"缺少文件 {path}")
        try:
            with self._zip.open(member) as file:
                content = file.read(member.file_size + 1)
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
            raise Unfit(f"{path} 已损坏，无法解压") from None
        if len(content) != member.file_size:
            raise Unfit(f"{path} 的大小与压缩包所记不符")
        return content


def _must_be_safe(members: list[ZipInfo]) -> None:
    if len(members) > MOST_FILES:
        raise Unfit(f"压缩包内文件多于 {MOST_FILES} 个")
    names: set[str] = set()
    for one in members:
        _must_be_plain(one)
        if one.filename.casefold() in names:
            raise Unfit(f"压缩包内有重名文件 {one.filename!r}")
        names.add(one.filename.casefold())
    if sum(one.file_size for one in members) > LARGEST:
        raise Unfit("压缩包解压后过大")


def _must_be_plain(one: ZipInfo) -> None:
    name = one.filename
    kind = stat.S_IFMT(one.external_attr >> 16)
    if not layout.is_plain_path(name) or one.orig_filename != name:
        raise Unfit(f"压缩包内有不可接受的文件名 {name!r}")
    if kind not in {0, stat.S_IFREG}:
        raise Unfit(f"{name} 不是普通文件（链接、目录或者设备）")
    if one.flag_bits & 0x1:
        raise Unfit(f"{name} 是加密的")
    if one.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise Unfit(f"{name} 的压缩方式不受支持")
    if one.file_size > LARGEST_FILE:
        raise Unfit(f"{name} 过大")
    if one.file_size > SMALL and one.file_size > MOST_SWELLING * max(1, one.compress_size):
        raise Unfit(f"{name} 的压缩比异常，疑为压缩炸弹")
