"""日志: JSON lines on standard error. Who did what to which case, by id – never a name, phone number, text,
token or query string.

What is bound during a request is kept in one dictionary that all its threads share, so that the line written at
the end has what was learned on the way.
"""

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TextIO

import structlog
from asgi_correlation_id import correlation_id

Line = MutableMapping[str, Any]

_bound: ContextVar[dict[str, object] | None] = ContextVar("shixian_bound", default=None)


def begin() -> dict[str, object]:
    """请求开始: an empty note for this request; what `bind` adds ends up in every line."""
    note: dict[str, object] = {}
    _bound.set(note)
    return note


def bind(**facts: object) -> None:
    """附记: add ids to all further lines of this request: petition, command, actor, position."""
    note = _bound.get()
    if note is not None:
        note.update({name: str(value) for name, value in facts.items()})


def place(error: BaseException) -> str:
    """出错位置: file and line of an exception; its message may quote personal data and is never logged."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else ""


def _bound_facts(_: Any, __: str, line: Line) -> Line:
    for name, value in (_bound.get() or {}).items():
        line.setdefault(name, value)
    request = correlation_id.get()
    if request is not None:
        line.setdefault("request", request)
    return line


def _exception_by_place(_: Any, __: str, line: Line) -> Line:
    given = line.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        line.update(error=type(error).__name__, at=place(error))
    return line


class Losing:
    """日志流 — where a line can't be written, because the disk is full or the pipe is gone, it is lost; what it tells of goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """写入: or not."""
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """送出: or not."""
        with suppress(OSError):
            self._stream.flush()


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """配置: once a process. Run uvicorn with `log_config=None, access_log=False`."""
    losing: Any = Losing(stream or sys.stderr)
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _bound_facts,
        _exception_by_place,
    ]
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, as_json],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(losing),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(losing)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, as_json],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
