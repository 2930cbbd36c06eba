"""Every cell of the table of powers over receptions, called over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from domain.reception.stages import Stage
from tests.api.conftest import Town
from tests.api.powers.matrix import Matrix
from tests.api.powers.receptions import ACCUSING, Receptions
from tests.builders import Story, a_petition, handler


@pytest.mark.parametrize("against", [pytest.param({}, id="ordinary"), pytest.param(ACCUSING, id="accusing")])
@pytest.mark.parametrize("stage", [pytest.param(stage.value, id=stage.value) for stage in Stage])
def test_every_cell(town: Town, stage: str, against: Mapping[str, Any]) -> None:
    registered: Story = a_petition(id=uuid4(), number=f"XF-{uuid4()}").transferred().designated(handler)
    town.services.casework.save(*registered.facts)
    stories = Receptions(petition=registered.id, **against)
    Matrix(town, "/v1/reception", "reception").tries(stories, stage)
