"""密钥与数据库: each database has one key store, and is opened with no other.

The keys lie in a file outside the database, which knows its keys by their id alone. They are made only for a database that
has none yet; one whose keys are missing is refused, for whoever made new ones would lose what is stored.
"""

from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from eventstore.database import HELD, patient
from eventstore.keyfile import KeysUnusable
from eventstore.keys import Keys

BINDING = 0x5368_4B79
"""Advisory lock of whoever binds a database to its keys."""
CONNECT_LIMIT = 10


def bound(dsn: str, folder: Path) -> Keys:
    """所属密钥: the folder's keys, if they are the database's; for a database that has none yet they are made, once.

    Raises KeysUnusable.
    """
    with (
        psycopg.connect(patient(dsn), connect_timeout=CONNECT_LIMIT, options=HELD) as connection,
        connection.transaction(),
        connection.cursor(row_factory=tuple_row) as cursor,
    ):
        if cursor.execute("SELECT to_regclass('public.key_store') IS NULL").fetchone() == (True,):
            return Keys.open(folder)  # not migrated yet, so that nothing is enciphered in it
        known = _id_of(cursor)
        if known is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (BINDING,))
            known = _id_of(cursor)
        if known is None:
            keys = Keys.open(folder)
            cursor.execute("INSERT INTO public.key_store (id) VALUES (%s)", (keys.id,))
        else:
            keys = Keys.open(folder, create=False)
            if keys.id != known:
                raise KeysUnusable(
                    f"主密钥不符：{keys.file} 不是这个数据库的密钥（应为 {known[:8]}…，实为 {keys.id[:8]}…）。"
                    "请放回原来的密钥文件，或用 SHIXIAN_KEYS 指明所在目录。"
                )
        _take_over_likeness(cursor, keys)
        return keys


def _id_of(cursor: psycopg.Cursor[Any]) -> str | None:
    row = cursor.execute("SELECT id FROM public.key_store").fetchone()
    return str(row[0]) if row is not None else None


def _take_over_likeness(cursor: psycopg.Cursor[Any], keys: Keys) -> None:
    """比对密钥移交: the marks made with it stay valid; it leaves the database when it is on the disk in the key file."""
    row = cursor.execute("SELECT key FROM public.likeness_key FOR UPDATE").fetchone()
    if row is not None:
        keys.keep_named("likeness", bytes(row[0]))
        cursor.execute("DELETE FROM public.likeness_key")
