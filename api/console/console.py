"""控制台的各页, put together; whatever address is left says that there is no such page."""

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException

from api.console import (
    account,
    accounts,
    alerts,
    archives,
    calendars,
    case_acts,
    case_opening,
    cases,
    channels,
    desk,
    directory,
    dossiers,
    faults,
    imports,
    ledger_exports,
    ledgers,
    paper_templates,
    papers,
    readings,
    reception,
    reception_log,
    reception_rota,
    reception_shifts,
    register,
    replays,
    rule_changes,
    rules,
    seals,
    sign_in,
    statics,
    statistics,
    tokens,
    webhooks,
)
from api.console.visitors import Paged, refusal
from api.errors import problem, said
from domain.errors import Unknown

PAGES = (
    sign_in,
    desk,
    register,
    reception_log,
    reception_rota,
    reception_shifts,
    reception,
    alerts,
    account,
    cases,
    case_acts,
    case_opening,
    replays,
    papers,
    dossiers,
    paper_templates,
    archives,
    ledgers,
    ledger_exports,
    directory,
    accounts,
    tokens,
    channels,
    webhooks,
    statistics,
    readings,
    seals,
    imports,
    calendars,
    rule_changes,
    rules,
)
"""各页: the modules of pages, each with its router; one page's address is never another's beginning."""

rest = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)


@rest.get("/{path:path}")
def no_such_page(request: Request, path: str) -> Response:
    """无此页."""
    return refusal(request, Unknown("request.no_such_address", "没有这个页面。"))


async def _on_http(request: Request, error: HTTPException) -> Response:
    """What the framework refuses before a page's own route is reached: where somebody reads the answer it is a page."""
    if not faults.is_page(request.scope) or request.url.path.startswith(statics.ADDRESS):
        return problem(*said(error), headers=error.headers)
    response = faults.fault(request.scope, *said(error))
    response.headers.update(error.headers or {})
    return response


def install(app: FastAPI) -> None:
    """安装: every page and the files they load."""
    # the framework calls a handler with what it was registered for; its type says any exception
    app.add_exception_handler(HTTPException, _on_http)  # type: ignore[arg-type]
    app.mount(statics.ADDRESS, statics.Statics(directory=statics.FOLDER), name="console-static")
    for one in PAGES:
        app.include_router(one.router)
    app.include_router(rest)
