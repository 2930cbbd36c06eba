"""预警: those raised to me, to my unit, to anybody; acknowledged where they stand, and new ones as they come."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Form, Header, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from api import alert_stream, cookies, lists
from api import alerts as feed
from api.acting import Conditions
from api.alert_shapes import Wording
from api.bodies import Line, Lines
from api.console import rendering
from api.console.case_places import FOLDERS
from api.console.case_words import said
from api.console.visitors import Paged, Visiting, Visitor, capacity_of, then
from api.errors import SignedOut
from api.identity import Held, present
from api.logs import bind
from domain.acts import Act
from domain.alerts.commands import AcknowledgeAlert
from domain.errors import Invalid, NotYours, Refused, Unknown
from domain.kinds import KINDS as ALL_KINDS
from domain.rules.authority import READ_ALL_POSTS
from projections import alerts as view
from projections.view import Row

ADDRESS = "/console/alerts"
MOST_AT_ONCE = 200
"""Alerts acknowledged with one remark."""
KINDS = {kind.name: kind.label for kind in ALL_KINDS}
LOOKED_AT = 50
"""Alerts looked at for the few that the desk shows."""
STATES = {"delivered": "已送达", "available": "已到达", "pending": "待发送", "dead": "发送失败"}
"""How the deliveries stand."""
IN_APP = "系统内"

router = APIRouter(prefix=ADDRESS, route_class=Paged, include_in_schema=False)

Remark = Annotated[Lines, Form()]
Way = Literal["me", "unit", "all"]
Status = Literal["waiting", "open", "acknowledged", "escalated", "withdrawn", ""]
Light = Literal["green", "yellow", "red", "grey", ""]


def in_background(request: Request, services: Held) -> Act:
    """后台身份: who asks, without that counting as somebody's being there. Raises SignedOut."""
    for_whom, post = capacity_of(request)
    token = request.cookies.get(cookies.SESSION)
    try:
        return present(services, token, for_whom=for_whom, post=post, seen=False)
    except NotYours:
        raise SignedOut("session.post_changed", "职务已变动，请重新打开。") from None


Listening = Annotated[Act, Depends(in_background)]


@router.get("")
def alerts_page(
    visitor: Visiting,
    to: Way = "me",
    status: Status = "waiting",
    light: Light = "",
    cursor: str | None = None,
) -> HTMLResponse:
    """预警: at first those raised to me that nobody has acknowledged; newest first."""
    act = visitor.act
    if to == "all" and act.role not in READ_ALL_POSTS:
        raise NotYours("alert.all_not_yours", "只能查看发给本人或本单位的预警。")
    visibility, lights = lists.eyes(visitor.services, act), lists.lights(visitor.services, act)
    place = lists.place(cursor)
    with visitor.services.database.transaction() as connection:
        found = view.alerts(
            connection, visibility, lights, to=to, status=status or None, light=light or None, cursor=place
        )
    wording = Wording(visitor.services, act.at)
    return visitor.page(
        "alerts.html",
        items=by_limit([shown(visitor, row, wording) for row in found.items]),
        total=found.total,
        next_cursor=found.next_cursor,
        to=to,
        wanted=status,
        light=light,
        all_too=act.role in READ_ALL_POSTS,
        once=str(uuid4()),
    )


@router.post("/acknowledge")
def acknowledge_several(
    request: Request,
    visitor: Visiting,
    remark: Remark = "",
    alert: Annotated[list[UUID] | None, Form(max_length=MOST_AT_ONCE)] = None,
    once: Annotated[Line, Form()] = "",
) -> Response:
    """批量签收: several with one remark; each is acknowledged by itself, and what was refused is said."""
    if not alert:
        return then(request, ADDRESS, "请先勾选要签收的预警。")
    form = _remark(remark)
    faults = []
    for id in dict.fromkeys(alert):
        try:
            _acknowledge(visitor, id, form, once)
        except Refused as refused:
            faults.append(refused.message)
    done = len(dict.fromkeys(alert)) - len(faults)
    told = f"已签收 {done} 条。" + (f"{len(faults)} 条未签收：{faults[0]}" if faults else "")
    return then(request, ADDRESS, told)


@router.post("/{id}/acknowledge")
def acknowledge(
    request: Request,
    visitor: Visiting,
    id: UUID,
    remark: Remark = "",
    once: Annotated[Line, Form()] = "",
) -> Response:
    """签收: in place where the page can, else back to the list."""
    form = _remark(remark)
    row = _acknowledge(visitor, id, form, once)
    if not visitor.is_htmx:
        return then(request, ADDRESS, "已签收。")
    wording = Wording(visitor.services, visitor.act.at)
    acknowledged = row | {
        "acknowledged_by": visitor.act.by,
        "acknowledged_at": visitor.act.at,
        "remark": form.remark,
    }
    response = visitor.page("alerts_row.html", one=shown(visitor, acknowledged, wording), once=once)
    response.headers["HX-Trigger"] = "alerts-changed"
    return response


@router.get("/badge")
def badge(services: Held, act: Listening) -> HTMLResponse:
    """待签收条数: for the menu."""
    return rendering.page("alerts_badge.html", count=_open(services, act))


@router.get("/stream")
def stream(
    request: Request,
    services: Held,
    act: Listening,
    last_event_id: Annotated[str | None, Header(pattern="^[0-9]{1,18}$")] = None,
) -> alert_stream.Streaming:
    """预警推送: new alerts to me as they come, each with how many are open now."""
    token = request.cookies.get(cookies.SESSION)
    since = int(last_event_id) if last_event_id is not None else feed.seen_by_all_views(services)
    look = feed.unread(services, act, token)

    def counted(since: int, upto: int) -> list[tuple[int, dict[str, Any]]]:
        found = look(since, upto)
        return [(at, heard_of(one, _open(services, act))) for at, one in found]

    seats: alert_stream.Seats = request.app.state.seats
    bell = alert_stream.bell(services.database.dsn)
    return alert_stream.Streaming(alert_stream.stream(bell, counted, since), seats.take(act.by))


def open_alerts(visitor: Visitor, most: int) -> tuple[list[dict[str, Any]], int]:
    """本人待签收预警: the last of each limit, newest first, and how many there are in all."""
    visibility, lights = (
        lists.eyes(visitor.services, visitor.act),
        lists.lights(visitor.services, visitor.act),
    )
    with visitor.services.database.transaction() as connection:
        page = view.alerts(connection, visibility, lights, to="me", status="waiting", limit=LOOKED_AT)
    last: dict[tuple[UUID, str, str], Row] = {}
    for row in page.items:
        last.setdefault((row["case_id"], row["clock"], row["part"]), row)
    wording = Wording(visitor.services, visitor.act.at)
    return [shown(visitor, row, wording) for row in list(last.values())[:most]], page.total


def shown(visitor: Visitor, row: Row, wording: Wording) -> dict[str, Any]:
    """预警: as the API shows it, with its case's page, who acknowledged it, and whether I may."""
    one = wording.shown(row)
    names: Sequence[str] = [
        visitor.directory.officer_called(id, row["raised_at"]) for id in row["recipients"]
    ]
    acknowledged_by = one.get("acknowledged_by")
    return one | {
        "href": f"/console/{FOLDERS[row['case_kind']]}/{row['case_id']}",
        "recipient_names": names,
        "acknowledged_name": None
        if acknowledged_by is None
        else visitor.directory.officer_called(acknowledged_by, row["acknowledged_at"]),
        "mine": visitor.act.principal in row["recipients"]
        and acknowledged_by is None
        and row["withdrawn_at"] is None,
        "sent": [
            (IN_APP if each["channel"] == "in_app" else each["channel"], STATES[each["state"]])
            for each in one["deliveries"]
        ],
        "kind_label": KINDS[row["case_kind"]],
        "limit": (row["case_id"], row["clock"], row["start_version"], row["part"]),
        "now": "" if row["withdrawn_at"] is not None else _now(row),
        "earlier": 0,
        "withdrawn_at": row["withdrawn_at"],
        "now_due_on": row["now_due_on"],
    }


def by_limit(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """按时限归并: the steps of one limit stand together, where the newest of them stands."""
    limits: dict[Any, list[dict[str, Any]]] = {}
    for one in items:
        limits.setdefault(one["limit"], []).append(one)
    return [one | {"earlier": at} for steps in limits.values() for at, one in enumerate(steps)]


def _now(row: Row) -> str:
    """现状: how the limit stands today, whatever it was when the alert was raised."""
    days = row["now_days"]
    if row["now"] in {"running", "overdue"} and days is not None:
        return f"现已超期{-days}天" if days < 0 else "现在今日到期" if days == 0 else f"现在还有{days}天"
    return f"现{said('clock_state', row['now'])}"


def _acknowledge(visitor: Visitor, id: UUID, form: feed.Acknowledgement, once: str) -> Row:
    services, act = visitor.services, visitor.act
    with services.database.transaction() as connection:
        found = view.alert(connection, lists.eyes(services, act), lists.lights(services, act), id)
    if found is None:
        raise Unknown("alert.unknown", "没有这条预警。")
    bind(**{found["case_kind"]: found["case_id"]}, command="acknowledge-alert")
    sent = Conditions(None, f"console.{once}.{id}" if once else None)
    key = sent.keyed(f"{ADDRESS}/{id}/acknowledge", form)
    services.casework.acknowledge(found["case_id"], AcknowledgeAlert(id, form.remark), act, key=key)
    return found


def _remark(remark: str) -> feed.Acknowledgement:
    try:
        return feed.Acknowledgement.model_validate({"remark": remark})
    except ValidationError:
        raise Invalid("alert.remark_missing", "请填写签收意见，说明准备如何办理。") from None


def _open(services: Held, act: Act) -> int:
    with services.database.transaction() as connection:
        return view.open_to_me(connection, lists.eyes(services, act))


def heard_of(one: dict[str, Any], count: int) -> dict[str, Any]:
    """新预警: what a page says of one; nothing of whom or of what the case is about."""
    told = ("case_number", "step_label", "clock_label", "due_on", "light")
    return {name: one[name] for name in told} | {"open": count}
