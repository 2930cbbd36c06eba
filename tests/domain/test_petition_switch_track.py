"""转为普通程序 (A7): the days used stay used."""

from domain.petition import events
from domain.petition.commands import Reply, SwitchTrack
from tests.builders import UNIT_A, a_clerk, in_handling, on
from tests.spec import given, open_in, who_may

COMMAND = SwitchTrack("案情复杂")


def simplified():
    return in_handling("2026-04-28", track="simplified")


def test_a7_only_the_holding_unit_switches():
    assert who_may(simplified(), COMMAND) == UNIT_A


def test_a7_only_in_handling():
    assert open_in(COMMAND) == {"handling"}


def test_a7_an_ordinary_matter_has_nothing_to_leave():
    given(in_handling()).when(COMMAND, a_clerk).refused("petition.not_simplified")


def test_a7_the_sixty_days_count_from_the_first_acceptance():
    before = simplified()
    assert before.due("finish") == "2026-05-14"
    after = (
        given(before).when(COMMAND, a_clerk, on="2026-05-12").then(events.TrackSwitched, reason="案情复杂")
    )
    assert after.clock("finish").started_on.isoformat() == "2026-04-28"
    assert after.due("finish") == "2026-06-29"  # 27 June is a Saturday
    assert [(c.due_on.isoformat(), c.state) for c in after.clocks() if c.clock == "finish"] == [
        ("2026-05-14", "cancelled"),
        ("2026-06-29", "running"),
    ]
    assert (
        len({c.start_version for c in after.clocks() if c.clock == "finish"}) == 2
    )  # each has its own row and alerts


def test_a7_no_finish_clock_runs_twice_under_the_named_rule_book_either():
    story = in_handling("2026-04-28", track="simplified", rulebook="petition-summary").switched("2026-05-12")
    running = [c for c in story.clocks() if c.clock == "finish" and c.state == "running"]
    assert [(c.due_on.isoformat(), c.started_on.isoformat()) for c in running] == [
        ("2026-06-29", "2026-04-28")
    ]


def test_a7_not_before_acceptance():
    early = SwitchTrack("案情复杂", on=on("2026-04-27"))
    given(simplified()).when(early, a_clerk, on="2026-05-06").refused("date.before_antecedent")


def test_a7_once_switched_it_may_be_refused_in_substance():
    after = given(simplified()).when(COMMAND, a_clerk).then(events.TrackSwitched)
    given(after).when(Reply("not_support", "处理意见"), a_clerk).then(events.Replied, result="not_support")
    given(after).when(COMMAND, a_clerk).refused("petition.not_simplified")
