"""Every cell of the table of powers over supervision items, called over HTTP: officer × stage × act × unit × openness."""

import pytest

from domain.supervision.stages import Stage
from tests.api.conftest import Town
from tests.api.powers.items import NOT_PUBLIC, PUBLIC, SECRET, Items
from tests.api.powers.matrix import Matrix

VARIETIES = {"public": PUBLIC, "not public": NOT_PUBLIC, "from an accusation": SECRET}


@pytest.mark.parametrize("stage", [pytest.param(stage.value, id=stage.value) for stage in Stage])
@pytest.mark.parametrize("stories", VARIETIES.values(), ids=VARIETIES)
def test_every_cell(town: Town, stories: Items, stage: str) -> None:
    Matrix(town, "/v1/supervision-items", "item").tries(stories, stage)
