"""孵化: parts as processes of their own that begin without importing everything anew: split off one that has it all.

For the short form only; `make chaos` kills what `shixian serve` starts.
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

METHOD = get_context("forkserver")


class Brood:
    """一窝进程 — one of each part, each started again when it was killed."""

    def __init__(self, environment: Mapping[str, str], clock: Path) -> None:
        METHOD.set_forkserver_preload([part.__name__])
        self.environment = dict(environment)
        self.clock = clock
        self.processes: dict[str, BaseProcess] = {}

    def start(self, name: str) -> None:
        process = METHOD.Process(target=run, args=(self.environment, str(self.clock), name), daemon=True)
        process.start()
        self.processes[name] = process

    def kill(self, name: str) -> None:
        """强杀, and at once another of its kind."""
        process = self.processes.pop(name)
        assert process.is_alive(), f"{name} had died by itself"
        process.kill()
        process.join()
        self.start(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.kill()
            process.join()


def run(environment: Mapping[str, str], clock: str, name: str) -> None:
    os.environ.update(environment)
    threading.Thread(target=outlive_nobody, daemon=True).start()
    part.main(clock, name)


def outlive_nobody() -> None:
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
