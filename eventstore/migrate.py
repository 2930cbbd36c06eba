"""数据库迁移: brings a database to the newest schema; safe to call from several processes at once."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from eventstore import roles
from eventstore.database import HELD, patient

LOCK = 0x5368_6958
"""Advisory lock held while migrating, so that the second process finds nothing left to do."""


def upgrade(dsn: str) -> None:
    """Apply what is missing, and see to the roles, which the cluster may have got or lost since."""
    dsn = patient(dsn)
    with psycopg.connect(dsn, autocommit=True, options=HELD) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        if current(dsn) != newest():
            command.upgrade(configuration(dsn), "head")
            return
        with guard.transaction():
            guard.execute("SET LOCAL lock_timeout = '10s'")
            roles.settle(guard)


def current(dsn: str) -> str | None:
    """The database's revision, or nothing for an empty database."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return row[0] if row else None


def newest() -> str | None:
    """The revision this program expects."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def configuration(dsn: str = "") -> Config:
    config = Config(attributes={"url": dsn})
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    return config


def scripts() -> Path:
    """Beside the installed package when there, else the checkout's `alembic/`."""
    here = Path(__file__).resolve().parent
    beside = here / "migrations"
    return beside if beside.exists() else here.parent / "alembic"
