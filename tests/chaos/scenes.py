"""各场: what is done to the service while it is under load. Each ends with the same judgement."""

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from eventstore.embedded import DATABASE
from tests.chaos import disks, hosts
from tests.chaos.judging import Verdict, judge
from tests.chaos.nursery import Brood
from tests.chaos.proxy import Proxy
from tests.chaos.raising import Raisers
from tests.chaos.receivers import Behave, closes_first, refuses_first, slow, twice
from tests.chaos.stage import Stage, free_port, stage
from tests.chaos.tree import SERVE, eventually, killed, postmaster, shifted

WRITERS = 4
FROM_TREE = 10
"""One in so many of the processes killed is one of `shixian serve`, which takes long to start a part again."""
KILLED = ("api", "project", "schedule", "postgres")
HOSTS = (sys.executable, "-m", "tests.chaos.hosts")
TWINS = 8
"""Writers of the scene with two of everything."""
CONFIRMED_A_KILL = 10
"""So many commands are confirmed there at least, for each kill that was asked for: 2,000 for the usual 200."""
UNDER_LOAD = 0.25
"""So many kills wait until commands are answered again; the others hit a service that is still getting up."""
Progress = Callable[[int, int], None]
"""Told how much of how much is done."""


@dataclass
class Asked:
    """所求 — how many processes are killed, and for how many seconds load goes on in the scenes without kills."""

    kills: int = 200
    seconds: float = 20.0
    seed: int = 0
    progress: Progress = field(default=lambda done, of: None)
    log: Path | None = None
    """Where the services' log goes, if it is to be kept."""

    def stage(self, **given: Any) -> AbstractContextManager[Stage]:
        """布景: see `stage`."""
        return stage(log=self.log, **given)


@dataclass(frozen=True)
class Scene:
    """一场 — its name, what it does, and what it needs that isn't on every machine."""

    name: str
    about: str
    play: Callable[[Asked], Verdict]
    needs: Callable[[], str] = lambda: ""
    """What is lacking for it, empty if nothing is."""
    under: tuple[str, ...] = ()
    """The command that the scene's own process is started by."""


def idle(seconds: float) -> None:
    """负载进行: nothing is done but what the writers do."""
    threading.Event().wait(seconds)


Kill = Callable[[str], bool]
"""Kills a part of the service; whether it was there."""


def kill_some(scene: Stage, ways: Sequence[Kill], asked: Asked, number: int) -> dict[str, int]:
    """随机强杀: of whatever part of any service, or the database, is there at the moment."""
    chance = random.Random(asked.seed)
    done: Counter[str] = Counter()
    while done.total() < number:
        if chance.random() < UNDER_LOAD:
            eventually(scene.answers, "the service to answer again", 120)
        idle(chance.uniform(0.2, 1.5))
        what, kill = chance.choice(KILLED), chance.choice(ways)
        if kill_postgres(scene) if what == "postgres" else kill(what):
            done[what] += 1
            asked.progress(done.total(), number)
    return {f"killed: {what}": times for what, times in sorted(done.items())}


def kill_postgres(scene: Stage) -> bool:
    """Whoever supervises starts it again; where nobody does, the scene."""
    pid = postmaster(scene.home)
    if pid is None or not killed(pid):
        return False
    if not scene.trees:
        scene.server.restart()
    return True


def kills(asked: Asked) -> Verdict:
    """SIGKILL at random, of the API, the projector, the scheduler with its dispatcher, and PostgreSQL."""
    number = asked.kills - asked.kills // FROM_TREE
    with (
        asked.stage() as scene,
        Brood(scene.environment(dsn=scene.dsn), scene.clock.file, scene.log) as parts,
    ):
        eventually(scene.answers, "the service to answer", 120)
        scene.write(WRITERS)
        done = kill_some(scene, [parts.kill], asked, number)
        idle(3)
        return concluded(scene, done)


def tree(asked: Asked) -> Verdict:
    """The same to `shixian serve`, whose supervisor has to set it right."""
    with asked.stage() as scene:
        service = scene.start()
        scene.write(WRITERS)
        done = kill_some(scene, [service.kill], asked, max(1, asked.kills // FROM_TREE))
        idle(3)
        return concluded(scene, done)


def twins(asked: Asked) -> Verdict:
    """Two of everything on one database, and two more who raise alerts without asking who leads; each command goes to both."""
    with asked.stage() as scene:
        other = free_port()
        trees = [scene.start(), scene.start(port=other)]
        with Raisers(scene, 2) as raisers:
            scene.write(TWINS, bases=(scene.base, f"http://127.0.0.1:{other}"))
            done = kill_some(scene, [one.kill for one in trees], asked, max(4, asked.kills // 10))
            enough = asked.kills * CONFIRMED_A_KILL
            eventually(lambda: len(scene.journal.confirmed) >= enough, f"{enough} confirmed", 600, every=1)
            idle(3)
        done |= {f"alerts by raiser {which}": times for which, times in enumerate(raisers.alerts, 1)}
        verdict = concluded(scene, done)
        verdict.must_be_none("raisers without an alert", (one for one in raisers.alerts if not one))
        return verdict


def cut(asked: Asked) -> Verdict:
    """Connections cut while something is stored, before it is and after it was."""
    with asked.stage() as scene:
        proxy = Proxy(scene.home / "proxy", scene.server.socket / ".s.PGSQL.5432", seed=asked.seed)
        service = scene.server.for_service().partition("?")[0]
        scene.start(dsn=f"{service}?host={quote(str(proxy.folder), safe='')}")
        scene.write(WRITERS)
        proxy.often = 0.05
        idle(asked.seconds)
        proxy.often = 0.0
        for _ in range(5):
            proxy.cut_all()
            idle(1)
        proxy.flowing.clear()
        idle(4)
        proxy.cut_all()
        proxy.flowing.set()
        idle(3)
        verdict = concluded(scene, {f"cut {when}": times for when, times in proxy.cuts.items()})
        scene.stop()
        proxy.close()
        return verdict


def clock(asked: Asked) -> Verdict:
    """The clock stepped forward and back while everything runs."""
    with asked.stage() as scene:
        # what follows can't be of an earlier day, and what was written before the clock went back is of a later one
        scene.journal.expected = frozenset({"date.before_antecedent", "date.in_future"})
        scene.start(shifted(scene.clock.file))
        scene.write(WRITERS)
        steps = (0, 36, -20, 240, 12, -72, 1, 26)
        for hours in steps:
            scene.clock.set(timedelta(hours=hours))
            idle(asked.seconds / len(steps) + 2)
        return concluded(scene, {"clock steps": len(steps)})


def downtime(asked: Asked) -> Verdict:
    """A day during which nothing runs; the clock goes on."""
    with asked.stage() as scene:
        service = scene.start(shifted(scene.clock.file))
        for day in range(1, 4):
            scene.write(WRITERS)
            idle(asked.seconds / 4)
            service.end()
            scene.hush()
            scene.clock.set(timedelta(days=1 if day == 1 else 5 * day))
            service = scene.start(shifted(scene.clock.file))
        return concluded(scene, {"days off": 15})


def receivers(asked: Asked) -> Verdict:
    """Receivers that are slow, answer twice, close the line after they took it, or are out of order."""
    total = Verdict()
    ways: tuple[tuple[str, Behave], ...] = (
        ("slow", slow),
        ("twice", twice),
        ("closes", closes_first),
        ("refuses", refuses_first),
    )
    for name, behave in ways:
        with asked.stage(alerts=behave, events=behave) as scene:
            scene.start(shifted(scene.clock.file))
            scene.write(1, pause=1.0 if name == "slow" else 0.3)
            idle(asked.seconds / 4)
            scene.hush()
            for minutes in (1, 5, 20, 100, 500):
                scene.clock.set(timedelta(minutes=minutes))
                idle(3)
            verdict = concluded(scene, {}, seconds=400)
            total.findings += [f"{name}: {one}" for one in verdict.findings]
            for what, counted in verdict.counts.items():
                total.counts[what] = total.counts.get(what, 0) + counted
    return total


def disk(asked: Asked) -> Verdict:
    """The disk of the database, the seals and the log full to the last byte, again and again."""
    with disks.small_disk(400) as folder, asked.stage(home=folder / "home") as scene:
        scene.start()
        scene.write(WRITERS)
        for _ in range(3):
            idle(asked.seconds / 4)
            ballast = disks.fill(folder)
            idle(asked.seconds / 2)
            ballast.unlink()
        idle(5)
        return concluded(scene, {"disk filled": 3})


def partition(asked: Asked) -> Verdict:
    """Two hosts on one database: the one that leads is cut off, by a cable that is out and by one that swallows."""
    with asked.stage(server={"listen_addresses": hosts.DATA[0]}, receivers_at=hosts.DESK[0]) as scene:
        there = open_to_the_other(scene)
        port = free_port()
        scene.start(hosts.on_second(*SERVE), port=port, dsn=there, SHIXIAN_HOST=hosts.DESK[1])
        here = scene.start(dsn=scene.dsn)
        scene.write(2, pause=0.2)
        scene.write(2, pause=0.2, bases=[f"http://{hosts.DESK[1]}:{port}"])
        taken_over = {}
        for name, begin, end in (
            ("unplugged", hosts.unplug, hosts.plug),
            ("half open", hosts.swallow, hosts.deliver),
        ):
            eventually(lambda: scene.leads(hosts.DATA[1]) > 0, "the other host to lead", 60)
            idle(asked.seconds / 2)
            begin()
            since = time.monotonic()
            eventually(
                lambda: scene.leads(None) > 0 == scene.leads(hosts.DATA[1]),
                f"this host to take over from the other one, {name}",
                120,
            )
            taken_over[f"seconds until taken over, {name}"] = round(time.monotonic() - since)
            idle(3)
            end()
            idle(asked.seconds / 2)
            here.stop()
            here = scene.start(dsn=scene.dsn)
        return concluded(scene, taken_over, seconds=600)


def open_to_the_other(scene: Stage) -> str:
    """The server lets the other host in; its address from there."""
    rules = scene.home / "postgres" / "pg_hba.conf"
    with rules.open("a") as file:
        file.write(f"host all all {hosts.DATA[0]}/24 scram-sha-256\n")
    with scene.services.database.connection() as connection:
        connection.execute("RESET ROLE")
        connection.execute("SELECT pg_reload_conf()")
    return f"{scene.dsn.partition('@')[0]}@{hosts.DATA[0]}:5432/{DATABASE}"


def concluded(scene: Stage, done: dict[str, int], seconds: float = 240.0) -> Verdict:
    """落幕: load ends, what was begun is finished, and all is judged."""
    scene.hush()
    scene.settle(seconds)
    verdict = judge(scene)
    verdict.counts = done | verdict.counts
    verdict.counts |= {f"answered {what}": times for what, times in sorted(scene.journal.answers.items())}
    return verdict


SCENES = (
    Scene("kills", "SIGKILL of any part and of PostgreSQL, at random", kills),
    Scene("tree", "the same to `shixian serve` as a whole", tree),
    Scene("twins", "two of everything on one database, killed at random", twins),
    Scene("cut", "connections to the database cut in mid-commit", cut),
    Scene("clock", "the clock stepped back and forth", clock),
    Scene("downtime", "a day, and later more, during which nothing ran", downtime),
    Scene("disk", "the disk full", disk, disks.missing, disks.UNDER),
    Scene("partition", "two hosts, the leading one cut off", partition, hosts.missing, HOSTS),
    Scene("receivers", "slow, doubling, closing and broken receivers", receivers),
)
