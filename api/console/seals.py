"""日志封存页: how sealing goes, the key to compare, the whole store verified on demand, heads of ours and of others."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api import paging, seals, store_checks
from api.console.visitors import Paged, Visiting, then
from eventstore import seal_keys, seal_status, sealed_tree, witnessed
from scheduler import publishing

HOME = "/console/seals"
PAGE = 20
OTHERS = 10
"""Heads of other offices on the page."""
SHOWN = 100
"""Findings on the page; the command line lists more."""
router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)


@router.get("")
def seals_page(request: Request, visitor: Visiting, cursor: str | None = None) -> HTMLResponse:
    """日志封存."""
    seals.keeper(visitor.act)
    before = paging.place(cursor, int, 0) or None
    with visitor.services.database.transaction() as connection:
        found = sealed_tree.heads_before(connection, before, PAGE + 1)
        keys = seal_keys.known(connection, visitor.services.settings.keys_folder)
        status = seal_status.status(connection)
        others = witnessed.latest(connection, None, OTHERS)
        receivers = publishing.receivers(connection)
    shown = found[:PAGE]
    return visitor.page(
        "seals.html",
        sealing=status,
        healthy=status.fault is None and not status.behind,
        heads=shown,
        following=paging.encode((shown[-1].size,)) if len(found) > PAGE else None,
        keys={id: key.hex() for id, key in keys.items()},
        others=others,
        receivers=receivers,
        restorations=visitor.services.casework.restorations(),
        **_check(request),
    )


@router.get("/check")
def check_piece(request: Request, visitor: Visiting) -> Response:
    """核验进度: asked for as a piece; otherwise the page."""
    seals.keeper(visitor.act)
    if not visitor.is_htmx:
        return then(request, HOME)
    return visitor.page("seals_check.html", **_check(request))


@router.post("/check")
def check(request: Request, visitor: Visiting) -> Response:
    """立即核验."""
    seals.keeper(visitor.act)
    checks: store_checks.Checks = request.app.state.checks
    checks.start(visitor.act.by)
    return then(request, HOME, "核验已在后台开始，可以离开本页。")


def _check(request: Request) -> dict[str, Any]:
    checks: store_checks.Checks = request.app.state.checks
    last = checks.last()
    findings = last.outcome.findings if last is not None and last.outcome is not None else []
    return {"check": last, "findings": findings[:SHOWN], "more": max(0, len(findings) - SHOWN)}
