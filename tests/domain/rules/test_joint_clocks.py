"""Joint handling: the clocks of assisting units beside the lead's."""

from dataclasses import replace

import pytest

from domain.rules.deadlines import Case
from tests.domain.rules.happenings import PETITION, History, told


class TestAssisting:
    JOINT = History(PETITION).add(
        "2026-08-05",
        told("accepted", "a"),
        told("accepted_ordinary", "a"),
        told("assisting", "b", part="b"),
        told("assisting", "c", part="c"),
    )

    def test_each_assisting_unit_has_the_limit_of_the_matter(self):
        assert [(c.clock, c.unit, c.due_on.isoformat()) for c in self.JOINT.clocks()] == [
            ("finish", "a", "2026-10-08"),
            ("assist", "b", "2026-10-08"),
            ("assist", "c", "2026-10-08"),
        ]
        assert "《信访工作条例》第三十四条" in self.JOINT.one("assist", "b").basis

    def test_its_own_report_ends_it(self):
        told_back = self.JOINT.then("2026-09-01", "reported", unit="b", part="b")
        assert [told_back.state("assist", part) for part in "bc"] == ["stopped", "running"]

    @pytest.mark.parametrize("end", ["replied", "withdrawn", "declined", "signed_off"])
    def test_the_leads_reply_ends_them_all(self, end: str):
        assert {c.state for c in self.JOINT.then("2026-09-01", end, unit="a").all("assist")} == {"cancelled"}

    def test_it_is_extended_with_the_matter(self):
        longer = self.JOINT.then("2026-09-30", "extended", unit="leadership", days=30)
        assert {longer.due("finish"), longer.due("assist", "b")} == {"2026-11-03"}

    def test_who_joins_later_has_days_of_its_own(self):
        later = self.JOINT.then("2026-08-10", "assisting", unit="d", part="d")
        assert later.due("assist", "d") == "2026-10-09"

    @pytest.mark.parametrize(
        ("case", "day", "due"),
        [
            (replace(PETITION, rulebook="petition-2005"), "2021-03-01", "2021-04-30"),
            (replace(PETITION, rulebook="petition-zhejiang-2016"), "2026-03-02", "2026-04-01"),
        ],
    )
    def test_by_the_other_regulations(self, case: Case, day: str, due: str):
        joint = History(case).add(day, told("accepted_ordinary", "a"), told("assisting", "b", part="b"))
        assert {c.due_on.isoformat() for c in joint.clocks()} == {due}
        assert joint.names() == {"finish", "assist"}

    def test_without_a_limit_on_the_matter_there_is_none_on_the_assistance(self):
        suggestion = replace(PETITION, attributes=PETITION.attributes | {"category": "suggestion"})
        assert History(suggestion).then("2026-03-02", "assisting", unit="b", part="b").clocks() == []

    def test_a_date_to_report_back_is_set_for_each(self):
        joint = self.JOINT.add(
            "2026-08-06",
            told("assigned_with_date", "a", due_on="2026-08-28"),
            told("assigned_with_date", "b", part="b", due_on="2026-08-20"),
        )
        joint = joint.then("2026-08-19", "reported", unit="b", part="b")
        assert [(c.unit, c.due_on.isoformat(), c.state) for c in joint.all("assigned-report")] == [
            ("a", "2026-08-28", "running"),
            ("b", "2026-08-20", "stopped"),
        ]
        moved = joint.then(
            "2026-08-20", "rescheduled", unit="a", clock="assigned-report", due_on="2026-09-04"
        )
        assert moved.due("assigned-report", "") == "2026-09-04"
