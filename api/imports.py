"""导入: a file is taken in at once and worked off in the background; its progress and its refused lines can be read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from threading import Event, Thread
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import psycopg
import structlog
from eventsourcing.persistence import InterfaceError, OperationalError
from fastapi import APIRouter, File, Form, Response, UploadFile
from psycopg.types.json import Jsonb
from pydantic import AwareDatetime, BaseModel

from api import paging, sheets
from api.bootstrap import Services
from api.csvlines import Refusal
from api.errors import READS, WRITES
from api.identity import Held, Signed, SignedFirst
from api.import_kinds import KINDS, KindName, must_send, visible
from api.landing import Landing, Lines
from api.logs import bind, place
from api.paging import USUAL, Cursor, Limit
from api.sheets import Column
from domain.acts import Act, legal_date
from domain.errors import Busy, Invalid, NotNow, Refused, Unknown
from domain.petition import registration
from domain.rules.authority import OFFICE_POSTS
from domain.secrets import IMPORT
from eventstore import sealed_contents

router = APIRouter(prefix="/v1/imports", tags=["导入"], route_class=SignedFirst)

LEASE = 60
"""Seconds without progress after which another worker takes an import over."""
POLL = 1.0
MOST_KEPT = 1000
"""Refused lines that are kept of one import; the rest are counted."""
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError, Busy)
"""The database's failures, not the file's: the import goes on when they have passed."""

log = structlog.get_logger("imports")


State = Literal["waiting", "running", "done", "failed", "cancelled"]


class Accepted(BaseModel):
    """已接收."""

    id: UUID


class RefusedLine(BaseModel):
    """未导入的行 — the number of the line on which the record starts, the column it is about, and why."""

    line: int
    column: str | None = None
    reason: str


class Counts(BaseModel):
    """导入概况 — of `total` records `done` are dealt with: landed, present before, or refused."""

    id: UUID
    kind: str
    filename: str
    state: State
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


@router.post("", status_code=202, responses=WRITES, summary="导入")
def take_in(
    services: Held,
    act: Signed,
    kind: Annotated[
        KindName,
        Form(description="导入种类：letters 已答复的来信，petitions 信访台账，supervision-items 督查台账"),
    ],
    file: Annotated[
        UploadFile,
        File(description="CSV 或者 .xlsx，列名见 /v1/import-templates；letters 为 UTF-8 编码的 CSV"),
    ],
) -> Accepted:
    """接收文件，在后台逐批导入；合格的行入库，不合格的行列明行号、列和原因；重复导入不会增加任何内容."""
    must_send(KINDS[kind], act)
    return Accepted(id=receive(services, act, kind, file.filename, file.file.read()))


def receive(services: Services, act: Act, kind: str, filename: str | None, content: bytes) -> UUID:
    """接收文件: looked through at once, worked off later. Raises NotYours, and Invalid for what is no such file."""
    chosen = KINDS[kind]
    must_send(chosen, act)
    if act.role in OFFICE_POSTS:
        registration.office_of(act, services.casework.directory())
    chosen.must_be_readable(content, act.today)
    id = uuid4()
    bind(command="import", file=id)
    sealed = sealed_contents.seal(services.keys, str(id), IMPORT, content)
    with services.database.transaction() as connection:
        connection.execute(
            "INSERT INTO imports (id, kind, filename, content, sealed, by, unit, role, created_at)"
            " VALUES (%s, %s, %s, %s, true, %s, %s, %s, %s)",
            (id, kind, _plain(filename), sealed, act.by, act.unit, act.role, act.at),
        )
    return id


@router.get("/{id}", responses=READS, response_model_exclude_none=True, summary="导入进度")
def progress(id: UUID, services: Held, act: Signed) -> Progress:
    """已处理多少条、入库多少条，未导入的行号、列和原因（至多列出 1000 行）."""
    kinds = visible(act)
    with services.database.connection() as connection:
        row = connection.execute(
            f"SELECT {_COUNTS}, refused FROM imports WHERE id = %s AND kind = ANY(%s)", (id, kinds)
        ).fetchone()
    if row is None:
        raise _unknown()
    refused = sorted(row["refused"], key=lambda one: int(one["line"]))
    return Progress(**{**row, "refused": refused})


@router.get("/{id}/refused.{ending}", responses=READS, response_class=Response, summary="未导入的行")
def refused_lines(id: UUID, ending: Literal["xlsx", "csv"], services: Held, act: Signed) -> Response:
    """未导入的行号、列和原因，供核对后改正；不含单元格的内容."""
    found = progress(id, services, act)
    rows = [(one.line, one.column or "", one.reason) for one in found.refused]
    name = f"未导入的行_{found.filename.rsplit('.', 1)[0]}.{ending}"
    if ending == "csv":
        content = "".join(sheets.csv_lines(REFUSED_COLUMNS, rows)).encode()
        return sheets.download(name, sheets.CSV, content)
    book = BytesIO()
    sheets.write(book, "未导入的行", REFUSED_COLUMNS, rows, act.at)
    return sheets.download(name, sheets.XLSX, book.getvalue())


@router.post("/{id}/cancel", responses=WRITES, response_model_exclude_none=True, summary="取消导入")
def cancel(id: UUID, services: Held, act: Signed) -> Progress:
    """当前一批之后停止；已入库的保留，其余可以再次执行."""
    return _set(services, act, id, "cancelled", ("waiting", "running"), "导入已经结束，不能取消。")


@router.post("/{id}/resume", responses=WRITES, response_model_exclude_none=True, summary="再次执行导入")
def resume(id: UUID, services: Held, act: Signed) -> Progress:
    """从停止之处继续；已入库的不会重复."""
    return _set(
        services, act, id, "waiting", ("cancelled",), "只有已取消的导入可以再次执行；其他的请重新上传文件。"
    )


@router.get("", responses=READS, summary="导入列表")
def imports(services: Held, act: Signed, cursor: Cursor = None, limit: Limit = USUAL) -> ImportList:
    """最近的在前；只列出本人职务可以导入的种类，审计人员可查全部."""
    kinds = visible(act)
    after = paging.decode(cursor)
    with services.database.connection() as connection:
        counted = connection.execute(
            "SELECT count(*) AS n FROM imports WHERE kind = ANY(%s)", (kinds,)
        ).fetchone()
        try:
            rows = connection.execute(
                f"SELECT {_COUNTS} FROM imports WHERE kind = ANY(%(kinds)s) AND (%(id)s::uuid IS NULL"
                " OR (created_at, id) < (%(at)s::timestamptz, %(id)s::uuid))"
                " ORDER BY created_at DESC, id DESC LIMIT %(limit)s",
                {
                    "kinds": kinds,
                    "at": after[0] if after else None,
                    "id": after[1] if after else None,
                    "limit": limit + 1,
                },
            ).fetchall()
        except (psycopg.DataError, psycopg.ProgrammingError, IndexError) as error:
            raise Invalid("cursor.malformed", "翻页标记无效，请从第一页重新查询。") from error
    last = rows[limit - 1] if len(rows) > limit else None
    following = paging.encode((last["created_at"].isoformat(), str(last["id"]))) if last else None
    items = [Counts(**row) for row in rows[:limit]]
    return ImportList(items=items, next_cursor=following, total=counted["n"] if counted else 0)


def _set(
    services: Services, act: Act, id: UUID, state: State, before: Sequence[State], otherwise: str
) -> Progress:
    found = progress(id, services, act)
    must_send(KINDS[found.kind], act)
    with services.database.transaction() as connection:
        changed = connection.execute(
            "UPDATE imports SET state = %s WHERE id = %s AND state = ANY(%s) RETURNING id",
            (state, id, list(before)),
        ).fetchone()
    if changed is None:
        raise NotNow("import.wrong_state", otherwise)
    log.info("import.set", file=str(id), state=state)
    return progress(id, services, act)


def _unknown() -> Unknown:
    return Unknown("import.unknown", "没有这次导入。")


REFUSED_COLUMNS = (Column("行号", "number", 8), Column("列", "text", 16), Column("原因", "text", 80))
_COUNTS = (
    "id, kind, filename, state, total, done, landed, present, by, created_at, updated_at,"
    " greatest(done - landed - present, jsonb_array_length(refused)) AS refused_total"
)
_PLACE = "id, state, total, done, updated_at, jsonb_array_length(refused) AS kept"
"""How far a worker has come; the file itself isn't read again for every batch."""


def _kept(refused: Sequence[Refusal], room: int) -> Jsonb:
    """The first of these lines, as many as there is room for."""
    return Jsonb([_line(one) for one in refused[: max(room, 0)]])


def _line(refusal: Refusal) -> dict[str, Any]:
    column = {} if refusal.column is None else {"column": refusal.column}
    return {"line": refusal.line, **column, "reason": refusal.reason}


WRITTEN = {"%0D": "", "%0A": " ", "%22": '"'}
"""What browsers write in a form for the signs that a file's name can't have there."""


def _plain(filename: str | None) -> str:
    """The file's own name without folders and control characters."""
    name = (filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    for written, meant in WRITTEN.items():
        name = name.replace(written, meant)
    return "".join(one for one in name if one.isprintable())[:200] or "未命名"


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
        kind = KINDS[row["kind"]]
        with self._beating(row["id"]):
            content = sealed_contents.of_row(self._services.keys, row, str(row["id"]), IMPORT)
            if content is None:
                raise Invalid("import.cleared", "文件内容已按规定清除，请重新上传。")
            reading = kind.read(content, legal_date(row["created_at"]))
        held = self._begin(row, reading)
        if held is None or held["state"] != "running":
            return
        skipped = held["done"] - len(reading.refused) - reading.repeated
        for landing in kind.land(self._services.casework, reading, skipped, lambda: self._act(row)):
            held = self._note(held, landing)
            if held is None or held["state"] != "running":
                return
            if self._stopping.is_set():
                self._give_back(row["id"])
                return
        self._finish(row["id"], "done", [])
        log.info("import.done", file=str(row["id"]), kind=row["kind"], total=reading.total)

    @contextmanager
    def _beating(self, id: UUID) -> Iterator[None]:
        """仍在处理: while a long file is read, so that no other worker takes it over."""
        done = Event()

        def beat() -> None:
            while not done.wait(max(self._lease / 3, 1)):
                with suppress(*AWAY), self._services.database.transaction() as connection:
                    connection.execute(
                        "UPDATE imports SET updated_at = now() WHERE id = %s AND state = 'running'", (id,)
                    )

        beating = Thread(target=beat, name="import-beat", daemon=True)
        beating.start()
        try:
            yield
        finally:
            done.set()
            beating.join()

    def _act(self, row: Mapping[str, Any]) -> Act:
        return Act(by=row["by"], unit=row["unit"], role=row["role"], at=self._services.clock())

    def _begin(self, row: Mapping[str, Any], reading: Lines) -> Mapping[str, Any] | None:
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
        """What the file says is in the cases now; the file itself is kept no longer than needed."""
        with self._services.database.transaction() as connection:
            connection.execute(
                "UPDATE imports SET state = %s, content = '', refused = refused || %s, updated_at = now()"
                " WHERE id = %s AND state = 'running'",
                (state, Jsonb(refused), id),
            )
