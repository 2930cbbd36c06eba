"""装包: files into a ZIP whose bytes depend on their content alone – no time, no owner, one order, one way to pack."""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from api.dossier import layout
from api.dossier.layout import Listed

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The only time a member bears: the earliest that the format can tell."""
PLAIN_FILE = 0o100644 << 16
UNIX = 3
PACKED = frozenset({"docx", "xlsx", "pptx", "pdf", "png", "jpg", "jpeg", "ofd", "zip"})
"""Endings of what is packed already."""


class Package:
    """案卷包 — a ZIP that is being written; it remembers what goes into it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w")
        self.files: list[Listed] = []

    def add(self, path: str, content: bytes) -> Listed:
        """加入: one file, once."""
        if any(one.path == path for one in self.files):
            raise ValueError(f"{path} is in the dossier already")
        self._write(path, content)
        listed = Listed(path, len(content), sha256(content).hexdigest())
        self.files.append(listed)
        return listed

    def close(self, manifest: bytes, signature: bytes | None) -> None:
        """结束: with the manifest, and what its maker signs."""
        self._write(layout.MANIFEST, manifest)
        if signature is not None:
            self._write(layout.SIGNATURE, signature)
        self._zip.close()

    def _write(self, path: str, content: bytes) -> None:
        info = ZipInfo(path, EARLIEST)
        info.external_attr, info.create_system = PLAIN_FILE, UNIX
        packed = path.rpartition(".")[2].lower() in PACKED
        info.compress_type = ZIP_STORED if packed else ZIP_DEFLATED
        self._zip.writestr(info, content, compresslevel=6)


def undated(packed: bytes) -> bytes:
    """去除时间: a Word file whose parts bear no time of their packing, so that the same paper is the same bytes."""
    written = BytesIO()
    with ZipFile(BytesIO(packed)) as before, ZipFile(written, "w") as after:
        for one in before.infolist():
            info = ZipInfo(one.filename, EARLIEST)
            info.external_attr, info.create_system, info.compress_type = PLAIN_FILE, UNIX, ZIP_DEFLATED
            after.writestr(info, before.read(one), compresslevel=6)
    return written.getvalue()


def pieces(file: IO[bytes], size: int = 256 * 1024) -> Iterator[bytes]:
    """逐段: what goes over the wire; the file is gone with the last piece."""
    with file:
        file.seek(0)
        while piece := file.read(size):
            yield piece
