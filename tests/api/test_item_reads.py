"""One supervision item as officers may read it: state, every unit's part, history, clocks, replay, papers, other times."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from api.bootstrap import Services
from projections import runner
from tests.api.caller import Caller
from tests.api.conftest import Town
from tests.api.files import PDF
from tests.api.item_lives import (
    ASKED,
    DEPUTY,
    DESIGNATED,
    HANDLING,
    JOINT,
    LATER,
    PASSED_UP,
    REPORTED,
    URL,
    VETTED,
    ItemWalker,
)
from tests.api.lives import Step
from tests.api.problems import refused
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
READS = ("", "/history", "/deadlines", "/replay", "/acts", "/attachments", f"/attachments/{'a' * 64}")
EVERYBODY = ("office", "office-head", "unit-b-head", "unit-b-clerk", "unit-b-officer", "unit-a-officer")


@pytest.fixture(scope="module")
def handled(item_walker: ItemWalker) -> str:
    """An item that unit A handles with its officer."""
    return item_walker.walk(DESIGNATED)


class TestWhoReads:
    """查阅范围 (第十四条): public items everybody; others those they passed through, leaders and inspectors."""

    @pytest.mark.parametrize("read", READS)
    def test_nobody_without_signing_in(self, town: Town, handled: str, read: str) -> None:
        for item in (handled, str(uuid4()), "no-id"):
            refused(town.client.get(f"{URL}/{item}{read}"), 401, "session.missing")

    @pytest.mark.parametrize("read", READS)
    def test_the_hidden_and_the_unknown_answer_alike(
        self, item_walker: ItemWalker, handled: str, read: str
    ) -> None:
        for who in ("unit-b-head", "unit-b-officer", "office", "office-head", "admin"):
            hidden = item_walker.as_(who).get(f"{URL}/{handled}{read}")
            unknown = item_walker.as_(who).get(f"{URL}/{uuid4()}{read}")
            refused(hidden, 404, "item.unknown")
            assert hidden.content == unknown.content
            assert hidden.headers.keys() == unknown.headers.keys()

    def test_those_it_passed_through_read(self, item_walker: ItemWalker, handled: str) -> None:
        for who in (
            "inspector",
            "leader",
            DEPUTY,
            "auditor",
            "unit-a-head",
            "unit-a-clerk",
            "unit-a-officer",
        ):
            assert item_walker.as_(who).get(f"{URL}/{handled}").status_code == 200, who

    def test_before_the_allocation_no_unit_reads(self, item_walker: ItemWalker) -> None:
        item = item_walker.walk(HANDLING[:-1])
        for who in ("unit-a-head", "unit-a-clerk", "unit-a-officer"):
            assert item_walker.as_(who).get(f"{URL}/{item}").status_code == 404

    def test_a_unit_that_was_let_off_may_still_read(self, item_walker: ItemWalker) -> None:
        away: list[Step] = [
            *HANDLING,
            ("unit-a-clerk", "object", {"reason": "不属于本单位职责"}),
            ("inspector", "settle-objection", {"agree": True, "reason": "属实", "to_unit": "unit-b"}),
        ]
        item = item_walker.walk(away)
        for who in ("unit-a-head", "unit-b-head"):
            assert item_walker.as_(who).get(f"{URL}/{item}").status_code == 200
        refused(item_walker.do(item, "unit-a-head", "report", {"text": "x"}), 403, "item.not_yours")

    @pytest.mark.parametrize("read", ["", "/history", "/deadlines", "/replay", "/acts"])
    def test_a_public_item_is_read_by_all_staff(self, item_walker: ItemWalker, read: str) -> None:
        item = item_walker.walk(HANDLING, public=True)
        for who in EVERYBODY:
            assert item_walker.as_(who).get(f"{URL}/{item}{read}").status_code == 200, who
        refused(item_walker.as_("admin").get(f"{URL}/{item}{read}"), 404, "item.unknown")

    def test_who_was_sent_it_reads(self, item_walker: ItemWalker) -> None:
        item = item_walker.walk([])
        assert item_walker.as_("unit-b-officer").get(f"{URL}/{item}").status_code == 404
        item_walker.on(
            item, [("leader", "send-for-reading", {"officers": ["unit-b-officer"], "reason": "请阅"})]
        )
        assert item_walker.as_("unit-b-officer").get(f"{URL}/{item}").status_code == 200
        assert item_walker.as_("unit-b-head").get(f"{URL}/{item}").status_code == 404


class TestState:
    """事项状态."""

    def test_it_tells_where_the_item_stands(self, item_walker: ItemWalker, handled: str) -> None:
        answer = item_walker.as_("unit-a-officer").get(f"{URL}/{handled}")
        assert answer.headers["etag"] == '"6"'
        told = {
            "id": handled,
            "version": 6,
            "stage": "handling",
            "stage_label": "承办中",
            "state": "open",
            "category": "decision",
            "category_label": "上级机关和本级机关的重大决策和重要工作部署",
            "subject": "老旧小区供暖管网改造",
            "opened_by_unit": "supervision",
            "opened_by_unit_name": "清江区督查室",
            "opened_on": "2026-03-02",
            "due_on": "2026-04-30",
            "public": False,
            "confidential": False,
            "form": "item",
            "petition": None,
            "lead_unit": "unit-a",
            "lead_unit_name": "清江区住房和城乡建设局",
            "signed_by": [{"officer": "leader", "name": "周明远"}],
            "to_sign": [],
            "light": "green",
            "next_due_on": "2026-04-27",
            "overdue": False,
        }
        item = answer.json()
        assert {name: item[name] for name in told} == told

    def test_who_must_still_sign(self, item_walker: ItemWalker) -> None:
        item = item_walker.walk(
            [
                ("inspector", "submit", {"leaders": ["leader", DEPUTY]}),
                ("leader", "instruct", {"text": "同意"}),
            ]
        )
        shown = item_walker.as_("inspector").get(f"{URL}/{item}").json()
        assert [one["officer"] for one in shown["leaders"]] == ["leader", DEPUTY]
        assert shown["signed_by"] == [{"officer": "leader", "name": "周明远"}]
        assert shown["to_sign"] == [{"officer": DEPUTY, "name": "韩静秋"}]
        assert shown["stage"] == "submitted"

    def test_every_units_part(self, item_walker: ItemWalker) -> None:
        item = item_walker.walk(
            [
                *JOINT,
                ("unit-b-head", "submit-result", {"conclusion": "配合完成"}),
                ("unit-a-clerk", "designate", {"officer": "unit-a-officer"}),
                ("unit-a-officer", "request-extension", LATER),
            ]
        )
        lead, assisting = item_walker.as_("inspector").get(f"{URL}/{item}").json()["shares"]
        told = {
            "unit": "unit-a",
            "unit_name": "清江区住房和城乡建设局",
            "lead": True,
            "handler": "unit-a-officer",
            "handler_name": "孙三立",
            "allocated_on": "2026-03-02",
            "limit_on": "2026-04-27",
            "result_on": None,
            "released": False,
        }
        assert {name: lead[name] for name in told} == told
        asked = {
            "asked_by": [{"officer": "unit-a-officer", "name": "孙三立"}],
            "expected_on": "2026-04-29",
            "level": "officer",
            "awaits": "unit",
        }
        assert {name: lead["extension"][name] for name in asked} == asked
        assert (assisting["unit"], assisting["lead"], assisting["result_on"]) == (
            "unit-b",
            False,
            "2026-03-02",
        )
        assert (assisting["limit_on"], assisting["extension"]) == (None, None)

    @pytest.mark.parametrize(
        ("way", "awaits"),
        [
            (ASKED, "unit"),
            (PASSED_UP, "inspector"),
            ([*PASSED_UP, ("inspector", "vet-extension", {"opinion": "转报领导"})], "leader"),
        ],
    )
    def test_who_decides_next_on_more_time(
        self, item_walker: ItemWalker, way: list[Step], awaits: str
    ) -> None:
        (share,) = item_walker.as_("inspector").get(f"{URL}/{item_walker.walk(way)}").json()["shares"]
        assert share["extension"]["awaits"] == awaits

    def test_points_and_who_gave_them(self, item_walker: ItemWalker) -> None:
        points = {"unit": "unit-a", "points": -2, "reason": "被催办两次"}
        item = item_walker.walk([*HANDLING, ("inspector", "score", points)])
        (scored,) = item_walker.as_("auditor").get(f"{URL}/{item}").json()["scores"]
        assert scored == points | {
            "on": "2026-03-02",
            "by": "inspector",
            "by_name": "郑督",
            "unit_name": "清江区住房和城乡建设局",
            "confirmed": True,
            "reported": None,
            "reported_by": [],
        }

    def test_what_a_unit_reports_of_itself_is_shown_as_not_confirmed(self, item_walker: ItemWalker) -> None:
        points = {"unit": "unit-a", "points": 5, "reason": "材料被采用"}
        item = item_walker.walk([*HANDLING, ("unit-a-head", "score", points)])
        (scored,) = item_walker.as_("auditor").get(f"{URL}/{item}").json()["scores"]
        assert (scored["confirmed"], scored["reported"]) == (False, 5)
        assert [one["officer"] for one in scored["reported_by"]] == ["unit-a-head"]


class TestHistory:
    """办理经过."""

    def test_every_event_with_its_term_basis_and_names(self, item_walker: ItemWalker, handled: str) -> None:
        events = item_walker.as_("unit-a-head").get(f"{URL}/{handled}/history").json()["items"]
        assert [(one["version"], one["event"], one["label"]) for one in events] == [
            (1, "Opened", "立项"),
            (2, "Submitted", "报请批示"),
            (3, "LeaderInstructed", "领导批示"),
            (4, "Issued", "下发"),
            (5, "Allocated", "分办"),
            (6, "Designated", "指定承办人"),
        ]
        last = events[-1]
        assert (last["by"], last["by_name"], last["role"]) == ("unit-a-clerk", "钱多多", "unit_clerk")
        assert (last["unit"], last["unit_name"]) == ("unit-a", "清江区住房和城乡建设局")
        assert (last["for_whom"], last["for_whom_name"]) == (None, None)
        assert last["data"] == {"officer": "unit-a-officer", "of_unit": "unit-a"}
        assert all("《机关单位督查督办工作制度》" in one["basis"] for one in events)

    def test_replay_walks_from_event_to_event(self, item_walker: ItemWalker, handled: str) -> None:
        reader = item_walker.as_("auditor")
        entries = reader.get(f"{URL}/{handled}/replay").json()["items"]
        stages = ["opened", "submitted", "approved", "issued", "handling", "handling"]
        assert [one["state"]["stage"] for one in entries] == stages
        assert [len(one["state"]["shares"]) for one in entries] == [0, 0, 0, 0, 1, 1]
        assert entries[-1]["state"] == reader.get(f"{URL}/{handled}").json()
        assert entries[-1]["deadlines"] == reader.get(f"{URL}/{handled}/deadlines").json()["items"]

    def test_each_units_clocks_are_told_apart(self, item_walker: ItemWalker) -> None:
        item = item_walker.walk(JOINT)
        clocks = item_walker.as_("inspector").get(f"{URL}/{item}/deadlines").json()["items"]
        limits = {one["part"]: one["due_on"] for one in clocks if one["clock"] == "unit-limit"}
        assert limits == {"unit-a": "2026-04-27", "unit-b": "2026-04-27"}
        (whole,) = [one for one in clocks if one["clock"] == "item"]
        assert (whole["unit_responsible"], whole["due_on"]) == ("unit-a", "2026-04-30")
        assert all("《机关单位督查督办工作制度》" in one["basis"] for one in clocks)


class TestOtherTimes:
    """时间回溯."""

    def test_as_it_was_and_as_it_was_known(self, sign_in: SignIn, clock: Clock, services: Services) -> None:
        item_walker = ItemWalker(sign_in)
        item = item_walker.walk(HANDLING)
        clock.set(datetime.fromisoformat("2026-03-04T10:00:00+08:00"))
        item_walker = ItemWalker(sign_in)
        late = {"officer": "unit-a-officer", "on": "2026-03-03"}
        assert item_walker.do(item, "unit-a-clerk", "designate", late).status_code == 200
        inspector = item_walker.as_("inspector")

        def handler(**asked: str) -> Any:
            answer = inspector.get(f"{URL}/{item}", params=asked)
            assert answer.status_code == 200, answer.text
            assert ("etag" in answer.headers) is not bool(asked)
            return answer.json()["shares"][0]["handler"]

        assert handler() == "unit-a-officer"
        assert handler(at="2026-03-02T18:00:00+08:00") is None
        assert handler(at="2026-03-03T18:00:00+08:00") == "unit-a-officer"
        assert handler(known_at="2026-03-03T18:00:00+08:00") is None
        for when in ("at", "known_at"):
            before = inspector.get(f"{URL}/{item}", params={when: "2026-03-01T10:00:00+08:00"})
            refused(before, 404, "item.unknown")

    def test_names_are_those_of_the_time(self, sign_in: SignIn, clock: Clock) -> None:
        item_walker = ItemWalker(sign_in)
        item = item_walker.walk(HANDLING)
        clock.set(datetime.fromisoformat("2026-03-04T10:00:00+08:00"))
        item_walker = ItemWalker(sign_in)
        renamed = item_walker.as_("admin").post(
            "/v1/directory/units/unit-a/rename", json={"name": "清江区住建局"}
        )
        assert renamed.status_code == 200, renamed.text
        item_walker.on(item, [("unit-a-head", "report", {"text": "进展正常"})])
        inspector = item_walker.as_("inspector")
        assert inspector.get(f"{URL}/{item}").json()["lead_unit_name"] == "清江区住建局"
        past = inspector.get(f"{URL}/{item}", params={"at": "2026-03-02T18:00:00+08:00"}).json()
        assert past["lead_unit_name"] == "清江区住房和城乡建设局"
        steps = inspector.get(f"{URL}/{item}/replay").json()["items"]
        assert [one["state"]["lead_unit_name"] for one in steps[-2:]] == [
            "清江区住房和城乡建设局",
            "清江区住建局",
        ]
        assert steps[-1]["event"]["unit_name"] == "清江区住建局"


@pytest.fixture(scope="module")
def report(item_walker: ItemWalker) -> dict[str, str]:
    """A file that the handling officer sent in."""
    sent = item_walker.as_("unit-a-officer").post("/v1/attachments", files={"file": ("完工报告.pdf", PDF)})
    assert sent.status_code == 201, sent.text
    return {"name": "完工报告.pdf", "sha256": sent.json()["sha256"]}


class TestPapers:
    """附件."""

    def reported(self, item_walker: ItemWalker, report: dict[str, str], **fields: Any) -> str:
        body = {"text": "见附件", "attachments": [report, {"name": "验收单"}]}
        return item_walker.walk([*DESIGNATED, ("unit-a-officer", "report", body)], **fields)

    def test_they_are_handed_out_to_who_reads(self, item_walker: ItemWalker, report: dict[str, str]) -> None:
        item = self.reported(item_walker, report)
        listed = item_walker.as_("inspector").get(f"{URL}/{item}/attachments").json()["items"]
        assert [(one["name"], one["sha256"]) for one in listed] == [
            ("完工报告.pdf", report["sha256"]),
            ("验收单", None),
        ]
        for who in ("inspector", "leader", "auditor", "unit-a-head", "unit-a-officer"):
            answer = item_walker.as_(who).get(f"{URL}/{item}/attachments/{report['sha256']}")
            assert (answer.status_code, answer.content) == (200, PDF), who
        refused(
            item_walker.as_("unit-b-head").get(f"{URL}/{item}/attachments/{report['sha256']}"),
            404,
            "item.unknown",
        )

    def test_of_a_public_item_only_to_those_it_passed_through(
        self, item_walker: ItemWalker, report: dict[str, str]
    ) -> None:
        item = self.reported(item_walker, report, public=True)
        url = f"{URL}/{item}/attachments/{report['sha256']}"
        for who in ("inspector", "leader", DEPUTY, "auditor", "unit-a-head", "unit-a-officer"):
            assert item_walker.as_(who).get(url).status_code == 200, who
        for who in ("unit-b-head", "unit-b-officer", "office"):
            problem = refused(item_walker.as_(who).get(url), 403, "attachment.not_passed_through")
            assert problem["basis"] == "《机关单位督查督办工作制度》第十四条"
            other = item_walker.as_(who).get(f"{URL}/{item}/attachments/{'a' * 64}")
            refused(other, 403, "attachment.not_passed_through")

    @pytest.mark.parametrize("public", [False, True])
    def test_a13_each_handing_out_leaves_a_trace_with_its_ground(
        self, town: Town, item_walker: ItemWalker, report: dict[str, str], public: bool
    ) -> None:
        """The file may be a petition's own, though the item isn't confidential. The console hands out by the same function."""
        item = self.reported(item_walker, report, public=public)
        grounds = {"inspector": "item_inspector", "auditor": "auditor", "unit-a-officer": "handler"}
        for who in grounds:
            answer = item_walker.as_(who).get(f"{URL}/{item}/attachments/{report['sha256']}")
            assert answer.content == PDF, who
        runner.catch_up(town.services.database, town.services.casework)
        rows = item_walker.as_("auditor").get("/v1/readings", params={"case": item}).json()["items"]
        told = sorted((one["officer"], one["what"], one["ground"]) for one in rows)
        assert told == sorted((who, "attachment", ground) for who, ground in grounds.items())

    def test_only_what_one_sent_in_is_attached(self, item_walker: ItemWalker, report: dict[str, str]) -> None:
        body = {"text": "见附件", "attachments": [report]}
        item = item_walker.walk(HANDLING)
        refused(item_walker.do(item, "unit-a-head", "report", body), 422, "attachment.unknown")


def test_the_result_names_its_papers(item_walker: ItemWalker) -> None:
    """第十八条: the conclusion names every attachment."""
    item = item_walker.walk(REPORTED)
    body = {"conclusion": "均已完工", "attachments": [{"name": "验收单"}]}
    refused(item_walker.do(item, "unit-a-head", "submit-result", body), 422, "item.attachment_not_named")
    body["conclusion"] = "均已完工，附件：验收单"
    assert item_walker.do(item, "unit-a-head", "submit-result", body).status_code == 200


def test_the_result_is_reviewed_within_five_working_days(item_walker: ItemWalker) -> None:
    clocks = item_walker.as_("inspector").get(f"{URL}/{item_walker.walk(VETTED)}/deadlines").json()["items"]
    (review,) = [one for one in clocks if one["clock"] == "result-review"]
    assert (review["due_on"], review["unit_responsible"], review["status"]) == (
        "2026-03-09",
        "supervision",
        "running",
    )
