"""签收预警: the petition office acknowledges the alerts of its month's lists."""

from dataclasses import replace

from domain.filing.kind import KIND
from tests.builders import act, auditor, b_clerk, clerk, known, leader
from tests.filing_samples import march


def test_c3_whoever_is_told_of_a_list_may_acknowledge_in_every_stage():
    story = march()
    sent = story.sent("2026-04-03")
    codes = ((clerk, None), (leader, None), (auditor, "month.not_yours"), (b_clerk, "month.unknown"))
    for told in (story, sent, sent.noted("2026-04-08", "2026-03-30")):
        for officer, code in codes:
            doer = act(officer, "2026-04-09")
            situation = KIND.situation(told.state, told.facts, doer, told.directory, known())
            refusal = KIND.refusal(situation, "acknowledge-alert")
            assert (refusal.code if refusal is not None else None) == code


def test_c8_who_stands_in_for_the_clerk_too():
    story = march()
    doer = replace(
        act(b_clerk, "2026-04-09"),
        unit="petition-office",
        role="office_clerk",
        for_whom="clerk",
        own_unit="unit-b",
    )
    situation = KIND.situation(story.state, story.facts, doer, story.directory, known())
    assert KIND.refusal(situation, "acknowledge-alert") is None
