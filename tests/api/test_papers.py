"""Papers (C6): issued and listed, printed as recorded, drafts, who may have them, and nobody's text is a command."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import structlog
from docx import Document

from api.bootstrap import Services
from tests.api.conftest import Town
from tests.api.item_lives import JOINT as JOINT_ITEM
from tests.api.item_lives import ItemWalker
from tests.api.lives import (
    ACCEPTED,
    ASKED_FOR_MORE,
    DECLINED,
    EXTENDED,
    LETTER,
    REVIEWED,
    SERVED,
    SUPERVISED,
    TRANSFERRED,
    UNDER_REEXAMINATION,
    Walker,
)
from tests.api.problems import refused
from tests.conftest import Clock
from tests.traces import noted

NASTY = "反映<不达标>的#[x] $a$ *y* {{ organ }} {% if %} & 𠮷某"


def issue(walker: Walker, case: str, who: str, notice: str) -> str:
    """The number under which the paper was issued."""
    answer = walker.do(case, who, "issue-notice", {"notice": notice})
    assert answer.status_code == 200, answer.text
    found = listed(walker, case, who, notice)
    return str(found[-1]["number"])


def listed(walker: Walker, case: str, who: str, notice: str) -> list[dict[str, Any]]:
    """The papers of that kind in the list."""
    answer = walker.as_(who).get(f"/v1/petitions/{case}/documents")
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return [one for one in items if one["kind"] == notice]


def text_of(content: bytes) -> str:
    """What a .docx says, a line a paragraph."""
    return "\n".join(one.text for one in Document(BytesIO(content)).paragraphs)


def test_c6_a_paper_is_issued_and_printed(walker: Walker) -> None:
    case = walker.walk(ACCEPTED)
    unit = walker.as_("unit-a-clerk")
    [draft] = listed(walker, case, "unit-a-clerk", "acceptance")
    assert (draft["draft"], draft["open"], draft["number"]) == (True, True, None)
    assert issue(walker, case, "unit-a-clerk", "acceptance") == "清江建受〔2026〕1号"
    [paper] = listed(walker, case, "unit-a-clerk", "acceptance")
    assert (paper["draft"], paper["open"], paper["organ"]) == (False, False, "清江区住房和城乡建设局")
    assert {one["name"]: one["printed_on"] for one in paper["dates"]} == {
        "received_on": "2026-03-02", "accepted_on": "2026-03-02", "due_on": "2026-05-06",
    }  # fmt: skip
    answer = unit.get(paper["docx"])
    text = text_of(answer.content)
    assert answer.status_code == 200
    assert text.splitlines()[:2] == ["清江区住房和城乡建设局", "清江建受〔2026〕1号"]
    assert "王秀兰：" in text
    assert "《信访工作条例》第三十四条" in text
    assert "至2026年5月6日" in text
    assert "草稿" not in text
    pdf = unit.get(paper["pdf"])
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].startswith("inline; ")
    fonts = re.findall(rb"/FontName /[A-Z]{6}\+(\w+)", pdf.content)
    assert {one.decode().removesuffix("Regular") for one in fonts} <= {"NotoSerifSC", "NotoSansSC"}
    assert b"/FontFile3" in pdf.content
    refused(walker.do(case, "unit-a-clerk", "issue-notice", {"notice": "acceptance"}), 409)


def test_c6_served_on_is_told_beside_the_paper(walker: Walker) -> None:
    case = walker.walk(ACCEPTED)
    issue(walker, case, "unit-a-clerk", "acceptance")
    walker.do(case, "unit-a-clerk", "serve", {"notice": "acceptance", "method": "post"})
    assert listed(walker, case, "unit-a-clerk", "acceptance")[0]["served_on"] == "2026-03-02"


def test_c6_a_draft_is_marked_and_has_no_number(walker: Walker) -> None:
    case = walker.walk(ACCEPTED)
    unit = walker.as_("unit-a-clerk")
    text = text_of(unit.get(f"/v1/petitions/{case}/notices/acceptance.docx").content)
    assert text.startswith("草稿（尚未出具，不得送达）")
    assert "（草稿，未编号）" in text
    assert unit.get(f"/v1/petitions/{case}/notices/acceptance.pdf").status_code == 200
    closed = refused(unit.get(f"/v1/petitions/{case}/notices/opinion.pdf"), 409, "notice.without_decision")
    assert closed["basis"] == "《信访工作条例》第三十二条"
    refused(unit.get(f"/v1/petitions/{case}/notices/sending-back.pdf"), 404, "notice.no_such_paper")
    refused(unit.get(f"/v1/petitions/{case}/notices/acceptance.pdf?number=1"), 404, "notice.no_such_number")


def test_c6_a_reprint_prints_what_was_recorded_though_the_limit_moved(walker: Walker, clock: Clock) -> None:
    """A decree that makes 6 May 2026 a day off moves the limit; the paper keeps its date."""
    case = walker.walk(ACCEPTED)
    issue(walker, case, "unit-a-clerk", "acceptance")
    unit = walker.as_("unit-a-clerk")
    before = text_of(unit.get(f"/v1/petitions/{case}/notices/acceptance.docx").content)
    calendar = walker.as_("office").get("/v1/calendars/2026").json()
    decree = {
        "source": "临时放假通知", "published_at": "2026-03-02T10:10:00+08:00",
        "days_off": [*calendar["days_off"], "2026-05-06"], "make_up_days": calendar["make_up_days"],
    }  # fmt: skip
    clock.set(datetime(2026, 3, 2, 2, 20, tzinfo=UTC))
    assert walker.as_("admin").put("/v1/calendars/2026", json=decree).status_code == 200
    [paper] = listed(walker, case, "unit-a-clerk", "acceptance")
    due = next(one for one in paper["dates"] if one["name"] == "due_on")
    assert (due["printed_on"], due["current_on"]) == ("2026-05-06", "2026-05-07")
    assert paper["remark"] == "文书所载办理期限2026-05-06，现行期限2026-05-07。"
    assert text_of(unit.get(f"/v1/petitions/{case}/notices/acceptance.docx").content) == before


def test_c6_an_earlier_paper_is_found_by_its_number(walker: Walker) -> None:
    case = walker.walk([*ACCEPTED, ("office", "urge", {"method": "letter", "text": "第一次催办"})])
    first = issue(walker, case, "office", "urging")
    walker.do(case, "office", "urge", {"method": "letter", "text": "第二次催办"})
    second = issue(walker, case, "office", "urging")
    assert (first, second) == ("清江信催〔2026〕1号", "清江信催〔2026〕2号")
    office = walker.as_("office")
    base = f"/v1/petitions/{case}/notices/urging.docx"
    assert "第二次催办" in text_of(office.get(base).content)
    assert "第一次催办" in text_of(office.get(base, params={"number": first}).content)


def test_c6_what_petitioners_write_is_printed_and_never_obeyed(walker: Walker) -> None:
    people = [{"name": "𠮷田<秀>"}]
    case = walker.walk(ACCEPTED, subject=NASTY, petitioners=people)
    unit = walker.as_("unit-a-clerk")
    text = text_of(unit.get(f"/v1/petitions/{case}/notices/acceptance.docx").content)
    assert f"“{NASTY}”" in text
    assert "𠮷田<秀>：" in text
    with structlog.testing.capture_logs() as logged:
        pdf = unit.get(f"/v1/petitions/{case}/notices/acceptance.pdf")
    assert pdf.status_code == 200
    [warning] = [one for one in logged if one["event"] == "paper.glyphs_missing"]
    assert warning["count"] == 1


def test_c6_no_gap_and_no_twin_among_numbers_of_two_writers(town: Town) -> None:
    cases = [town.walker.walk(TRANSFERRED) for _ in range(8)]
    office, unit = town.walker.as_("office"), town.walker.as_("unit-a-clerk")

    def receipt(place: int) -> int:
        url = f"/v1/petitions/{cases[place // 2]}/issue-notice"
        who = office if place % 2 else unit
        return who.post(url, json={"notice": "receipt"}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(receipt, range(16))) == {200}
    numbers = [
        one["number"]
        for case in cases
        for one in office.get(f"/v1/petitions/{case}/documents").json()["items"]
        if one["kind"] == "receipt" and not one["draft"]
    ]
    assert sorted(numbers) == sorted(
        f"清江{organ}接〔2026〕{n}号" for organ in ("信", "建") for n in range(1, 9)
    )


def test_a13_the_number_of_a_confidential_case_tells_nothing(walker: Walker) -> None:
    case = walker.walk(TRANSFERRED, category="accusation", against=[{"unit": "北山建设集团"}])
    assert re.fullmatch(r"清江信转〔2026〕J\d{8}号", issue(walker, case, "office", "forwarding"))
    text = text_of(walker.as_("office").get(f"/v1/petitions/{case}/notices/forwarding.docx").content)
    assert "不得将检举、揭发材料" in text
    refused(walker.as_("inspector").get(f"/v1/petitions/{case}/documents"), 404)


def test_a13_papers_that_name_the_petitioner_are_for_those_who_may_know(
    walker: Walker, services: Services, catch_up: Callable[[], None]
) -> None:
    case = walker.walk([*SUPERVISED])
    issue(walker, case, "unit-a-clerk", "acceptance")
    before = len(noted(services))
    url = f"/v1/petitions/{case}/notices/acceptance.pdf"
    refused(walker.as_("leader").get(url), 403, "petition.personal_data_closed")
    refused(walker.as_("inspector").get(url), 403, "petition.personal_data_closed")
    refused(walker.as_("unit-b-clerk").get(url), 404, "petition.unknown")
    refused(walker.as_("office").signed(None).get(url), 401)
    assert len(noted(services)) == before
    assert (
        walker.as_("inspector").get(f"/v1/petitions/{case}/notices/supervision-letter.pdf").status_code == 200
    )
    assert walker.as_("unit-a-head").get(url).status_code == 200
    assert len(noted(services)) == before + 2
    catch_up()
    traces = walker.as_("auditor").get("/v1/readings").json()["items"]
    assert {one["what"] for one in traces} == {"notice"}


PAPERS = {
    "receipt": ("office", [], ["登记", "处理途径", "第三十一条第六项"]),
    "refusal": ("unit-a-head", DECLINED, ["不予受理", "请向有权机关提出"]),
    "extension": ("unit-a-clerk", EXTENDED, ["延长10日", "案情复杂", "2026年5月6日", "2026年5月11日"]),
    "opinion": ("unit-a-clerk", SERVED, ["30日内", "请求复查", "已责成供热企业整改", LETTER["content"]]),
    "review-opinion": ("office", REVIEWED, ["请求复核", "维持处理意见。", "温度仍不达标"]),
    "reexamination-opinion": (
        "office",
        [*UNDER_REEXAMINATION, ("office-head", "conclude-reexamination", {"result": "uphold", "text": "维持。"})],
        ["不再受理", "第三十六条第三款"],
    ),
    "supplement": ("unit-a-clerk", ASKED_FOR_MORE, ["1. 房产证复印件", "一次性告知"]),
    "delay": (
        "unit-a-clerk",
        [*ACCEPTED, ("unit-a-head", "delay-notice", {"reason": "等待检测", "contact": "0571-8600", "new_date": "2026-06-01"})],
        ["等待检测", "0571-8600", "2026年6月1日", "赵一鸣"],
    ),
    "forwarding": ("office", TRANSFERRED, ["转送你单位", "2026年3月17日", "2026年3月9日"]),
    "assignment": (
        "office", [("office", "assign", {"to_unit": "unit-a", "due_on": "2026-04-30"})], ["2026年4月30日", "办结报告"]
    ),
    "supervision-letter": ("inspector", SUPERVISED, ["请限期办结", "第四十条"]),
    "hand-back": (
        "office",
        [*TRANSFERRED, ("unit-a-clerk", "object", {"reason": "不属于职权"}), ("office", "hand-back", {"reason": "异议成立"})],
        ["同意该事项退回", "异议成立", "清江区住房和城乡建设局："],
    ),
}  # fmt: skip


@pytest.mark.parametrize("notice", PAPERS)
def test_c6_every_paper_of_a_petition(town: Town, notice: str) -> None:
    who, way, said = PAPERS[notice]
    case = town.walker.walk(way)
    number = issue(town.walker, case, who, notice)
    url = f"/v1/petitions/{case}/notices/{notice}"
    text = text_of(town.walker.as_(who).get(f"{url}.docx").content)
    assert number in text
    assert not [one for one in said if one not in text], text
    assert "{" not in text
    pdf = town.walker.as_(who).get(f"{url}.pdf")
    assert pdf.status_code == 200, pdf.text


def test_c6_papers_of_an_item(item_walker: ItemWalker) -> None:
    item = item_walker.walk([*JOINT_ITEM, ("inspector", "urge", {"method": "letter", "text": "请抓紧"})])
    inspector = item_walker.as_("inspector")
    for notice in ("supervision-notice", "supervision-urging"):
        assert item_walker.do(item, "inspector", "issue-notice", {"notice": notice}).status_code == 200
        for ending in ("docx", "pdf"):
            url = f"/v1/supervision-items/{item}/notices/{notice}.{ending}"
            assert inspector.get(url).status_code == 200
    items = inspector.get(f"/v1/supervision-items/{item}/documents").json()["items"]
    assert [one["number"] for one in items] == ["清江督通〔2026〕1号", "清江督催〔2026〕1号"]
    text = text_of(inspector.get(items[0]["docx"]).content)
    assert "清江区住房和城乡建设局：" in text
    assert "协办单位：清江区人力资源和社会保障局。" in text
    assert item_walker.as_("unit-a-head").get(items[0]["pdf"]).status_code == 200
    refused(item_walker.as_("unit-b-officer").get(items[0]["pdf"]), 404)
