"""Documents: a unit's working days by class, the leader's note, and what of supervision runs beside them."""

from dataclasses import replace
from datetime import date

import pytest

from tests.domain.rules.happenings import BOOKS, DOCUMENT, ITEM, History, told


class TestDocuments:
    """A document that reached the office on 24 September and a unit on the 30th, before National Day."""

    @staticmethod
    def document(limit_class: str, **given: str) -> History:
        case = replace(DOCUMENT, attributes=DOCUMENT.attributes | {"limit_class": limit_class})
        history = History(case).then("2026-09-24", "registered_at_office", unit="dc")
        history = history.then("2026-09-29", "instructed", unit="dc")
        return history.add(
            "2026-09-30",
            told("passed_on", "dc"),
            told("allocated", "a", part="a", **given),
            told("received", "a", part="a"),
        )

    @pytest.mark.parametrize(
        ("limit_class", "due"),
        [
            ("read", "2026-10-10"),  # 8, 9, and the Saturday that works
            ("incoming", "2026-10-15"),
            ("ordinary", "2026-10-20"),
            ("street", "2026-10-27"),
        ],
    )
    def test_the_units_days_run_from_its_own_receipt(self, limit_class: str, due: str):
        found = {c.part: c for c in self.document(limit_class).all(limit_class)}
        assert (found["a"].due_on.isoformat(), found["a"].state) == (due, "running")
        assert (found[""].unit, found[""].state) == ("dc", "cancelled")

    def test_the_leaders_note_goes_to_the_unit_the_same_day(self):
        clock = self.document("read").one("dispatch")
        assert (str(clock.due_on), str(clock.stopped_on)) == ("2026-09-29", "2026-09-30")

    def test_without_a_date_neither_item_nor_unit_limit_runs(self):
        assert self.document("read").names() == {"read", "dispatch", "objection"}

    def test_with_a_date_supervision_counts_beside(self):
        document = self.document("read", count_from="2026-10-30")
        document = document.then("2026-09-30", "issued", unit="dc", due_on="2026-10-30")
        assert document.names() == {"read", "dispatch", "objection", "unit-limit", "item"}
        assert document.due("unit-limit") == "2026-10-27"

    def test_a_units_result_ends_its_days_and_starts_the_review(self):
        document = self.document("read").then("2026-10-09", "result_submitted", "concluded", unit="a")
        document = document.then("2026-10-09", "result_for_review", unit="a", answered_by="dc")
        assert document.state("read", "a") == "stopped"
        assert document.due("result-review") == "2026-10-15"
        redone = document.then("2026-10-12", "sent_back", unit="a", part="a", due_on="2026-10-20")
        assert (redone.state("result-review"), redone.due("redo")) == ("stopped", "2026-10-20")

    def test_an_item_is_not_judged_as_a_document(self):
        item = History(ITEM).then("2026-09-30", "received", unit="a", part="a")
        assert item.clocks() == []

    def test_two_days_before_it_is_told_to_the_unit_and_to_who_gave_the_note(self):
        (step,) = BOOKS.version("documents", date(2026, 9, 30)).alerts
        assert (step.id, step.offset, step.recipients) == (
            "due_soon_2",
            -2,
            ("handler", "unit", "instructing_leader"),
        )
