"""What papers say (C6): by the rule book that judges, by what kind of answer it is, with the limit of the decision."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import typst
from docx import Document

from api.papers import fields, glyphs, shelf
from domain.rules import papers
from tests.api.item_lives import JOINT as JOINT_ITEM
from tests.api.item_lives import ItemWalker
from tests.api.lives import (
    ACCEPTED,
    DECLINED,
    EXTENDED,
    LETTER,
    REPLIED,
    SIMPLIFIED,
    SUPERVISED,
    TRANSFERRED,
    UNDER_REEXAMINATION,
    UNDER_REVIEW,
    Step,
    Walker,
)
from tests.api.problems import refused
from tests.api.test_papers import issue, listed, text_of

REVIEWED_ONLY: list[Step] = [
    *UNDER_REVIEW,
    ("office-head", "conclude-review", {"result": "uphold", "text": "维持。"}),
]
REEXAMINED: list[Step] = [
    *UNDER_REEXAMINATION,
    ("office-head", "conclude-reexamination", {"result": "uphold", "text": "维持。"}),
]
URGED: list[Step] = [*ACCEPTED, ("office", "urge", {"method": "letter", "text": "请抓紧办理"})]


def printed(walker: Walker, case: str, who: str, notice: str) -> str:
    """What the Word file of the paper says."""
    answer = walker.as_(who).get(f"/v1/petitions/{case}/notices/{notice}.docx")
    assert answer.status_code == 200, answer.text
    return text_of(answer.content)


BY_2005 = {
    "receipt": ("office", [], "《信访条例》第二十一条、第二十二条"),
    "acceptance": ("unit-a-clerk", ACCEPTED, "《信访条例》第二十一条第二款"),
    "refusal": ("unit-a-head", DECLINED, "《信访条例》第二十二条第一款"),
    "extension": ("unit-a-clerk", EXTENDED, "《信访条例》第三十三条"),
    "opinion": ("unit-a-clerk", REPLIED, "请求复查（《信访条例》第三十四条）"),
    "review-opinion": ("office", REVIEWED_ONLY, "请求复核（《信访条例》第三十五条第一款）"),
    "reexamination-opinion": ("office", REEXAMINED, "不再受理（《信访条例》第三十五条第三款）"),
    "forwarding": ("office", TRANSFERRED, "（含当日）决定是否受理并书面告知信访人"),
    "supervision-letter": ("inspector", SUPERVISED, "《信访条例》第三十六条"),
    "urging": ("office", URGED, "《信访条例》第三十六条"),
}


@pytest.mark.parametrize("notice", BY_2005)
def test_c6_a_petition_judged_by_the_rules_of_2005_is_told_their_articles(
    walker: Walker, notice: str
) -> None:
    who, way, said = BY_2005[notice]
    case = walker.walk(way, rulebook="petition-2005")
    text = printed(walker, case, who, notice)
    assert said in text
    assert "《信访工作条例》" not in text
    assert "异议" not in text
    [paper] = listed(walker, case, who, notice)
    assert "《信访条例》" in paper["basis"]
    recorded = walker.do(case, who, "issue-notice", {"notice": notice})
    assert recorded.status_code == 200, recorded.text


def test_c6_a_provincial_book_adds_its_own_articles_to_the_national_ones(walker: Walker) -> None:
    case = walker.walk(EXTENDED, rulebook="petition-zhejiang-2016")
    assert "《浙江省信访条例》第二十条" in printed(walker, case, "office", "forwarding")
    assert "《浙江省信访条例》第二十三条" in printed(walker, case, "unit-a-clerk", "extension")
    assert "《信访工作条例》第二十三条" in printed(walker, case, "unit-a-clerk", "acceptance")


def test_c6_the_forwarding_letter_asks_for_objections_where_there_is_such_a_limit(walker: Walker) -> None:
    text = printed(walker, walker.walk(TRANSFERRED), "office", "forwarding")
    assert "请最迟于2026年3月9日（含当日）向本机关提出异议" in text
    assert "（《信访工作条例》第二十三条第三款）" in text


def test_a7_the_simplified_track_promises_no_extension(walker: Walker) -> None:
    simple = printed(walker, walker.walk(SIMPLIFIED), "unit-a-clerk", "acceptance")
    assert "《信访事项简易办理办法（试行）》" in simple
    assert "延长" not in simple
    ordinary = printed(walker, walker.walk(ACCEPTED), "unit-a-clerk", "acceptance")
    assert "需要延长办理期限的" in ordinary


ANSWERS = {
    "suggestion": ("信访事项答复意见书", "经研究论证", "《信访工作条例》第二十九条"),
    "accusation": ("信访事项答复告知书", "检举控告事项", "《信访工作条例》第三十条"),
    "led": ("信访事项答复告知书", "（仲裁）", "《信访工作条例》第三十一条"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_c6_only_an_opinion_on_an_appeal_can_be_reviewed(walker: Walker, kind: str) -> None:
    classed = {"category": "appeal", "way": "arbitration"} if kind == "led" else {"category": kind}
    first: list[Step] = [("office", "classify", classed)]
    case = walker.walk([*first, *REPLIED])
    text = printed(walker, case, "unit-a-clerk", "opinion")
    assert not [one for one in ANSWERS[kind] if one not in text], text
    for wrong in ("复查", "投诉请求", "第三十一条第六项", "第三十二条", "处理意见"):
        assert wrong not in text
    receipt = printed(walker, walker.walk(first), "office", "receipt")
    assert ANSWERS[kind][2] in receipt
    assert "信访处理意见书" not in receipt


def test_c6_an_opinion_on_an_appeal_keeps_its_title_and_its_remedy(walker: Walker) -> None:
    text = printed(walker, walker.walk(REPLIED), "unit-a-clerk", "opinion")
    assert "信访事项处理意见书" in text
    assert "向本机关的上一级机关、单位请求复查（《信访工作条例》第三十五条）" in text


def test_c6_a_paper_prints_the_limit_of_the_decision_it_rests_on(walker: Walker) -> None:
    """Issued after the extension, the acceptance still says what held when the matter was accepted."""
    case = walker.walk(EXTENDED)
    [draft] = listed(walker, case, "unit-a-clerk", "acceptance")
    assert {"2026-05-06", "2026-05-11"} == {
        one[key] for one in draft["dates"] if one["name"] == "due_on" for key in ("printed_on", "current_on")
    }
    issue(walker, case, "unit-a-clerk", "acceptance")
    [paper] = listed(walker, case, "unit-a-clerk", "acceptance")
    assert paper["remark"] == "文书所载办理期限2026-05-06，现行期限2026-05-11。"
    assert "至2026年5月6日" in printed(walker, case, "unit-a-clerk", "acceptance")


def test_c6_the_limit_of_a_receipt_bears_its_own_name(walker: Walker) -> None:
    case = walker.walk(TRANSFERRED)
    for who, label in (("office", "转送期限"), ("unit-a-clerk", "告知期限")):
        [paper] = listed(walker, case, who, "receipt")
        assert label in {one["label"] for one in paper["dates"]}


def test_c6_the_name_of_a_limit_stands_in_one_pair_of_brackets(walker: Walker) -> None:
    text = printed(walker, walker.walk(URGED), "office", "urging")
    assert "该事项的期限（办结）至" in text


def test_c6_a_character_that_the_pdf_lacks_is_told_before_the_paper_is_issued(walker: Walker) -> None:
    case = walker.walk(ACCEPTED, petitioners=[{"name": "𠮷田秀"}])
    [draft] = listed(walker, case, "unit-a-clerk", "acceptance")
    assert draft["lacking"] == ["𠮷"]
    assert "字形缺失" in draft["remark"]
    assert "“𠮷”（U+20BB7）" in draft["remark"]
    assert "Word" in draft["remark"]


def test_a13_only_who_may_open_a_paper_is_given_its_address(walker: Walker) -> None:
    case = walker.walk(SUPERVISED, petitioners=[{"name": "𠮷田秀"}])
    for who in ("leader", "inspector"):
        [paper] = listed(walker, case, who, "acceptance")
        assert (paper["docx"], paper["pdf"], paper["lacking"]) == (None, None, [])
        assert "只对正在办理" in paper["closed"]
        [letter] = listed(walker, case, who, "supervision-letter")
        assert walker.as_(who).get(letter["docx"]).status_code == 200
        assert letter["closed"] is None


def test_c6_a_long_letter_is_quoted_in_part(walker: Walker) -> None:
    case = walker.walk(REPLIED, content="我反映的情况是这样的。" * 400)
    text = printed(walker, case, "unit-a-clerk", "opinion")
    assert f"内容摘要：{LETTER['subject']}" in text
    assert "（其余内容见信访材料）" in text
    assert len(text) < 1500


def test_c6_the_signature_is_kept_with_the_last_paragraph(walker: Walker) -> None:
    document = Document(
        BytesIO(
            walker.as_("unit-a-clerk")
            .get(f"/v1/petitions/{walker.walk(REPLIED)}/notices/opinion.docx")
            .content
        )
    )
    place, last = next(
        (place, one) for place, one in enumerate(document.paragraphs) if "请求复查（" in one.text
    )
    tail = document.paragraphs[place:-1]
    assert last.paragraph_format.keep_together
    assert all(one.paragraph_format.keep_with_next for one in tail)


def test_c6_what_was_set_apart_by_a_tab_stays_apart(walker: Walker) -> None:
    case = walker.walk([*ACCEPTED, ("unit-a-clerk", "reply", {"result": "support", "text": "一月\t十六度"})])
    assert "一月\u3000\u3000十六度" in printed(walker, case, "unit-a-clerk", "opinion")


def glyphs_by_page(folder: Path, code: str, **given: object) -> list[int]:
    """How many characters each page of the printed paper has."""
    data = fields.sample(papers.paper(code, "petition")) | given
    head = b"#let data = json(bytes(sys.inputs.data));\n"
    (folder / "paper.typ").write_bytes(head + shelf.shipped(code, "typ"))
    pages: Any = typst.compile(
        str(folder / "paper.typ"),
        format="svg",
        font_paths=[str(path.parent) for path in glyphs.FILES],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return [one.count(b"<use ") for one in (pages if isinstance(pages, list) else [pages])]


@pytest.mark.parametrize("many", range(6, 26))
def test_c6_a_signature_never_stands_alone_on_a_page(tmp_path: Path, many: int) -> None:
    """However long the reasons are, more than the signature, its date and its handler is on the last page."""
    explanation = ["理由充分。"] * many
    signature = len("示例县信访局（印章）2026年3月2日（经办人：李四）—2—")
    assert glyphs_by_page(tmp_path, "refusal", explanation=explanation)[-1] >= signature + len(
        "理由充分。特此告知。"
    )


def test_c6_what_an_item_lacks_is_told_with_the_rules_of_items(item_walker: ItemWalker) -> None:
    item = item_walker.walk(JOINT_ITEM)
    issued = item_walker.do(item, "inspector", "issue-notice", {"notice": "supervision-notice"})
    assert issued.status_code == 200, issued.text
    answer = item_walker.do(item, "inspector", "issue-notice", {"notice": "supervision-notice"})
    assert refused(answer, 409)["basis"].startswith("《机关单位督查督办工作制度》")
