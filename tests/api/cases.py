"""Cases made through the service itself, for the tests of what can be read of them."""

from typing import Any

from tests.api.caller import Caller

WANG = {
    "name": "王建国",
    "id_number": "330102196501011234",
    "phone": "13800001234",
    "address": "清江区和平路12号",
}
REPLY_TO = "邮政信箱0571-9号"
PERSONAL = ("王建国", "330102196501011234", "13800001234", "和平路12号", REPLY_TO)
"""What nobody may find in an answer that is not meant to hold it."""


def registered(office: Caller, **fields: Any) -> str:
    """A petition of the clerk's; its id."""
    usual = {
        "channel": "letter",
        "category": "appeal",
        "subject": "反映小区供暖不足",
        "content": "来信全文。",
        "petitioners": [WANG],
        "reply_to": REPLY_TO,
    }
    answer = office.post("/v1/petitions", json=usual | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def done(caller: Caller, case: str, slug: str, **body: Any) -> int:
    """An act on the case; its position in the log."""
    answer = caller.post(f"/v1/petitions/{case}/{slug}", json=body)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["position"])


def accusation(office: Caller, **against: str) -> str:
    """An accusation against a unit or a person."""
    return registered(office, category="accusation", subject="检举违规审批", against=[against])


def pages(caller: Caller, url: str, limit: int, **filters: Any) -> list[dict[str, Any]]:
    """Every item of a list, page by page; every page tells the same total."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        given = filters | {"limit": limit} | ({"cursor": cursor} if cursor else {})
        answer = caller.get(url, params=given)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert len(body["items"]) <= limit
        found += body["items"]
        cursor = body["next_cursor"]
        if cursor is None:
            assert body["total"] == len(found)
            return found
