"""文书模板内容的存取: contents under their hash, beside the log and not in it; written once, never changed."""

from typing import Any

from psycopg import Connection


def keep(connection: Connection[Any], sha256: str, content: bytes) -> None:
    """保存: the content, unless it is there."""
    connection.execute(
        "INSERT INTO template_contents (sha256, content) VALUES (%s, %b) ON CONFLICT DO NOTHING",
        (sha256, content),
    )


def content_of(connection: Connection[Any], sha256: str) -> bytes | None:
    """内容: as it was sent; None if there is none."""
    with connection.cursor(binary=True) as cursor:
        row = cursor.execute("SELECT content FROM template_contents WHERE sha256 = %s", (sha256,)).fetchone()
    return None if row is None else bytes(row["content"])
