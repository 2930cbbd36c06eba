"""Every cell of the table of powers over the month's lists of negative decisions, called over HTTP."""

import pytest

from domain.filing.stages import Stage
from tests.api.conftest import Town
from tests.api.powers.matrix import Matrix
from tests.api.powers.months import Months


@pytest.mark.parametrize("stage", [pytest.param(stage.value, id=stage.value) for stage in Stage])
def test_every_cell(town: Town, stage: str) -> None:
    Matrix(town, "/v1/negative-lists", "month").tries(Months(), stage)
