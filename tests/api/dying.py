"""中断的进程: witnesses a destruction and is killed after the fact is stored, before any key is destroyed."""

import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from api.papers.shelf import Shelf
from domain.acts import Act
from domain.casework import Casework
from domain.erasure.commands import WitnessErasure
from eventstore.database import Database, library_env
from eventstore.keys import Keys
from projections.surroundings import ReadModels
from tests.builders import at


class Dying:
    """Keys that can be used, and take the process with them when one is to be destroyed."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def __getattr__(self, name: str) -> Any:
        return getattr(self.keys, name)

    def destroy(self, pairs: Iterable[tuple[str, str]]) -> None:
        assert list(pairs)
        os.kill(os.getpid(), signal.SIGKILL)


def main(dsn: str, folder: str, case: str) -> None:
    """The inspector is the second witness."""
    with Database(dsn) as database:
        casework = Casework(library_env(dsn), Shelf(database), Dying(Keys.open(Path(folder))))
        casework.surroundings = ReadModels(database, casework)
        act = Act("inspector", "supervision", "inspector", at("2026-03-02"), name="郑督")
        casework.handle(UUID(case), WitnessErasure(), act)


if __name__ == "__main__":
    main(*sys.argv[1:])
