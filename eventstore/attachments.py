"""附件内容的存取: contents under their hash, beside the log and not in it, and who sent which of them when.

A content is written once and never changed. Writing one that is there already costs what writing a new one costs:
whoever has a copy of somebody's letter must not learn by the clock whether it was sent in before.
"""

from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.errors import UniqueViolation


def keep(connection: Connection[Any], sha256: str, content: bytes, media_type: str) -> None:
    """保存: the content, unless it is there; within the caller's transaction."""
    try:
        with connection.transaction():
            connection.execute(
                "INSERT INTO attachment_contents (sha256, size, media_type, content) VALUES (%s, %s, %s, %b)",
                (sha256, len(content), media_type, content),
            )
    except UniqueViolation:
        return  # the row was written before its key was found taken, and is gone with the savepoint


def note_upload(connection: Connection[Any], sha256: str, officer: str, at: datetime) -> None:
    """记上传: the officer has sent this content, whoever else did."""
    connection.execute(
        "INSERT INTO attachment_uploads (sha256, officer, uploaded_at) VALUES (%s, %s, %s)",
        (sha256, officer, at),
    )


def one_at_a_time(connection: Connection[Any], officer: str) -> None:
    """逐份记账: the officer's other uploads wait until this transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('attachments:' || %s, 0))", (officer,))


def sent_since(connection: Connection[Any], officer: str, since: datetime) -> int:
    """已上传字节数: what the officer has sent since then, repeated contents counted each time."""
    row = connection.execute(
        "SELECT sum(size)::bigint AS sent FROM attachment_uploads JOIN attachment_contents USING (sha256)"
        " WHERE officer = %s AND uploaded_at >= %s",
        (officer, since),
    ).fetchone()
    return int(row["sent"] or 0) if row is not None else 0


def content_of(connection: Connection[Any], sha256: str) -> bytes | None:
    """内容: as it was sent; None if there is none."""
    with connection.cursor(binary=True) as cursor:
        row = cursor.execute(
            "SELECT content FROM attachment_contents WHERE sha256 = %s", (sha256,)
        ).fetchone()
    return None if row is None else bytes(row["content"])
