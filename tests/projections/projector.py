"""投影进程: the views in a process of its own, in small batches, to be killed by a test."""

import sys
from threading import Event, Thread

from eventstore.database import Database
from projections.catalogue import VIEWS
from projections.runner import Runner
from tests.projections.office import a_casework


def main(dsn: str) -> None:
    """Follows the log until killed."""
    with Database(dsn) as database, a_casework(dsn) as casework:
        threads = [
            Thread(target=Runner(database, casework, view, batch=20).run, args=(Event(),)) for view in VIEWS
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(sys.argv[1])
