"""发送中断: a dispatcher killed by the system while it sends 400 alerts loses none."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

from eventstore.database import Database
from scheduler import outbox, roster
from scheduler.backoff import LEASE
from tests.scheduler.receivers import Hook
from tests.scheduler.test_outbox import states, waiting

AT = datetime(2026, 10, 9, 1, 0, tzinfo=UTC)


def test_four_hundred_alerts_survive_kill_9(database: Database, hook: Hook) -> None:
    roster.keep(database, hook.channel())
    ids = {str(id) for id in waiting(database, "hook", 400)}
    kills = (70, 190, 310)
    for nth in kills:
        hook.nth = nth
        hook.nth_came.clear()
        command = [sys.executable, "-m", "tests.scheduler.dispatching", database.dsn, AT.isoformat()]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            assert hook.nth_came.wait(60)
        finally:
            process.kill()
        assert process.wait(10) == -signal.SIGKILL
    assert states(database)["pending"] > 0

    outbox.dispatch(database, lambda: AT, limit=10_000, worker="the next")
    outbox.dispatch(database, lambda: AT + LEASE, limit=10_000, worker="the next")
    assert states(database) == {"delivered": 400}
    seen = Counter(hook.ids())
    assert set(seen) == ids, "lost"
    repeated = [id for id, times in seen.items() if times > 1]
    assert len(repeated) <= len(kills), "only what was in flight may come again"
    assert max(seen.values()) <= 1 + len(kills)
