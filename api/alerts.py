"""预警: the alerts an officer may see, the acknowledgement by name, and new ones as they come."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse

from api import alert_channels, alert_stream, lists
from api.acting import Conditioned, Done, done
from api.alert_shapes import Wording
from api.bodies import Form, Long
from api.bootstrap import Services
from api.errors import READS, WRITES, SignedOut
from api.identity import Held, Signed, Token, present
from api.logs import bind
from api.paging import MOST, USUAL, After, Cursor, Limit
from domain.acts import Act
from domain.alerts.commands import AcknowledgeAlert
from domain.errors import NotYours, Unknown
from domain.rules.authority import READ_ALL_POSTS
from projections import alerts as view
from projections.lights import Lights
from projections.tracking import reached
from projections.view import Connection, Row
from projections.visibility import Visibility

router = APIRouter(tags=["预警"])

STREAMED: dict[int | str, dict[str, Any]] = {
    200: {"description": "事件流", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


class Acknowledgement(Form):
    """签收预警 — with a remark on what will be done."""

    remark: Long


@router.get("/v1/alerts", summary="预警列表", responses=READS)
def alerts(
    services: Held,
    act: Signed,
    to: Literal["me", "unit", "all"] = "me",
    status: Literal["open", "acknowledged", "escalated", "withdrawn"] | None = None,
    light: Literal["green", "yellow", "red", "grey"] | None = None,
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Newest first: raised to me, to my unit, or (for those who read every case) to anybody."""
    if to == "all" and act.role not in READ_ALL_POSTS:
        raise NotYours("alert.all_not_yours", "只能查看发给本人或本单位的预警。")
    place = lists.place(cursor)
    lists.wait(services, view.NEEDS, after)
    visibility, lights = lists.eyes(services, act), lists.lights(services, act)
    with services.database.transaction() as connection:
        found = view.alerts(
            connection, visibility, lights, to=to, status=status, light=light, limit=limit, cursor=place
        )
    return lists.answer(found, Wording(services, act.at).shown)


@router.post("/v1/alerts/{id}/acknowledge", summary="签收预警", response_model=Done, responses=WRITES)
def acknowledge(
    services: Held, act: Signed, sent: Conditioned, response: Response, id: UUID, body: Acknowledgement
) -> dict[str, Any]:
    """By one of its recipients, once. The version is the case's."""
    with services.database.transaction() as connection:
        found = view.alert(connection, lists.eyes(services, act), lists.lights(services, act), id)
    if found is None:
        raise Unknown("alert.unknown", "没有这条预警。")
    bind(**{found["case_kind"]: found["case_id"]}, command="acknowledge-alert")
    key = sent.keyed(f"/v1/alerts/{id}/acknowledge", body)
    command = AcknowledgeAlert(id, body.remark)
    receipt = services.casework.acknowledge(found["case_id"], command, act, expects=sent.expects, key=key)
    return done(receipt, response)


@router.get(
    "/v1/alerts/stream", summary="预警推送", response_class=StreamingResponse, responses={**READS, **STREAMED}
)
def stream(
    request: Request,
    services: Held,
    act: Signed,
    token: Token,
    last_event_id: Annotated[
        str | None, Header(pattern="^[0-9]{1,18}$", description="上次收到的事件编号")
    ] = None,
) -> alert_stream.Streaming:
    """Server-sent events: an event `alert` for each new alert raised to me; its id resumes after a break."""
    since = int(last_event_id) if last_event_id is not None else seen_by_all_views(services)
    bell = alert_stream.bell(services.database.dsn)
    wanted = unread(services, act, token)
    seats: alert_stream.Seats = request.app.state.seats
    return alert_stream.Streaming(alert_stream.stream(bell, wanted, since), seats.take(act.by))


def seen_by_all_views(services: Services) -> int:
    """已达: the position that all the views have seen from which an alert is shown."""
    with services.database.connection() as connection:
        return reached(connection, alert_stream.NEEDS)


def unread(services: Services, act: Act, token: str | None) -> alert_stream.Unread:
    """未读预警: those raised to this officer, by what may be seen and is due on the day of the look, in the same session
    and post as when the stream was opened."""

    def look(since: int, upto: int) -> list[tuple[int, dict[str, Any]]]:
        capacity = f"{act.unit}/{act.role}"
        try:
            now = present(services, token, for_whom=act.for_whom, post=capacity, seen=False)
        except NotYours:
            raise SignedOut("session.post_changed", "职务已变动，请重新打开。") from None
        if upto <= since:
            return []
        with services.database.transaction() as connection:
            rows = _since(connection, lists.eyes(services, now), lists.lights(services, now), since)
        wording = Wording(services, now.at)
        return [(row["position"], wording.shown(row)) for row in reversed(rows) if row["position"] <= upto]

    return look


def _since(connection: Connection, visibility: Visibility, lights: Lights, since: int) -> list[Row]:
    """Newest first, as the list has them, back to the position."""
    rows: list[Row] = []
    cursor = None
    while True:
        page = view.alerts(connection, visibility, lights, to="me", limit=MOST, cursor=cursor)
        rows.extend(row for row in page.items if row["position"] > since)
        cursor = page.next_cursor
        if cursor is None or page.items[-1]["position"] <= since:
            return rows


router.include_router(alert_channels.router)
