"""期限 of whole histories: dates around real holidays as literals, from the petition's events to its clocks.

A1 to A21 are the acceptance cases of how time is counted; each runs here through a real petition.
"""

from datetime import UTC, date, datetime

import pytest

from domain.acts import SHANGHAI, legal_date
from domain.petition.commands import Accept, Serve
from domain.petition.events import Accepted, Against, Personal, Served
from domain.petition.situation import clocks_of
from domain.rules.calendar import Decree
from domain.rules.signals import signal
from tests.builders import (
    RULEBASE,
    Story,
    a_clerk,
    a_petition,
    answered,
    at,
    in_handling,
    known,
    on,
    reviewed,
    under_reexamination,
    with_unit,
)
from tests.spec import given


def states(story: Story) -> dict[str, str]:
    """The state of the clocks by name; the latest of each."""
    return {c.clock: c.state for c in story.clocks()}


def running(story: Story, today: str | None = None) -> set[str]:
    """The clocks that run."""
    return {c.clock for c in story.clocks(today=today) if c.state in {"running", "suspended"}}


def status(story: Story, clock: str, today: str) -> str:
    """How the clock stands on a day."""
    found = story.clock(clock)
    return signal(
        found.state, found.due_on, found.stopped_on, on(today), known().calendar, found.window
    ).status


class TestFifteenDays:
    @pytest.mark.parametrize(
        ("received", "nominal", "due"),
        [
            pytest.param("2026-03-02", "2026-03-17", "2026-03-17", id="A1 plain"),
            pytest.param("2026-02-05", "2026-02-20", "2026-02-24", id="A2 into Spring Festival"),
            pytest.param("2026-01-30", "2026-02-14", "2026-02-14", id="A3 ends on a Saturday that works"),
            pytest.param("2026-04-24", "2026-05-09", "2026-05-09", id="A4 another one"),
            pytest.param("2026-04-18", "2026-05-03", "2026-05-06", id="A5 into Labour Day"),
            pytest.param("2025-04-12", "2025-04-27", "2025-04-27", id="A6 ends on a Sunday that works"),
            pytest.param("2025-01-13", "2025-01-28", "2025-02-05", id="A7 Spring Festival of 2025"),
        ],
    )
    def test_to_route_and_to_notify(self, received: str, nominal: str, due: str):
        story = with_unit(received)
        for clock in (story.clock("route"), story.clock("notify")):
            assert (clock.nominal_due_on, clock.due_on) == (on(nominal), on(due))
            assert not clock.provisional
            assert clock.explanation

    def test_each_unit_answers_for_its_own(self):
        story = with_unit("2026-03-02")
        assert {c.clock: (c.unit, c.answerable) for c in story.clocks()} == {
            "route": ("petition-office", "office"),
            "notify": ("unit-a", "unit"),
            "object": ("unit-a", "unit"),
        }


class TestSixtyDays:
    @pytest.mark.parametrize(
        ("accepted", "due"),
        [
            pytest.param("2026-01-05", "2026-03-06", id="A8 holidays inside don't extend"),
            pytest.param("2026-08-05", "2026-10-08", id="A9 into National Day"),
        ],
    )
    def test_to_finish(self, accepted: str, due: str):
        assert in_handling(accepted).due("finish") == due

    def test_a10_extended_first_and_rolled_once(self):
        story = in_handling("2026-07-09")
        assert story.due("finish") == "2026-09-07"
        assert story.extended(30, on="2026-09-01").due("finish") == "2026-10-08"

    def test_an_extension_granted_after_the_close_of_the_clock_moves_nothing(self):
        story = answered("2026-01-05").extended(30, on="2026-02-02")
        assert story.due("finish") == "2026-03-06"

    @pytest.mark.parametrize("category", ["suggestion", "accusation"])
    def test_a4_only_appeals_have_sixty_days(self, category: str):
        assert "finish" not in states(in_handling(category=category))

    @pytest.mark.parametrize("way", ["litigation", "arbitration", "party", "administrative", "duty"])
    def test_a4_only_what_ends_in_an_opinion_has_sixty_days(self, way: str):
        assert "finish" not in states(with_unit().classified(way=way).accepted())
        assert states(in_handling().classified(way=way))["finish"] == "cancelled"

    def test_a4_the_clock_ends_on_the_later_of_reply_and_service(self):
        story = in_handling("2026-01-05").replied("2026-03-05").served(on="2026-03-09")
        assert status(story, "finish", "2026-03-10") == "met_late"
        assert (
            status(in_handling("2026-01-05").replied().served(on="2026-03-06"), "finish", "2026-03-10")
            == "met"
        )

    def test_a5_each_round_has_its_own(self):
        story = reviewed("2026-01-05", result="redo").replied("2026-02-02").served().signed_off("2026-02-09")
        again = story.reopened("2026-03-02")
        assert [
            (c.started_on.isoformat(), c.due_on.isoformat(), c.state)
            for c in again.clocks()
            if c.clock == "finish"
        ] == [
            ("2026-01-05", "2026-03-06", "stopped"),
            ("2026-01-05", "2026-03-06", "stopped"),
            ("2026-03-02", "2026-05-06", "running"),
        ]


class TestReview:
    @pytest.mark.parametrize(
        ("served", "due"),
        [
            pytest.param("2025-09-01", "2025-10-09", id="A11"),
            pytest.param("2025-12-02", "2026-01-04", id="A12 a Sunday that works"),
        ],
    )
    def test_the_petitioners_windows(self, served: str, due: str):
        assert answered(served).due("review-request") == due
        assert reviewed(served).due("reexamination-request") == due

    def test_a_window_that_ended_unused_is_over_and_nobody_is_late(self):
        assert status(answered("2025-09-01"), "review-request", "2025-10-09") == "running"
        assert status(answered("2025-09-01"), "review-request", "2025-10-10") == "cancelled"

    def test_a21_the_day_of_posting_ends_the_window_and_the_day_of_receipt_starts_the_review(self):
        story = answered("2025-09-01").review_requested("2025-10-13", posted_on="2025-10-09")
        assert status(story, "review-request", "2025-10-14") == "met"
        assert story.due("review") == "2025-11-12"
        unposted = answered("2025-09-01").review_requested("2025-10-13")
        assert status(unposted, "review-request", "2025-10-14") == "met_late"

    def test_a18_hearing_days_do_not_count_in_reexamination(self):
        story = under_reexamination("2026-03-02")
        assert story.due("reexamination") == "2026-04-01"
        heard = story.hearing_opened("2026-03-10", "reexamination").hearing_closed("2026-03-17")
        assert heard.due("reexamination") == "2026-04-09"

    def test_a_hearing_that_lasts_pushes_the_last_day_before_it(self):
        story = under_reexamination("2026-03-02").hearing_opened("2026-03-10", "reexamination")
        clock = story.clock("reexamination", today="2026-03-12")
        assert (clock.state, clock.due_on) == ("suspended", on("2026-04-07"))  # 4 April + the festival

    def test_a_hearing_in_review_or_handling_counts(self):
        review = answered("2026-03-02").review_requested()
        assert (
            review.hearing_opened("2026-03-10", "review").hearing_closed("2026-03-17").due("review")
            == "2026-04-01"
        )
        handling = in_handling("2026-01-05").hearing_opened("2026-02-02").hearing_closed("2026-02-06")
        assert handling.due("finish") == "2026-03-06"

    def test_the_review_organ_answers_for_its_clocks(self):
        found = {c.clock: c.answerable for c in under_reexamination().clocks()}
        assert found["review"] == "review_organ"
        assert found["reexamination"] == "reexamination_organ"
        assert found["review-request"] == found["reexamination-request"] == "petitioner"


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("received", "due"),
        [
            pytest.param("2026-02-12", "2026-02-26", id="A13"),
            pytest.param("2026-09-24", "2026-10-09", id="A14"),
            pytest.param("2026-09-18", "2026-09-24", id="A15 counting a working Sunday"),
        ],
    )
    def test_to_object(self, received: str, due: str):
        assert with_unit(received).due("object") == due

    def test_a16_to_accept_on_the_simplified_track(self):
        story = with_unit("2026-02-13", rulebook="petition-summary")
        assert story.due("accept") == "2026-02-25"

    def test_a17_to_finish_on_the_simplified_track(self):
        story = in_handling("2026-04-28", track="simplified")
        assert [(c.due_on.isoformat(), c.rulebook) for c in story.clocks() if c.clock == "finish"] == [
            ("2026-05-14", "petition-summary")
        ]

    def test_a7_accepted_on_the_ordinary_track_it_has_sixty_days_and_nothing_else(self):
        story = in_handling("2026-04-28", rulebook="petition-summary")
        assert [(c.due_on.isoformat(), c.rulebook) for c in story.clocks() if c.clock == "finish"] == [
            ("2026-06-29", "petition-2022")
        ]

    def test_a7_a_new_round_on_the_simplified_track_has_its_ten_days(self):
        story = in_handling("2026-03-02", track="simplified").replied().served().signed_off()
        again = story.reopened("2026-04-28")
        assert [(c.due_on.isoformat(), c.state) for c in again.clocks() if c.clock == "finish"] == [
            ("2026-03-16", "stopped"),
            ("2026-05-14", "running"),
        ]

    def test_a7_each_hop_has_one_working_day(self):
        story = a_petition("2026-02-13", rulebook="petition-summary").transferred("unit-a", "2026-02-14")
        assert [(c.unit, c.due_on.isoformat(), c.state) for c in story.clocks() if c.clock == "hop"] == [
            ("petition-office", "2026-02-14", "stopped"),
            ("unit-a", "2026-02-24", "running"),
        ]


class TestTheLegalDate:
    def test_a19_half_past_midnight_in_shanghai_is_the_next_day(self):
        instant = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
        assert legal_date(instant) == date(2026, 3, 2)
        story = with_unit("2026-03-01")
        accepted = given(story).when(Accept(), a_clerk, on=instant.isoformat()).then(Accepted)
        assert accepted.facts[-1].on == date(2026, 3, 2)
        assert accepted.due("finish") == "2026-05-06"  # 1 May + the festival
        assert with_unit("2026-03-02").due("notify") == "2026-03-17"

    @pytest.mark.parametrize(
        ("instant", "expected"),
        [("2026-03-17T15:59:59+00:00", "met"), ("2026-03-17T16:00:00+00:00", "met_late")],
    )
    def test_a19_the_last_day_ends_at_midnight_in_shanghai(self, instant: str, expected: str):
        story = with_unit("2026-03-02")
        served = given(story).when(Serve("receipt", "post"), a_clerk, on=instant).then(Served)
        assert status(served, "notify", "2026-03-20") == expected

    def test_a_paper_entered_later_counts_from_its_own_date(self):
        story = in_handling("2026-01-05").replied().served(on="2026-03-06", recorded="2026-03-20")
        assert status(story, "finish", "2026-03-21") == "met"

    def test_an_open_clock_is_overdue_from_the_day_after(self):
        story = with_unit("2026-03-02")
        assert status(story, "notify", "2026-03-17") == "running"
        assert status(story, "notify", "2026-03-18") == "overdue"


class TestTheCalendarToCome:
    def test_a20_provisional_until_the_year_is_decreed(self):
        story = answered("2026-12-02")
        clock = story.clock("review-request", as_known="2026-12-02")
        assert clock.nominal_due_on == on("2027-01-01")
        assert clock.provisional
        assert any("暂定" in line for line in clock.explanation)

    def test_a20_firm_with_the_decree_and_moved_by_it(self):
        decree = Decree(
            year=2027,
            source="假设的2027年放假安排",
            published_at=datetime(2026, 11, 20, tzinfo=SHANGHAI),
            days_off=frozenset({date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3), date(2027, 1, 4)}),
            make_up_days=frozenset({date(2027, 1, 9)}),
        )
        story = answered("2026-12-02")
        rules = RULEBASE.with_decree(decree).known(at("2026-12-02"))
        clock = next(c for c in clocks_of(story.facts, story.petition, rules) if c.clock == "review-request")
        assert (clock.due_on, clock.provisional) == (date(2027, 1, 5), False)
        before = RULEBASE.with_decree(decree).known(at("2026-11-19"))
        loose = next(c for c in clocks_of(story.facts, story.petition, before) if c.clock == "review-request")
        assert (loose.due_on, loose.provisional) == (date(2027, 1, 4), True)

    def test_what_was_known_before_the_notice_of_2026_was_provisional(self):
        story = with_unit("2026-02-05")
        assert story.clock("notify", as_known="2025-11-01").provisional
        assert not story.clock("notify", as_known="2025-11-05").provisional


class TestWhichBook:
    def test_the_book_follows_the_day_of_the_trigger(self):
        story = a_petition("2022-04-29").transferred("unit-a", "2022-05-05")
        assert [(c.clock, c.rulebook, c.state) for c in story.clocks()] == [
            ("decide", "petition-2005", "stopped"),
            ("notify", "petition-2022", "running"),
            ("object", "petition-2022", "running"),
        ]

    @pytest.mark.parametrize(
        ("accepted", "book"), [("2022-04-30", "petition-2005"), ("2022-05-01", "petition-2022")]
    )
    def test_the_regulation_of_2022_counts_from_1_may(self, accepted: str, book: str):
        assert in_handling(accepted).clock("finish").rulebook == book

    def test_by_the_regulation_of_2005_every_matter_had_sixty_days(self):
        story = in_handling("2021-03-01", category="suggestion")
        assert story.due("finish") == "2021-04-30"
        assert states(story)["decide"] == "running"
        assert states(story.served("acceptance"))["decide"] == "stopped"

    def test_by_the_regulation_of_2005_the_notice_alone_was_no_decision(self):
        assert states(with_unit("2021-03-01").served("receipt"))["decide"] == "running"

    def test_the_provinces_rule_is_shorter_and_the_rest_stays_national(self):
        story = in_handling("2026-03-02", rulebook="petition-zhejiang-2016")
        assert {c.clock: (c.rulebook, c.due_on.isoformat()) for c in story.clocks()} == {
            "route": ("petition-zhejiang-2016", "2026-03-09"),
            "finish": ("petition-zhejiang-2016", "2026-04-01"),
            "notify": ("petition-zhejiang-2016", "2026-03-17"),
            "object": ("petition-zhejiang-2016", "2026-03-09"),
        }
        assert story.extended(60, on="2026-03-30").due("finish") == "2026-06-01"  # 31 May is a Sunday

    def test_a9_the_grain_bureaus_letters(self):
        story = in_handling("2026-03-02", rulebook="letters-grain-bureau", channel="assigned").instructed(
            "2026-03-03"
        )
        assert {c.clock: c.due_on.isoformat() for c in story.clocks()} == {
            "superior-assigned": "2026-03-17",
            "leader-assigned": "2026-03-10",
            "pass-on": "2026-03-05",
        }
        assert states(story.replied("2026-03-10"))["leader-assigned"] == "stopped"
        assert states(story.reported("2026-03-10"))["superior-assigned"] == "stopped"
        assert story.extended(15, on="2026-03-16").due("superior-assigned") == "2026-04-01"
        assert story.extended(15, on="2026-03-09").due("leader-assigned") == "2026-03-10"

    def test_a8_the_cppccs_letters(self):
        story = in_handling("2026-01-31", rulebook="letters-cppcc")
        assert {c.clock: c.due_on.isoformat() for c in story.clocks()} == {
            "settle": "2026-02-09",  # 7 February is a Saturday
            "reply": "2026-02-28",  # no 31 February; a Saturday that works
        }
        assert states(story.replied("2026-02-09")) == {"settle": "stopped", "reply": "stopped"}

    def test_a8_what_is_forwarded_outside_is_settled(self):
        noted = a_petition("2026-03-02", rulebook="letters-cppcc").instructed()
        assert states(noted.forwarded(on="2026-03-04")) == {
            "settle": "stopped",
            "reply": "cancelled",
            "pass-on": "stopped",
        }
        assert running(noted.declined(on="2026-03-04")) == {"file"}

    @pytest.mark.parametrize(("limit_class", "due"), [("simple", "2026-02-24"), ("complex", "2026-02-24")])
    def test_a18_complaints_about_staff(self, limit_class: str, due: str):
        story = a_petition("2026-02-14", rulebook="staff-complaints", limit_class=limit_class)
        assert [(c.clock, c.due_on.isoformat()) for c in story.clocks()] == [(limit_class, due)]

    def test_a18_a_declined_complaint_waits_for_no_reply(self):
        story = with_unit(rulebook="staff-complaints", limit_class="complex")
        assert running(story) == {"complex"}
        assert running(story.declined()) == {"file"}
        assert states(story.accepted().replied()) == {"complex": "stopped"}

    @pytest.mark.parametrize(
        ("received", "limit_class", "due"),
        [
            ("2026-02-13", "routine", "2026-02-13"),  # the day of receipt is day one
            ("2026-02-15", "routine", "2026-02-24"),  # a day of rest: the next working day is
            ("2026-02-13", "special", "2026-02-24"),  # 13, 14, 24
            ("2026-02-02", "decision", "2026-02-27"),
        ],
    )
    def test_b12_time_limited_matters(self, received: str, limit_class: str, due: str):
        story = a_petition(received, rulebook="time-limited", limit_class=limit_class)
        assert [(c.clock, c.due_on.isoformat()) for c in story.clocks()] == [(limit_class, due)]

    def test_b12_without_a_class_no_limit_runs(self):
        assert a_petition(rulebook="time-limited").clocks() == []

    @pytest.mark.parametrize(
        ("limit_class", "due"),
        [
            ("read", "2026-02-25"),  # 14, 24, 25
            ("incoming", "2026-03-02"),  # … 26, 27, 28 (works), 2 March
            ("ordinary", "2026-03-05"),
            ("street", "2026-03-12"),
        ],
    )
    def test_b11_documents(self, limit_class: str, due: str):
        story = a_petition("2026-02-13", rulebook="documents", limit_class=limit_class)
        assert [(c.clock, c.due_on.isoformat()) for c in story.clocks()] == [(limit_class, due)]

    def test_b11_the_leaders_note_goes_out_the_same_day(self):
        story = a_petition("2026-03-02", rulebook="documents", limit_class="ordinary").instructed(
            "2026-03-03"
        )
        assert story.due("dispatch") == "2026-03-03"
        assert states(story.transferred("unit-a", "2026-03-03"))["dispatch"] == "stopped"

    def test_b11_at_the_unit_its_own_days_run(self):
        story = a_petition("2026-03-02", rulebook="documents", limit_class="read").transferred(
            "unit-a", "2026-03-04"
        )
        assert [(c.unit, c.due_on.isoformat(), c.state) for c in story.clocks()] == [
            ("petition-office", "2026-03-05", "cancelled"),
            ("unit-a", "2026-03-09", "running"),
        ]

    @pytest.mark.parametrize("book", ["time-limited", "documents"])
    def test_b12_what_is_declined_is_done(self, book: str):
        limit_class = {"time-limited": "routine", "documents": "read"}[book]
        story = with_unit("2026-03-02", rulebook=book, limit_class=limit_class)
        assert running(story.declined("2026-03-03")) == {"file"}


class TestWhoIsTold:
    def test_nobody_can_notify_the_nameless(self):
        story = with_unit(petitioners=(), personal=Personal())
        assert "notify" not in running(story)
        assert "notify" in running(with_unit())

    def test_what_the_office_keeps_it_notifies_itself_from_its_own_receipt(self):
        story = a_petition("2026-03-02").accepted("2026-03-10")
        assert story.clock("notify").unit == "petition-office"
        assert story.due("notify") == "2026-03-17"

    def test_what_comes_to_a_unit_directly_is_neither_routed_nor_objected_to(self):
        assert states(a_petition(by=a_clerk)) == {"notify": "running"}
        assert states(a_petition(by=a_clerk).withdrawn().reopened())["notify"] == "running"

    def test_the_reply_comes_first_and_stands_for_the_notice(self):
        assert states(in_handling("2026-03-02").replied("2026-03-05"))["notify"] == "stopped"


class TestRouting:
    def test_a6_the_whole_way_keeps_each_hops_clock(self):
        story = with_unit("2026-03-02").objected("2026-03-04").handed_back("2026-03-06")
        story = story.transferred("unit-b", "2026-03-09").accepted("2026-03-10")
        assert [(c.clock, c.unit, c.started_on.isoformat(), c.state) for c in story.clocks()] == [
            ("route", "petition-office", "2026-03-02", "stopped"),
            ("notify", "unit-a", "2026-03-02", "cancelled"),
            ("object", "unit-a", "2026-03-02", "stopped"),
            ("notify", "unit-b", "2026-03-09", "running"),
            ("object", "unit-b", "2026-03-09", "cancelled"),
            ("finish", "unit-b", "2026-03-10", "running"),
        ]

    def test_a6_a_notice_served_by_the_next_unit_is_not_the_first_units(self):
        story = (
            with_unit("2026-03-02").objected().handed_back("2026-03-04").transferred("unit-b", "2026-03-09")
        )
        served = story.served("receipt", on="2026-03-12")
        assert [(c.unit, c.state) for c in served.clocks() if c.clock == "notify"] == [
            ("unit-a", "cancelled"),
            ("unit-b", "stopped"),
        ]

    def test_a3_forwarded_outside_nothing_runs(self):
        assert running(a_petition().forwarded()) == set()

    def test_a3_withdrawn_nothing_runs(self):
        for story in (a_petition(), with_unit(), in_handling(), in_handling(track="simplified")):
            assert running(story.withdrawn()) == set()

    def test_a3_declined_only_the_notice_and_the_filing_are_owed(self):
        assert running(with_unit().declined()) == {"notify", "file"}
        assert running(with_unit().declined().served("refusal")) == {"file"}
        assert running(a_petition().declined()) == {"notify", "file"}
        assert running(a_petition().declined().served("refusal")) == {"file"}

    def test_a3_a_limit_missed_before_the_withdrawal_stays_missed(self):
        story = with_unit("2026-03-02").withdrawn(on="2026-04-01")
        assert status(story, "notify", "2026-04-02") == "met_late"
        assert (
            status(with_unit("2026-03-02").withdrawn(on="2026-03-10"), "notify", "2026-04-02") == "cancelled"
        )

    def test_a5_terminated_and_served_nothing_runs(self):
        ended = under_reexamination().reexamination_concluded()
        assert running(ended) == {"reexamination"}
        assert running(ended.served("reexamination-opinion")) == set()


class TestOneClockAtATime:
    def test_a9_a_second_note_starts_no_second_week(self):
        story = a_petition("2026-03-02", rulebook="letters-grain-bureau").instructed("2026-03-03")
        twice = story.instructed("2026-03-05")
        assert [c.due_on.isoformat() for c in twice.clocks() if c.clock == "leader-assigned"] == [
            "2026-03-10"
        ]

    def test_b11_each_note_is_passed_on_the_same_day(self):
        story = (
            a_petition("2026-03-02", rulebook="documents").instructed("2026-03-03").instructed("2026-03-05")
        )
        assert [c.due_on.isoformat() for c in story.clocks() if c.clock == "dispatch"] == [
            "2026-03-03",
            "2026-03-05",
        ]


class TestOneHistoryOneAnswer:
    STORIES = (
        in_handling("2026-01-05").extended(30, on="2026-02-02"),
        under_reexamination("2026-03-02").hearing_opened("2026-03-10", "reexamination"),
        in_handling("2026-04-28", track="simplified").switched("2026-05-12"),
        with_unit(category="accusation", against=(Against(unit="清江区民政局"),)),
    )

    @pytest.mark.parametrize("story", STORIES, ids=["extended", "hearing", "switched", "accusation"])
    def test_the_same_twice_and_on_any_later_day(self, story: Story):
        assert story.clocks() == story.clocks()
        if not any(c.state == "suspended" for c in story.clocks()):
            assert story.clocks(today="2026-06-01") == story.clocks(today="2027-01-04")

    def test_what_moves_no_date_moves_none(self):
        before = in_handling("2026-03-02")
        after = before.urged().proposed().taken_charge().urgent_reported().delay_noticed().rated()
        after = after.alerted("notify", "due", on="2026-03-17").acknowledged()
        assert after.clocks() == before.clocks()

    def test_every_clock_names_its_basis_and_explains_its_date(self):
        for clock in (*under_reexamination().clocks(), *with_unit(rulebook="petition-summary").clocks()):
            assert "《" in clock.basis
            assert f"{clock.due_on.month}月{clock.due_on.day}日" in "".join(clock.explanation)


def test_c4_what_is_recorded_after_the_limit_says_so():
    replied = in_handling("2026-01-05").replied(on="2026-03-02")
    in_time = replied.served("opinion", on="2026-03-05").clock("finish")
    told_later = replied.served("opinion", on="2026-03-05", recorded="2026-03-20").clock("finish")
    assert (in_time.due_on, in_time.stopped_on) == (told_later.due_on, told_later.stopped_on)
    assert not [line for line in in_time.explanation if line.startswith("补录")]
    assert told_later.explanation[-1] == "补录：2026-03-05办理，2026-03-20录入，录入时期限已经届满。"
