"""Several clocks of one name: units side by side, periods, dates set, counted back from and moved, and who answers."""

from dataclasses import replace

import pytest

from domain.rules.deadlines import Case
from domain.rules.rulebook import Books
from tests.domain.rules.happenings import BOOKS, DOCUMENT, ITEM, PETITION, History, keys, told


def allocated(*units: str, case: Case = ITEM, day: str = "2026-09-01", **data: object) -> History:
    """An item due on 8 October, allocated to these units; the first leads."""
    issued = History(case).then("2026-08-31", "issued", unit="dc", due_on="2026-10-08")
    given = {"count_from": "2026-10-08"} | data
    return issued.add(day, *(told("allocated", unit, part=unit, **given) for unit in units))


class TestParts:
    def test_each_unit_has_its_own_clock_from_one_event(self):
        item = allocated("a", "b", "c")
        assert [(c.unit, c.part, c.due_on.isoformat()) for c in item.all("unit-limit")] == [
            ("a", "a", "2026-09-28"),
            ("b", "b", "2026-09-28"),
            ("c", "c", "2026-09-28"),
        ]
        assert len(set(keys(item.clocks()))) == len(item.clocks())

    def test_each_unit_stops_its_own(self):
        item = allocated("a", "b").then("2026-09-10", "result_submitted", unit="b")
        assert (item.state("unit-limit", "a"), item.state("unit-limit", "b")) == ("running", "stopped")

    def test_another_unit_may_start_while_the_first_still_runs(self):
        item = allocated("a").then("2026-09-07", "allocated", unit="b", part="b", count_from="2026-10-08")
        assert [c.part for c in item.all("unit-limit")] == ["a", "b"]

    def test_the_same_unit_starts_no_second_one_while_it_runs(self):
        again = allocated("a").then("2026-09-07", "allocated", unit="a", part="a", count_from="2026-10-08")
        assert [c.started_on.isoformat() for c in again.all("unit-limit")] == ["2026-09-01"]
        back = allocated("a").then("2026-09-07", "handed_back", unit="a")
        back = back.then("2026-09-08", "allocated", unit="a", part="a", count_from="2026-10-08")
        assert [(c.started_on.isoformat(), c.state) for c in back.all("unit-limit")] == [
            ("2026-09-01", "cancelled"),
            ("2026-09-08", "running"),
        ]

    def test_one_event_never_starts_two_clocks_with_one_key(self):
        twice = History(ITEM).add(
            "2026-09-01",
            told("extension_requested", "a", part="a"),
            told("extension_requested", "a", part="a"),
        )
        assert keys(twice.clocks()) == [("extension-answer", 1, "a")]

    @pytest.mark.parametrize("end", ["withdrawn", "signed_off"])
    def test_what_ends_the_matter_ends_every_units_clock(self, end: str):
        item = allocated("a", "b").then("2026-09-10", end, unit="dc")
        assert {c.state for c in item.all("unit-limit")} == {"cancelled"}

    def test_a_limit_missed_by_then_stays_missed(self):
        item = allocated("a", "b").then("2026-09-30", "signed_off", unit="dc")
        assert {(c.state, str(c.stopped_on)) for c in item.all("unit-limit")} == {("stopped", "2026-09-30")}

    def test_an_assisting_unit_that_hands_back_leaves_the_cases_own_clock_alone(self):
        joint = History(PETITION).then("2026-03-02", "accepted", "accepted_ordinary", unit="a")
        joint = joint.then("2026-03-02", "assisting", unit="b", part="b")
        assert joint.then("2026-03-09", "handed_back", unit="b", part="b").state("finish") == "running"
        assert joint.then("2026-03-09", "handed_back", unit="a").state("finish") == "cancelled"

    def test_an_assisting_units_receipt_does_not_make_it_answer_for_the_case(self):
        joint = History(PETITION).then("2026-03-02", "accepted_ordinary", unit="a")
        joint = joint.then("2026-03-03", "received", unit="b", part="b")
        assert joint.one("finish").unit == "a"
        assert joint.then("2026-03-04", "received", unit="c").one("finish").unit == "c"


class TestCountedBack:
    def test_from_the_items_limit_while_it_starts_with_the_allocation(self):
        clock = allocated("a").one("unit-limit")
        assert (clock.started_on.isoformat(), clock.due_on.isoformat()) == ("2026-09-01", "2026-09-28")
        assert clock.explanation[0] == (
            "起始日：2026年9月1日（星期二）。期限自整个事项的完成期限2026年10月8日（星期四）起向前倒推。"
        )
        assert "《机关单位督查督办工作制度》第十七条" in clock.explanation[1]
        assert "9月30日（星期三）、9月29日（星期二）、9月28日（星期一）" in clock.explanation[2]

    def test_over_a_festival_and_its_make_up_saturday(self):
        item = History(ITEM).then("2026-01-05", "allocated", unit="a", part="a", count_from="2026-02-25")
        assert item.due("unit-limit") == "2026-02-13"  # 24, 14 (Saturday that works), 13

    def test_a_date_set_for_the_unit_is_its_limit(self):
        clock = allocated("a", due_on="2026-09-20").one("unit-limit")
        assert clock.due_on.isoformat() == "2026-09-20"
        assert clock.explanation[:2] == (
            (
                "起始日：2026年9月1日（星期二）。"
                "已另行指定日期，不自整个事项的完成期限2026年10月8日（星期四）倒推。"
            ),
            (
                "按指定的期限办理，至2026年9月20日（星期日，国庆节调休上班）届满"
                "（《机关单位督查督办工作制度》第十七条）。"
            ),
        )

    def test_a_date_set_is_not_rolled_and_says_so(self):
        said = allocated("a", due_on="2026-09-26").one("unit-limit").explanation
        assert "末日为休息日，本时限不顺延。" in said

    def test_a_unit_that_got_it_late_is_told_that_the_limit_has_passed(self):
        clock = allocated("a", day="2026-09-30").one("unit-limit")
        assert clock.due_on.isoformat() == "2026-09-28"
        assert any("早于起始日，起始时即已届满" in line for line in clock.explanation)

    def test_without_a_date_to_count_from_it_does_not_start(self):
        item = History(ITEM).then("2026-09-01", "allocated", unit="a", part="a")
        assert item.names() == {"objection"}

    def test_a_year_without_a_notice_makes_it_provisional(self):
        item = History(ITEM).then("2026-11-02", "allocated", unit="a", part="a", count_from="2027-01-08")
        assert item.one("unit-limit").provisional
        assert not allocated("a").one("unit-limit").provisional


class TestMoved:
    def test_only_the_units_own_limit_moves(self):
        item = allocated("a", "b").then(
            "2026-09-15", "rescheduled", unit="a", clock="unit-limit", due_on="2026-10-15"
        )
        moved = item.one("unit-limit", "a")
        assert (moved.due_on.isoformat(), item.due("unit-limit", "b")) == ("2026-10-15", "2026-09-28")
        assert moved.known_on.isoformat() == "2026-09-15"
        assert "期限另行改定，至2026年10月15日（星期四）届满" in "".join(moved.explanation)
        assert item.due("item") == "2026-10-08"

    def test_the_items_limit_moves_whoever_asked(self):
        item = allocated("a").then("2026-09-15", "rescheduled", unit="", clock="item", due_on="2026-10-30")
        assert item.due("item") == "2026-10-30"
        assert item.due("unit-limit") == "2026-09-28"
        said = item.one("item").explanation
        assert "至2026年10月8日（星期四）届满" in said[1]
        assert "改定，至2026年10月30日（星期五）届满" in said[2]

    def test_the_last_of_several_counts(self):
        item = allocated("a")
        for due_on in ("2026-10-15", "2026-10-20"):
            item = item.then("2026-09-15", "rescheduled", unit="a", clock="unit-limit", due_on=due_on)
        assert item.due("unit-limit") == "2026-10-20"

    def test_a_move_after_the_end_moves_nothing(self):
        item = allocated("a").then("2026-09-10", "result_submitted", unit="a")
        item = item.then("2026-09-15", "rescheduled", unit="a", clock="unit-limit", due_on="2026-10-15")
        assert item.due("unit-limit") == "2026-09-28"

    def test_a_redo_moves_by_itself(self):
        item = allocated("a").then("2026-09-10", "result_submitted", unit="a")
        item = item.then("2026-09-11", "sent_back", unit="a", part="a", due_on="2026-09-18")
        moved = item.then("2026-09-15", "rescheduled", unit="a", clock="redo", due_on="2026-09-30")
        assert (item.due("redo"), moved.due("redo")) == ("2026-09-18", "2026-09-30")

    @pytest.mark.parametrize(("unit", "due"), [("a", "2026-10-30"), ("b", "2026-10-12")])
    def test_a_documents_working_days_may_be_moved_to_a_date(self, unit: str, due: str):
        document = History(DOCUMENT).then("2026-09-24", "received", unit="a", part="a")
        assert document.due("incoming") == "2026-10-12"
        moved = document.then("2026-10-09", "rescheduled", unit=unit, clock="incoming", due_on="2026-10-30")
        assert moved.due("incoming") == due

    def test_a_documents_first_limit_stays_in_its_explanation(self):
        document = History(DOCUMENT).then("2026-09-24", "received", unit="a", part="a")
        moved = document.then("2026-10-09", "rescheduled", unit="a", clock="incoming", due_on="2026-10-31")
        said = moved.one("incoming").explanation
        assert "期限7个工作日，至2026年10月12日（星期一）届满" in said[1]
        assert any("改定，至2026年10月31日（星期六）届满" in line for line in said)
        assert "末日为休息日，本时限不顺延。" in said

    def test_a_length_of_calendar_days_is_never_moved(self):
        petition = History(PETITION).then("2026-03-02", "accepted_ordinary", unit="a")
        moved = petition.then("2026-03-10", "rescheduled", unit="a", clock="finish", due_on="2026-12-01")
        assert moved.due("finish") == petition.due("finish") == "2026-05-06"

    def test_a_move_of_one_clock_says_nothing_of_another(self):
        item = allocated("a").then("2026-09-15", "rescheduled", unit="a", clock="redo", due_on="2026-10-15")
        assert item.one("unit-limit").known_on.isoformat() == "2026-09-01"


def periods(unit: str, cadence: str, *named: tuple[str, str], day: str = "2026-08-03") -> History:
    """An item whose reports are due at the end of these periods, from its allocation on."""
    case = replace(ITEM, attributes={"cadence": cadence})
    owed = [
        told("cadence_due", unit, part=f"{unit}/{name}", period=name, count_from=last, due_on=last)
        for name, last in named
    ]
    return History(case).add(day, *owed)


class TestPeriods:
    QUARTERS = (("2026Q3", "2026-09-30"), ("2026Q4", "2026-12-31"))

    def test_the_self_check_is_due_five_working_days_before_each_quarter_ends(self):
        found = periods("a", "quarterly", *self.QUARTERS).all("cadence")
        assert [(c.part, c.due_on.isoformat()) for c in found] == [
            ("a/2026Q3", "2026-09-22"),  # 29, 28, 24, 23, 22: Mid-Autumn in between
            ("a/2026Q4", "2026-12-24"),
        ]
        assert "期限自季度末日2026年9月30日（星期三）起向前倒推" in found[0].explanation[0]

    def test_a_report_of_one_quarter_stops_that_quarters_clock_alone(self):
        item = periods("a", "quarterly", *self.QUARTERS)
        item = item.then("2026-09-21", "reported", unit="a", period="2026Q3")
        assert [c.state for c in item.all("cadence")] == ["stopped", "running"]
        ahead = item.then("2026-12-01", "reported", unit="a", period="2026Q4")
        assert [c.state for c in ahead.all("cadence")] == ["stopped", "stopped"]

    def test_a_report_on_no_period_stops_none(self):
        item = periods("a", "quarterly", *self.QUARTERS).then("2026-09-21", "reported", unit="a")
        assert {c.state for c in item.all("cadence")} == {"running"}

    def test_another_units_report_stops_none(self):
        item = periods("a", "quarterly", *self.QUARTERS)
        item = item.then("2026-09-21", "reported", unit="b", period="2026Q3")
        assert {c.state for c in item.all("cadence")} == {"running"}

    @pytest.mark.parametrize(
        ("cadence", "clock", "name", "last"),
        [
            ("half_yearly", "cadence-half-year", "2026H2", "2026-12-31"),
            ("monthly", "cadence-month", "2026-10", "2026-10-31"),  # a Saturday; the month's end stays
        ],
    )
    def test_the_others_are_due_on_the_last_day(self, cadence: str, clock: str, name: str, last: str):
        assert periods("a", cadence, (name, last)).due(clock) == last

    @pytest.mark.parametrize("end", ["signed_off", "withdrawn", "handed_back", "concluded"])
    def test_they_end_with_the_item(self, end: str):
        item = periods("a", "quarterly", *self.QUARTERS).then("2026-09-01", end, unit="a")
        assert {c.state for c in item.all("cadence")} == {"cancelled"}


class TestWhoAnswers:
    def test_the_department_that_opened_the_item_answers_for_the_inspectors_clocks(self):
        item = allocated("a").then("2026-09-10", "extension_requested", unit="a", part="a", answered_by="dc")
        assert (item.one("extension-answer").unit, item.one("extension-answer").part) == ("dc", "a")
        assert item.then("2026-09-11", "extension_answered", unit="b").state("extension-answer") == "running"
        assert item.then("2026-09-11", "extension_answered", unit="a").state("extension-answer") == "stopped"
        reviewed = item.then("2026-09-12", "result_for_review", unit="a", answered_by="dc")
        assert reviewed.one("result-review").unit == "dc"

    def test_two_units_requests_are_answered_each_for_itself(self):
        item = allocated("a", "b")
        for unit in ("a", "b"):
            item = item.then("2026-09-10", "extension_requested", unit=unit, part=unit, answered_by="dc")
        item = item.then("2026-09-11", "extension_answered", unit="a")
        assert (item.state("extension-answer", "a"), item.state("extension-answer", "b")) == (
            "stopped",
            "running",
        )

    def test_nobody_takes_over_a_units_own_clock_by_a_name(self):
        assert allocated("a", answered_by="dc").one("unit-limit").unit == "a"

    def test_the_office_answers_for_the_leaders_note_wherever_the_case_is(self):
        noted = History(PETITION).then("2026-03-02", "instructed", unit="a", answered_by="office")
        assert noted.one("pass-on").unit == "office"

    def test_the_lead_answers_for_the_item(self):
        item = allocated("a", "b")
        assert item.one("item").unit == "a"
        named = allocated("a", "b", lead_unit="b")
        assert named.one("item").unit == "b"
        assert named.then("2026-09-04", "handed_back", unit="b", lead_unit="c").one("item").unit == "c"

    def test_before_anybody_leads_who_issued_it_answers(self):
        item = History(ITEM).then("2026-08-31", "issued", unit="dc", due_on="2026-10-08")
        assert item.one("item").unit == "dc"


def test_a_backwards_clock_of_an_older_table_counts_from_its_start():
    older = tuple(
        replace(book, clocks=tuple(replace(c, counted_from="") for c in book.clocks)) for book in BOOKS.all()
    )
    item = History(ITEM, books=Books(older)).then("2026-10-08", "allocated", unit="a", part="a")
    assert item.due("unit-limit") == "2026-09-28"
    assert item.one("unit-limit").explanation[0] == "自2026年10月8日（星期四）起向前倒推。"
