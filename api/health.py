"""运行状况: alive, and ready – the database answers, the read models follow, the scheduler's heart beats."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel

from api.errors import problem, responses
from api.identity import Held
from projections import tracking
from projections.catalogue import VIEWS

router = APIRouter(tags=["运行状况"])

HEARTBEATS = ("scheduler", "sweep", "dispatch")
FRESH = timedelta(minutes=2)
FAR_BEHIND = 5_000
"""Events a read model may be behind (a file being imported) before the service is no longer called ready."""
PATIENCE = 2.0


class Alive(BaseModel):
    """存活."""

    status: str


class Following(BaseModel):
    """视图进度 — one read model's place in the log."""

    name: str
    position: int
    head: int
    lag: int
    stalled_position: int | None = None
    error: str | None = None


class Heartbeat(BaseModel):
    """心跳 — when a part of the scheduler last showed life."""

    name: str
    at: AwareDatetime | None = None
    fresh: bool


class Ready(BaseModel):
    """就绪 — everything that readiness was judged by."""

    status: str
    projections: list[Following]
    heartbeats: list[Heartbeat]


@router.get("/healthz", summary="存活", response_model=Alive)
async def healthz() -> Any:
    """存活: 进程在运行."""
    # a coroutine, so that it is answered without a thread, however many requests have all of them
    return Alive(status="alive")


@router.get("/readyz", summary="就绪", response_model=Ready, responses=responses(503))
def readyz(services: Held) -> Any:
    """就绪: 数据库可用、各视图跟上、定时任务有心跳；否则答 503."""
    with services.database.pool.connection(timeout=PATIENCE) as connection:
        lags = tracking.lags(connection, tuple(view.name for view in VIEWS))
        rows = connection.execute("SELECT name, at FROM heartbeats").fetchall()
    beats = _heartbeats({row["name"]: row["at"] for row in rows}, services.clock())
    report = Ready(status="ready", projections=[Following(**one) for one in lags], heartbeats=beats)
    behind = [one["name"] for one in lags if one["stalled_position"] is not None or one["lag"] > FAR_BEHIND]
    silent = [one.name for one in beats if not one.fresh]
    if not behind and not silent:
        return report
    return _not_ready(behind, silent, report)


def _heartbeats(seen: dict[str, datetime], now: datetime) -> list[Heartbeat]:
    return [
        Heartbeat(name=name, at=seen.get(name), fresh=name in seen and now - seen[name] < FRESH)
        for name in HEARTBEATS
    ]


def _not_ready(behind: list[str], silent: list[str], report: Ready) -> Response:
    said = []
    if behind:
        said.append(f"视图停滞或落后：{'、'.join(behind)}")
    if silent:
        said.append(f"定时任务无心跳：{'、'.join(silent)}")
    content = report.model_dump(mode="json", exclude={"status"})
    return problem(
        503, "health.not_ready", "；".join(said) + "。", headers={"Retry-After": "5"}, details=content
    )
