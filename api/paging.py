"""分页: cursors as opaque text, and how many rows a list may be asked for."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Query

from domain.errors import Invalid

T = TypeVar("T", str, int)

MOST, USUAL = 200, 50
LONGEST = 500
"""Characters of a cursor; none of ours is nearly as long."""

Limit = Annotated[int, Query(ge=1, le=MOST, description="每页条数，最多 200")]
Cursor = Annotated[str | None, Query(description="上一页返回的 next_cursor")]
After = Annotated[
    int | None,
    Query(ge=0, le=2**63 - 1, description="等待列表更新到该位置（最多 5 秒）"),
]


def encode(cursor: tuple[Any, ...]) -> str:
    """编码: the text that stands for the place where a page ended."""
    return urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def decode(text: str | None) -> tuple[Any, ...] | None:
    """解码: the place a cursor stands for, None for the first page. Raises Invalid("cursor.malformed")."""
    if text is None:
        return None
    try:
        if len(text) > LONGEST:
            raise ValueError
        values = msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=list[Any])
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise Invalid("cursor.malformed", "翻页标记无效，请从第一页重新查询。") from error
    return tuple(values)


def place(text: str | None, kind: type[T], first: T) -> T:
    """起点: what a cursor of one part stands for, `first` for the first page. Raises Invalid("cursor.malformed")."""
    values = decode(text)
    if values is None:
        return first
    match values:
        case (kind() as found,) if "\x00" not in str(found):
            return found
        case _:
            raise Invalid("cursor.malformed", "翻页标记无效，请从第一页重新查询。")
