"""故障页: what a page says instead of itself – refused, not found, broken – in words, with where to go from there.

Asked for as a piece of a page, it is a piece, and goes to the place where pages show their faults.
"""

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from api.console import rendering
from api.errors import TITLES

HOMES = {
    "/console": ("/console", "回到工作台"),
    "/progress": ("/progress", "回到查询页"),
    "/reception": ("/reception", "回到接访安排"),
}
"""Where the pages of each part begin; everything else is no page."""


def is_page(scope: Scope) -> bool:
    """是否页面: whether somebody reads the answer in a browser."""
    return _part(scope) in HOMES


def fault(
    scope: Scope,
    status: int,
    code: str,
    message: str,
    basis: str | None = None,
    way: tuple[str, str] | None = None,
) -> Response:
    """故障页: as a page or as a piece of one; `way` is where to go from there, the beginning of the part unless told."""
    piece = "hx-request" in Headers(scope=scope)
    home, back = way or HOMES.get(_part(scope), HOMES["/console"])
    response = rendering.page(
        "fault_piece.html" if piece else "fault.html",
        status=status,
        title=TITLES[status],
        code=code,
        message=message,
        basis=basis,
        home=home,
        back=back,
    )
    return as_piece(response) if piece else response


def as_piece(response: Response) -> Response:
    """提示片段: an answer that goes to the place for faults, and leaves everything else on the page as it is."""
    response.headers["HX-Retarget"] = "#faults"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _part(scope: Scope) -> str:
    return "/" + str(scope["path"]).strip("/").partition("/")[0]
