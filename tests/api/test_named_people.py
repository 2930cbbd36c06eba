"""Texts that name who petitioned (C4, issue 5): none that outlives the erasure may, and who is erased is named in none that stays."""

from typing import Any

import pytest

from tests.api.conftest import Town
from tests.api.lives import LEND, TRANSFERRED, Step
from tests.api.problems import refused
from tests.api.test_archives import CLOSED, ERASED, archived, catch_up, walked

PEOPLE = [
    {"name": "公孙铁扇", "phone": "13912340011", "id_number": "110101199003070011"},
    {"name": "尉迟青莲", "phone": "13912340022"},
]
CASE: dict[str, Any] = {"subject": "反映路灯", "content": "路灯不亮。", "petitioners": PEOPLE}
ASK: dict[str, Any] = {"ground": "信访人要求删除", "reason": "本人书面申请", "people": ["p1"], "texts": False}
NAMING = (
    "信访人公孙铁扇申请",
    "信訪人公孫 鐵扇申請",
    "电话139-1234-0011",
    "１１０１０１１９９００３０７００１１号",
)


def withdrawn(town: Town, reason: str, **fields: Any) -> str:
    case = town.walker.walk([*TRANSFERRED, ("office", "withdraw", {"reason": reason})], **CASE | fields)
    catch_up(town)
    return case


@pytest.mark.parametrize("reason", NAMING)
def test_c4_a_request_names_nobody(town: Town, reason: str) -> None:
    case = withdrawn(town, "信访人撤回")
    told = refused(
        town.walker.do(case, "office", "request-erasure", ASK | {"reason": reason}),
        422,
        "custody.names_person",
    )
    assert "个人信息保护法" in told["basis"]
    assert "公孙" not in str(told)
    assert town.walker.do(case, "office", "request-erasure", ASK).status_code == 200


def test_c4_a_name_of_one_character_names_nobody(town: Town) -> None:
    case = withdrawn(town, "信访人撤回", petitioners=[{"name": "本"}])
    assert town.walker.do(case, "office", "request-erasure", ASK).status_code == 200


@pytest.mark.parametrize(
    ("before", "act", "who", "field"),
    [
        ([], "lend-file", "office", "borrower"),
        ([], "lend-file", "office", "purpose"),
        ([("office", "lend-file", LEND)], "return-file", "office", "remark"),
        (ERASED[:1], "approve-erasure", "leader", "text"),
        (ERASED[:1], "refuse-erasure", "leader", "reason"),
        (ERASED[:2], "witness-erasure", "office-head", "text"),
    ],
)
def test_c4_nothing_that_is_written_of_a_file_names_anybody(
    town: Town, before: list[Step], act: str, who: str, field: str
) -> None:
    case = archived(town)
    assert all(town.walker.do(case, *step).status_code == 200 for step in before)
    body = (LEND if act == "lend-file" else {}) | {field: "欧阳雪本人"}
    refused(town.walker.do(case, who, act, body), 422, "custody.names_person")
    assert town.walker.do(case, who, act, body | {field: "信访人本人"}).status_code == 200


def test_a13_the_reason_of_a_reading_names_nobody(town: Town) -> None:
    case, auditor = withdrawn(town, "信访人撤回"), town.walker.as_("auditor")
    address = f"/v1/petitions/{case}/readings"
    refused(auditor.post(address, json={"reason": "核对公孙铁扇的电话"}), 422, "custody.names_person")
    assert auditor.post(address, json={"reason": "核对信访人的电话"}).status_code == 201


def test_c4_texts_that_stay_do_not_name_who_goes(town: Town) -> None:
    case = withdrawn(town, "信访人公孙铁扇撤回")
    office, address = town.walker.as_("office"), f"/v1/petitions/{case}/erasure-preview"
    preview = office.get(address, params={"people": "p1", "texts": False}).json()
    assert [(one["label"], one["event"]) for one in preview["named_in"]] == [("撤回", "Withdrawn")]
    assert any("全部附件" in one for one in preview["stays"])
    told = refused(town.walker.do(case, "office", "request-erasure", ASK), 422, "erasure.named_in_texts")
    assert "2026-03-02“撤回”" in told["detail"]
    assert told["events"] == [{"event": "Withdrawn", "on": "2026-03-02"}]
    assert "公孙" not in str((told, preview["named_in"]))

    other = office.get(address, params={"people": "p2", "texts": False}).json()
    assert other["named_in"] == []
    whole = office.get(address, params={"people": "p1", "texts": True}).json()
    assert whole["named_in"] == []
    assert not any("全部附件" in one for one in whole["stays"])
    assert town.walker.do(case, "office", "request-erasure", ASK | {"texts": True}).status_code == 200


def test_c4_the_names_of_attached_files_are_texts_too(town: Town) -> None:
    case = town.walker.walk(
        [
            *TRANSFERRED,
            ("unit-a-clerk", "accept", {}),
            ("unit-a-clerk", "report", {"text": "已核", "attachments": ["公孙铁扇的收条.pdf"]}),
        ],
        **CASE,
    )
    walked(
        town,
        case,
        [
            *CLOSED[:1],
            ("unit-a-clerk", "serve", {"notice": "opinion", "method": "post", "signed_by": "公孙铁扇"}),
            *CLOSED[2:],
        ],
    )
    catch_up(town)
    told = refused(town.walker.do(case, "office", "request-erasure", ASK), 422, "erasure.named_in_texts")
    assert [one["event"] for one in told["events"]] == ["Reported"]
