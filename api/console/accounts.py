"""账户各页: who can sign in and how, what another manager has to confirm, and the code that is handed over once.

Nobody sets another's password here: the page shows a link that its owner uses once.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import accounts, two_managers
from api.account_shapes import AccountShown, Asked, Code, ConfirmedSubject, Opening, Subject
from api.bodies import Form
from api.console import slips
from api.console.forms import Unfilled, form_data
from api.console.slips import Slip, field
from api.console.visitors import Paged, Visiting, Visitor, then
from domain.directory.decisions import POSTS
from domain.errors import Refused, Unknown
from projections.view import Row

HOME = "/console/accounts"
CHANGES_SHOWN = 50
MOST = 200
router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)
Given = Annotated[FormData, Depends(form_data)]
Deed = Callable[[Visitor, str, Form, Response], Any]


def _reset(visitor: Visitor, account: str, _: Form, response: Response) -> Any:
    return accounts.reset(account, visitor.services, visitor.act, response)


def _confirm_reset(visitor: Visitor, account: str, _: Form, response: Response) -> Any:
    return accounts.confirm_reset(account, visitor.services, visitor.act)


def _lock(visitor: Visitor, account: str, _: Form, response: Response) -> Any:
    return accounts.lock(account, visitor.services, visitor.act)


def _unlock(visitor: Visitor, account: str, _: Form, response: Response) -> Any:
    return accounts.unlock(account, visitor.services, visitor.act)


def _end_sessions(visitor: Visitor, account: str, _: Form, response: Response) -> Any:
    return accounts.end_all(account, visitor.services, visitor.act)


def _link(visitor: Visitor, account: str, form: Form, response: Response) -> Any:
    subject = Subject(subject=getattr(form, "subject", None))
    return accounts.link(account, visitor.services, visitor.act, subject, response)


def _confirm_link(visitor: Visitor, account: str, form: Form, response: Response) -> Any:
    confirmed = ConfirmedSubject.model_validate(form.model_dump())
    return accounts.confirm_link(account, visitor.services, visitor.act, confirmed)


DEEDS: Mapping[str, tuple[Deed, str]] = {
    "reset": (_reset, "已重设口令。"),
    "confirm-reset": (_confirm_reset, "已重设口令。"),
    "lock": (_lock, "账户已锁定，会话立即失效。"),
    "unlock": (_unlock, "账户已解锁。"),
    "sessions": (_end_sessions, "已结束全部会话。"),
    "link": (_link, "已更改绑定。"),
    "confirm-link": (_confirm_link, "已绑定。"),
}


@router.get("")
def accounts_page(visitor: Visiting, cursor: str | None = None) -> HTMLResponse:
    """账户: all of them, what waits for another manager, and what was done last."""
    return _page(visitor, _opening(visitor), cursor)


@router.post("")
def open_account(visitor: Visiting, given: Given) -> HTMLResponse:
    """开户: the code is shown this once."""
    slip = _opening(visitor)
    try:
        form = slip.read(given)
        made = accounts.open_account(visitor.services, visitor.act, Opening.model_validate(form.model_dump()))
    except Unfilled as faults:
        return _page(visitor, slip.refused(given, (), faults.problems), status=422)
    except Refused as refused:
        again = slip.refused(given, (slips.said(refused),), {})
        return _page(visitor, again, status=slips.status_of(refused))
    return _handed_over(visitor, made)


@router.get("/of/{account}")
def account_page(account: str, visitor: Visiting) -> HTMLResponse:
    """一个账户: how its owner can sign in, and what can be done with it."""
    return _one(visitor, account)


@router.post("/of/{account}/{slug}")
def change_account(account: str, slug: str, request: Request, visitor: Visiting, given: Given) -> Response:
    """重设口令、锁定、解锁、结束会话、绑定."""
    if slug not in DEEDS:
        raise Unknown("request.no_such_address", "没有这个页面。")
    deed, note = DEEDS[slug]
    slip = next((one for one in _slips(visitor, _shown(visitor, account)) if one.slug == slug), None)
    try:
        form = slip.read(given) if slip is not None else Form()
        answer = deed(visitor, account, form, Response())
    except Unfilled as faults:
        return _one(visitor, account, slip and slip.refused(given, (), faults.problems), 422)
    except Refused as refused:
        marked = slip and slip.refused(given, (slips.said(refused),), {})
        if marked is None:
            raise
        return _one(visitor, account, marked, slips.status_of(refused))
    if isinstance(answer, Code):
        return _handed_over(visitor, answer)
    if isinstance(answer, Asked):
        note = "已提出申请，请另一名管理人员在24小时内到本页确认。"
    return then(request, f"{HOME}/of/{account}", note)


def _page(visitor: Visitor, slip: Slip, cursor: str | None = None, status: int = 200) -> HTMLResponse:
    found = accounts.accounts(visitor.services, visitor.act, MOST, cursor)
    changes = accounts.changes(visitor.services, visitor.act, CHANGES_SHOWN)
    return visitor.page(
        "accounts.html",
        status=status,
        accounts=found.items,
        following=found.next_cursor,
        changes=changes.items,
        waiting=[_asked(visitor, row) for row in _waiting(visitor)],
        slip=slip.shown() if visitor.act.role in two_managers.MANAGERS else None,
        **_names(visitor),
    )


def _one(visitor: Visitor, account: str, marked: Slip | None = None, status: int = 200) -> HTMLResponse:
    shown = _shown(visitor, account)
    offered = _slips(visitor, shown)
    changes = accounts.changes(visitor.services, visitor.act, MOST).items
    return visitor.page(
        "account_one.html",
        status=status,
        account=shown,
        slips=[(marked if marked and marked.slug == one.slug else one).shown() for one in offered],
        waiting=[_asked(visitor, row) for row in _waiting(visitor) if row["account"] == account],
        changes=[one for one in changes if one.account == account],
        **_names(visitor),
    )


def _handed_over(visitor: Visitor, code: Code) -> HTMLResponse:
    """交付设置码: shown on this page and never again."""
    address = str(visitor.request.base_url).rstrip("/") + code.page
    return visitor.page("account_code.html", code=code, address=address, **_names(visitor))


def _shown(visitor: Visitor, account: str) -> AccountShown:
    accounts.must_read(visitor.act)
    cursor: str | None = None
    while True:
        found = accounts.accounts(visitor.services, visitor.act, MOST, cursor)
        shown = next((one for one in found.items if one.username == account), None)
        if shown is not None:
            return shown
        if found.next_cursor is None:
            raise Unknown("account.unknown", "没有这个账户。")
        cursor = found.next_cursor


def _waiting(visitor: Visitor) -> list[Row]:
    with visitor.services.database.connection() as connection:
        return two_managers.waiting(connection, visitor.act.at)


def _asked(visitor: Visitor, row: Row) -> dict[str, Any]:
    """待确认: whose account or token, who asked, and whether this officer may confirm."""
    labels = {"reset": "重设口令", "linked": "绑定统一身份认证", "token_made": "发放令牌"}
    is_token = row["what"] == "token_made"
    whose = row["account"].removeprefix("token:")
    officer = visitor.directory.officers.get(whose)
    return {
        "what": row["what"],
        "label": labels[row["what"]],
        "whose": officer.name if is_token and officer is not None else whose,
        "by": row["by"],
        "at": row["at"],
        "until": row["until"],
        "own": _is_own(visitor, row) or visitor.act.role not in two_managers.MANAGERS,
        "href": "/console/tokens" if is_token else f"{HOME}/of/{row['account']}",
    }


def _is_own(visitor: Visitor, row: Row) -> bool:
    """本人所提: by this officer, or in whose place this one acts."""
    hands = {visitor.act.by, visitor.act.for_whom} - {None}
    return bool(hands & {row["by"], row["for_whom"]})


def _opening(visitor: Visitor) -> Slip:
    directory = visitor.directory
    with visitor.services.database.connection() as connection:
        held = {row["officer"] for row in connection.execute("SELECT officer FROM accounts")}
    offered = tuple(
        (one.id, f"{one.name}（{directory.unit_name(one.unit)} · {POSTS[one.post]}）")
        for one in directory.officers.values()
        if one.serving and one.id not in held
    )
    fields = (
        field("officer", "人员", "choice", choices=offered),
        field(
            "username", "登录名", required=False, help="不填则用人员标识；可用字母、汉字、数字和 . @ + - _"
        ),
    )
    note = "开户后显示一次性设置链接，交给本人设置口令；须由任命该人员以外的管理人员办理。"
    return Slip("open", "开户", HOME, fields, Opening, "开户", note)


def _slips(visitor: Visitor, shown: AccountShown) -> list[Slip]:
    act = visitor.act
    if act.role not in two_managers.MANAGERS or shown.officer in {act.by, act.for_whom}:
        return []
    here = f"{HOME}/of/{shown.username}"
    asked = {row["what"]: row for row in _waiting(visitor) if row["account"] == shown.username}
    found: list[Slip] = []
    if shown.locked:
        found.append(
            Slip("unlock", "解锁账户", f"{here}/unlock", button="解锁", help="解锁后可以用原口令登录。")
        )
    else:
        if "reset" not in asked or not _is_own(visitor, asked["reset"]):
            found.append(_resetting(here, asked))
        told = "不能再登录，会话和设置链接立即失效。"
        found.append(Slip("lock", "锁定账户", f"{here}/lock", button="锁定", help=told, warn=True))
    if shown.sessions:
        told = f"现有{shown.sessions}个会话，全部立即失效；账户仍可登录。"
        found.append(
            Slip("sessions", "结束全部会话", f"{here}/sessions", button="结束会话", help=told, warn=True)
        )
    own_link = "linked" in asked and _is_own(visitor, asked["linked"])
    if visitor.services.settings.oidc is not None and not own_link:
        found.append(_linking(here, asked))
    return found


def _resetting(here: str, asked: Mapping[str, Row]) -> Slip:
    if "reset" in asked:
        told = "另一名管理人员已提出重设。确认后原口令和会话立即失效，并显示一次性设置链接。"
        return Slip(
            "confirm-reset",
            "确认重设口令",
            f"{here}/confirm-reset",
            button="确认重设",
            help=told,
            opened=True,
        )
    told = (
        "原口令和会话立即失效，并显示一次性设置链接，交给本人设置新口令。领导、督查员、审计、系统管理员及其顶岗人员的，"
        "先提出申请，由另一名管理人员确认。"
    )
    return Slip("reset", "重设口令", f"{here}/reset", button="重设口令", help=told, warn=True)


def _linking(here: str, asked: Mapping[str, Row]) -> Slip:
    if "linked" in asked:
        fields = (field("subject", "用户标识", help="按认证方提供的标识填写，不以申请人所说为准。"),)
        return Slip(
            "confirm-link",
            "确认绑定统一身份认证",
            f"{here}/confirm-link",
            fields,
            ConfirmedSubject,
            "确认绑定",
        )
    fields = (field("subject", "用户标识", required=False, help="认证方的用户标识；不填则解除绑定。"),)
    return Slip("link", "绑定统一身份认证", f"{here}/link", fields, SubjectOrNone, "绑定")


class SubjectOrNone(Form):
    """统一身份认证标识 — none ends the link."""

    subject: str | None = None


def _names(visitor: Visitor) -> dict[str, Any]:
    directory = visitor.directory
    return {
        "posts": POSTS,
        "names": {id: one.name for id, one in directory.officers.items()} | {"system": "系统"},
        "units": {id: one.name for id, one in directory.units.items()},
    }
