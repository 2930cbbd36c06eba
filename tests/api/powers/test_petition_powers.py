"""Every cell of the table of powers over petitions, called over HTTP: officer × stage × act × own or other unit × secret."""

import pytest

from domain.petition.stages import Stage
from tests.api.conftest import Town
from tests.api.powers.matrix import Matrix
from tests.api.powers.petitions import EARLIER, OF_A_UNIT, ORDINARY, Petitions
from tests.builders import a_petition

VARIETIES = {"ordinary": ORDINARY, "an accusation of a unit": OF_A_UNIT}


@pytest.fixture(scope="module", autouse=True)
def earlier(town: Town) -> None:
    """What the others may be a repetition of."""
    town.services.casework.save(*a_petition(id=EARLIER, number="XF-2026-000900").facts)


@pytest.mark.parametrize("stage", [pytest.param(stage.value, id=stage.value) for stage in Stage])
@pytest.mark.parametrize("stories", VARIETIES.values(), ids=VARIETIES)
def test_every_cell(town: Town, stories: Petitions, stage: str) -> None:
    Matrix(town, "/v1/petitions", "petition").tries(stories, stage)
