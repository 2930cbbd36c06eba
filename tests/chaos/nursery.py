"""孵化: parts as processes of their own that begin without importing everything anew: split off one that has it all.

Starting `shixian serve` anew costs seconds of imports, so that it can't be killed two hundred times under load; these can.
"""

import os
import threading
from collections.abc import Mapping
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self

from tests.chaos import part
from tests.chaos.tree import killed

METHOD = get_context("forkserver")


class Brood:
    """一窝进程 — one of each part, each started again when it died, as the product's supervisor does."""

    def __init__(self, environment: Mapping[str, str], clock: Path, log: Path) -> None:
        METHOD.set_forkserver_preload([part.__name__])
        self.environment = dict(environment)
        self.clock, self.log = clock, log
        self.processes: dict[str, BaseProcess] = {}
        self.stopping = threading.Event()
        self.tending = threading.Thread(target=self.tend, daemon=True)

    def __enter__(self) -> Self:
        for name in part.PARTS:
            self.start(name)
        self.tending.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.tending.join()
        for process in self.processes.values():
            process.kill()
            process.join()

    def start(self, name: str) -> None:
        told = (self.environment, str(self.clock), name, str(self.log))
        process = METHOD.Process(target=run, args=told, daemon=True)
        process.start()
        self.processes[name] = process

    def tend(self) -> None:
        while not self.stopping.wait(0.2):
            for name, process in list(self.processes.items()):
                if not process.is_alive():
                    process.join()
                    self.start(name)

    def kill(self, name: str) -> bool:
        """强杀: whether it was alive."""
        pid = self.processes[name].pid
        return pid is not None and killed(pid)


def run(environment: Mapping[str, str], clock: str, name: str, log: str) -> None:
    os.environ.update(environment)
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    threading.Thread(target=outlive_nobody, daemon=True).start()
    part.main(clock, name)


def outlive_nobody() -> None:
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
