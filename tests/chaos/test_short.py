"""故障演练（短）: under load each part and PostgreSQL are killed once and connections cut; then everything is counted.

The long form is `make chaos` (C1, C3, issue 6).
"""

from contextlib import closing
from urllib.parse import quote

from tests.chaos.judging import judge
from tests.chaos.nursery import Brood
from tests.chaos.proxy import Proxy
from tests.chaos.stage import stage
from tests.chaos.tree import eventually, killed, postmaster

QUICK = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "shared_buffers": "64MB"}
"""A killed server keeps what it gave to the system; what it hadn't would be lost without synchronous_commit."""


def test_nothing_confirmed_is_lost_whatever_is_killed_and_cut() -> None:
    """C1, C3, issue 6: confirmed exactly once, no halves, alerts once, views as rebuilt, nobody skipped, seal intact."""
    with stage(server=QUICK) as scene:
        proxy = Proxy(scene.home / "proxy", scene.server.socket / ".s.PGSQL.5432")
        address = f"{scene.dsn.partition('?')[0]}?host={quote(str(proxy.folder), safe='')}"
        journal = scene.journal
        with closing(proxy), Brood(scene.environment(dsn=address), scene.clock.file, scene.log) as parts:
            scene.write(2, pause=0.05)
            eventually(lambda: len(journal.confirmed) >= 6, "some commands to be confirmed")
            proxy.often = 0.3
            eventually(
                lambda: proxy.cuts["before"] > 0 < proxy.cuts["after"], "connections to be cut both ways"
            )
            proxy.often = 0.0
            for name in ("project", "api", "postgres", "schedule"):
                before = len(journal.confirmed)
                if name == "postgres":
                    server = postmaster(scene.home)
                    assert server is not None
                    assert killed(server)
                    scene.server.restart()
                else:
                    assert parts.kill(name)
                eventually(
                    lambda enough=before + 5: len(journal.confirmed) >= enough,  # type: ignore[misc]  # a loop's value
                    f"commands to be confirmed again after {name} was killed",
                )
            scene.hush()
            scene.settle(60, alone=5)
            verdict = judge(scene)
    assert verdict.findings == []
    counts = verdict.counts
    assert counts["confirmed"] > 20
    assert counts["alerts"] > 0
    assert counts["events pushed"] == counts["events followed"] > 20
    assert counts["views compared"] > 10
