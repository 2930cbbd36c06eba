"""Who may put a case on a register: every organ what it receives (条例 22、23), inspectors what is to be supervised (第十条)."""

from typing import Any

import pytest

from tests.api.conftest import Town
from tests.api.lives import LETTER
from tests.api.powers.people import IDS, with_post
from tests.api.problems import refused

ITEM = {
    "source": "区政府常务会议", "category": "decision", "subject": "老旧小区供暖改造", "requirements": "完成改造",
    "due_on": "2026-04-30",
}  # fmt: skip
ACCUSATION = LETTER | {"category": "accusation", "against": [{"unit": "北山建设集团"}]}
REGISTRARS = with_post("office_clerk", "office_head", "unit_head", "unit_clerk")
OPENINGS = {
    "a petition": ("/v1/petitions", LETTER, REGISTRARS),
    "an accusation": ("/v1/petitions", ACCUSATION, REGISTRARS),
    "an item": ("/v1/supervision-items", ITEM, with_post("inspector")),
    "a public item": ("/v1/supervision-items", ITEM | {"public": True}, with_post("inspector")),
}


@pytest.mark.parametrize(("url", "body", "openers"), OPENINGS.values(), ids=OPENINGS)
def test_who_opens_what(town: Town, url: str, body: dict[str, Any], openers: frozenset[str]) -> None:
    refused(town.client.post(url, json=body), 401, "session.missing")
    before = town.head()
    for who in IDS:
        if who not in openers:
            refused(town.walker.as_(who).post(url, json=body), 403)
    assert town.head() == before
    for who in sorted(openers):
        answer = town.walker.as_(who).post(url, json=body)
        assert answer.status_code == 201, (who, answer.text)
        assert town.walker.as_(who).get(f"{url}/{answer.json()['id']}").status_code == 200, who
