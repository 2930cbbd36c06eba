"""不待值班: raisers who ask nobody whether they lead, as two schedulers would that each believe it; all at the same moment."""

import threading
from contextlib import suppress
from typing import Self

from scheduler import outbox, sweep
from tests.chaos.stage import AWAY, Stage

PAUSE = 1.0
"""Seconds between two looks: the schedulers have their share."""


class Raisers:
    """值班者若干 — each looks for what is due and sends what lies ready, again and again, until the block ends."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.stage = stage
        self.alerts = [0] * number
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=[which]) for which in range(number)]

    def __enter__(self) -> Self:
        for one in self.threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for one in self.threads:
            one.join()

    def run(self, which: int) -> None:
        services = self.stage.services
        while not self.stopping.wait(PAUSE):
            with suppress(*AWAY):
                found = sweep.sweep(services.database, services.casework, self.stage.clock, batch=20)
                self.alerts[which] += found.alerts
                outbox.dispatch(services.database, self.stage.clock, limit=20, worker=f"raiser-{which}")
