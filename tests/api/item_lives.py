"""Lives of supervision items as the tests of the outside tell them: for every act, the way to where it is open."""

from typing import Any

from api.bootstrap import Services
from domain.acts import envelope, system_act
from domain.directory.events import OfficerAppointed
from domain.directory.fold import DIRECTORY_ID
from tests.api.caller import Caller
from tests.api.lives import Life, SignIn, Step, custody_lives

URL = "/v1/supervision-items"
ITEM: dict[str, Any] = {
    "source": "区政府第12次常务会议",
    "category": "decision",
    "subject": "老旧小区供暖管网改造",
    "requirements": "采暖季开始前完成三个小区的管网改造。",
    "due_on": "2026-04-30",
    "public": False,
    "opened_by_unit": "supervision",
}
DEPUTY = "deputy"
MEETING = {"form": "meeting", "body": "区委常委会"}
LATER = {"reason": "管材到货推迟", "progress": "已完成两个小区", "expected_on": "2026-04-29"}

SUBMITTED: list[Step] = [("inspector", "submit", {})]
APPROVED: list[Step] = [*SUBMITTED, ("leader", "instruct", {"text": "同意，请抓紧落实"})]
ISSUED: list[Step] = [*APPROVED, ("inspector", "issue", {})]
HANDLING: list[Step] = [*ISSUED, ("inspector", "allocate", {"lead_unit": "unit-a"})]
JOINT: list[Step] = [
    *ISSUED,
    ("inspector", "allocate", {"lead_unit": "unit-a", "assisting_units": ["unit-b"]}),
]
OBJECTED: list[Step] = [*HANDLING, ("unit-a-clerk", "object", {"reason": "不属于本单位职责"})]
DESIGNATED: list[Step] = [*HANDLING, ("unit-a-clerk", "designate", {"officer": "unit-a-officer"})]
REPORTED: list[Step] = [*DESIGNATED, ("unit-a-officer", "report", {"text": "已完成两个小区"})]
ASKED: list[Step] = [*DESIGNATED, ("unit-a-officer", "request-extension", LATER)]
PASSED_UP: list[Step] = [*ASKED, ("unit-a-head", "vet-extension", {"opinion": "情况属实"})]
WITH_RESULT: list[Step] = [*HANDLING, ("unit-a-head", "submit-result", {"conclusion": "三个小区均已完工"})]
VETTED: list[Step] = [*WITH_RESULT, ("inspector", "vet", {"opinion": "材料齐全"})]
WITH_LEADER: list[Step] = [*VETTED, ("inspector", "submit-to-leader", {})]
SIGNED_OFF: list[Step] = [*VETTED, ("inspector", "sign-off", {"reason": "完成合格"})]
WITHDRAWN: list[Step] = [*HANDLING, ("leader", "withdraw", {"reason": "任务取消"})]
ARCHIVED: list[Step] = [*WITHDRAWN, ("inspector", "archive", {"reason": "归档"})]


def _life(act: str, who: str, way: list[Step], body: dict[str, Any], event: str, **more: Any) -> Life:
    return Life(act, who, way, body, event, **{"closed": ARCHIVED, **more})


ITEM_LIVES = [
    _life("submit", "inspector", [], {"leaders": ["leader", DEPUTY]}, "Submitted"),
    _life("instruct", "leader", SUBMITTED, {"text": "同意"}, "LeaderInstructed"),
    _life("countersign", DEPUTY, APPROVED, {"text": "同意"}, "Countersigned"),
    _life("amend", "inspector", APPROVED, {"requirements": "四月底前完工"}, "Amended"),
    _life("issue", "inspector", APPROVED, {}, "Issued"),
    _life("withdraw", "leader", HANDLING, {"reason": "任务取消"}, "Withdrawn"),
    _life(
        "allocate",
        "inspector",
        ISSUED,
        {"lead_unit": "unit-a", "assisting_units": ["unit-b"], "task_group": "供暖督查小组"},
        "Allocated",
    ),
    _life("designate", "unit-a-clerk", HANDLING, {"officer": "unit-a-officer"}, "Designated"),
    _life("object", "unit-a-head", HANDLING, {"reason": "不属于本单位职责"}, "Objected"),
    _life(
        "settle-objection",
        "inspector",
        OBJECTED,
        {"agree": True, "reason": "异议成立", "to_unit": "unit-b"},
        "ObjectionSettled",
    ),
    _life(
        "report",
        "unit-a-officer",
        DESIGNATED,
        {"text": "已完成两个小区"},
        "Reported",
        closed=[*DESIGNATED, WITHDRAWN[-1]],
    ),
    _life("sign-report", "unit-a-head", REPORTED, {}, "ReportSigned"),
    _life("submit-result", "unit-a-head", HANDLING, {"conclusion": "均已完工"}, "ResultSubmitted"),
    _life("request-extension", "unit-a-head", HANDLING, LATER, "ExtensionRequested"),
    _life("vet-extension", "unit-a-clerk", ASKED, {"opinion": "情况属实"}, "ExtensionVetted"),
    _life("grant-extension", "inspector", PASSED_UP, {"due_on": "2026-04-29"}, "ExtensionGranted"),
    _life("refuse-extension", "inspector", PASSED_UP, {"reason": "理由不充分"}, "ExtensionRefused"),
    _life("urge", "inspector", JOINT, {"method": "phone", "text": "请抓紧办理"}, "Urged"),
    _life("issue-notice", "inspector", JOINT, {"notice": "supervision-notice"}, "NoticeIssued"),
    _life("vet", "inspector", WITH_RESULT, {"opinion": "材料齐全"}, "Vetted"),
    _life("submit-to-leader", "inspector", VETTED, {"opinion": "请审定"}, "SubmittedToLeader"),
    _life(
        "send-back", "leader", WITH_LEADER, {"reason": "缺少验收材料", "redo_by": "2026-03-20"}, "SentBack"
    ),
    _life("sign-off", "leader", WITH_LEADER, {"reason": "完成合格"}, "SignedOff"),
    _life("submit-to-superior", "inspector", VETTED, {"to_organ": "市督查室"}, "SubmittedToSuperior"),
    _life(
        "score",
        "inspector",
        WITH_RESULT,
        {"unit": "unit-a", "points": -2, "reason": "被催办两次"},
        "Scored",
        closed=SUBMITTED,
    ),
    _life(
        "send-for-reading",
        "inspector",
        [],
        {"officers": ["unit-b-officer"], "reason": "请了解情况"},
        "SentForReading",
        closed=[],
    ),
    _life(
        "report-to-body",
        "inspector",
        SIGNED_OFF,
        {"text": "议定事项已落实"},
        "ReportedToBody",
        fields=MEETING,
    ),
    _life("archive", "inspector", SIGNED_OFF, {"reason": "材料齐全"}, "Archived", closed=HANDLING),
    *custody_lives(SIGNED_OFF, HANDLING, "inspector", "unit-a-head"),
]
"""Every act of the item's table; `send-for-reading` is open in every stage, and has no way to where it is closed."""


def appoint_deputy(services: Services) -> None:
    """A second leader, for what one leader can't do alone."""
    act = system_act(services.clock())
    made = {"officer": DEPUTY, "name": "韩静秋", "unit_id": "leadership", "post": "leader"}

    def appointing(version: int) -> list[Any]:
        return [OfficerAppointed(**envelope(DIRECTORY_ID, version + 1, act), **made)]

    services.casework.publish(DIRECTORY_ID, appointing, act)


class ItemWalker:
    """Walks supervision items along their ways, each step through the front door."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._signed: dict[str, Caller] = {}

    def as_(self, who: str) -> Caller:
        """A client signed in as that officer; one session each."""
        if who not in self._signed:
            self._signed[who] = self._sign_in(who)
        return self._signed[who]

    def open(self, **fields: Any) -> str:
        """An opened item's id."""
        response = self.as_("inspector").post(URL, json=ITEM | fields)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def walk(self, way: list[Step], **fields: Any) -> str:
        """The id of an item that went this way."""
        item = self.open(**fields)
        self.on(item, way)
        return item

    def on(self, item: str, way: list[Step]) -> None:
        """The item goes on along this way."""
        for who, act, body in way:
            response = self.do(item, who, act, body)
            assert response.status_code == 200, f"{act}: {response.text}"

    def do(self, item: str, who: str, act: str, body: dict[str, Any] | None = None, **given: Any) -> Any:
        """The answer to one act."""
        return self.as_(who).post(f"{URL}/{item}/{act}", json=body or {}, **given)
