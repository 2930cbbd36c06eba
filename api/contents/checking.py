"""文件类型检查: which of the kinds taken in a content is. The name is not asked; it has to fit afterwards.

The library knows what hundreds of formats begin with; what lies behind the beginning is checked format by format.
"""

import re
from collections.abc import Callable

import puremagic

from api.contents import archives, compound, pictures, refusals
from domain.attachments import JPEG, PDF, PNG, TEXT, TIFF

_WINDOW = 1024
"""Bytes at the beginning that programs look at when they guess what a file is."""
_MARKUP = re.compile(rb"<script|<html|<svg|<iframe|<!doctype html|<\?php|<hta:", re.IGNORECASE)
_SCRIPT = re.compile(rb"<script|<hta:", re.IGNORECASE)
_HANDLERS = re.compile(rb"javascript:|onerror=", re.IGNORECASE)
_OTHER_ARCHIVES = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")
_TAIL = 65_536 + 22
"""Where the end of a zip archive's directory may lie, comment included."""
_NOT_TEXT = r"[\x00-\x08\x0b\x0e-\x1f\x7f]"
_NOT_TEXT_BYTES, _NOT_TEXT_SIGNS = re.compile(_NOT_TEXT.encode()), re.compile(_NOT_TEXT)
_ACTIVE = frozenset({".html", ".htm", ".svg", ".xml", ".rtf", ".ps", ".eps", ".php", ".hta", ".mht", ".wsf"})
_BEGINS_ACTIVE = ("#!", "<?", "<%", "%!ps", "{\\rtf", "mime-version:", "@echo")


def media_type_of(content: bytes) -> str:
    """类型: the media type. Raises Invalid, with a code that begins with "attachment."."""
    if not content:
        raise refusals.empty()
    begins = _begins_like(content)
    for ending, head, check in _FAMILIES:
        if ending in begins and content.startswith(head):
            return check(content)
    return _text(content, begins)


def _begins_like(content: bytes) -> set[str]:
    """The endings of every format that begins like this, as the library knows them."""
    try:
        return {one.extension for one in puremagic.magic_string(content[: 16 * _WINDOW])}
    except puremagic.PureError:
        return set()


def _archive(content: bytes) -> str:
    if b"%PDF-" in content[:_WINDOW] or _MARKUP.search(content[:_WINDOW]):
        raise refusals.polyglot()
    return archives.kind_of(content)


def _compound(content: bytes) -> str:
    _check_alone(content)
    return compound.kind_of(content)


def _pdf(content: bytes) -> str:
    """From its first byte to its last end mark, and nothing behind that."""
    _check_alone(content)
    _check_no_archive(content)
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise refusals.malformed()
    if content[end + 5 :].strip(b"\x00\t\n\x0c\r ") or _MARKUP.search(content[:_WINDOW]):
        raise refusals.polyglot()
    return PDF


def _picture(kind: str, check: Callable[[bytes], None]) -> Callable[[bytes], str]:
    def checked(content: bytes) -> str:
        _check_alone(content)
        if b"%PDF-" in content[:_WINDOW] or _MARKUP.search(content) or _HANDLERS.search(content):
            raise refusals.polyglot()
        _check_no_archive(content)
        check(content)
        return kind

    return checked


def _check_alone(content: bytes) -> None:
    """No archive in it that an unpacker would find, whatever the file is besides."""
    if archives.END in content[-_TAIL:] or _OTHER_ARCHIVES.search(content):
        raise refusals.polyglot()


def _check_no_archive(content: bytes) -> None:
    """Nor one further in, which patient unpackers find all the same: the end of a directory, and an entry of it.

    An Office file of old kind may have an archive in its midst: what is embedded in it.
    """
    if archives.END in content and archives.ENTRY in content:
        raise refusals.polyglot()


def _text(content: bytes, begins: set[str]) -> str:
    """Text in one of the encodings that offices write, and nothing that a program takes for a page or a script."""
    text = _decoded(content)
    if text is None:
        raise refusals.not_allowed()
    beginning = text[:_WINDOW].lstrip().lower()
    if begins & _ACTIVE or beginning.startswith(_BEGINS_ACTIVE):
        raise refusals.not_allowed()
    if "%pdf-" in beginning or _MARKUP.search(beginning.encode()) or _SCRIPT.search(text.encode()):
        raise refusals.polyglot()
    return TEXT


def _decoded(content: bytes) -> str | None:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and _NOT_TEXT_BYTES.search(content):
        return None
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _NOT_TEXT_SIGNS.search(text) else text
    return None


_FAMILIES: tuple[tuple[str, bytes, Callable[[bytes], str]], ...] = (
    (".docx", archives.HEAD, _archive),
    (".doc", compound.HEAD, _compound),
    (".pdf", b"%PDF-", _pdf),
    (".png", pictures.PNG_HEAD, _picture(PNG, pictures.check_png)),
    (".jpg", b"\xff\xd8\xff", _picture(JPEG, pictures.check_jpeg)),
    (".tif", b"II*\x00", _picture(TIFF, pictures.check_tiff)),
    (".tif", b"MM\x00*", _picture(TIFF, pictures.check_tiff)),
)
"""For each family: what the library calls it, what it begins with, and what makes sure of it."""
