"""运行状况: alive, and ready – the database answers, the read models follow, the scheduler's heart beats.

How busy the office is, is nobody else's business: strangers see what is behind, those who keep the service where.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel

from api.bootstrap import Services
from api.errors import SignedOut, problem, responses
from api.holders import API_TOKEN
from api.identity import Held, bearer, present, token_of
from eventstore import seal_status
from eventstore.seal_status import Status
from projections import tracking
from projections.catalogue import VIEWS

router = APIRouter(tags=["运行状况"])

HEARTBEATS = ("scheduler", "sweep", "dispatch")
FRESH = timedelta(minutes=2)
FAR_BEHIND = 5_000
"""Events a read model may be behind (a file being imported) before the service is no longer called ready."""
State = Literal["following", "behind", "stalled"]
"""跟上, 落后, 停滞: what lags goes on by itself; what met a fact that it can't take stands there until somebody mends it."""
SAID: dict[State, str] = {"stalled": "视图停滞，须排除故障", "behind": "视图落后，正在追赶"}
PATIENCE = 2.0
KEEPERS = frozenset({"admin", "inspector", "auditor"})
"""Posts that see positions in the log and instants."""
POSITIONS: dict[str, Any] = {
    "projections": {"__all__": {"position", "head", "stalled_position", "error"}},
    "heartbeats": {"__all__": {"at"}},
    "sealing": {"size", "sealed_at", "fault"},
}
"""What strangers aren't shown."""


class Alive(BaseModel):
    """存活."""

    status: str


class Following(BaseModel):
    """视图进度 — how far one read model is behind, and for those who keep the service its place in the log."""

    name: str
    state: State
    position: int | None = None
    head: int | None = None
    lag: int
    stalled_position: int | None = None
    error: str | None = None


class Heartbeat(BaseModel):
    """心跳 — when a part of the scheduler last showed life."""

    name: str
    at: AwareDatetime | None = None
    fresh: bool


class Sealed(BaseModel):
    """封存 — whether the log is sealed up to its end, and for those who keep the service how far and why not."""

    in_order: bool
    waiting: int
    size: int | None = None
    sealed_at: AwareDatetime | None = None
    fault: str | None = None


class Ready(BaseModel):
    """就绪 — everything that readiness was judged by."""

    status: str
    projections: list[Following]
    heartbeats: list[Heartbeat]
    sealing: Sealed


@router.get("/healthz", summary="存活", response_model=Alive)
async def healthz() -> Any:
    """存活: 进程在运行."""
    # a coroutine, so that it is answered without a thread, however many requests have all of them
    return Alive(status="alive")


async def shown_token(request: Request) -> str | None:
    """所持令牌: of whoever is signed in; nobody has to be."""
    return token_of(request, await bearer(request))


@router.get(
    "/readyz",
    summary="就绪",
    response_model=Ready,
    response_model_exclude_unset=True,
    responses=responses(503),
)
def readyz(services: Held, token: Annotated[str | None, Depends(shown_token)]) -> Any:
    """就绪: 数据库可用、各视图跟上、定时任务有心跳、日志及时封存；否则答 503。位置和时刻只对登录的系统管理员、督查员、审计人员显示."""
    with services.database.pool.connection(timeout=PATIENCE) as connection:
        lags = tracking.lags(connection, tuple(view.name for view in VIEWS))
        rows = connection.execute("SELECT name, at FROM heartbeats").fetchall()
        sealed = seal_status.status(connection)
    beats = _heartbeats({row["name"]: row["at"] for row in rows}, services.clock())
    followed = [Following(state=_state(one), **one) for one in lags]
    report = Ready(status="ready", projections=followed, heartbeats=beats, sealing=_sealing(sealed))
    hidden = None if _keeps(services, token) else POSITIONS
    late = _late(followed)
    silent = [one.name for one in beats if not one.fresh]
    unsealed = (
        [sealed.said if hidden is None else "日志封存未正常进行"] if not report.sealing.in_order else []
    )
    if not late and not silent and not unsealed:
        return Ready(**report.model_dump(exclude=hidden))
    return _not_ready(
        late, silent, unsealed, report.model_dump(mode="json", exclude={"status": True, **(hidden or {})})
    )


def _state(one: tracking.Lag) -> State:
    if one["stalled_position"] is not None:
        return "stalled"
    return "behind" if one["lag"] > FAR_BEHIND else "following"


def _late(followed: list[Following]) -> list[str]:
    """未跟上的视图: those that stand still before those that go on."""
    named = {state: [one.name for one in followed if one.state == state] for state in SAID}
    return [f"{SAID[state]}：{'、'.join(names)}" for state, names in named.items() if names]


def _keeps(services: Services, token: str | None) -> bool:
    if token is None or token.startswith(API_TOKEN):
        return False
    try:
        return present(services, token, seen=False).role in KEEPERS
    except SignedOut:
        return False


def _heartbeats(seen: dict[str, datetime], now: datetime) -> list[Heartbeat]:
    return [
        Heartbeat(name=name, at=seen.get(name), fresh=name in seen and now - seen[name] < FRESH)
        for name in HEARTBEATS
    ]


def _sealing(found: Status) -> Sealed:
    return Sealed(
        in_order=found.fault is None and not found.behind,
        waiting=found.waiting,
        size=found.size,
        sealed_at=found.sealed_at,
        fault=found.fault,
    )


def _not_ready(late: list[str], silent: list[str], unsealed: list[str], content: dict[str, Any]) -> Response:
    said = list(late)
    if silent:
        said.append(f"定时任务无心跳：{'、'.join(silent)}")
    said += unsealed
    return problem(
        503, "health.not_ready", "；".join(said) + "。", headers={"Retry-After": "5"}, details=content
    )
