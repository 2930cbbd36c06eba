"""档案页: files whose retention has run out, those lent and those about to be destroyed; the register; the table itself."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api import archives, custody_shapes, lists, paging
from api.console.visitors import Paged, Visiting, Visitor
from domain.rules.authority import CASELESS_POSTS
from projections import archive_lists
from projections.archive_lists import Sought, Wanted

HOME = "/console/archives"
router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)

View = Literal["due", "kept", "lent", "asked", "register", "table"]
TABS: dict[View, str] = {
    "due": "到期待鉴定",
    "asked": "销毁办理中",
    "lent": "已借出",
    "kept": "在管案卷",
    "register": "销毁清册",
    "table": "保管期限表",
}
PLACES = {"petition": "petitions", "item": "supervision-items", "reception": "reception"}
Cursor = Annotated[str | None, Query(max_length=400)]


@router.get("")
def archives_page(visitor: Visiting, view: View | None = None, cursor: Cursor = None) -> HTMLResponse:
    """档案页."""
    caseless = visitor.act.role in CASELESS_POSTS
    tabs = {one: label for one, label in TABS.items() if one in _open_to(visitor)}
    shown: View = view if view in tabs else next(iter(tabs))
    place = lists.place(cursor)
    told: dict[str, Any] = {"rows": [], "total": 0, "next_cursor": None, "table": None}
    if shown == "table":
        told["table"] = custody_shapes.table()
    elif shown == "register":
        told |= _register(visitor, place)
    else:
        told |= _files(visitor, shown, place)
    return visitor.page(
        "archives.html",
        tabs=tabs,
        view=shown,
        places=PLACES,
        caseless=caseless,
        title=TABS[shown],
        said=_said,
        **told,
    )


@router.get("/register.xlsx")
def register_sheet(visitor: Visiting) -> Response:
    """销毁清册（Excel）. Raises NotYours."""
    archives.must_read_register(visitor.act)
    return archives.sheet(visitor.services, visitor.act, Sought())


def _open_to(visitor: Visitor) -> frozenset[str]:
    """Those who have no cases see the register and the table; who has no part in the register, all but that."""
    role = visitor.act.role
    if role in CASELESS_POSTS:
        return frozenset({"register", "table"})
    return frozenset(TABS) - (frozenset() if role in archives.REGISTER_POSTS else {"register"})


def _files(visitor: Visitor, view: Any, cursor: str | None) -> dict[str, Any]:
    today, directory = visitor.act.today, visitor.directory
    with visitor.services.database.transaction() as connection:
        page = archive_lists.files(
            connection,
            lists.eyes(visitor.services, visitor.act),
            today,
            Wanted(state=view),
            limit=paging.USUAL,
            cursor=cursor,
        )
    rows = [archives.listed(row, directory, today) for row in page.items]
    return {"rows": rows, "total": page.total, "next_cursor": page.next_cursor}


def _register(visitor: Visitor, cursor: str | None) -> dict[str, Any]:
    page = archives.entries(visitor.services, visitor.act, Sought(), paging.USUAL, cursor)
    rows = [archives.entry(row, visitor.directory) for row in page.items]
    return {"rows": rows, "total": page.total, "next_cursor": page.next_cursor}


VALUES = {
    "yes": "是",
    "no": "否",
    "accusation": "检举控告",
    "meeting": "会议议定",
}
ATTRIBUTES = {"category": "类别", "instructed": "领导批示", "answered": "有处理结果", "form": "形式"}


def _said(only: dict[str, list[str]]) -> str:
    """适用条件用语."""
    told = [
        f"{ATTRIBUTES[name]}：{'、'.join(VALUES.get(value, value) for value in values)}"
        for name, values in only.items()
    ]
    return "；".join(told) or "其他"
