"""试算页: which open cases would move, page by page; counted once and kept a while for the officer who asked."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

MOST_KEPT = 8
PER_PAGE = 100

_kept: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Preview:
    """试算结果的一页 — of `total` clocks that move, in `cases` cases of `compared`."""

    items: list[dict[str, Any]]
    total: int
    cases: int
    compared: int
    page: int
    pages: int


def of(officer: str, content: str, page: int, count: Callable[[], dict[str, Any]]) -> Preview:
    """试算: the first page counts anew; a later one looks on what was counted for it."""
    key = officer, content
    with _lock:
        found = _kept.get(key) if page > 1 else None
    if found is None:
        found = count()
        with _lock:
            _kept[key] = found
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    pages = max(1, -(-len(found["items"]) // PER_PAGE))
    page = min(max(page, 1), pages)
    start = (page - 1) * PER_PAGE
    return Preview(
        found["items"][start : start + PER_PAGE],
        found["total"],
        found["cases"],
        found["compared"],
        page,
        pages,
    )
