"""A server on an inherited socket, at a fixed instant, for the test of how it ends."""

import socket
import sys
from datetime import datetime

import uvicorn

from api.app import create_app
from api.bootstrap import build
from api.settings import Settings


def main(descriptor: int, now: datetime) -> None:
    with build(Settings.read(), lambda: now) as services, socket.socket(fileno=descriptor) as opened:
        config = uvicorn.Config(create_app(services), log_config=None, access_log=False)
        uvicorn.Server(config).run([opened])


if __name__ == "__main__":
    main(int(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
