"""信访人查询与评价 (A19): what number and query code open, what they never show, and that guessing learns nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest

from api import tries
from api.errors import TooOften
from api.tries import ADDRESS_TRIES, FORGOTTEN, NAME_TRIES, PROGRESS, TRIES, WITHIN
from projections import runner
from tests import traces
from tests.api.conftest import Town
from tests.api.lives import LIVES, REVIEWED, SERVED, TRANSFERRED, Life, Step
from tests.api.town import OFFICERS

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NOTE = "只供内部阅看"
NOTES = ("text", "reason", "reasons", "opinion", "advice", "explanation", "contact", "comment", "remark")
OTHERS = [
    {"name": "欧阳另一人", "phone": "13877776666", "address": "和平里九号"},
    {"name": "诸葛第三人", "id_number": "110101199003074518"},
]
AGAINST = [{"unit": "某某物业公司", "person": "被反映的人"}]


@pytest.fixture(autouse=True)
def now(town: Town) -> Iterator[None]:
    """Every test begins on the same day with nothing counted against anybody."""
    town.clock.set(NOW)
    with town.services.database.transaction() as connection:
        connection.execute("DELETE FROM sign_in_failures")
    yield
    town.clock.set(NOW)


def registered(town: Town, way: list[Step] | None = None, **letter: Any) -> dict[str, str]:
    """A petition at the end of that way, with what stands on its receipt."""
    case = town.walker.walk(way or [], **letter)
    runner.catch_up(town.services.database, town.services.casework)
    petition = town.services.casework.petition(UUID(case))
    assert petition is not None
    return {"id": case, "number": petition.number, "query_code": petition.query_code}


def ask(town: Town, told: dict[str, str], **otherwise: Any) -> Any:
    body = {name: told[name] for name in ("number", "query_code")} | otherwise
    return town.client.signed(None).post("/v1/progress", json=body)


def rate(town: Town, told: dict[str, str], about: str = "unit", score: str = "satisfied", **more: Any) -> Any:
    body = {name: told[name] for name in ("number", "query_code")} | {"about": about, "score": score} | more
    return town.client.signed(None).post("/v1/progress/rating", json=body)


def test_a19_a_petition_that_was_only_registered_has_a_next_limit(town: Town):
    found = ask(town, registered(town, ())).json()
    assert (found["limit"]["clock"], found["limit"]["due_on"]) == ("route", "2026-03-17")


def test_a19_the_way_in_plain_words_with_the_next_limit(town: Town):
    found = ask(town, registered(town, SERVED[:-2])).json()
    assert [(one["label"], one["unit_name"]) for one in found["steps"]] == [
        ("已登记", "清江区信访局"),
        ("已转办", "清江区住房和城乡建设局"),
        ("已受理", "清江区住房和城乡建设局"),
    ]
    assert (found["stage_label"], found["unit_name"]) == ("办理中", "清江区住房和城乡建设局")
    assert (found["limit"]["clock"], found["limit"]["due_on"]) == ("notify", "2026-03-17")
    assert found["limit"]["text"] == "最迟2026-03-17（星期二）书面告知接收情况，还有15日。"


def test_a19_an_extension_and_a_lateness_are_told(town: Town):
    way: list[Step] = [
        *SERVED[:-2],
        ("unit-a-clerk", "serve", {"notice": "acceptance", "method": "post"}),
        ("unit-a-clerk", "request-extension", {"days": 10, "reason": NOTE}),
        ("leader", "grant-extension", {"days": 10}),
    ]
    told = registered(town, way)
    limit = ask(town, told).json()["limit"]
    assert (limit["clock"], limit["due_on"], limit["days_extended"]) == ("finish", "2026-05-11", 10)
    assert "已经批准延长10日。" in limit["text"]
    town.clock.set(datetime(2026, 5, 14, 2, 0, tzinfo=UTC))
    late = ask(town, told).json()["limit"]
    assert (late["status"], "已超过3日" in late["text"]) == ("overdue", True)


def test_a19_what_was_served_and_what_may_be_asked_for_next(town: Town):
    found = ask(town, registered(town, SERVED)).json()
    assert [(one["kind"], one["label"]) for one in found["notices"]] == [("opinion", "处理意见书")]
    assert [(one["right"], one["until"]) for one in found["rights"]] == [("review-request", "2026-04-01")]
    reviewed = ask(town, registered(town, REVIEWED)).json()
    assert [one["right"] for one in reviewed["rights"]] == ["reexamination-request"]


def test_a19_missing_material_is_listed_while_it_is_waited_for(town: Town):
    asked: list[Step] = [*TRANSFERRED, ("unit-a-clerk", "ask-for-more", {"missing": ["房产证复印件"]})]
    assert ask(town, registered(town, asked)).json()["missing"] == ["房产证复印件"]
    brought = registered(town, [*asked, ("office", "supplement", {})])
    assert ask(town, brought).json()["missing"] == []


ISSUED: list[Step] = [
    *SERVED[:-1],
    ("unit-a-clerk", "issue-notice", {"notice": "opinion"}),
]


def paper(town: Town, told: dict[str, str], kind: str = "opinion", **otherwise: Any) -> Any:
    body = {name: told[name] for name in ("number", "query_code")} | otherwise
    return town.client.signed(None).post(f"/v1/progress/notices/{kind}.pdf", json=body)


def test_a19_a_notice_that_was_issued_and_served_is_handed_out(town: Town):
    told = registered(town, [*ISSUED, SERVED[-1]])
    assert [(one["kind"], one["pdf"]) for one in ask(town, told).json()["notices"]] == [("opinion", True)]
    answer = paper(town, told)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["cache-control"] == "no-store"
    traces.noted(town.services)
    rows = town.walker.as_("auditor").get("/v1/readings", params={"case": told["id"]}).json()["items"]
    assert (rows[0]["officer"], rows[0]["what"]) == ("petitioner", "notice")


def test_a19_what_was_not_served_or_not_issued_is_not_handed_out(town: Town):
    for way, pdf in ((ISSUED, []), (SERVED, [False])):
        told = registered(town, way)
        assert [one["pdf"] for one in ask(town, told).json()["notices"]] == pdf
        answer = paper(town, told)
        assert (answer.status_code, answer.json()["code"]) == (404, "progress.no_such_notice")
    assert paper(town, told, "urging").json()["code"] == "progress.no_such_notice"
    assert paper(town, told, query_code="AAAAAAAAAA").json()["code"] == "progress.unknown"


def test_a19_small_letters_spaces_and_full_width_letters_do(town: Town):
    told = registered(town)
    typed = told["number"].lower().replace("-", "－"), f" {told['query_code'].lower()} "
    assert ask(town, told, number=typed[0], query_code=typed[1]).status_code == 200
    assert ask(town, told, query_code=f"{told['query_code'][:5]} {told['query_code'][5:]}").status_code == 200


def test_a19_a_wrong_number_and_a_wrong_code_answer_alike(town: Town):
    told = registered(town)
    wrong = [
        ask(town, told, query_code="AAAAAAAAAA"),
        ask(town, told, number="XF-2026-999999"),
        ask(town, told, number="XF-2026-J00000001"),
        ask(town, told, number="XF-2026-999999", query_code="-" * 10),
    ]
    assert {(one.status_code, one.content) for one in wrong} == {(404, wrong[0].content)}
    assert wrong[0].json()["code"] == "progress.unknown"
    assert {tuple(sorted(one.headers)) for one in wrong} == {tuple(sorted(wrong[0].headers))}


def test_a19_another_petitions_code_opens_nothing(town: Town):
    mine, other = registered(town), registered(town)
    assert ask(town, mine, query_code=other["query_code"]).status_code == 404


def test_a19_guessing_is_slowed_by_number(town: Town):
    told = registered(town)
    for _ in range(TRIES):
        assert ask(town, told, query_code="AAAAAAAAAA").status_code == 404
    slowed = ask(town, told)
    assert (slowed.status_code, slowed.json()["code"]) == (429, "progress.too_often")
    assert int(slowed.headers["retry-after"]) > 0
    assert TRIES < NAME_TRIES


def test_a19_guessing_is_slowed_by_address_and_shuts_no_officer_out(town: Town):
    assert ask(town, {"number": "XF-2026-000001", "query_code": "AAAAAAAAAA"}).status_code == 404
    with town.services.database.transaction() as connection:
        connection.execute(
            "UPDATE sign_in_failures SET failures = %s WHERE kind = 'address'", (PROGRESS.at_address,)
        )
    assert ask(town, {"number": "XF-2026-900000", "query_code": "AAAAAAAAAA"}).status_code == 429
    wrong = town.client.signed(None).post("/v1/sessions", json={"username": "office", "password": "wrong"})
    assert wrong.status_code == 401


def test_a19_a_hundred_mistakes_at_one_address_lock_nobody_out_there(town: Town):
    told = registered(town)
    for number in range(ADDRESS_TRIES):
        ask(town, {"number": f"XF-2026-{number:06d}", "query_code": "AAAAAAAAAA"})
    assert ask(town, told).status_code == 200


def test_a19_however_often_others_guess_who_knows_the_code_is_heard(town: Town):
    told, database, now = registered(town), town.services.database, town.clock()
    for guess in range(PROGRESS.a_day or 0):
        tries.admit(database, f"198.51.{guess // 250}.{guess % 250}", now, told["number"], PROGRESS)
    with pytest.raises(TooOften):
        tries.admit(database, "198.51.0.1", now + 2 * WITHIN, told["number"], PROGRESS)
    assert ask(town, told).status_code == 200
    with pytest.raises(TooOften):  # the owner's success doesn't give the guessers new tries
        tries.admit(database, "198.51.0.1", now + 2 * WITHIN, told["number"], PROGRESS)
    tries.admit(database, "198.51.0.1", now + FORGOTTEN, told["number"], PROGRESS)


def test_a19_who_knows_the_code_is_not_slowed(town: Town):
    told = registered(town)
    assert {ask(town, told).status_code for _ in range(2 * TRIES)} == {200}


def test_a13_every_look_leaves_a_trace(town: Town):
    told = registered(town)
    ask(town, told)
    traces.noted(town.services)
    rows = town.walker.as_("auditor").get("/v1/readings", params={"case": told["id"]}).json()["items"]
    assert [(one["officer"], one["officer_name"], one["what"]) for one in rows] == [
        ("petitioner", "信访人", "progress")
    ]


def test_a19_a_rating_is_the_petitioners_own_act(town: Town):
    told = registered(town, SERVED)
    answer = rate(town, told, comment="办得及时")
    assert (answer.status_code, answer.json()["items"][1]["score_label"]) == (201, "满意")
    history = town.walker.as_("office").get(f"/v1/petitions/{told['id']}/history").json()["items"]
    last = history[-1]
    assert (last["event"], last["by_name"], last["unit_name"], last["role"]) == (
        "Rated",
        "信访人",
        "信访人",
        "petitioner",
    )
    assert last["data"] == {"about": "unit", "score": "satisfied", "comment": "办得及时"}


@pytest.mark.parametrize("comment", [None, ""])
def test_a19_a_rating_needs_no_comment(town: Town, comment: str | None):
    told = registered(town, SERVED)
    assert rate(town, told, comment=comment).status_code == 201


def test_a19_each_is_rated_once_an_answer(town: Town):
    told = registered(town, SERVED)
    assert rate(town, told).status_code == 201
    again = rate(town, told, score="dissatisfied")
    assert (again.status_code, again.json()["code"]) == (409, "petition.already_rated")
    assert rate(town, told, about="office").status_code == 201
    assert ask(town, told).json()["rating"]["open"] is False


def test_a19_a_rating_needs_an_answer_and_its_time(town: Town):
    early = rate(town, registered(town, SERVED[:-1]))
    assert (early.status_code, early.json()["code"]) == (409, "petition.rating_closed")
    told = registered(town, SERVED)
    town.clock.set(datetime(2026, 4, 2, 2, 0, tzinfo=UTC))
    assert rate(town, told).json()["code"] == "petition.rating_closed"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"number": "XF-2026-000001"},
        {"number": "XF-2026-000001", "query_code": 1234567890},
        {"number": "x" * 300, "query_code": "AAAAAAAAAA"},
        {"number": "XF-2026-000001", "query_code": "AAAAAAAAAA", "officer": "leader"},
        {"number": "\x07", "query_code": "AAAAAAAAAA"},
    ],
)
def test_a19_what_is_no_question_is_refused_without_repeating_it(town: Town, body: dict[str, Any]):
    answer = town.client.signed(None).post("/v1/progress", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")
    assert "1234567890" not in answer.text
    assert "AAAAAAAAAA" not in answer.text


def noted(body: dict[str, Any]) -> dict[str, Any]:
    """The same act with a note in every text that is no word of a list."""
    return {name: f"{NOTE}{value}" if name in NOTES else value for name, value in body.items()}


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.act)
def test_a13_no_name_and_no_note_reaches_the_citizen(town: Town, life: Life):
    way: list[Step] = [
        (who, act, noted(body)) for who, act, body in [*life.way, (life.who, life.act, life.body)]
    ]
    people = [{"name": "王秀兰", "phone": "13900000001", "representative": True}, *OTHERS]
    if any("simplified" in body.values() for _, _, body in way):
        people = people[:1]  # several people's matter isn't handled the simple way
    told = registered(town, way, **{"petitioners": people, "against": AGAINST} | life.fields)
    answer = ask(town, told)
    assert answer.status_code == 200, answer.text
    must_not_tell(answer.text, told)


@pytest.mark.parametrize("seed", range(12))
def test_a13_whichever_way_a_petition_goes_no_name_and_no_note_is_shown(town: Town, seed: int):
    chance, told = Random(seed), registered(town, petitioners=OTHERS, against=AGAINST)
    done = 0
    for _ in range(40):
        life = chance.choice(LIVES)
        done += town.walker.do(told["id"], life.who, life.act, noted(life.body)).status_code == 200
    runner.catch_up(town.services.database, town.services.casework)
    assert done > 0
    answer = ask(town, told)
    assert answer.status_code == 200, answer.text
    must_not_tell(answer.text, told)


def must_not_tell(text: str, told: dict[str, str]) -> None:
    shown = json.dumps(json.loads(text), ensure_ascii=False)
    hidden = [NOTE, told["query_code"], told["id"], "13900000001", "王秀兰", "某某物业公司", "被反映的人"]
    hidden += [value for one in OTHERS for value in one.values()]
    # "office" is also what a rating is about
    hidden += [name for _, name, *_ in OFFICERS] + [f'"{id}"' for id, *_ in OFFICERS if id != "office"]
    assert [one for one in hidden if one in shown] == []
