"""Applications on loan: one is put together for many tests, and set up anew for each that borrows it.

Putting one together and finding its routes at the first request costs a tenth of a second and some megabytes which
the framework's own caches never give back.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from api.app import put_together, set_up
from api.bootstrap import Services

_idle: dict[float, list[tuple[FastAPI, int]]] = defaultdict(list)


@contextmanager
def lent(services: Services) -> Iterator[FastAPI]:
    """An application over these services alone; one to which a test added a route isn't lent again."""
    idle = _idle[services.settings.beat]
    if not idle:
        made = put_together(services.settings.beat)
        idle.append((made, len(made.routes)))
    app, routes = idle.pop()
    set_up(app, services)
    yield app
    del app.state.services
    if len(app.routes) == routes:
        idle.append((app, routes))
