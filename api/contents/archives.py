"""压缩包检查: Office and OFD files are zip archives; what their directory tells is checked before anything is unpacked.

Then every entry is unpacked in pieces that are thrown away, never further than the directory said: a directory can lie.
"""

import re
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from api.contents import compound, refusals
from domain.attachments import DOCX, OFD, PPTX, XLSX
from domain.errors import Invalid

HEAD, ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
MOST_ENTRIES = 10_000
LARGEST_DIRECTORY = 4 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
SMALL = 10 * 1024 * 1024
MOST_RATIO = 100
"""More than `SMALL` bytes may not become more than this many times of what was sent."""
LARGEST_NESTED = 20 * 1024 * 1024
PIECE = 64 * 1024
_LOOKED_AT = 2048

_TYPES = "[content_types].xml"
_KINDS = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
    b"presentationml.presentation.main+xml": PPTX,
}
_ARCHIVES = (HEAD, b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"MSCF")
_PROGRAMS = re.compile(
    r"\.(exe|dll|com|scr|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|lnk|jar|class|dex|sh|php|html?|mht)$"
)
_BEGINS_LIKE_PROGRAM = (
    b"MZ", b"#!", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf",
)  # fmt: skip
_BEGINS_LIKE_PAGE = re.compile(
    rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(<\?xml[^>]*\?>\s*)?(<!--.{0,500}?-->\s*)*"
    rb"(<!doctype html|<html|<head|<body|<script|<iframe|<hta:|<\?php|<%|mime-version:|@echo)",
    re.IGNORECASE | re.DOTALL,
)
_EMBEDDED_OFFICE = re.compile(r"embeddings/[^/]+\.(docx|xlsx|pptx)$")
_UNREADABLE = (BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error, EOFError)
"""What reading a crooked archive raises; the zip reader says NotImplementedError of methods that it doesn't know."""


@dataclass
class Allowance:
    """余量 — how much all entries together, those of embedded files too, may still unpack to."""

    left: int
    depth: int = 0
    types: bytes = b""
    names: set[str] = field(default_factory=set)


def kind_of(content: bytes) -> str:
    """种类: the media type by what the archive says it is. Raises Invalid for whatever is wrong with it."""
    allowance = Allowance(max(SMALL, min(LARGEST_UNPACKED, MOST_RATIO * len(content))))
    return _kind_of(content, allowance)


def _kind_of(content: bytes, allowance: Allowance) -> str:
    archive = _opened(content)
    _check_entries(archive)
    _check_layout(content, archive)
    total = sum(one.file_size for one in archive.infolist())
    if total > allowance.left:
        raise refusals.bomb("解压后过大")
    allowance.left -= total
    for info in archive.infolist():
        _check_entry(content, info, allowance)
    return _told(allowance)


def _opened(content: bytes) -> ZipFile:
    """The directory stands at the very end, without a comment, and is as small as an honest one."""
    if content[-22:-18] != END or content[-2:] != b"\x00\x00":
        raise refusals.polyglot() if END in content[-70_000:] else refusals.malformed()
    count, size = struct.unpack("<HI", content[-12:-6])
    if count > MOST_ENTRIES or size > LARGEST_DIRECTORY:
        raise refusals.bomb("条目过多")
    try:
        archive = ZipFile(BytesIO(content))
    except _UNREADABLE:
        raise refusals.malformed() from None
    if len(archive.infolist()) > MOST_ENTRIES:
        raise refusals.bomb("条目过多")
    return archive


def _check_entries(archive: ZipFile) -> None:
    """What the directory says of each entry: where it would be unpacked to, and how."""
    seen: set[str] = set()
    for info in archive.infolist():
        name = info.orig_filename
        if not _is_safe(name) or not _is_safe(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
            raise Invalid("attachment.bad_name", "压缩内容中有不安全的路径，不能接收。")
        if info.flag_bits & 0x2041:
            raise refusals.encrypted()
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise refusals.not_allowed()
        if name.lower() in seen:
            raise refusals.polyglot()
        seen.add(name.lower())


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    return (
        0 < len(name) <= 250
        and not name.startswith("/")
        and "\\" not in name
        and ":" not in name
        and name.isprintable()
        and not {"..", "."} & set(parts)
    )


def _check_layout(content: bytes, archive: ZipFile) -> None:
    """Entries lie one behind the other from the first byte to the directory: none twice, and nothing between them."""
    place, may_follow = 0, {0}
    for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
        if info.header_offset < place:
            raise refusals.bomb("条目相互重叠")
        if info.header_offset - place not in may_follow:
            raise refusals.polyglot()
        place = _data_at(content, info) + info.compress_size
        may_follow = {0, 12, 16, 20, 24} if info.flag_bits & 0x08 else {0}
    if archive.start_dir - place not in may_follow:
        raise refusals.polyglot()


def _data_at(content: bytes, info: ZipInfo) -> int:
    """Where an entry's data begin: behind its own head, which names it as the directory does."""
    at = info.header_offset + 30
    head = content[info.header_offset : at]
    if len(head) < 30 or not head.startswith(HEAD):
        raise refusals.malformed()
    name, extra = struct.unpack("<HH", head[26:30])
    named = content[at : at + name].decode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")
    if named != info.orig_filename:
        raise refusals.polyglot()
    return at + int(name) + int(extra)


def _check_entry(content: bytes, info: ZipInfo, allowance: Allowance) -> None:
    """What an entry is: no program, no macro, no archive but an Office file embedded in an Office file."""
    name = info.filename.lower()
    if name.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name:
        raise refusals.macro()
    if _PROGRAMS.search(name):
        raise refusals.not_allowed()
    pieces = _unpacked(content, info)
    first = next(pieces, b"")
    if first.startswith(_BEGINS_LIKE_PROGRAM) or _is_page(first):
        raise refusals.not_allowed()
    if allowance.depth == 0:
        allowance.names.add(name)
    if name == _TYPES:
        _check_types(first + b"".join(pieces), allowance)
    elif first.startswith(compound.HEAD):
        compound.refuse_macros(compound.directory(_whole(first, pieces, info)))
    elif first.startswith(_ARCHIVES):
        if not (first.startswith(HEAD) and _EMBEDDED_OFFICE.search(name) and allowance.depth == 0):
            raise refusals.bomb("压缩包中还有压缩包")
        inner = Allowance(allowance.left, depth=1)
        _kind_of(_whole(first, pieces, info), inner)
        allowance.left = inner.left
    for _ in pieces:
        pass


def _is_page(first: bytes) -> bool:
    """Whatever it is called, a page or a script by its beginning; in wide characters too."""
    return _BEGINS_LIKE_PAGE.match(first[:_LOOKED_AT].replace(b"\0", b"")) is not None


def _whole(first: bytes, rest: Iterator[bytes], info: ZipInfo) -> bytes:
    if info.file_size > LARGEST_NESTED:
        raise refusals.bomb("嵌入的文件过大")
    return first + b"".join(rest)


def _check_types(types: bytes, allowance: Allowance) -> None:
    if b"macroenabled" in types.lower():
        raise refusals.macro()
    allowance.types = types


def _told(allowance: Allowance) -> str:
    kinds = {kind for sign, kind in _KINDS.items() if sign in allowance.types}
    if allowance.depth == 0 and "ofd.xml" in allowance.names:
        kinds.add(OFD)
    if len(kinds) > 1:
        raise refusals.polyglot()
    if not kinds:
        raise refusals.not_allowed()
    return kinds.pop()


def _unpacked(content: bytes, info: ZipInfo) -> Iterator[bytes]:
    """An entry in pieces, never more than its directory said. Raises Invalid where it has more, or another length."""
    start = _data_at(content, info)
    packed, given = content[start : start + info.compress_size], 0
    for piece in [packed] if info.compress_type == ZIP_STORED else _inflated(packed):
        given += len(piece)
        if given > info.file_size:
            raise refusals.bomb("内容超过所声明的大小")
        yield piece
    if given != info.file_size:
        raise refusals.malformed()


def _inflated(packed: bytes) -> Iterator[bytes]:
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while not inflating.eof:
            piece = inflating.decompress(packed, PIECE)
            packed = inflating.unconsumed_tail
            if not piece and not packed:
                break
            yield piece
    except zlib.error:
        raise refusals.malformed() from None
    if inflating.unused_data or not inflating.eof:
        raise refusals.malformed()
