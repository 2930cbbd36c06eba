"""How a migration reaches the database: the caller passes a URL, by `config.attributes` or `-x url=…`."""

import psycopg
from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from eventstore import roles

SCHEMA = "public"


def run() -> None:
    given = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True).get("url")
    if not given:
        raise SystemExit("alembic -x url=postgresql://… upgrade head")
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(given), poolclass=NullPool
    )
    with engine.connect() as connection:
        # no long wait behind a busy table: a migration that cannot have its lock gives up and is tried again
        connection.exec_driver_sql("SET lock_timeout = '10s'")
        connection.exec_driver_sql(f"SET search_path = {SCHEMA}")
        connection.commit()
        context.configure(connection=connection, version_table_schema=SCHEMA)
        with context.begin_transaction():
            context.run_migrations()
            roles.settle(connection.connection.driver_connection)


run()
