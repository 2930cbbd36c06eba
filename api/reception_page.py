"""接访安排公示: the published rota for citizens, without signing in – time, place, name and post, and nothing else."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api import reception_desk
from api.console import rendering
from api.console.visitors import Paged
from api.identity import Held
from domain.acts import legal_date
from domain.rota.book import Day

router = APIRouter(route_class=Paged, include_in_schema=False)

SPAN = timedelta(days=27)
"""Four weeks a page."""
FURTHEST = timedelta(days=366)
"""How far from today anybody may look."""


@router.get("/reception")
def published(services: Held, since: Annotated[date | None, Query(alias="from")] = None) -> HTMLResponse:
    """接访安排公示: four weeks from today, or from the day asked for; what was cancelled is shown as such."""
    today = legal_date(services.clock())
    first = min(max(since or today, today - FURTHEST), today + FURTHEST)
    found = reception_desk.days(services, first, first + SPAN)
    earlier, later = first - SPAN - timedelta(days=1), first + SPAN + timedelta(days=1)
    return rendering.page(
        "reception_public.html",
        today=today,
        first=first,
        last=first + SPAN,
        days=_by_day(found),
        earlier=earlier if first > today else None,
        later=later if later <= today + FURTHEST else None,
    )


def _by_day(found: Sequence[Day]) -> list[tuple[date, list[Day]]]:
    return [(on, list(those)) for on, those in groupby(found, key=lambda one: one.entry.on)]
