"""What an error has to look like."""

from typing import Any

import httpx


def refused(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem that was answered; always in Chinese, always of one shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["type"] == f"urn:shixian:problem:{problem['code']}"
    assert any("\u4e00" <= one <= "\u9fff" for one in problem["detail"])
    assert code is None or problem["code"] == code
    return problem
