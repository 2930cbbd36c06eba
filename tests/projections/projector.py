"""投影进程: the views in a process of its own, in small batches, to be killed by a test."""

import sys
from threading import Event

from eventstore.database import Database
from projections.leading import Leader
from tests.projections.office import a_casework


def main(dsn: str) -> None:
    """Follows the log until killed."""
    with Database(dsn) as database, a_casework(dsn) as casework:
        Leader(database, casework, batch=20).run(Event())


if __name__ == "__main__":
    main(sys.argv[1])
