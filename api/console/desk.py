"""工作台: what the officer has to do today."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.console.visitors import Paged, Visiting

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)


@router.get("")
def desk(visitor: Visiting) -> HTMLResponse:
    """工作台."""
    return visitor.page("desk.html")
