"""时刻参数: the instants by which a single case can be read as of another time."""

import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

EARLIEST, LATEST = 1900, 2199
_SHAPE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+ -][0-9]{2}:?[0-9]{2})"
)


def _instant(value: Any) -> Any:
    """A date and time with an offset; the plus of the offset arrives as a space when the client didn't escape it."""
    if value is None or isinstance(value, datetime):
        return value
    text = str(value)
    if not _SHAPE.fullmatch(text) or not EARLIEST <= int(text[:4]) <= LATEST:
        raise PydanticCustomError("shixian.instant", "应为带时区的时刻，如 2026-03-02T10:00:00+08:00")
    return f"{text[:10]}T{text[11:].replace(' ', '+')}"


_Instant = Annotated[AwareDatetime | None, BeforeValidator(_instant)]
At = Annotated[_Instant, Query(description="当时的情形：该时刻已经发生的事项")]
KnownAt = Annotated[_Instant, Query(description="当时所知：该时刻已经记录的事项、已经公布的规则册和放假安排")]
