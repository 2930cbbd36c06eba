"""图片检查: where a picture ends, and what hangs on behind it. Photos of phones carry data of their own there."""

import re

from api.contents import refusals

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_CHUNK = re.compile(rb"[A-Za-z]{4}")
_SMUGGLED = re.compile(
    rb"PK\x03\x04|PK\x05\x06|\x7fELF|%PDF-|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\xca\xfe\xba\xbe"
)
_STARTS_BADLY = (b"MZ", b"#!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"MSCF")
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers without a length."""


def check_png(content: bytes) -> None:
    """PNG: chunk by chunk to the last, and nothing behind it."""
    place, first = len(PNG_HEAD), True
    while True:
        head = content[place : place + 8]
        kind = head[4:]
        if len(head) < 8 or not _CHUNK.fullmatch(kind) or (first and kind != b"IHDR"):
            raise refusals.malformed()
        place += 12 + int.from_bytes(head[:4], "big")
        if place > len(content):
            raise refusals.malformed()
        if kind == b"IEND":
            break
        first = False
    if place != len(content):
        raise refusals.polyglot()


def check_jpeg(content: bytes) -> None:
    """JPEG: to the end of the picture; behind it neither an archive, nor a program, nor another document."""
    rest = content[_end_of_jpeg(content) :]
    if _SMUGGLED.search(rest) or rest.lstrip(b"\x00\t\r\n ").startswith(_STARTS_BADLY):
        raise refusals.polyglot()


def _end_of_jpeg(content: bytes) -> int:
    """Segments have their lengths; the compressed picture itself is searched for the next marker."""
    place = 2
    while True:
        if content[place : place + 1] != b"\xff":
            raise refusals.malformed()
        while content[place + 1 : place + 2] == b"\xff":
            place += 1
        if place + 2 > len(content):
            raise refusals.malformed()
        marker, place = content[place + 1], place + 2
        if marker == 0xD9:
            return place
        if marker in _STANDALONE:
            continue
        length = int.from_bytes(content[place : place + 2], "big")
        if length < 2 or place + length > len(content):
            raise refusals.malformed()
        place += length
        if marker == 0xDA:
            place = _end_of_scan(content, place)


_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


def _end_of_scan(content: bytes, place: int) -> int:
    found = _NEXT_MARKER.search(content, place)
    if found is None:
        raise refusals.malformed()
    return found.start()


def check_tiff(content: bytes) -> None:
    """TIFF: its first directory lies within the file; the format knows no end of the file."""
    at = int.from_bytes(content[4:8], "little" if content.startswith(b"II") else "big")
    if not 8 <= at <= len(content) - 2:
        raise refusals.malformed()
