"""列入督查 (A15, B1): a petition from which a supervision item was opened names it; nothing else of it changes."""

from domain.petition.events import PutUnderSupervision
from tests.builders import case_named, in_handling, inspector


def test_a15_the_petition_names_the_item_and_no_clock_moves():
    before = in_handling("2026-03-02")
    item = case_named("item")
    after = before.add(PutUnderSupervision, inspector, "2026-03-09", item=item, item_number="DC-2026-000001")
    assert (after.petition.supervision_item, after.petition.supervision_item_number) == (
        item,
        "DC-2026-000001",
    )
    assert (after.stage, after.clocks()) == (before.stage, before.clocks())
