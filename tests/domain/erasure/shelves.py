"""案卷样例: archived files of each kind, as tests of retention and erasure tell them."""

from typing import Any

from domain.petition.events import Archived
from tests.builders import Officer, Told, answered, clerk, inspector, leader
from tests.items import with_leader
from tests.reception_samples import a_visit

SHELF: dict[str, tuple[Told, Officer]] = {
    "petition": (answered("2010-03-02").signed_off().archived(), clerk),
    "item": (with_leader("2010-03-02").signed_off(by=leader).archived(), inspector),
    "reception": (a_visit("settled", by=clerk, day="2010-03-02").archived(), clerk),
}
"""An archived file of each kind, closed in 2010, and who keeps it."""


def kept(retention: str | None, year: int = 2010, **fields: Any) -> Any:
    """A petition answered and archived in that year, under a class; None is how it was recorded before there were any."""
    return (
        answered(f"{year}-03-02", **fields)
        .signed_off()
        .add(Archived, clerk, reason="材料齐全", retention=retention)
    )
