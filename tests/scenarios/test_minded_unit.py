"""代管 (B3): what goes to a section without head or clerk is done by the bureau above it, in the section's place."""

from tests.scenarios.desk import Desk

SECTION = {"id": "unit-b-records", "name": "清江区人社局档案科", "kind": "unit", "parent": "unit-b"}


def test_b3_the_unit_above_acts_for_a_section_with_nobody_in_it(desk: Desk) -> None:
    desk.post("2026-03-02", "admin", "/v1/directory/units", SECTION)
    opening = {
        "source": "局务会议",
        "category": "meeting",
        "subject": "档案数字化",
        "requirements": "年底前完成。",
        "due_on": "2026-06-30",
        "opened_by_unit": "supervision",
    }
    item = desk.opens("2026-03-02", "inspector", "/v1/supervision-items", opening)
    item.on("2026-03-02", "inspector", "submit")
    item.on("2026-03-03", "leader", "instruct", text="同意。")
    item.on("2026-03-03", "inspector", "issue")
    item.on("2026-03-03", "inspector", "allocate", lead_unit="unit-b-records")
    item.on("2026-03-04", "unit-b-head", "report", text="已完成三成。")
    item.on("2026-03-05", "unit-b-head", "submit-result", conclusion="已全部完成。")
    clocks = item.ledger("2026-03-05", "inspector")
    assert clocks["unit-limit", "unit-b-records"][1] == "met"
    told = item.reads("2026-03-05", "auditor", "/history")["items"]
    submitted = next(one for one in told if one["event"] == "ResultSubmitted")
    assert (submitted["by"], submitted["unit"]) == ("unit-b-head", "unit-b-records")

    letter = {"channel": "letter", "category": "appeal", "subject": "查档案", "content": "来信全文。"}
    case = desk.opens("2026-03-02", "office", "/v1/petitions", letter)
    case.on("2026-03-03", "office", "transfer", to_unit="unit-b-records")
    assert case.refused("2026-03-04", "unit-a-clerk", "accept") == "petition.unknown"
    case.on("2026-03-04", "unit-b-clerk", "accept")
    assert case.reads("2026-03-04", "office")["unit"] == "unit-b-records"
