"""HTTP 监听: how the application is served. Who sent a request is who connected, unless a proxy was named that says so."""

import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from api.settings import Settings

FAREWELL = 5
"""Seconds for requests under way when the service is told to stop."""


def config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """监听设置: X-Forwarded-For counts from the named proxy alone; anybody could write it."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        proxy_headers=settings.trusted_proxy is not None,
        forwarded_allow_ips=settings.trusted_proxy or "",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=FAREWELL,
    )


def run(app: FastAPI, settings: Settings) -> None:
    """监听: until told to stop; a server that could not start ends the process with code 3."""
    server = uvicorn.Server(config(app, settings))
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)
