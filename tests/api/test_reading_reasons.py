"""Who doesn't handle a case says why before its people's data are opened (A13, C4); each opening is a fact of the log, and what
can't be recorded isn't shown."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import httpx
import pytest
from python_calamine import load_workbook

from api.bootstrap import Services
from domain.rules.reading import GROUNDS
from domain.trace import MOMENT, PersonalDataRead
from projections.readings import Readings
from projections.rebuild import rebuild
from tests.api.cases import done
from tests.api.lives import TRANSFERRED, Walker
from tests.api.problems import refused
from tests.conftest import Clock
from tests.owner import as_owner
from tests.traces import WHY, noted, with_reason


def url(case: str, rest: str = "") -> str:
    return f"/v1/petitions/{case}{rest}"


def facts(services: Services) -> list[PersonalDataRead]:
    rows = services.casework.store.select_log(0, 10_000)
    read = (services.casework.fact(row) for row in rows if row.topic == PersonalDataRead.TOPIC)
    return [fact for fact in read if isinstance(fact, PersonalDataRead)]


def test_a13_who_oversees_says_why_and_may_then_look_for_ten_minutes(
    walker: Walker, services: Services, clock: Clock
) -> None:
    case = walker.walk(TRANSFERRED)
    auditor = walker.as_("auditor")
    told = refused(auditor.get(url(case, "/petitioners")), 403, "reading.reason_needed")
    assert "审计监督" in told["detail"]
    assert facts(services) == []
    answer = auditor.post(url(case, "/readings"), json={"reason": WHY})
    assert answer.status_code == 201
    assert answer.json()["ground_label"] == GROUNDS["auditor"].label
    assert auditor.get(url(case, "/petitioners")).json()["items"][0]["name"]
    clock.set(clock() + MOMENT - timedelta(seconds=1))
    assert auditor.get(url(case, "/petitioners")).status_code == 200
    clock.set(clock() + timedelta(seconds=1))
    refused(auditor.get(url(case, "/petitioners")), 403, "reading.reason_needed")
    assert [(one.what, one.ground, one.reason) for one in facts(services)] == [
        ("reason", "auditor", WHY),
        ("petitioners", "auditor", WHY),
        ("petitioners", "auditor", WHY),
    ]


def test_a13_a_reason_is_of_one_officer_and_one_case(walker: Walker) -> None:
    case, other = walker.walk(TRANSFERRED), walker.walk(TRANSFERRED)
    for one in (case, other):
        done(walker.as_("office"), one, "send-for-reading", officers=["leader"], reason="请阅")
    with_reason(walker.as_("auditor"), url(case))
    refused(walker.as_("auditor").get(url(other, "/petitioners")), 403, "reading.reason_needed")
    refused(walker.as_("leader").get(url(case, "/petitioners")), 403, "reading.reason_needed")
    assert with_reason(walker.as_("leader"), url(case)).get(url(case, "/petitioners")).status_code == 200


@pytest.mark.parametrize(
    ("who", "ground"), [("office", "office"), ("office-head", "office"), ("unit-a-clerk", "holder")]
)
def test_a13_who_handles_it_needs_no_reason(
    walker: Walker, services: Services, who: str, ground: str
) -> None:
    case = walker.walk(TRANSFERRED)
    assert walker.as_(who).get(url(case, "/petitioners")).status_code == 200
    [fact] = facts(services)
    assert (fact.case, fact.by, fact.ground, fact.reason) == (UUID(case), who, ground, None)
    assert fact.originator_version == 1
    assert fact.originator_id != fact.case


def test_a13_who_may_not_look_needs_not_say_why(walker: Walker, services: Services) -> None:
    case = walker.walk(TRANSFERRED)
    reason = {"reason": WHY}
    refused(
        walker.as_("inspector").post(url(case, "/readings"), json=reason),
        403,
        "petition.personal_data_closed",
    )
    refused(walker.as_("unit-b-clerk").post(url(case, "/readings"), json=reason), 404, "petition.unknown")
    refused(
        walker.as_("auditor").post(url(case, "/readings"), json={"reason": "查"}),
        422,
        "reading.reason_too_short",
    )
    refused(walker.as_("auditor").post(url(case, "/readings"), json={"reason": "查" * 201}), 422)
    assert facts(services) == []


def test_a13_a_reading_moves_no_version_and_no_history(walker: Walker, services: Services) -> None:
    case = walker.walk(TRANSFERRED)
    before = walker.as_("office").get(url(case)).headers["etag"]
    walker.as_("office").get(url(case, "/petitioners"))
    assert walker.as_("office").get(url(case)).headers["etag"] == before
    history = walker.as_("office").get(url(case, "/history")).json()["items"]
    assert "PersonalDataRead" not in {one["event"] for one in history}
    feeds = {
        who: walker.as_(who).get("/v1/events?limit=200").json()["items"] for who in ("office", "auditor")
    }
    seen = {who: [one for one in items if one["event"] == "PersonalDataRead"] for who, items in feeds.items()}
    assert seen["office"] == []
    assert [one["data"]["case"] for one in seen["auditor"]] == [case]
    stream = seen["auditor"][0]["stream"]
    assert walker.as_("auditor").get(url(stream)).status_code == 404


def test_a13_what_cannot_be_recorded_is_not_shown(walker: Walker, services: Services) -> None:
    """Fail closed: whatever keeps the log from taking the fact keeps the data from whoever asks."""
    case = walker.walk(TRANSFERRED)
    name = walker.as_("office").get(url(case, "/petitioners")).json()["items"][0]["name"]
    with as_owner(services.database) as connection:
        connection.execute("REVOKE EXECUTE ON FUNCTION append_events FROM shixian_writer")
    answers: list[httpx.Response] = []
    for path in ("/petitioners", "/notices/receipt.docx"):
        answers.append(walker.as_("office").get(url(case, path)))
    assert all(one.status_code >= 500 for one in answers)
    assert not [one for one in answers if name in one.text]


def test_a13_the_auditor_sees_who_when_on_what_ground(walker: Walker, catch_up: Callable[[], None]) -> None:
    case, other = walker.walk(TRANSFERRED), walker.walk(TRANSFERRED)
    for _ in range(11):
        walker.as_("unit-a-clerk").get(url(case, "/petitioners"))
    walker.as_("unit-a-head").get(url(case, "/petitioners"))
    walker.as_("office").get(url(other, "/petitioners"))
    auditor = with_reason(walker.as_("auditor"), url(case))
    auditor.get(url(case, "/petitioners"))
    catch_up()

    def listed(**wanted: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = auditor.get("/v1/readings", params=wanted).json()["items"]
        return found

    assert len(listed()) == 15
    assert {one["officer"] for one in listed(unit="unit-a")} == {"unit-a-clerk", "unit-a-head"}
    assert {one["case"] for one in listed(ground="office")} == {other}
    assert [one["reason"] for one in listed(what="petitioners", ground="auditor")] == [WHY]
    last = listed(ground="office")[0]
    assert (last["unit_name"], last["ground_label"], last["what_label"]) == (
        "清江区信访局", "登记机构办理", "信访人身份信息",
    )  # fmt: skip
    counted = auditor.get("/v1/readings/officers", params={"unit": "unit-a"}).json()["items"]
    assert [(one["officer"], one["readings"], one["usual"], one["stands_out"]) for one in counted] == [
        ("unit-a-clerk", 11, 1, True),
        ("unit-a-head", 1, 1, False),
    ]
    sheet = auditor.get("/v1/readings/export.xlsx", params={"ground": "office"})
    rows = load_workbook(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 3
    assert "登记机构办理" in rows[2]
    for path in (
        "/v1/readings/officers",
        "/v1/readings/export.xlsx",
        f"/v1/readings/{last['position']}/proof",
    ):
        refused(walker.as_("office").get(path), 403, "reading.not_yours")
    refused(auditor.get("/v1/readings/999999/proof"), 404, "reading.unknown")


def test_readings_are_made_anew_from_the_log(walker: Walker, services: Services) -> None:
    case = walker.walk(TRANSFERRED)
    walker.as_("office").get(url(case, "/petitioners"))
    with_reason(walker.as_("auditor"), url(case)).get(url(case, "/petitioners"))
    before = noted(services)
    with services.database.connection() as connection:
        connection.execute("DELETE FROM readings WHERE officer = 'office'")
    [found] = rebuild(services.database, services.casework, [Readings()])
    assert (found.wrong, found.missing) == (0, 1)
    assert noted(services) == before
