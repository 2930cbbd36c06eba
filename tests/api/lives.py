"""Lives of petitions as the tests of the outside tell them: for every act, the way to where it is open."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.api.caller import Caller

Step = tuple[str, str, dict[str, Any]]
"""Who, which act, with which body."""

LETTER: dict[str, Any] = {
    "channel": "letter",
    "category": "appeal",
    "subject": "反映小区冬季供暖温度不达标",
    "content": "我住清江区和平路，去年十二月以来室内温度一直不足十六度，多次向物业反映没有结果。",
    "petitioners": [{"name": "王秀兰", "phone": "13900000001"}],
}

TRANSFERRED: list[Step] = [("office", "transfer", {"to_unit": "unit-a"})]
OBJECTED: list[Step] = [*TRANSFERRED, ("unit-a-clerk", "object", {"reason": "不属于本单位职权范围"})]
DECLINED: list[Step] = [
    *TRANSFERRED,
    ("unit-a-head", "decline", {"ground": "N3", "explanation": "请向有权机关提出"}),
]
ACCEPTED: list[Step] = [*TRANSFERRED, ("unit-a-clerk", "accept", {})]
SIMPLIFIED: list[Step] = [*TRANSFERRED, ("unit-a-clerk", "accept", {"track": "simplified"})]
EXTENSION_ASKED: list[Step] = [
    *ACCEPTED,
    ("unit-a-clerk", "request-extension", {"days": 10, "reason": "案情复杂"}),
]
EXTENDED: list[Step] = [*EXTENSION_ASKED, ("leader", "grant-extension", {"days": 10})]
ASKED_FOR_MORE: list[Step] = [*TRANSFERRED, ("unit-a-clerk", "ask-for-more", {"missing": ["房产证复印件"]})]
IN_HEARING: list[Step] = [*ACCEPTED, ("unit-a-head", "open-hearing", {})]
SUPERVISED: list[Step] = [
    *ACCEPTED,
    ("inspector", "supervise", {"ground": "S2", "advice": "请限期办结"}),
]
REPLIED: list[Step] = [
    *ACCEPTED,
    ("unit-a-clerk", "reply", {"result": "support", "text": "经查属实，已责成供热企业整改。"}),
]
SERVED: list[Step] = [*REPLIED, ("unit-a-clerk", "serve", {"notice": "opinion", "method": "post"})]
UNDER_REVIEW: list[Step] = [*SERVED, ("office", "request-review", {"reasons": "温度仍不达标"})]
REVIEWED: list[Step] = [
    *UNDER_REVIEW,
    ("office-head", "conclude-review", {"result": "uphold", "text": "维持处理意见。"}),
    ("office", "serve", {"notice": "review-opinion", "method": "in_person", "signed_by": "王秀兰"}),
]
UNDER_REEXAMINATION: list[Step] = [
    *REVIEWED,
    ("office", "request-reexamination", {"reasons": "不服复查意见"}),
]
URGENT: list[Step] = [("office", "report-urgent", {"to_organ": "市信访局", "text": "百余人拟集体走访"})]
WITHDRAWN: list[Step] = [*TRANSFERRED, ("office", "withdraw", {"reason": "信访人撤回"})]
ARCHIVED: list[Step] = [*WITHDRAWN, ("office", "archive", {"reason": "归档"})]
INSTRUCTED: list[Step] = [*ACCEPTED, ("leader", "instruct", {"text": "请查清答复"})]
RECORDED: list[Step] = [*INSTRUCTED, ("unit-a-clerk", "investigate", {"text": "经实地测温，情况属实"})]
REFUSED: list[Step] = [*DECLINED, ("leader", "consent-to-refusal", {"text": "同意"})]
OFFERED: list[Step] = [("office", "hand-over", {"officer": "unit-a-clerk", "text": "请接续联系信访人"})]
OFFER_LAPSED: list[Step] = [*OFFERED, ("office", "withdraw", {"reason": "信访人撤回"})]
EARLIER = "另一件的编号"
"""Stands in a body for the id of another petition."""


@dataclass(frozen=True)
class Life:
    """An act, who may do it, the way there, the body, and the event; `closed` is a way to where it isn't open, `fields` what the
    petition's registration needs."""

    act: str
    who: str
    way: list[Step]
    body: dict[str, Any]
    event: str
    closed: list[Step] = field(default_factory=lambda: ARCHIVED)
    fields: dict[str, Any] = field(default_factory=dict)


LEND: dict[str, Any] = {"borrower": "区审计局", "purpose": "专项审计", "due_back": "2026-04-01"}
ERASE: dict[str, Any] = {"ground": "petitioner-request", "reason": "本人书面申请", "texts": True}


def custody_lives(closed: list[Step], still_open: list[Step], keeper: str, witness: str) -> list[Life]:
    """The acts on the file of a closed case, whose keeper is this officer, and who may witness that it is destroyed."""
    asked = [*closed, (keeper, "request-erasure", ERASE)]
    agreed: list[Step] = [*asked, ("leader", "approve-erasure", {"text": "同意"})]

    def life(act: str, who: str, way: list[Step], body: dict[str, Any], event: str) -> Life:
        return Life(act, who, way, body, event, closed=[] if act == "return-file" else still_open)

    return [
        life("lend-file", keeper, closed, LEND, "FileLent"),
        life(
            "return-file", keeper, [*closed, (keeper, "lend-file", LEND)], {"remark": "完好"}, "FileReturned"
        ),
        life("request-erasure", keeper, closed, ERASE, "ErasureRequested"),
        life("approve-erasure", "leader", asked, {"text": "同意"}, "ErasureApproved"),
        life("refuse-erasure", "leader", asked, {"reason": "仍有查考价值"}, "ErasureRefused"),
        life("witness-erasure", witness, agreed, {"text": "已到场"}, "ErasureWitnessed"),
    ]


LIVES = [
    Life("classify", "office", [], {"category": "appeal", "topic": "城乡建设"}, "Classified"),
    Life("propose", "office", [], {"opinion": "拟转住建局办理"}, "Proposed"),
    Life("instruct", "leader", [], {"text": "请抓紧办理"}, "Instructed"),
    Life("pass-on-instruction", "office", INSTRUCTED, {"text": "请按批示办理"}, "InstructionPassedOn"),
    Life("investigate", "unit-a-clerk", ACCEPTED, {"text": "经实地测温，情况属实"}, "Investigated"),
    Life("sign-record", "leader", RECORDED, {"text": "属实"}, "RecordSigned"),
    Life(
        "approve-report",
        "leader",
        ACCEPTED,
        {"text": "同意上报"},
        "ReportApproved",
        fields={"channel": "assigned"},
    ),
    Life("send-for-reading", "office", [], {"officers": ["leader"], "reason": "请阅"}, "SentForReading"),
    Life("accept", "unit-a-clerk", TRANSFERRED, {}, "Accepted"),
    Life("switch-track", "unit-a-head", SIMPLIFIED, {"reason": "需要调查核实"}, "TrackSwitched"),
    Life("decline", "unit-a-head", TRANSFERRED, {"ground": "N3", "explanation": "请向法院提出"}, "Declined"),
    Life("forward", "office", [], {"to_organ": "市供热管理办公室"}, "Forwarded"),
    Life("assign", "office", [], {"to_unit": "unit-a", "due_on": "2026-04-30"}, "Assigned"),
    Life("transfer", "office", [], {"to_unit": "unit-a"}, "Transferred"),
    Life("object", "unit-a-clerk", TRANSFERRED, {"reason": "不属于本单位职权"}, "Objected"),
    Life("hand-back", "office", OBJECTED, {"reason": "异议成立"}, "HandedBack"),
    Life("keep-with-unit", "office", OBJECTED, {"reason": "异议不成立"}, "KeptWithUnit"),
    Life("designate", "unit-a-head", TRANSFERRED, {"officer": "unit-a-officer"}, "Designated"),
    Life(
        "request-extension",
        "unit-a-clerk",
        ACCEPTED,
        {"days": 30, "reason": "案情复杂"},
        "ExtensionRequested",
    ),
    Life("grant-extension", "leader", EXTENSION_ASKED, {"days": 10}, "ExtensionGranted"),
    Life("refuse-extension", "leader", EXTENSION_ASKED, {"reason": "理由不充分"}, "ExtensionRefused"),
    Life("ask-for-more", "unit-a-clerk", TRANSFERRED, {"missing": ["房产证复印件"]}, "AskedForMore"),
    Life("supplement", "office", ASKED_FOR_MORE, {}, "Supplemented"),
    Life("open-hearing", "unit-a-head", ACCEPTED, {}, "HearingOpened"),
    Life("close-hearing", "unit-a-head", IN_HEARING, {}, "HearingClosed"),
    Life("report", "unit-a-clerk", ACCEPTED, {"text": "已约谈供热企业"}, "Reported"),
    Life("reply", "unit-a-clerk", ACCEPTED, {"result": "explain", "text": "已作解释说明。"}, "Replied"),
    Life("issue-notice", "unit-a-clerk", ACCEPTED, {"notice": "acceptance"}, "NoticeIssued"),
    Life("serve", "unit-a-clerk", REPLIED, {"notice": "opinion", "method": "post"}, "Served"),
    Life(
        "request-review", "office", SERVED, {"reasons": "温度仍不达标"}, "ReviewRequested", closed=WITHDRAWN
    ),
    Life(
        "conclude-review",
        "office-head",
        UNDER_REVIEW,
        {"result": "uphold", "text": "维持。"},
        "ReviewConcluded",
    ),
    Life(
        "request-reexamination",
        "office",
        REVIEWED,
        {"reasons": "不服"},
        "ReexaminationRequested",
        closed=WITHDRAWN,
    ),
    Life(
        "conclude-reexamination",
        "office-head",
        UNDER_REEXAMINATION,
        {"result": "uphold", "text": "维持。"},
        "ReexaminationConcluded",
    ),
    Life("urge", "inspector", ACCEPTED, {"method": "phone", "text": "请尽快答复"}, "Urged"),
    Life("supervise", "inspector", ACCEPTED, {"ground": "S2", "advice": "请限期办结"}, "Supervised"),
    Life(
        "answer-supervision",
        "unit-a-head",
        SUPERVISED,
        {"adopted": True, "text": "已采纳"},
        "SupervisionAnswered",
    ),
    Life("take-charge", "leader", [], {"leader": "leader"}, "TakenCharge"),
    Life("report-urgent", "office", [], {"to_organ": "市信访局", "text": "可能集体走访"}, "UrgentReported"),
    Life("acknowledge-urgent", "leader", URGENT, {"text": "收悉，请稳妥处置"}, "UrgentAcknowledged"),
    Life("link-repeat", "office", [], {"earlier_petition": EARLIER}, "LinkedAsRepeat"),
    Life(
        "delay-notice",
        "unit-a-head",
        ACCEPTED,
        {"reason": "等待检测", "contact": "住建局供热科", "new_date": "2026-06-01"},
        "DelayNoticed",
    ),
    Life(
        "reschedule",
        "office",
        [("office", "assign", {"to_unit": "unit-a", "due_on": "2026-06-01"})],
        {"due_on": "2026-06-30", "reason": "需要现场检测"},
        "Rescheduled",
    ),
    Life("withdraw", "office", [], {"reason": "信访人撤回"}, "Withdrawn"),
    Life("sign-off", "office", SERVED, {"reason": "办理到位"}, "SignedOff"),
    Life("reopen", "office-head", DECLINED, {"reason": "发现新的事实"}, "Reopened", closed=[]),
    Life("archive", "office", DECLINED, {"reason": "办理完毕"}, "Archived"),
    *custody_lives(DECLINED, TRANSFERRED, "office", "office-head"),
    Life("hand-over", "office", [], {"officer": "unit-a-clerk", "text": "请接续联系信访人"}, "HandedOver"),
    Life("confirm-hand-over", "unit-a-clerk", OFFERED, {}, "HandOverConfirmed", closed=OFFER_LAPSED),
    Life(
        "decline-hand-over",
        "unit-a-clerk",
        OFFERED,
        {"reason": "本人即将离岗"},
        "HandOverDeclined",
        closed=OFFER_LAPSED,
    ),
    Life("consent-to-refusal", "leader", DECLINED, {"text": "同意"}, "RefusalConsented", closed=WITHDRAWN),
    Life("file-refusal", "unit-a-clerk", REFUSED, {"text": "否定报备书"}, "RefusalFiled", closed=WITHDRAWN),
    Life("rate", "office", REPLIED, {"about": "unit", "score": "satisfied"}, "Rated"),
]

SignIn = Callable[[str], Caller]


class Walker:
    """Walks petitions along their ways, each step through the front door."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._signed: dict[str, Caller] = {}

    def as_(self, who: str) -> Caller:
        """A client signed in as that officer; one session each."""
        if who not in self._signed:
            self._signed[who] = self._sign_in(who)
        return self._signed[who]

    def register(self, **fields: Any) -> str:
        """A registered petition's id."""
        response = self.as_("office").post("/v1/petitions", json=LETTER | fields)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def walk(self, way: list[Step], **fields: Any) -> str:
        """The id of a petition that went this way."""
        case = self.register(**fields)
        for who, act, body in way:
            response = self.do(case, who, act, body)
            assert response.status_code == 200, f"{act}: {response.text}"
        return case

    def do(self, case: str, who: str, act: str, body: dict[str, Any] | None = None, **given: Any) -> Any:
        """The answer to one act."""
        filled = self.filled(body or {})
        return self.as_(who).post(f"/v1/petitions/{case}/{act}", json=filled, **given)

    def filled(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body with another petition's id where one is asked for."""
        return {name: self.register() if value == EARLIER else value for name, value in body.items()}
