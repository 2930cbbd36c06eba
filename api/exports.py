"""台账导出: a ledger as Excel or CSV – exactly the rows its list has for the same filters and the same officer.

The rows are read from the database a portion at a time and written to an unnamed file, which is gone once it is sent.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore
from typing import IO, Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Response

from api import lists, sheets
from api.errors import READS
from api.identity import Held, Signed
from api.ledgers import LEDGERS, Asking, Ledger
from api.paging import After
from domain.acts import SHANGHAI
from domain.errors import Busy

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/v1/exports", tags=["导出"], responses=READS)

AT_ONCE = 2
"""Files made at the same time; each keeps a processor busy."""
PATIENCE = 20.0
"""Seconds that a request waits for its turn."""
NEEDS = ("ledger", "deadlines", "alerts", "item_shares")
MEDIA = {"xlsx": sheets.XLSX, "csv": sheets.CSV}

_turns = BoundedSemaphore(AT_ONCE)


def _answers(media: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"description": "文件", "content": {media: {"schema": {"type": "string", "format": "binary"}}}}
    }


XLSX, CSV = _answers(sheets.XLSX), _answers("text/csv")


def title(asking: Asking, ledger: Ledger) -> str:
    """标题: the office of who asks, and the ledger."""
    return f"{asking.directory.unit_name(asking.act.unit)}{ledger.title}"


def file_name(asking: Asking, ledger: Ledger, ending: str) -> str:
    """文件名: with the date of export."""
    return f"{title(asking, ledger)}_{asking.act.at.astimezone(SHANGHAI):%Y%m%d}.{ending}"


@contextmanager
def turn(patience: float = PATIENCE) -> Iterator[None]:
    """轮候: so many files at once. Raises Busy."""
    if not _turns.acquire(timeout=patience):
        raise Busy("export.too_many", "正在导出的台账较多，请稍后再试。", retry_after=30)
    try:
        yield
    finally:
        _turns.release()


def make(
    asking: Asking,
    ledger: Ledger,
    filters: Any,
    ending: str,
    columns: Sequence[str],
    order: str,
    passed: Callable[[Iterable[list[Any]]], Iterable[list[Any]]] = lambda rows: rows,
) -> IO[bytes]:
    """生成: the file, open, without a name; the rows go through `passed` on their way."""
    with ExitStack() as unless_made:
        file: IO[bytes] = unless_made.enter_context(tempfile.TemporaryFile())
        rows = passed(ledger.rows(asking, filters, columns, order))
        head = ledger.sheet(columns)
        if ending == "xlsx":
            sheets.write(file, title(asking, ledger), head, rows, asking.act.at)
        else:
            for line in sheets.csv_lines(head, rows):
                file.write(line.encode())
        unless_made.pop_all()
    return file


def _exported(
    services: Held, act: Signed, ledger: Ledger, filters: Any, ending: str, after: int | None
) -> Response:
    lists.wait(services, NEEDS, after)
    asking = Asking(services, act)
    with turn():
        file = make(asking, ledger, filters, ending, ledger.all_columns, next(iter(ledger.orders)))
    log.info("export.made", ledger=ledger.slug, format=ending, bytes=file.tell())
    return sheets.download(file_name(asking, ledger, ending), MEDIA[ending], file)


def _offer(ledger: Ledger, filters: type, ending: str) -> None:
    """One address for each ledger and format; the filters are those of its list."""

    def export(
        services: Held,
        act: Signed,
        asked: Annotated[Any, Depends(filters)],
        after: After = None,
    ) -> Response:
        return _exported(services, act, ledger, asked, ending, after)

    name = {"xlsx": "Excel", "csv": "CSV"}[ending]
    router.add_api_route(
        f"/{ledger.slug}.{ending}",
        export,
        summary=f"导出{ledger.title}（{name}）",
        description=f"All rows of the list for the same filters, every column, as {name}; petitioners are masked.",
        operation_id=f"export-{ledger.slug}-{ending}",
        response_class=Response,
        responses=XLSX if ending == "xlsx" else CSV,
    )


for _ledger in LEDGERS.values():
    for _ending in MEDIA:
        _offer(_ledger, _ledger.filters, _ending)
