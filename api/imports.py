"""导入: a file is taken in at once and worked off in the background; its progress and its refused lines can be read."""

from collections.abc import Mapping, Sequence
from threading import Event, Thread
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import psycopg
import structlog
from eventsourcing.persistence import InterfaceError, OperationalError
from fastapi import APIRouter, File, Form, UploadFile
from psycopg.types.json import Jsonb
from pydantic import AwareDatetime, BaseModel

from api import letters, paging
from api.bootstrap import Services
from api.csvlines import Refusal
from api.errors import READS, WRITES
from api.identity import Held, Signed, SignedFirst
from api.letters import Landing, Reading
from api.logs import bind, place
from api.paging import USUAL, Cursor, Limit
from domain.acts import Act, legal_date
from domain.errors import Busy, Invalid, NotYours, Refused, Unknown
from domain.petition import registration
from domain.rules.authority import OFFICE_POSTS

router = APIRouter(prefix="/v1/imports", tags=["导入"], route_class=SignedFirst)

LEASE = 60
"""Seconds without progress after which another worker takes an import over."""
POLL = 1.0
MOST_KEPT = 1000
"""Refused lines that are kept of one import; the rest are counted."""
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError, Busy)
"""The database's failures, not the file's: the import goes on when they have passed."""

log = structlog.get_logger("imports")


class Accepted(BaseModel):
    """已接收."""

    id: UUID


class RefusedLine(BaseModel):
    """未导入的行 — the number of the line on which the record starts, and why."""

    line: int
    reason: str


class Counts(BaseModel):
    """导入概况 — of `total` records `done` are dealt with: landed, present before, or refused."""

    id: UUID
    kind: str
    filename: str
    state: Literal["waiting", "running", "done", "failed"]
    total: int
    done: int
    landed: int
    present: int
    refused_total: int
    by: str
    created_at: AwareDatetime
    updated_at: AwareDatetime


class Progress(Counts):
    """导入进度 — with the first refused lines, of which there may be more than are kept."""

    refused: list[RefusedLine]


class ImportList(BaseModel):
    """导入列表 — newest first."""

    items: list[Counts]
    next_cursor: str | None
    total: int


@router.post("", status_code=202, responses=WRITES, summary="导入来信")
def take_in(
    services: Held,
    act: Signed,
    kind: Annotated[Literal["letters"], Form(description="导入种类：letters 为已答复的来信")],
    file: Annotated[UploadFile, File(description=f"CSV，UTF-8 编码，首行为：{'、'.join(letters.COLUMNS)}")],
) -> Accepted:
    """接收文件，在后台逐批导入；合格的行入库，不合格的行列明行号和原因；重复导入不会增加任何内容."""
    if act.role not in OFFICE_POSTS:
        raise NotYours("import.not_yours", "历史来信由信访工作机构导入。")
    registration.office_of(act, services.casework.directory())
    content = file.file.read()
    letters.read(content, act.today)
    id = uuid4()
    bind(command="import", file=id)
    with services.database.transaction() as connection:
        connection.execute(
            "INSERT INTO imports (id, kind, filename, content, by, unit, role, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (id, kind, _plain(file.filename), content, act.by, act.unit, act.role, act.at),
        )
    return Accepted(id=id)


@router.get("/{id}", responses=READS, summary="导入进度")
def progress(id: UUID, services: Held, act: Signed) -> Progress:
    """已处理多少条、入库多少条，未导入的行号和原因（至多列出 1000 行）."""
    _must_see(act)
    with services.database.connection() as connection:
        row = connection.execute(f"SELECT {_COUNTS}, refused FROM imports WHERE id = %s", (id,)).fetchone()
    if row is None:
        raise Unknown("import.unknown", "没有这次导入。")
    refused = sorted(row["refused"], key=lambda one: int(one["line"]))
    return Progress(**{**row, "refused": refused})


@router.get("", responses=READS, summary="导入列表")
def imports(services: Held, act: Signed, cursor: Cursor = None, limit: Limit = USUAL) -> ImportList:
    """最近的在前."""
    _must_see(act)
    after = paging.decode(cursor)
    with services.database.connection() as connection:
        counted = connection.execute("SELECT count(*) AS n FROM imports").fetchone()
        try:
            rows = connection.execute(
                f"SELECT {_COUNTS} FROM imports WHERE %(id)s::uuid IS NULL"
                " OR (created_at, id) < (%(at)s::timestamptz, %(id)s::uuid)"
                " ORDER BY created_at DESC, id DESC LIMIT %(limit)s",
                {"at": after[0] if after else None, "id": after[1] if after else None, "limit": limit + 1},
            ).fetchall()
        except (psycopg.DataError, psycopg.ProgrammingError, IndexError) as error:
            raise Invalid("cursor.malformed", "翻页标记无效，请从第一页重新查询。") from error
    last = rows[limit - 1] if len(rows) > limit else None
    following = paging.encode((last["created_at"].isoformat(), str(last["id"]))) if last else None
    items = [Counts(**row) for row in rows[:limit]]
    return ImportList(items=items, next_cursor=following, total=counted["n"] if counted else 0)


_COUNTS = (
    "id, kind, filename, state, total, done, landed, present, by, created_at, updated_at,"
    " greatest(done - landed - present, jsonb_array_length(refused)) AS refused_total"
)
_PLACE = "id, total, done, updated_at, jsonb_array_length(refused) AS kept"
"""How far a worker has come; the file itself isn't read again for every batch."""


def _must_see(act: Act) -> None:
    if act.role not in OFFICE_POSTS | {"auditor"}:
        raise NotYours("import.not_yours", "导入记录由信访工作机构和审计人员查看。")


def _kept(refused: Sequence[Refusal], room: int) -> Jsonb:
    """The first of these lines, as many as there is room for."""
    return Jsonb([{"line": one.line, "reason": one.reason} for one in refused[: max(room, 0)]])


def _plain(filename: str | None) -> str:
    """The file's own name without folders and control characters."""
    name = (filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(one for one in name if one.isprintable())[:200] or "letters.csv"


class ImportWorker:
    """导入进程 — works off what was sent, one file at a time; any number may run, on any machine."""

    def __init__(self, services: Services, *, poll: float = POLL, lease: float = LEASE) -> None:
        self._services = services
        self._poll = poll
        self._lease = lease
        self._stopping = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """开始."""
        self._thread = Thread(target=self._run, name="imports", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """停止: after the batch under way; what is left goes on at the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def run_once(self) -> bool:
        """处理一件: the oldest file that waits, or one whose worker died; whether there was any."""
        row = self._claim()
        if row is None:
            return False
        try:
            self._work_off(row)
        except AWAY:
            raise
        except Exception as error:
            reason = error.message if isinstance(error, Refused) else "系统故障，导入中断，请联系管理员。"
            log.error("import.failed", file=str(row["id"]), error=type(error).__name__, at=place(error))
            self._finish(row["id"], "failed", [{"line": 1, "reason": reason}])
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self.run_once():
                    continue
            except AWAY as error:
                log.warning("import.interrupted", error=type(error).__name__)
            self._stopping.wait(self._poll)

    def _claim(self) -> Mapping[str, Any] | None:
        with self._services.database.transaction() as connection:
            return connection.execute(
                "UPDATE imports SET state = 'running', updated_at = now() WHERE id = ("
                " SELECT id FROM imports WHERE state = 'waiting'"
                " OR (state = 'running' AND updated_at < now() - make_interval(secs => %s))"
                " ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *",
                (self._lease,),
            ).fetchone()

    def _work_off(self, row: Mapping[str, Any]) -> None:
        reading = letters.read(bytes(row["content"]), legal_date(row["created_at"]))
        held = self._begin(row, reading)
        if held is None:
            return
        skipped = held["done"] - len(reading.refused) - reading.repeated
        for landing in letters.land(
            self._services.casework, reading.letters[skipped:], lambda: self._act(row)
        ):
            noted = self._note(held, landing)
            if noted is None:
                return
            held = noted
            if self._stopping.is_set():
                self._give_back(row["id"])
                return
        self._finish(row["id"], "done", [])
        log.info("import.done", file=str(row["id"]), total=reading.total)

    def _act(self, row: Mapping[str, Any]) -> Act:
        return Act(by=row["by"], unit=row["unit"], role=row["role"], at=self._services.clock())

    def _begin(self, row: Mapping[str, Any], reading: Reading) -> Mapping[str, Any] | None:
        """What has been done so far: by an earlier worker, or by reading the file."""
        known = len(reading.refused) + reading.repeated
        with self._services.database.transaction() as connection:
            if row["total"]:
                return connection.execute(
                    f"SELECT {_PLACE} FROM imports WHERE id = %s", (row["id"],)
                ).fetchone()
            return connection.execute(
                "UPDATE imports SET total = %s, done = %s, present = %s, refused = %s, updated_at = now()"
                f" WHERE id = %s RETURNING {_PLACE}",
                (reading.total, known, reading.repeated, _kept(reading.refused, MOST_KEPT), row["id"]),
            ).fetchone()

    def _note(self, held: Mapping[str, Any], landing: Landing) -> Mapping[str, Any] | None:
        """One batch further; None if another worker has taken the file over meanwhile."""
        with self._services.database.transaction() as connection:
            return connection.execute(
                "UPDATE imports SET done = done + %s, landed = landed + %s, present = present + %s,"
                " refused = refused || %s, updated_at = now() WHERE id = %s AND updated_at = %s"
                f" RETURNING {_PLACE}",
                (
                    landing.done,
                    landing.landed,
                    landing.present,
                    _kept(landing.refused, MOST_KEPT - held["kept"]),
                    held["id"],
                    held["updated_at"],
                ),
            ).fetchone()

    def _give_back(self, id: UUID) -> None:
        with self._services.database.transaction() as connection:
            connection.execute(
                "UPDATE imports SET state = 'waiting' WHERE id = %s AND state = 'running'", (id,)
            )

    def _finish(self, id: UUID, state: str, refused: list[dict[str, Any]]) -> None:
        """The text of the letters is in the cases now; the file itself is kept no longer than needed."""
        with self._services.database.transaction() as connection:
            connection.execute(
                "UPDATE imports SET state = %s, content = '', refused = refused || %s, updated_at = now()"
                " WHERE id = %s",
                (state, Jsonb(refused), id),
            )
