"""列表: what every list asks first – how far the views have come, whose eyes look, and on which day."""

from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any

import psycopg

from api import paging
from api.bootstrap import Services
from domain.acts import Act
from domain.errors import Busy, Invalid
from eventstore.database import Database
from projections.lights import Lights
from projections.paging import Page
from projections.tracking import head, hurry, reached
from projections.view import Row
from projections.visibility import Visibility
from projections.wait import wait_for

PATIENCE = 5.0
"""Seconds a list waits for the position which the reader has already seen."""
SOON = 1.0
"""Seconds it waits for the replica to have seen it, before it asks the primary."""

MOST_WAITING = 12
"""Requests that may wait at once; each holds a thread."""

_places = BoundedSemaphore(MOST_WAITING)


def wait(services: Services, views: Iterable[str], after: int | None) -> None:
    """等待: until the views have seen the position; not for one that the log hasn't come to. Raises Busy."""
    if not _seen(services, services.database, views, after, PATIENCE):
        raise Busy("projection.behind", "列表尚未更新到所要求的位置，请稍后再查。")


def reading(services: Services, views: Iterable[str], after: int | None = None) -> Database:
    """所读库: whose views have seen the position – the replica if it keeps up, else the primary. Raises Busy."""
    replica = services.replica
    if replica is not None and replica.usable():
        try:
            if _seen(services, replica.database, views, after, SOON):
                return replica.database
        except psycopg.Error:
            replica.rest()
    wait(services, views, after)
    return services.database


def _seen(
    services: Services, database: Database, views: Iterable[str], after: int | None, patience: float
) -> bool:
    if after is None:
        return True
    names = frozenset(views)
    with database.connection() as connection:
        if reached(connection, names) >= after:
            return True
    with services.database.connection() as connection:
        if head(connection) < after:
            return False  # it is to come
        hurry(connection, after)
    if not _places.acquire(blocking=False):
        return False
    try:
        return wait_for(database, names, after, patience)
    finally:
        _places.release()


def eyes(services: Services, act: Act) -> Visibility:
    """可见范围: of the officer, in the post acted in."""
    return Visibility.of(act, services.casework.directory())


def lights(services: Services, act: Act) -> Lights:
    """当日信号灯."""
    return Lights(act.today, services.casework.known(act.at).calendar)


def place(cursor: str | None) -> str | None:
    """翻页标记: one that the database can be asked with. Raises Invalid("cursor.malformed")."""
    if any(isinstance(value, str) and "\x00" in value for value in paging.decode(cursor) or ()):
        raise Invalid("cursor.malformed", "翻页标记无效，请从第一页重新查询。")
    return cursor


def answer(page: Page, shown: Callable[[Row], dict[str, Any]]) -> dict[str, Any]:
    """列表应答: where `total_is_exact` is false there are at least `total`, which is as far as was counted."""
    return {
        "items": [shown(row) for row in page.items],
        "next_cursor": page.next_cursor,
        "total": page.total,
        "total_is_exact": page.counted_all,
    }
