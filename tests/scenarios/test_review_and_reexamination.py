"""复查复核件 (A5): a demolished shed, all three instances, and the petition that comes again."""

from domain.petition.commands import (
    Accept,
    Archive,
    CloseHearing,
    ConsentToRefusal,
    Decline,
    FileRefusal,
    LinkRepeat,
    OpenHearing,
    Reopen,
    Reply,
    Serve,
    Transfer,
)
from domain.review.commands import (
    ConcludeReexamination,
    ConcludeReview,
    RequestReexamination,
    RequestReview,
)
from tests.builders import a_clerk, a_head, clerk, head, leader, on
from tests.scenarios.office import File, Office


def answered(office: Office) -> File:
    shed = office.registers("2025-07-28", "反映杂物间被拆")
    shed.on("2025-07-28", clerk, Transfer("unit-a"))
    shed.on("2025-08-01", a_head, Accept())
    shed.on("2025-08-29", a_clerk, Reply("not_support", "该杂物间为违章搭建。"))
    shed.on("2025-09-01", a_clerk, Serve("opinion", "in_person", signed_by="王某"))
    return shed


def test_a5_three_instances_and_then_no_more(office: Office):
    """
    The opinion reaches Mr Wang on 1 September 2025: he may ask for a review until 9 October, the first day after
    the holidays. He posts his letter that day; it arrives on the 13th, and from then the review organ has
    until 12 November. He goes on to the last instance, which hears him from 10 to 17 March; these eight days are
    given back. It upholds, and the matter is at an end: neither reopened nor, when he comes again, accepted.
    """
    shed = answered(office)
    assert shed.ledger("2025-10-09")["review-request", "petitioner"] == ("2025-10-09", "running")
    request = RequestReview("不服处理意见", received_on=on("2025-10-13"), posted_on=on("2025-10-09"))
    shed.on("2025-10-13", clerk, request)
    assert shed.facts[-1].late is False
    assert shed.ledger("2025-10-14")["review-request", "petitioner"] == ("2025-10-09", "met")
    assert shed.ledger("2025-10-14")["review", "review_organ"] == ("2025-11-12", "running")

    shed.on("2025-11-10", head, ConcludeReview("uphold", "维持原处理意见。"))
    assert (
        shed.refused("2025-11-10", clerk, RequestReexamination("不服"))
        == "petition.review_opinion_not_served"
    )
    shed.on("2026-02-02", clerk, Serve("review-opinion", "post"))
    assert shed.ledger("2026-02-03")["review", "review_organ"] == ("2025-11-12", "met_late")
    assert shed.ledger("2026-02-03")["reexamination-request", "petitioner"] == ("2026-03-04", "running")

    shed.on("2026-03-02", clerk, RequestReexamination("不服复查意见"))
    assert shed.ledger("2026-03-02")["reexamination", "reexamination_organ"] == ("2026-04-01", "running")
    shed.on("2026-03-10", head, OpenHearing())
    assert shed.ledger("2026-03-12")["reexamination", "reexamination_organ"][1] == "suspended"
    assert (
        shed.refused("2026-03-12", head, ConcludeReexamination("uphold", "意见")) == "petition.hearing_open"
    )
    shed.on("2026-03-17", head, CloseHearing())
    assert shed.ledger("2026-03-18")["reexamination", "reexamination_organ"] == ("2026-04-09", "running")
    shed.on("2026-04-08", head, ConcludeReexamination("uphold", "维持复查意见。"))
    assert shed.refused("2026-04-08", clerk, Archive("终结")) == "petition.opinion_not_served"
    shed.on("2026-04-09", clerk, Serve("reexamination-opinion", "in_person"))
    assert shed.stage == "terminated"
    assert shed.ledger("2026-04-10")["reexamination", "reexamination_organ"] == ("2026-04-09", "met")
    shed.on("2026-04-13", clerk, Archive("终结归档"))
    assert shed.refused("2026-04-14", leader, Reopen("再次来信")) == "petition.terminated"
    assert shed.story[-3:] == ["ReexaminationConcluded", "Served", "Archived"]

    again = office.registers("2026-05-11", "再次反映杂物间被拆")
    again.on("2026-05-11", clerk, LinkRepeat(shed.id))
    assert again.petition.repeat_of_number == shed.number
    again.on("2026-05-11", clerk, Transfer("unit-a"))
    assert again.refused("2026-05-12", a_head, Accept()) == "petition.concluded_by_reexamination"
    again.on("2026-05-12", a_head, Decline("N2", "该事项已经复核终结。"))
    again.on("2026-05-13", leader, ConsentToRefusal("同意不予受理。"))
    again.on("2026-05-13", a_clerk, FileRefusal("该事项已经复核终结，不予受理。"))
    again.on("2026-05-13", a_clerk, Serve("refusal", "post"))
    assert {status for _, status in again.ledger("2026-12-01").values()} <= {"met", "cancelled"}
    assert again.ledger("2026-12-01")["file", "unit-a"] == ("2026-05-13", "met")


def test_a5_a_review_that_sends_the_matter_back_opens_a_new_round(office: Office):
    """The review organ finds that nobody was heard and has the matter handled anew, within sixty days again."""
    shed = answered(office)
    shed.on("2025-09-15", clerk, RequestReview("未听取陈述"))
    shed.on("2025-10-13", head, ConcludeReview("redo", "未听取陈述和申辩，责令重新办理。"))
    shed.on("2025-10-14", clerk, Serve("review-opinion", "in_person"))
    assert shed.stage == "handling"
    assert shed.ledger("2025-10-14")["finish", "unit-a"] == ("2025-12-12", "running")
    assert shed.ledger("2025-10-14")["review", "review_organ"] == ("2025-10-15", "met")

    shed.on("2025-12-01", a_clerk, Reply("explain", "经听取陈述，补偿搬运费用。"))
    shed.on("2025-12-02", a_clerk, Serve("opinion", "in_person"))
    assert shed.ledger("2025-12-03")["finish", "unit-a"] == ("2025-12-12", "met")
    assert shed.ledger("2025-12-03")["review-request", "petitioner"] == (
        "2026-01-04",
        "running",
    )  # a working Sunday
    shed.on("2026-01-05", clerk, RequestReview("仍不服"))
    assert shed.facts[-1].late is True
    assert [c.state for c in shed.clocks("2026-01-06") if c.clock == "review"] == ["stopped", "running"]
