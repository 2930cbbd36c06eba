"""督查事项 (B1–B9, B14): 关于老旧小区供暖管网改造的督查, from opening to archive, over HTTP alone.

机关单位督查督办工作制度, 第三章, step by step, in the autumn of 2026: Mid-Autumn is off 25–27 September, National Day
1–7 October, and Saturday 10 October works.
"""

from tests.scenarios.desk import Desk, Folder

REPORT = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def an_approved_item(desk: Desk) -> Folder:
    """立项、报请批示、会签、修改要求、下发."""
    for officer in ({"id": "leader-2", "name": "韩静秋", "unit": "leadership", "post": "leader"},):
        desk.post("2026-09-18", "admin", "/v1/directory/officers", officer)
    item = desk.opens(
        "2026-09-21",
        "inspector",
        "/v1/supervision-items",
        {
            "source": "县政府第12次常务会议",
            "category": "重要会议确定的重要工作事项",
            "subject": "老旧小区供暖管网改造",
            "requirements": "采暖季开始前完成枫桥新村等三个小区的管网改造。",
            "due_on": "2026-11-06",
            "public": True,
            "opened_by_unit": "supervision",
        },
    )
    assert item.refused("2026-09-21", "inspector", "issue") == "item.wrong_stage"  # 批准之前不得下发
    item.on("2026-09-21", "inspector", "submit", leaders=["leader", "leader-2"])
    item.on("2026-09-22", "leader", "instruct", text="同意立项，住建局牵头。")
    assert item.reads("2026-09-22", "inspector")["stage"] == "submitted"
    assert item.on("2026-09-23", "leader-2", "countersign", text="同意，请人社局协助解决用工。") == [
        "Countersigned"
    ]
    item.on("2026-09-23", "inspector", "amend", requirements="10月底前完工，11月6日前报结；人社局协助用工。")
    assert item.refused("2026-09-23", "inspector", "amend", due_on="2026-12-31") == "item.approved_content"
    assert item.refused("2026-09-24", "unit-a-head", "issue") == "item.not_yours"
    item.on("2026-09-24", "inspector", "issue")
    return item


def test_b1_to_b9_from_opening_to_archive(desk: Desk) -> None:
    item = an_approved_item(desk)

    # 分办: 承办单位完成时限为事项时限前三个工作日; the 2 working days to object skip Mid-Autumn
    item.on("2026-09-24", "inspector", "allocate", lead_unit="unit-a", assisting_units=["unit-b"])
    clocks = item.ledger("2026-09-24", "inspector")
    assert clocks["item", "unit-a"] == ("2026-11-06", "running")
    assert clocks["unit-limit", "unit-a"] == ("2026-11-03", "running")
    assert clocks["unit-limit", "unit-b"] == ("2026-11-03", "running")
    assert clocks["objection", "unit-b"] == ("2026-09-29", "running")

    # 异议: 非本单位职责范围
    item.on("2026-09-28", "unit-b-head", "object", reason="用工调度由项目单位负责，不属于本单位职责。")
    assert item.ledger("2026-09-28", "inspector")["objection", "unit-b"] == ("2026-09-29", "met")
    item.on("2026-09-29", "inspector", "settle-objection", agree=False, reason="会议已明确由人社局协助用工。")
    item.on("2026-09-29", "unit-a-head", "instruct", text="由孙三立同志具体承办，每周报进度。")
    item.on("2026-09-29", "unit-a-clerk", "designate", officer="unit-a-officer")

    # 延期: 承办人申请, 承办单位审核, 督查员转报, 领导批复并明确完成时间
    asked = {"reason": "管材到货推迟。", "progress": "已完成两个小区。", "expected_on": "2026-11-20"}
    assert item.refused("2026-10-30", "unit-a-clerk", "request-extension", **asked) == "item.not_yours"
    item.on("2026-10-30", "unit-a-officer", "request-extension", **asked)
    assert item.ledger("2026-10-30", "inspector")["extension-answer", "supervision"] == (
        "2026-11-04",
        "running",
    )
    item.on("2026-10-30", "unit-a-head", "vet-extension", opinion="情况属实，同意上报。")
    assert (
        item.refused("2026-11-02", "inspector", "grant-extension", due_on="2026-11-20")
        == "item.beyond_item_limit"
    )
    item.on("2026-11-02", "inspector", "vet-extension", opinion="超出事项时限，转报领导审批。")
    item.on("2026-11-03", "leader", "grant-extension", due_on="2026-11-20")
    clocks = item.ledger("2026-11-03", "inspector")
    assert clocks["extension-answer", "supervision"] == ("2026-11-04", "met")
    assert clocks["unit-limit", "unit-a"] == ("2026-11-20", "running")
    assert clocks["unit-limit", "unit-b"] == ("2026-11-03", "running")
    assert clocks["item", "unit-a"] == ("2026-11-20", "running")

    # 协办单位反馈; 主办单位等协办
    early = {"conclusion": "管网改造已完成。"}
    assert item.refused("2026-11-03", "unit-a-head", "submit-result", **early) == "item.assistants_pending"
    item.on("2026-11-03", "unit-b-head", "report", text="已协调两家企业保障用工。")
    item.on("2026-11-03", "unit-b-head", "submit-result", conclusion="用工已保障到位。")
    assert item.ledger("2026-11-04", "inspector")["unit-limit", "unit-b"] == ("2026-11-03", "met")
    item.on("2026-11-04", "inspector", "urge", method="phone", text="请抓紧收尾。")

    # 反馈与审签: the head is away; the clerk signs in the head's place, and the record says so (B14)
    desk.post(
        "2026-11-06", "admin", "/v1/directory/officers/unit-a-head/stand-ins", {"stand_ins": ["unit-a-clerk"]}
    )
    away = {"from_on": "2026-11-09", "to_on": "2026-11-10", "reason": "外出培训"}
    desk.post("2026-11-06", "unit-a-head", "/v1/directory/officers/unit-a-head/absences", away)
    assert (
        item.refused("2026-11-06", "unit-a-clerk", "sign-report", acting_for="unit-a-head")
        == "standin.not_absent"
    )
    pdf = desk.uploads("2026-11-09", "unit-a-officer", "完工报告.pdf", REPORT)
    item.on("2026-11-09", "unit-a-officer", "report", text="三个小区均已完工。", attachments=[pdf])
    unsigned = {"conclusion": "三个小区管网改造完工，附件：完工清单。"}
    assert item.refused("2026-11-09", "unit-a-clerk", "submit-result", **unsigned) == "item.report_not_signed"
    item.on("2026-11-09", "unit-a-clerk", "sign-report", acting_for="unit-a-head")
    unnamed = {"conclusion": "三个小区管网改造完工。", "attachments": [{"name": "完工清单.xlsx"}]}
    assert item.refused("2026-11-09", "unit-a-clerk", "submit-result", **unnamed) == (
        "item.attachment_not_named"
    )
    item.on(
        "2026-11-09",
        "unit-a-clerk",
        "submit-result",
        conclusion="三个小区管网改造完工，附件：完工清单.xlsx。",
        attachments=[{"name": "完工清单.xlsx"}],
    )
    signed = next(
        e for e in item.reads("2026-11-09", "auditor", "/history")["items"] if e["event"] == "ReportSigned"
    )
    assert (signed["by"], signed["for_whom"], signed["role"]) == ("unit-a-clerk", "unit-a-head", "unit_head")

    # 审核: 督查员初审, 领导复审, 五个工作日内; 退办写明原因和期限
    assert item.ledger("2026-11-09", "inspector")["result-review", "supervision"] == (
        "2026-11-16",
        "running",
    )
    item.on("2026-11-10", "inspector", "vet", opinion="附件只有清单，缺少验收材料。")
    item.on("2026-11-10", "inspector", "submit-to-leader", opinion="请领导审定。")
    assert item.refused("2026-11-10", "inspector", "sign-off", reason="同意") in {
        "item.not_yours",
        "item.wrong_stage",
    }
    item.on("2026-11-11", "leader", "send-back", reason="请补充第三方验收意见。", redo_by="2026-11-18")
    clocks = item.ledger("2026-11-11", "inspector")
    assert clocks["result-review", "supervision"] == ("2026-11-16", "met")
    assert clocks["redo", "unit-a"] == ("2026-11-18", "running")
    item.on("2026-11-16", "unit-a-officer", "report", text="已补第三方验收意见。", attachments=[pdf])
    item.on("2026-11-16", "unit-a-head", "sign-report")
    item.on(
        "2026-11-17",
        "unit-a-head",
        "submit-result",
        conclusion="改造完工并经第三方验收，附件：完工报告.pdf。",
        attachments=[pdf],
    )
    item.on("2026-11-18", "inspector", "vet", opinion="材料齐全。")
    item.on("2026-11-18", "inspector", "submit-to-leader")

    # 核销与归档
    item.on("2026-11-19", "leader", "sign-off", reason="完成合格，予以核销。")
    clocks = item.ledger("2026-11-19", "inspector")
    assert clocks["item", "unit-a"] == ("2026-11-20", "met")
    assert clocks["redo", "unit-a"] == ("2026-11-18", "met")
    assert clocks["result-review", "supervision"] == ("2026-11-24", "met")
    assert {status for _, status in clocks.values()} <= {"met", "cancelled"}
    item.on("2026-11-20", "inspector", "score", unit="unit-a", points=-1, reason="结果被退办一次。")
    item.on("2026-11-20", "inspector", "archive", reason="材料齐全。")

    assert item.reads("2026-11-20", "unit-b-officer")["stage"] == "archived"  # 公开事项: 所有人员可浏览
    assert item.story("2026-11-20", "auditor") == [
        *("Opened", "Submitted", "LeaderInstructed", "Countersigned", "Amended", "Issued", "Allocated"),
        *("Objected", "ObjectionSettled", "UnitInstructed", "Designated"),
        *("ExtensionRequested", "ExtensionVetted", "ExtensionVetted", "ExtensionGranted"),
        *("Reported", "ResultSubmitted", "Urged", "Reported", "ReportSigned", "ResultSubmitted"),
        *("Vetted", "SubmittedToLeader", "SentBack", "Reported", "ReportSigned", "ResultSubmitted"),
        *("Vetted", "SubmittedToLeader", "SignedOff", "Scored", "Archived"),
    ]


def test_b9_an_item_that_is_not_public_is_read_by_those_it_passed_through(desk: Desk) -> None:
    item = desk.opens(
        "2026-09-21",
        "inspector",
        "/v1/supervision-items",
        {
            "source": "县长批示",
            "category": "上级及分局领导批示和交办、督办事项",
            "subject": "某项目用地遗留问题",
            "requirements": "查清事实，提出处理意见。",
            "due_on": "2026-10-30",
            "public": False,
            "opened_by_unit": "supervision",
        },
    )
    assert item.hidden_from("2026-09-21", "unit-a-head")
    item.on("2026-09-21", "inspector", "submit")
    item.on("2026-09-22", "leader", "instruct", text="请住建局核查。")
    item.on("2026-09-22", "inspector", "issue")
    item.on("2026-09-22", "inspector", "allocate", lead_unit="unit-a")
    assert not item.hidden_from("2026-09-22", "unit-a-head")
    for stranger in ("unit-b-head", "unit-b-officer", "unit-a-officer", "office", "admin"):
        assert item.hidden_from("2026-09-22", stranger)
    item.on("2026-09-23", "unit-a-head", "designate", officer="unit-a-officer")
    assert not item.hidden_from("2026-09-23", "unit-a-officer")
    for overseer in ("leader", "inspector", "auditor"):
        assert not item.hidden_from("2026-09-23", overseer)
