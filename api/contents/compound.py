"""旧版办公文件检查: the directory of a compound file (doc, xls, wps, et), read without trusting what it says."""

from typing import NamedTuple

from api.contents import refusals
from domain.attachments import DOC, XLS

HEAD = bytes.fromhex("d0cf11e0a1b11ae1")
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_ENTRY, _UNUSED = 128, 0
_LONGEST = 8192
"""Sectors of the longest directory that is read."""
_MACROS = frozenset({"_vba_project", "_vba_project_cur", "vba", "macros"})
_KINDS = {"worddocument": DOC, "workbook": XLS, "book": XLS}


class Entry(NamedTuple):
    """目录项 — a stream or a folder within the file; the three numbers are places in the directory."""

    name: str
    left: int
    right: int
    child: int


def kind_of(content: bytes) -> str:
    """种类: the media type by the streams at the root. Raises Invalid for macros, encryption and other kinds."""
    entries = directory(content)
    refuse_macros(entries)
    names = _at_root(entries)
    if "encryptedpackage" in names:
        raise refusals.encrypted()
    kinds = {_KINDS[name] for name in names & _KINDS.keys()}
    if len(kinds) > 1:
        raise refusals.polyglot()
    if not kinds:
        raise refusals.not_allowed()
    return kinds.pop()


def refuse_macros(entries: list[Entry]) -> None:
    """不收宏: wherever in the file, also in what is embedded in it."""
    if any(one.name in _MACROS for one in entries):
        raise refusals.macro()


def directory(content: bytes) -> list[Entry]:
    """目录: every entry, in the order stored; unused ones keep their place. Raises Invalid."""
    shift = int.from_bytes(content[30:32], "little")
    if not content.startswith(HEAD) or shift not in {9, 12} or len(content) < 512:
        raise refusals.malformed()
    size = 1 << shift
    table = _allocation(content, size)
    if len(content) > (len(table) + 1) * size:
        raise refusals.polyglot()
    found: list[Entry] = []
    chain = _chain(table, _number(content, 48))
    if len(chain) > _LONGEST:
        raise refusals.malformed()
    for sector in chain:
        block = _sector(content, sector, size)
        found += [_entry(block[at : at + _ENTRY]) for at in range(0, size, _ENTRY)]
    if not found:
        raise refusals.malformed()
    return found


def _allocation(content: bytes, size: int) -> list[int]:
    """Which sector follows which; the sectors that tell so are listed in the head and in a chain behind it."""
    listed = _numbers(content[76:512])
    following, visited = _number(content, 68), set[int]()
    while following not in {_END, _FREE}:
        if following in visited:
            raise refusals.malformed()
        visited.add(following)
        *more, following = _numbers(_sector(content, following, size))
        listed += more
    table: list[int] = []
    seen = set[int]()
    for sector in listed:
        if sector in {_END, _FREE}:
            continue
        if sector in seen:
            raise refusals.malformed()
        seen.add(sector)
        table += _numbers(_sector(content, sector, size))
    return table


def _chain(table: list[int], sector: int) -> list[int]:
    found: list[int] = []
    while sector != _END:
        if sector >= len(table) or len(found) > len(table):
            raise refusals.malformed()
        found.append(sector)
        sector = table[sector]
    return found


def _sector(content: bytes, number: int, size: int) -> bytes:
    start = (number + 1) * size
    block = content[start : start + size]
    if len(block) < size:
        raise refusals.malformed()
    return block


def _entry(block: bytes) -> Entry:
    length = int.from_bytes(block[64:66], "little")
    if block[66] == _UNUSED:
        return Entry("", _FREE, _FREE, _FREE)
    name = block[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace").lower()
    return Entry(name, _number(block, 68), _number(block, 72), _number(block, 76))


def _at_root(entries: list[Entry]) -> set[str]:
    names, waiting, visited = set[str](), [entries[0].child], set[int]()
    while waiting:
        place = waiting.pop()
        if place >= len(entries) or place in visited:
            continue
        visited.add(place)
        names.add(entries[place].name)
        waiting += [entries[place].left, entries[place].right]
    return names


def _number(block: bytes, at: int) -> int:
    return int.from_bytes(block[at : at + 4], "little")


def _numbers(block: bytes) -> list[int]:
    return [_number(block, at) for at in range(0, len(block), 4)]
