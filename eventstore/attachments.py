"""附件内容的存取: contents under their hash, enciphered, beside the log and not in it, and who sent which of them when.

A content is written once and never changed. Writing one that is there already costs what writing a new one costs:
whoever has a copy of somebody's letter must not learn by the clock whether it was sent in before.
"""

from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.errors import UniqueViolation

from domain.errors import NotNow
from domain.secrets import ATTACHMENT
from eventstore import sealed_contents
from eventstore.envelope import Tampered
from eventstore.keys import Keys


def keep(connection: Connection[Any], keys: Keys, sha256: str, content: bytes, media_type: str) -> None:
    """保存: the content, unless it is there; within the caller's transaction.

    Raises NotNow for what was erased: its key is gone for good, and another has no place beside the hash.
    """
    if not keys.holds(sha256, ATTACHMENT):
        raise NotNow("attachment.cleared", "与该文件相同的附件已按规定清除，不能再次保存。")
    sealed = sealed_contents.seal(keys, sha256, ATTACHMENT, content)
    try:
        with connection.transaction():
            connection.execute(
                "INSERT INTO attachment_contents (sha256, size, media_type, content, sealed)"
                " VALUES (%s, %s, %s, %b, true)",
                (sha256, len(content), media_type, sealed),
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


def content_of(connection: Connection[Any], keys: Keys, sha256: str) -> bytes | None:
    """内容: as it was sent; None if there is none or it was erased, empty if it isn't what was stored."""
    with connection.cursor(binary=True) as cursor:
        row = cursor.execute(
            "SELECT content, sealed FROM attachment_contents WHERE sha256 = %s", (sha256,)
        ).fetchone()
    try:
        return None if row is None else sealed_contents.of_row(keys, row, sha256, ATTACHMENT)
    except Tampered:
        return b""


def seal_next(connection: Connection[Any], keys: Keys) -> bool:
    """加密一份: one content that was stored before there were keys; whether there was any."""
    with connection.cursor(binary=True) as cursor:
        row = cursor.execute(
            "SELECT sha256, content FROM attachment_contents WHERE NOT sealed ORDER BY sha256 LIMIT 1"
        ).fetchone()
    if row is None:
        return False
    erased = not keys.holds(row["sha256"], ATTACHMENT)
    sealed = (
        sealed_contents.nothing(keys, row["sha256"], ATTACHMENT)
        if erased
        else sealed_contents.seal(keys, row["sha256"], ATTACHMENT, bytes(row["content"]))
    )
    connection.execute("SELECT seal_content(%s, %b)", (row["sha256"], sealed))
    return True


def left_plain(connection: Connection[Any]) -> int:
    """尚未加密: how many contents lie there as they were sent."""
    row = connection.execute("SELECT count(*) AS n FROM attachment_contents WHERE NOT sealed").fetchone()
    return int(row["n"]) if row is not None else 0
