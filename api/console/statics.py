"""静态文件: style, scripts and vendored libraries, served from here alone and kept by browsers until they change."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
ADDRESS = "/console/static"
KEPT = "public, max-age=31536000, immutable"


class Statics(StaticFiles):
    """静态文件 — each address names the content's digest, so a kept copy is never stale."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """应答: the file, to be kept."""
        response = await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            response.headers["Cache-Control"] = KEPT
        return response


@cache
def address(name: str) -> str:
    """地址: of a static file, with the digest of what it holds."""
    content = (FOLDER / name).read_bytes()
    return f"{ADDRESS}/{name}?v={sha256(content).hexdigest()[:12]}"
