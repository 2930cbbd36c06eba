"""垃圾回收: held back while many facts are read at once, none of which could be part of a cycle."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_holding = 0
_was_running = False


@contextmanager
def held_back() -> Iterator[None]:
    """暂缓回收: no pass over what is kept, for as long as any thread is in here; it is a matter of parts of a second.

    Read facts are let go by their counts alone. The collector's passes over the many that have just come had cost a quarter
    of reading a log, and found nothing.
    """
    global _holding, _was_running
    with _lock:
        if not _holding:
            _was_running = gc.isenabled()
            gc.disable()
        _holding += 1
    try:
        yield
    finally:
        with _lock:
            _holding -= 1
            if not _holding and _was_running:
                gc.enable()
