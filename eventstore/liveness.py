"""连接是否仍在: what the socket itself tells, without a trip to the server each time a connection is taken from its pool."""

import select
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool


def must_be_there(connection: Connection[Any]) -> None:
    """仍在: an idle connection has nothing to read – unless its server ended it or has something to say, and then it is asked.

    Raises what the library raises for one that is broken, so that the pool takes another. A server that vanished without
    a word isn't noticed here; asking would only wait for it.
    """
    idle = select.poll()
    idle.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if idle.poll(0):
        ConnectionPool.check_connection(connection)
