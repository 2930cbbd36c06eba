"""联合办理件 (A8, A14, A15, A17): 青石街道装修工地欠薪与停工, a joint petition with a leader's instruction, over HTTP alone.

Spring 2026: Qingming is off 4–6 April, Labour Day 1–5 May; Saturday 9 May works.
"""

from tests.scenarios.desk import Desk, Folder

LETTER = {
    "channel": "letter",
    "category": "appeal",
    "subject": "装修工地拖欠工资并停工",
    "content": "工程停工三个月，工资没有结清，小区道路也没有恢复。",
    "petitioners": [{"name": "刘大成", "phone": "13800000002"}],
}


def instructed(desk: Desk) -> Folder:
    """登记、拟办、批示."""
    case = desk.opens("2026-03-02", "office", "/v1/petitions", LETTER)
    case.on(
        "2026-03-02",
        "office",
        "propose",
        opinion="拟由住建局主办、人社局协办，请领导批示。",
        to_leaders=["leader"],
    )
    case.on("2026-03-03", "leader", "instruct", text="同意。两局联合办理，我来包案。")
    case.on("2026-03-03", "leader", "take-charge", leader="leader")
    return case


def test_a8_a14_two_bureaus_answer_one_letter(desk: Desk) -> None:
    case = instructed(desk)

    # 批示件两日内转交
    assert case.ledger("2026-03-03", "office")["pass-on", "petition-office"] == ("2026-03-05", "running")
    case.on(
        "2026-03-04",
        "office",
        "assign",
        to_unit="unit-a",
        assisting_units=["unit-b"],
        due_on="2026-04-30",
    )
    assert case.ledger("2026-03-04", "office")["pass-on", "petition-office"] == ("2026-03-05", "met")

    # 主办、协办各有时限
    case.on("2026-03-05", "unit-a-clerk", "accept")
    case.on("2026-03-05", "unit-a-clerk", "serve", notice="acceptance", method="post")
    clocks = case.ledger("2026-03-05", "office")
    assert clocks["finish", "unit-a"] == ("2026-05-06", "running")
    assert clocks["assist", "unit-b"] == ("2026-05-06", "running")
    assert clocks["assigned-report", "unit-a"] == ("2026-04-30", "running")
    assert clocks["assigned-report", "unit-b"] == ("2026-04-30", "running")
    case.on("2026-03-06", "unit-a-head", "designate", officer="unit-a-officer")

    # 五种催办方式
    for method in ("letter", "phone", "in_person", "on_site", "follow_up"):
        assert case.on("2026-03-16", "inspector", "urge", method=method, text="请抓紧办理。") == ["Urged"]

    # 调查核实, 承办人和包案领导签字
    case.on("2026-03-20", "unit-a-officer", "investigate", text="停工属实，工程款已拨付七成。")
    opinion = {"result": "support", "text": "责成总包单位恢复道路，工资由人社局监督发放。"}
    assert case.refused("2026-03-20", "unit-a-officer", "reply", **opinion) in {
        "petition.record_not_signed",
        "petition.assistants_not_heard",
    }
    case.on("2026-03-23", "leader", "sign-record")

    # 主办等协办
    assert case.refused("2026-03-23", "unit-a-officer", "reply", **opinion) == "petition.assistants_not_heard"
    case.on("2026-03-30", "unit-b-clerk", "report", text="工资已全部发放。")
    assert case.ledger("2026-03-30", "office")["assist", "unit-b"] == ("2026-05-06", "met")

    # 正式督办, 改进建议限期反馈
    case.on(
        "2026-04-01",
        "inspector",
        "supervise",
        ground="S6",
        advice="请明确道路恢复日期。",
        answer_by="2026-04-15",
    )
    case.on("2026-04-08", "unit-a-head", "answer-supervision", adopted=True, text="4月底前恢复。")
    assert case.ledger("2026-04-08", "office")["advice-reply", "unit-a"] == ("2026-04-15", "met")

    # 列为督查事项, 双向可查
    item = desk.opens(
        "2026-04-09",
        "inspector",
        "/v1/supervision-items",
        {
            "source": "人民来信",
            "category": "人民来信来访办理情况和基层反映强烈的问题",
            "subject": "青石街道道路恢复",
            "requirements": "4月底前恢复通行。",
            "due_on": "2026-05-08",
            "public": False,
            "opened_by_unit": "supervision",
            "petition": case.id,
        },
    )
    assert case.reads("2026-04-09", "office")["supervision_item"] == item.id
    assert item.reads("2026-04-09", "inspector")["petition"] == case.id

    # 答复、送达、报结、办结
    case.on("2026-04-10", "unit-a-officer", "reply", **opinion)
    case.on("2026-04-13", "unit-a-clerk", "serve", notice="opinion", method="in_person", signed_by="刘大成")
    case.on("2026-04-14", "unit-a-clerk", "report", text="已答复信访人，道路恢复按计划进行。")
    case.on("2026-04-15", "office", "sign-off", reason="办理到位。")
    clocks = case.ledger("2026-04-15", "office")
    assert clocks["finish", "unit-a"] == ("2026-05-06", "met")
    assert clocks["assigned-report", "unit-a"] == ("2026-04-30", "met")
    assert clocks["assigned-report", "unit-b"] == ("2026-04-30", "met")
    assert case.story("2026-04-15", "auditor") == [
        *(
            "Registered",
            "Proposed",
            "Instructed",
            "TakenCharge",
            "Assigned",
            "Accepted",
            "Served",
            "Designated",
        ),
        *(["Urged"] * 5),
        *("Investigated", "RecordSigned", "Reported", "Supervised", "SupervisionAnswered"),
        *("PutUnderSupervision", "Replied", "Served", "Reported", "SignedOff"),
    ]


def test_a14_the_lead_answers_without_the_assistants_and_says_why(desk: Desk) -> None:
    case = desk.opens("2026-03-02", "office", "/v1/petitions", LETTER)
    case.on("2026-03-03", "office", "assign", to_unit="unit-a", assisting_units=["unit-b"])
    case.on("2026-03-04", "unit-a-clerk", "accept")
    opinion = {
        "result": "support",
        "text": "道路已恢复。",
        "without_assistants": "工资部分另案办理，先行答复。",
    }
    case.on("2026-03-20", "unit-a-clerk", "reply", **opinion)
    assert case.ledger("2026-03-20", "office")["assist", "unit-b"] == ("2026-05-06", "cancelled")


def test_a17_a_no_is_filed_within_a_working_day_and_listed_by_the_tenth(desk: Desk) -> None:
    case = desk.opens("2026-03-02", "office", "/v1/petitions", LETTER)
    case.on("2026-03-03", "office", "transfer", to_unit="unit-a")
    case.on("2026-04-03", "unit-a-clerk", "decline", ground="N4", explanation="请依法申请劳动仲裁。")
    assert case.ledger("2026-04-03", "office")["file", "unit-a"] == ("2026-04-07", "running")  # 清明放假不计
    filing = {"text": "不予受理，理由和依据见告知书。"}
    assert (
        case.refused("2026-04-03", "unit-a-clerk", "file-refusal", **filing)
        == "petition.refusal_not_consented"
    )
    assert case.refused("2026-04-03", "unit-a-clerk", "consent-to-refusal") == "petition.not_yours"
    case.on("2026-04-07", "unit-a-head", "consent-to-refusal", text="同意。")
    case.on("2026-04-07", "unit-a-clerk", "file-refusal", **filing)
    assert case.ledger("2026-04-07", "office")["file", "unit-a"] == ("2026-04-07", "met")

    listed = desk.get("2026-05-06", "office", "/v1/negative-lists")["items"]
    assert [one["month"] for one in listed] == ["2026-04"]
    month = Folder(desk, f"/v1/negative-lists/{listed[0]['id']}")
    assert month.ledger("2026-05-06", "office")["month-list", "petition-office"] == ("2026-05-10", "running")
    assert [one["case_number"] for one in month.reads("2026-05-06", "office")["entries"]] == [
        case.reads("2026-05-06", "office")["number"]
    ]
    month.on("2026-05-08", "office", "send", to_organ="县纪委监委")
    assert month.ledger("2026-05-08", "office")["month-list", "petition-office"] == ("2026-05-10", "met")
