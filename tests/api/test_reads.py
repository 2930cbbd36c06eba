"""One case as officers may read it: state, people, history, deadlines, replay; hidden and unknown answer alike."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from api.bootstrap import Services
from tests.api.caller import Caller
from tests.api.cases import PERSONAL, REPLY_TO, WANG, accusation, done, registered
from tests.traces import noted, with_reason

SignIn = Callable[[str], Caller]

READS = ("", "/petitioners", "/history", "/deadlines", "/replay")


@pytest.fixture
def handled(sign_in: SignIn) -> str:
    """A petition that unit A has accepted and given to its officer."""
    case = registered(sign_in("office"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    done(sign_in("unit-a-clerk"), case, "accept")
    done(sign_in("unit-a-head"), case, "designate", officer="unit-a-officer")
    return case


@pytest.mark.parametrize("read", READS)
def test_nobody_reads_without_signing_in(client: Caller, handled: str, read: str) -> None:
    for case in (handled, str(uuid4())):
        answer = client.get(f"/v1/petitions/{case}{read}")
        assert (answer.status_code, answer.json()["code"]) == (401, "session.missing")


@pytest.mark.parametrize("read", READS)
def test_the_hidden_and_the_unknown_answer_alike(sign_in: SignIn, handled: str, read: str) -> None:
    for officer in ("admin", "unit-b-head", "unit-b-officer"):
        hidden = sign_in(officer).get(f"/v1/petitions/{handled}{read}")
        unknown = sign_in(officer).get(f"/v1/petitions/{uuid4()}{read}")
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.content == unknown.content
        assert hidden.headers.keys() == unknown.headers.keys()
        assert hidden.json()["code"] == "petition.unknown"


@pytest.mark.parametrize("read", READS)
def test_an_accusation_is_hidden_from_whom_it_accuses(sign_in: SignIn, read: str) -> None:
    office = sign_in("office")
    against_unit = accusation(office, unit="清江区住房和城乡建设局")
    against_head = accusation(office, person="李四海")
    against_inspector = accusation(office, person="inspector")
    done(office, against_head, "transfer", to_unit="unit-a")
    unknown = sign_in("inspector").get(f"/v1/petitions/{uuid4()}{read}").content
    for officer, case in (
        ("unit-a-head", against_unit),
        ("unit-b-head", against_head),
        ("inspector", against_inspector),
    ):
        answer = sign_in(officer).get(f"/v1/petitions/{case}{read}")
        assert (answer.status_code, answer.content) == (404, unknown)
    assert sign_in("inspector").get(f"/v1/petitions/{against_unit}{read}").status_code == 404
    auditor = with_reason(sign_in("auditor"), f"/v1/petitions/{against_unit}")
    assert auditor.get(f"/v1/petitions/{against_unit}{read}").status_code == 200


def test_the_directory_and_the_rule_base_are_no_cases(sign_in: SignIn, services: Services) -> None:
    for row in services.casework.store.select_log(0, 1):
        assert sign_in("auditor").get(f"/v1/petitions/{row.originator_id}").status_code == 404


def test_a_case_tells_where_it_stands(sign_in: SignIn, handled: str) -> None:
    answer = sign_in("unit-a-officer").get(f"/v1/petitions/{handled}")
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"4"'
    case = answer.json()
    told = {
        "id": handled,
        "number": "XF-2026-000001",
        "version": 4,
        "stage": "handling",
        "stage_label": "办理中",
        "state": "open",
        "channel": "letter",
        "category": "appeal",
        "subject": "反映小区供暖不足",
        "content": "来信全文。",
        "received_on": "2026-03-02",
        "headcount": 1,
        "unit": "unit-a",
        "unit_name": "清江区住房和城乡建设局",
        "units": ["petition-office", "unit-a"],
        "handler": "unit-a-officer",
        "handler_name": "孙三立",
        "track": "ordinary",
        "accepted_on": "2026-03-02",
        "replied_on": None,
        "closed_on": None,
        "repeat_of": None,
        "light": "green",
        "next_due_on": "2026-03-17",
        "overdue": False,
    }
    assert {name: case[name] for name in told} == told


def test_people_are_masked(sign_in: SignIn, handled: str) -> None:
    answer = sign_in("office").get(f"/v1/petitions/{handled}")
    assert answer.json()["petitioners"] == [
        {
            "key": "p1",
            "representative": False,
            "name": "王*",
            "id_number": "**************1234",
            "phone": "*******1234",
        }
    ]
    for read in ("", "/history", "/deadlines", "/replay"):
        text = sign_in("leader").get(f"/v1/petitions/{handled}{read}").text
        assert not [word for word in PERSONAL if word in text]
        assert "query_code" not in text


def test_a_short_name_or_number_is_masked_whole(sign_in: SignIn) -> None:
    case = registered(sign_in("office"), petitioners=[{"name": "张", "phone": "12345678", "id_number": "7"}])
    (shown,) = sign_in("office").get(f"/v1/petitions/{case}").json()["petitioners"]
    assert (shown["name"], shown["phone"], shown["id_number"]) == ("*", "********", "*")


def test_an_anonymous_petition_has_nobody(sign_in: SignIn) -> None:
    case = registered(sign_in("office"), petitioners=[])
    shown = sign_in("office").get(f"/v1/petitions/{case}").json()
    assert (shown["anonymous"], shown["petitioners"]) == (True, [])


def test_whom_it_is_about_is_shown_to_readers_once_it_has_reached_them(sign_in: SignIn) -> None:
    case = accusation(sign_in("office"), unit="unit-a", person="李四海")
    assert sign_in("leader").get(f"/v1/petitions/{case}").status_code == 404
    done(sign_in("office"), case, "propose", opinion="请领导阅批")
    shown = sign_in("leader").get(f"/v1/petitions/{case}").json()
    assert shown["against"] == [{"unit": "unit-a", "person": "李四海"}]


@pytest.mark.parametrize("officer", ["inspector", "leader"])
def test_who_reads_every_petition_sees_no_personal_data_of_what_passed_them_by(
    sign_in: SignIn, services: Services, handled: str, officer: str
) -> None:
    url = f"/v1/petitions/{handled}/petitioners"
    answer = sign_in(officer).get(url)
    assert (answer.status_code, answer.json()["code"]) == (403, "petition.personal_data_closed")
    done(sign_in("office"), handled, "send-for-reading", officers=[officer], reason="请阅")
    assert sign_in(officer).get(url).json()["code"] == "reading.reason_needed"
    assert with_reason(sign_in(officer), f"/v1/petitions/{handled}").get(url).status_code == 200
    assert len(readings(services)) == 1


HANDS = ["office", "office-head", "auditor", "unit-a-head", "unit-a-clerk", "unit-a-officer"]


@pytest.mark.parametrize("officer", HANDS)
def test_each_reading_of_personal_data_is_recorded(
    sign_in: SignIn, services: Services, handled: str, officer: str
) -> None:
    if officer == "auditor":
        with_reason(sign_in(officer), f"/v1/petitions/{handled}")
    answer = sign_in(officer).get(f"/v1/petitions/{handled}/petitioners")
    assert answer.status_code == 200
    assert answer.json() == {"items": [{"key": "p1", "representative": False, **WANG}], "reply_to": REPLY_TO}
    sign_in(officer).get(f"/v1/petitions/{handled}/petitioners")
    assert readings(services) == [(handled, officer, "petitioners", services.clock())] * 2


def test_a_unit_that_no_longer_has_the_case_sees_no_personal_data(
    sign_in: SignIn, services: Services
) -> None:
    case = registered(sign_in("office"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    done(sign_in("unit-a-head"), case, "object", reason="不属于本单位职权范围")
    done(sign_in("office-head"), case, "hand-back", reason="情况属实")
    assert sign_in("unit-a-head").get(f"/v1/petitions/{case}").status_code == 200
    answer = sign_in("unit-a-head").get(f"/v1/petitions/{case}/petitioners")
    assert (answer.status_code, answer.json()["code"]) == (403, "petition.personal_data_closed")
    assert readings(services) == []


def test_history_has_every_event_with_its_term_and_basis(sign_in: SignIn, handled: str) -> None:
    events = sign_in("unit-a-head").get(f"/v1/petitions/{handled}/history").json()["items"]
    assert [(one["version"], one["event"], one["label"]) for one in events] == [
        (1, "Registered", "登记"),
        (2, "Transferred", "转办"),
        (3, "Accepted", "受理"),
        (4, "Designated", "指定承办人"),
    ]
    assert [one["position"] for one in events] == sorted(one["position"] for one in events)
    first, second, third, fourth = events
    assert (first["by"], first["by_name"], first["on"]) == ("office", "林小雨", "2026-03-02")
    assert (first["recorded_at"], first["for_whom"]) == ("2026-03-02T02:00:00Z", None)
    assert "《信访工作条例》" in third["basis"]
    assert (second["data"], fourth["data"]) == ({"to_unit": "unit-a"}, {"officer": "unit-a-officer"})


def test_deadlines_have_the_agreed_shape(sign_in: SignIn, handled: str) -> None:
    items = sign_in("office").get(f"/v1/petitions/{handled}/deadlines").json()["items"]
    finish = next(one for one in items if one["clock"] == "finish")
    told = {
        "rulebook": "petition-2022",
        "unit_responsible": "unit-a",
        "started_on": "2026-03-02",
        "nominal_due_on": "2026-05-01",
        "due_on": "2026-05-06",
        "provisional": False,
        "status": "running",
        "light": "green",
        "stopped_on": None,
        "days_left": 65,
    }
    assert {name: finish[name] for name in told} == told
    assert finish["basis"].startswith("《信访工作条例》")
    assert finish["explanation"]


def test_replay_walks_from_event_to_event(sign_in: SignIn, handled: str) -> None:
    reader = sign_in("auditor")
    entries = reader.get(f"/v1/petitions/{handled}/replay").json()["items"]
    assert [one["event"]["version"] for one in entries] == [1, 2, 3, 4]
    assert [one["state"]["stage"] for one in entries] == ["registered", "with_unit", "handling", "handling"]
    assert [one["state"]["unit"] for one in entries] == ["petition-office", "unit-a", "unit-a", "unit-a"]
    assert [len(one["deadlines"]) for one in entries] == sorted(len(one["deadlines"]) for one in entries)
    assert entries[-1]["state"] == reader.get(f"/v1/petitions/{handled}").json()
    assert entries[-1]["deadlines"] == reader.get(f"/v1/petitions/{handled}/deadlines").json()["items"]


def test_an_id_that_is_none_is_malformed(sign_in: SignIn) -> None:
    answer = sign_in("office").get("/v1/petitions/42")
    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")


def readings(services: Services) -> list[tuple[object, ...]]:
    return [(str(one["case_id"]), one["officer"], one["what"], one["at"]) for one in noted(services)]
