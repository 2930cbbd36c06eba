"""Sending files in, and counting what is kept of them."""

from typing import Any

from api.bootstrap import Services
from tests.api import files
from tests.api.caller import Caller

NOBODYS = "0" * 64
"""A hash of no content."""


def send(officer: Caller, content: bytes, name: str = "整改报告.pdf", **form: str) -> Any:
    return officer.post("/v1/attachments", data=form, files={"file": (name, content, "text/html")})


def sent(officer: Caller, content: bytes = files.PDF, name: str = "整改报告.pdf") -> str:
    """The hash of a content that was taken in."""
    answer = send(officer, content, name)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sha256"])


def raw(officer: Caller, head: bytes, content: bytes = files.PDF) -> Any:
    """A form written by hand, for names that no client would write."""
    body = b"--line\r\n" + head + b"\r\n\r\n" + content + b"\r\n--line--\r\n"
    return officer.post(
        "/v1/attachments", content=body, headers={"Content-Type": "multipart/form-data; boundary=line"}
    )


def rows(services: Services, table: str) -> int:
    with services.database.connection() as connection:
        row = connection.execute(f"SELECT count(*) AS n FROM {table}").fetchone()
    return int(row["n"]) if row is not None else 0


def stored(services: Services) -> tuple[int, int]:
    """How many contents, how many uploads."""
    return rows(services, "attachment_contents"), rows(services, "attachment_uploads")
