"""字库: which characters the fonts of the PDF have. What they lack is shown by its code point, never left out."""

import struct
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as fonts

FILES = (Path(fonts.serif_path()), Path(fonts.sans_path()))
TAB = "\u3000\u3000"
"""制表符: a PDF has none; what it set apart stays apart."""
_CONTROLS = frozenset("\n\t")


@cache
def covered() -> frozenset[int]:
    """所收字符: the code points that every font has."""
    first, *others = (frozenset(_characters(path.read_bytes())) for path in FILES)
    return first.intersection(*others)


def missing(text: str) -> list[str]:
    """所缺字符: those of a text, each once, in order."""
    have = covered()
    return list(dict.fromkeys(one for one in text if ord(one) not in have and one not in _CONTROLS))


def shown(value: Any) -> Any:
    """可印内容: texts, also those in lists, with each character that no font has replaced by its code point."""
    if isinstance(value, str):
        value, lacking = value.replace("\t", TAB), missing(value)
        return value.translate({ord(one): f"□（U+{ord(one):04X}）" for one in lacking}) if lacking else value
    return [shown(one) for one in value]


def lacking(data: Mapping[str, Any]) -> list[str]:
    """所缺字符: of all texts of a paper."""
    texts = [one for value in data.values() for one in ([value] if isinstance(value, str) else value)]
    return missing("".join(texts))


def _characters(font: bytes) -> Iterator[int]:
    """The code points of the table "cmap", from its subtable of full Unicode."""
    count = struct.unpack(">H", font[4:6])[0]
    records = (font[12 + 16 * i : 28 + 16 * i] for i in range(count))
    start = next(struct.unpack(">I", one[8:12])[0] for one in records if one[:4] == b"cmap")
    subtables = struct.unpack(">H", font[start + 2 : start + 4])[0]
    for i in range(subtables):
        offset = start + struct.unpack(">I", font[start + 8 + 8 * i : start + 12 + 8 * i])[0]
        if struct.unpack(">H", font[offset : offset + 2])[0] == 12:
            groups = struct.unpack(">I", font[offset + 12 : offset + 16])[0]
            for group in struct.iter_unpack(">III", font[offset + 16 : offset + 16 + 12 * groups]):
                yield from range(group[0], group[1] + 1)
            return
