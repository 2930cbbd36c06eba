"""应用: the HTTP service, put together from its routers. No rule and no query lives here."""

from functools import partial
from typing import Any

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline

from api import (
    accounts,
    acting,
    alert_stream,
    alerts,
    archives,
    attachments,
    case_what_if,
    commands,
    deadlines,
    directory,
    dossiers,
    errors,
    export_jobs,
    exports,
    feed,
    filing,
    health,
    holders,
    import_templates,
    imports,
    item_acts,
    items,
    judged,
    limit_moves,
    oidc,
    own_password,
    petitions,
    progress,
    progress_page,
    readings,
    reception,
    reception_desk,
    reception_page,
    rules,
    seal_receivers,
    seals,
    sessions,
    setup_page,
    similar,
    statistics,
    store_checks,
    tokens,
    webhooks,
)
from api.bootstrap import Services
from api.console import console
from api.cookies import SameSite
from api.evenness import Evenness
from api.intake import Intake, Watch
from api.papers import keeping
from api.shortcut import Shortcut
from api.together import Together

PARTS = (
    sessions,
    oidc,
    setup_page,
    own_password,
    accounts,
    tokens,
    directory,
    commands,
    petitions,
    case_what_if,
    similar,
    item_acts,
    items,
    exports,
    filing,
    reception_desk,
    reception,
    reception_page,
    dossiers,
    readings,
    deadlines,
    alerts,
    feed,
    webhooks,
    rules,
    limit_moves,
    seal_receivers,
    seals,
    import_templates,
    imports,
    judged,
    statistics,
    attachments,
    archives,
    keeping,
    progress,
    progress_page,
    health,
)

ABOUT = (
    "信访与督查事项的登记、流转、时限与预警。日期为北京时间的法定日期；错误一律为 application/problem+json。"
    "顶岗人员代人办理时以请求头 Acting-For 写明所代人员，以兼任职务办理时以 Acting-As 写明“单位/职务”。"
)


def create_app(services: Services) -> FastAPI:
    """建立应用: over services that are ready to be used; closing them stays with the caller."""
    app = put_together(services.settings.beat)
    set_up(app, services)
    return app


def put_together(beat: float) -> FastAPI:
    """组装: every route and every layer, with nothing behind them yet."""
    # with the interactive pages' files served from here: an office's network may not reach any other host
    app = FastAPIOffline(title="时限", version="1", description=ABOUT, redirect_slashes=False, redoc_url=None)
    errors.install(app)
    for part in PARTS:
        app.include_router(part.router)
    console.install(app)
    app.add_middleware(Shortcut, ways=acting.WAYS)
    app.add_middleware(Intake)
    app.add_middleware(Evenness, beat=beat)
    app.add_middleware(SameSite)
    app.add_middleware(Watch)
    app.add_middleware(CorrelationIdMiddleware)
    # the framework documents this assignment; its type says method
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def set_up(app: FastAPI, services: Services) -> None:
    """配备: the services behind the routes, and all that the application remembers while it runs."""
    app.state.services = services
    app.state.signing_in = Together(partial(holders.find, services))
    app.state.acting = Together(partial(acting.deal, services))
    app.state.doorkeeper = sessions.Doorkeeper(services.settings.password_checks)
    app.state.seats = alert_stream.Seats()
    app.state.export_jobs = export_jobs.Jobs()
    app.state.checks = store_checks.Checks(services)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """接口说明: with the one shape of all errors; 422 is a problem too, not the framework's own shape."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = errors.PROBLEM_SCHEMA
        made["components"]["responses"] = errors.shared(made["paths"])
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = made
    return app.openapi_schema
