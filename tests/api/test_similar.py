"""Similar petitions: by whom and by what words they are found, in which order, and for whose eyes."""

from collections.abc import Callable
from typing import Any

import pytest

from api import tries
from api.bootstrap import Services
from api.similar import SUBJECTS_ALIKE, alikeness, different_places, subjects_alike
from api.tries import PEOPLE
from domain.trace import MOMENT
from tests.api.caller import Caller
from tests.api.lives import Walker
from tests.api.problems import refused
from tests.traces import noted

SignIn = Callable[[str], Caller]
URL = "/v1/petitions/similar"

WANG = {"name": "王秀兰", "id_number": "110101195003071234", "phone": "13900000001"}
HEATING = "我住A市和平路，去年十二月以来室内温度一直不足十六度，多次向物业反映没有结果，请督促供热企业整改。"
ELEVATOR = "本单元电梯停运已有三周，老年人无法下楼，维保单位一直推诿，请有关部门责令限期修复。"


@pytest.fixture
def ask(sign_in: SignIn, catch_up: Callable[[], None]) -> Callable[..., list[dict[str, Any]]]:
    def asked(who: str = "office", **body: Any) -> list[dict[str, Any]]:
        catch_up()
        answer = sign_in(who).post(URL, json=body)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    return asked


def codes(item: dict[str, Any]) -> list[str]:
    return [one["code"] for one in item["reasons"]]


class TestBySomebody:
    """同一信访人."""

    @pytest.mark.parametrize(
        ("given", "code", "score"),
        [
            ({"id_number": " 110101 19500307 1234 "}, "id_number", 100),
            ({"phone": "+86 139-0000-0001"}, "phone", 95),
            ({"name": "王秀蘭"}, "name", 70),
        ],
    )
    def test_however_it_is_written(self, walker: Walker, ask, given: dict[str, str], code: str, score: int):
        case = walker.register(petitioners=[WANG])
        walker.register(petitioners=[{"name": "李明", "phone": "13900000009"}])
        [found] = ask(petitioners=[given])
        assert (found["id"], codes(found), found["score"]) == (case, [code], score)

    def test_what_is_surer_comes_first(self, walker: Walker, ask):
        named = walker.register(petitioners=[{"name": "王秀兰"}])
        certain = walker.register(petitioners=[WANG])
        found = ask(petitioners=[WANG])
        assert [one["id"] for one in found] == [certain, named]
        assert codes(found[0]) == ["id_number", "phone", "name"]

    @pytest.mark.parametrize("name", ["匿名", "群众", "王"])
    def test_nobody_is_not_everybody(self, walker: Walker, ask, name: str):
        walker.register(petitioners=[{"name": name}])
        assert ask(petitioners=[{"name": name}]) == []


class TestByWords:
    """内容相近."""

    def test_nearly_the_same_text_is_found_and_another_isnt(self, walker: Walker, ask):
        case = walker.register(content=HEATING, petitioners=[])
        walker.register(subject="反映电梯停运", content=ELEVATOR, petitioners=[])
        [found] = ask(content=HEATING.replace("去年十二月", "今年一月").replace("多次", "数次"))
        assert (found["id"], codes(found)) == (case, ["text"])
        assert found["score"] >= 80

    def test_the_beginning_of_a_text_is_enough(self, walker: Walker, ask):
        case = walker.register(content=HEATING * 3, petitioners=[])
        [found] = ask(content=HEATING[:26])
        assert found["id"] == case

    def test_the_same_words_about_another_city_rank_lower_and_say_so(self, walker: Walker, ask):
        there = walker.register(content=HEATING.replace("A市", "B市"), petitioners=[])
        here = walker.register(content=HEATING, petitioners=[])
        found = ask(content=HEATING)
        assert [one["id"] for one in found] == [here, there]
        assert (codes(found[1]), found[1]["reasons"][1]["text"]) == (["text", "place"], "地名不同：A市／B市")

    def test_of_no_words_nothing_is_found(self, walker: Walker, ask):
        walker.register()
        assert ask() == ask(content="。") == ask(subject="电") == []

    def test_no_more_than_asked_for(self, walker: Walker, ask):
        for _ in range(3):
            walker.register(content=HEATING)
        assert len(ask(content=HEATING, limit=2)) == 2


class TestWhoseEyes:
    """可见范围."""

    def test_a_unit_finds_what_passed_through_it(self, walker: Walker, ask):
        walker.register(content=HEATING, petitioners=[WANG])
        own = walker.walk(
            [("office", "transfer", {"to_unit": "unit-a"})], content=HEATING, petitioners=[WANG]
        )
        assert [one["id"] for one in ask("unit-a-clerk", content=HEATING, petitioners=[WANG])] == [own]
        assert ask("unit-b-clerk", content=HEATING, petitioners=[WANG]) == []
        assert ask("admin", content=HEATING, petitioners=[WANG]) == []

    def test_who_may_not_know_the_petitioner_finds_by_words_alone(self, walker: Walker, ask):
        walker.register(content=ELEVATOR, petitioners=[WANG])
        assert ask("leader", petitioners=[WANG]) == []
        [found] = ask("leader", petitioners=[WANG], content=ELEVATOR)
        assert codes(found) == ["text"]

    def test_an_accusation_is_found_by_those_who_may_read_it(self, walker: Walker, ask):
        case = walker.register(category="accusation", content=ELEVATOR, petitioners=[WANG])
        assert [one["id"] for one in ask("office", content=ELEVATOR)] == [case]
        assert [one["id"] for one in ask("auditor", content=ELEVATOR)] == [case]
        assert ask("leader", content=ELEVATOR) == ask("inspector", content=ELEVATOR) == []

    def test_a_hidden_petition_takes_nobodys_place(self, walker: Walker, ask):
        for _ in range(3):
            walker.register(category="accusation", content=HEATING)
        case = walker.register(content=HEATING)
        assert [one["id"] for one in ask("inspector", content=HEATING, limit=1)] == [case]

    def test_no_personal_data_come_back(self, walker: Walker, sign_in: SignIn, catch_up):
        walker.register(petitioners=[WANG])
        catch_up()
        text = sign_in("office").post(URL, json={"petitioners": [WANG]}).text
        assert not [value for value in WANG.values() if value in text]


class TestTheTrace:
    """留痕和限量."""

    @staticmethod
    def traces(services: Services) -> list[tuple[str, str, str]]:
        return [(str(one["case_id"]), one["officer"], one["what"]) for one in reversed(noted(services))]

    def test_a13_who_petitions_is_confirmed_once_a_moment_and_it_is_written_down(
        self, walker: Walker, ask, services: Services, clock
    ):
        case = walker.register(content=ELEVATOR, petitioners=[WANG])
        for _ in range(3):
            ask(petitioners=[WANG], content=ELEVATOR)
        assert self.traces(services) == [(case, "office", "same_person")]
        clock.set(clock() + MOMENT)
        ask(petitioners=[{"phone": WANG["phone"]}])
        ask("office-head", petitioners=[{"phone": WANG["phone"]}])
        assert [one[1] for one in self.traces(services)] == ["office-head", "office", "office"]

    def test_a13_what_is_found_by_words_tells_nothing_of_persons(
        self, walker: Walker, ask, services: Services
    ):
        walker.register(content=ELEVATOR, petitioners=[WANG])
        assert len(ask(content=ELEVATOR)) == 1
        assert ask("leader", petitioners=[WANG]) == []
        assert self.traces(services) == []

    def test_nobody_goes_through_people_one_by_one(self, services, sign_in: SignIn, clock):
        office = sign_in("office")
        typed = {"petitioners": [WANG]}
        assert {office.post(URL, json=typed).status_code for _ in range(3)} == {200}
        tries.ration(services.database, "office", [str(one) for one in range(PEOPLE.at_address)], clock())
        slowed = office.post(URL, json={"petitioners": [{"phone": "13911112222"}]})
        assert (slowed.status_code, slowed.json()["code"]) == (429, "similar.too_often")
        assert int(slowed.headers["retry-after"]) > 0
        assert office.post(URL, json={"content": ELEVATOR}).status_code == 200
        assert sign_in("office-head").post(URL, json=typed).status_code == 200


class TestTheRequest:
    """请求."""

    def test_who_isnt_signed_in_finds_nothing(self, client: Caller):
        assert refused(client.post(URL, json={"content": HEATING}), 401)

    @pytest.mark.parametrize(
        "body", [{"limit": 0}, {"limit": 51}, {"petitioners": "x"}, {"content": 1}, {"unknown": 1}]
    )
    def test_what_is_wrong_is_refused(self, sign_in: SignIn, body: dict[str, Any]):
        assert refused(sign_in("office").post(URL, json=body), 422)


class TestAlikeness:
    """文字相似度和地名."""

    def test_unrelated_texts_are_not_alike(self):
        assert alikeness(HEATING, ELEVATOR) < 55
        assert alikeness(HEATING, HEATING) == 100
        assert alikeness("电梯", HEATING) == 0

    @pytest.mark.parametrize(
        ("one", "other", "apart"),
        [
            ("我住清江区和平路", "家在清江区", None),
            ("反映A市供暖", "反映B市供暖", ("A市", "B市")),
            ("临河县水利局", "清源县水利局", ("临河县", "清源县")),
            ("没有地名", "清源县水利局", None),
            ("本市城区小区", "全市农村社区", None),
        ],
    )
    def test_places(self, one: str, other: str, apart: tuple[str, str] | None):
        assert different_places(one, other) == apart


class TestBySubject:
    """内容摘要: a short matter told anew in other words is still found."""

    def test_alike_subjects_are_found_whatever_else_is_written(self, walker: Walker, ask):
        case = walker.register(subject="和平小区路灯不亮的问题", content=ELEVATOR)
        walker.register(subject="和平小区幼儿园收费的问题", content=ELEVATOR)
        [found] = ask(subject="和平小区路灯不亮问题", content=HEATING)
        assert (found["id"], codes(found)) == (case, ["subject"])
        assert found["reasons"][0]["text"].startswith("内容摘要相似 ")
        assert found["score"] < 100

    @pytest.mark.parametrize(
        ("one", "other", "alike"),
        [
            ("和平小区路灯不亮的问题", "和平小区路灯不亮问题", True),
            ("希望解决清泉小学门前出行安全问题", "希望解决清泉小学学生出行安全问题", True),
            ("反映龙泉小区垃圾站恶臭问题", "反映龙泉小区的几个问题", False),
            ("反映长河县小区噪音问题", "反映清江县小区噪音问题", False),
            ("噪音问题", "噪音问题", False),
        ],
    )
    def test_how_alike_two_subjects_must_be(self, one: str, other: str, alike: bool):
        assert (subjects_alike(one, other) >= SUBJECTS_ALIKE) is alike
