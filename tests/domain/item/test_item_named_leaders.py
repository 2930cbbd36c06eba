"""报请批示的领导 (B8): an item put to leaders by name is decided on by these and by no other leader."""

from typing import Any

import pytest

from domain.supervision import commands as c
from tests.builders import on
from tests.items import Matter, an_item, deputy, leader
from tests.spec import given, who_may

NAMED = an_item().submitted(deputy).instructed(by=deputy).issued().allocated().designated()
UP = NAMED.asked().passed_up().passed_up("inspector")
REVIEWED = NAMED.result().vetted().to_leader()
SUPERIOR = REVIEWED.to_superior(by=deputy)

DECISIONS = [
    (UP, c.GrantExtension(on("2026-04-29"))),
    (UP, c.RefuseExtension("理由不充分")),
    (REVIEWED, c.SendBack("结论不完整", on("2026-04-20"))),
    (REVIEWED, c.SignOff("合格")),
    (REVIEWED, c.SubmitToSuperior()),
    (SUPERIOR, c.SendBack("结论不完整", on("2026-04-20"))),
    (SUPERIOR, c.SignOff("合格")),
]


@pytest.mark.parametrize(("story", "command"), DECISIONS)
def test_b8_only_the_leaders_it_was_put_to(story: Matter, command: Any):
    may = who_may(story, command)
    assert "leader" not in may
    assert "deputy" in may
    given(story).when(command, leader).refused("item.not_yours", basis="第九条")


def test_b8_put_to_nobody_by_name_every_leader():
    unnamed = an_item().submitted().instructed(by=deputy).issued().allocated().result().vetted().to_leader()
    assert who_may(unnamed, c.SignOff("合格")) >= {"leader", "deputy"}
