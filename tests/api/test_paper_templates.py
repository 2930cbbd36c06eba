"""Templates of papers (C6): replaced by the head of the office or the administrator, broken ones refused with the place."""

import ast
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document

from api.bootstrap import Services
from api.papers import (
    apart,
    drawing,
    fields,
    glyphs,
    inspecting,
    keeping,
    reaching,
    sheets,
    shelf,
    tasks,
    trying,
    typesetting,
    word,
)
from api.papers.apart import typeset_apart
from api.papers.tasks import Broken, Task
from api.papers.typesetting import typeset
from domain.kinds import ITEM, PETITION
from domain.rules import papers
from tests.api import files
from tests.api.conftest import Town
from tests.api.lives import ACCEPTED, Walker
from tests.api.problems import refused
from tests.api.test_papers import PAPERS, issue, text_of

URL = "/v1/notice-templates/acceptance"
each = pytest.mark.parametrize("paper", papers.papers(), ids=lambda one: one.code)


def shipped_docx(change: Callable[[Any], None], code: str = "acceptance") -> bytes:
    """The shipped template with something changed in it."""
    document = Document(BytesIO(shelf.shipped(code, "docx")))
    change(document)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def adding(text: str) -> bytes:
    """The shipped template with one more paragraph."""
    return shipped_docx(lambda document: document.add_paragraph(text))


def renamed(old: str, new: str) -> bytes:
    """The shipped template with a text replaced wherever it stands."""

    def change(document: Any) -> None:
        for paragraph in document.paragraphs:
            for run in paragraph.runs:
                run.text = run.text.replace(old, new)

    return shipped_docx(change)


def typ(text: str = "", old: str = "", new: str = "") -> bytes:
    """The shipped template for PDF, with something replaced and something more at its end."""
    shipped = shelf.shipped("acceptance", "typ").decode()
    return (shipped.replace(old, new) if old else shipped).encode() + text.encode()


@each
def test_both_templates_of_a_paper_use_the_same_fields(paper: papers.Paper) -> None:
    docx = re.sub(r"<[^>]+>", "", _document(shelf.shipped(paper.code, "docx")))
    in_docx = set(re.findall(r"(?:\{\{|for item in|if not|if) (\w+)", docx)) - {"item", "not"}
    in_typ = set(re.findall(r"data\.(\w+)", shelf.shipped(paper.code, "typ").decode()))
    assert in_docx == in_typ == fields.used(paper.code)
    assert fields.required(paper.code) <= in_typ <= fields.known(paper)
    assert fields.known(paper) <= set(fields.labels())


def _document(content: bytes) -> str:
    with ZipFile(BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


@each
def test_the_shipped_templates_are_what_the_wording_makes(paper: papers.Paper) -> None:
    again = "run python -m api.papers.drawing"
    assert shelf.shipped(paper.code, "typ").decode() == drawing.typ(paper.code), again
    assert _document(shelf.shipped(paper.code, "docx")) == _document(drawing.docx(paper.code)), again


@each
def test_the_sample_of_every_paper_is_printed(paper: papers.Paper) -> None:
    task = Task("typ", shelf.shipped(paper.code, "typ"), fields.sample(paper), drawing_day(), draft=False)
    assert typeset(task) == typeset(task), "the same paper has the same bytes"


def drawing_day() -> Any:
    """The day of the samples."""
    from api.papers.trying import SAMPLE_DAY

    return SAMPLE_DAY


def test_a_page_is_set_as_official_papers_are() -> None:
    document = Document(BytesIO(shelf.shipped("opinion", "docx")))
    section = document.sections[0]
    millimetres = [
        round(one / 36000)
        for one in (
            section.page_width, section.page_height, section.top_margin, section.bottom_margin,
            section.left_margin, section.right_margin,
        )
    ]  # fmt: skip
    assert millimetres == [210, 297, 37, 35, 28, 26]
    faces = {
        run._element.rPr.rFonts.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia")
        for paragraph in document.paragraphs
        for run in paragraph.runs
        if run._element.rPr is not None and run._element.rPr.rFonts is not None
    }
    assert {"方正小标宋_GBK", "仿宋_GB2312"} <= faces


def test_every_field_of_a_paper_is_known_to_templates(town: Town) -> None:
    for notice, (who, way, _) in PAPERS.items():
        case = town.walker.walk(way)
        services = town.services
        act = _act(town, who)
        file = sheets.opened(services, act, case_id(case), PETITION)
        made = fields.of(sheets.printing(file, file.sheet(notice)))
        assert set(made) == fields.known(papers.paper(notice, "petition")), notice
    assert {one.case for one in papers.papers()} == {PETITION.name, ITEM.name}


def case_id(text: str) -> Any:
    from uuid import UUID

    return UUID(text)


def _act(town: Town, who: str) -> Any:
    from api.identity import present

    return present(town.services, town.walker.as_(who).token)


def test_c6_an_office_prints_from_its_own_template_and_goes_back(walker: Walker, services: Services) -> None:
    case = walker.walk(ACCEPTED)
    issue(walker, case, "unit-a-clerk", "acceptance")
    head, unit = walker.as_("office-head"), walker.as_("unit-a-clerk")
    url = f"/v1/petitions/{case}/notices/acceptance.docx"
    old = text_of(unit.get(url).content)
    own = adding("咨询电话：12345")
    answer = head.put(f"{URL}.docx", content=own)
    assert (answer.status_code, answer.json()["kind"]) == (200, "acceptance"), answer.text
    assert head.get(f"{URL}.docx").content == own
    assert text_of(unit.get(url).content) == old, "what was issued stays as it was issued"
    other = walker.walk(ACCEPTED)
    issue(walker, other, "unit-a-clerk", "acceptance")
    new = unit.get(f"/v1/petitions/{other}/notices/acceptance.docx").content
    assert "咨询电话：12345" in text_of(new)
    refused(head.put(f"{URL}.docx", content=own), 409, "template.same")
    assert head.delete(f"{URL}.docx").status_code == 200
    refused(head.delete(f"{URL}.docx"), 409, "template.not_replaced")
    shown = head.get("/v1/notice-templates").json()["items"]
    one = next(item for item in shown if item["kind"] == "acceptance")
    assert [change["replaced"] for change in one["history"]] == [False, True]
    assert {form["source"] for form in one["forms"]} == {"shipped"}
    assert "咨询电话：12345" in text_of(unit.get(f"/v1/petitions/{other}/notices/acceptance.docx").content)


def test_c6_the_administrators_template_holds_where_an_office_has_none(walker: Walker) -> None:
    admin, head = walker.as_("admin"), walker.as_("office-head")
    assert admin.put(f"{URL}.typ", content=typ("\n// 全部机关\n")).status_code == 200
    [form] = [
        form
        for item in head.get("/v1/notice-templates").json()["items"] if item["kind"] == "acceptance"
        for form in item["forms"] if form["form"] == "typ"
    ]  # fmt: skip
    assert form["source"] == "house"
    case = walker.walk(ACCEPTED)
    issue(walker, case, "unit-a-clerk", "acceptance")
    assert walker.as_("unit-a-clerk").get(f"/v1/petitions/{case}/notices/acceptance.pdf").status_code == 200


def test_c6_who_keeps_templates(town: Town) -> None:
    refused(town.client.put(f"{URL}.typ", content=typ()), 401)
    for who in ("office", "unit-a-head", "leader", "inspector", "auditor"):
        refused(town.walker.as_(who).put(f"{URL}.typ", content=typ()), 403, "template.not_yours")
        refused(town.walker.as_(who).delete(f"{URL}.typ"), 403, "template.not_yours")
    for who in ("unit-a-head", "leader", "inspector"):
        refused(town.walker.as_(who).get("/v1/notice-templates"), 403, "template.not_yours")
    assert town.walker.as_("auditor").get(f"{URL}.pdf").content.startswith(b"%PDF-")
    refused(town.walker.as_("admin").get("/v1/notice-templates/nothing.typ"), 404, "template.unknown")


FAULTS: dict[str, tuple[str, bytes, str, str]] = {
    "a field that there is not": ("docx", adding("{{ surname }}"), "template.broken", "没有“surname”这个字段"),
    "where it stands": ("docx", adding("尊敬的{{ surname }}"), "template.broken", "段“尊敬的{{ surname }}”"),
    "a mark that does not end": ("docx", adding("{{ organ "), "template.broken", "标记有误"),
    "a loop that does not end": ("docx", adding("{% for one in subject %}"), "template.broken", "标记有误"),
    "without its number": ("docx", renamed("{{ number }}", ""), "template.broken", "缺少必备的字段“number”"),
    "a way out of the data": (
        "docx", adding("{{ organ.__class__.__mro__ }}"), "template.broken", "模板不能使用"
    ),
    "work without end": (
        "docx",
        adding("{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}"),
        "template.broken", "耗时过长或者占用内存过多",
    ),
    "no document": ("docx", b"hello", "template.not_docx", "不是 .docx"),
    "a picture": ("docx", files.png(), "template.not_docx", "不是 .docx"),
    "a sheet": ("docx", files.office("xlsx"), "template.not_docx", "不是 .docx"),
    "a bomb": ("docx", files.bomb(), "template.not_docx", "压缩内容异常"),
    "a macro": ("docx", files.office("docx", **{"word/vbaProject.bin": b"x"}), "template.not_docx", "宏"),
    "an empty shell": ("docx", files.office("docx"), "template.not_docx", ".docx"),
    "too much": ("docx", b"PK" + bytes(950 * 1024), "template.too_large", "900 KiB"),
    "an unknown field in print": ("typ", typ("\n#data.surname\n"), "template.broken", "行：没有“surname”这个字段"),
    "bad syntax": ("typ", typ("\n#if true [\n"), "template.broken", "排版有误"),
    "an unknown font": ("typ", typ('\n#text(font: "abc")[x]\n'), "template.broken", "没有“abc”这种字体"),
    "another file": ("typ", typ('\n#include "/etc/passwd"\n'), "template.broken", "不能使用“include”"),
    "a package": ("typ", typ('\n#import "@preview/cetz:0.3.0"\n'), "template.broken", "不能使用“import”"),
    "a reading": ("typ", typ('\n#read("/etc/passwd")\n'), "template.broken", "不能使用“read”"),
    "without its addressee": ("typ", typ("", "#data.addressee", "张三"), "template.broken", "缺少必备的字段“addressee”"),
    "setting without end": (
        "typ", typ("\n#let f(n) = { let s = 0; while n > 0 { s += 1; n += 1 }; s }\n#f(1)\n"),
        "template.broken", "",
    ),
    "no text": ("typ", b"\xff\xfe\x00", "template.not_typ", "UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_c6_a_broken_template_is_refused_with_what_is_wrong(town: Town, fault: str) -> None:
    form, content, code, said = FAULTS[fault]
    answer = refused(town.walker.as_("office-head").put(f"{URL}.{form}", content=content), 422, code)
    assert said in answer["detail"]
    if code == "template.broken":
        assert answer["problems"]


def test_c6_a_template_that_reaches_out_is_refused(town: Town) -> None:
    def linked(document: Any) -> None:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
        document.part.relate_to("http://example.org/evil.dotm", kind, is_external=True)

    answer = town.walker.as_("office-head").put(f"{URL}.docx", content=shipped_docx(linked))
    refused(answer, 422, "template.reaches_out")


def test_the_line_of_a_fault_is_the_templates_own() -> None:
    content = b"#data.organ\n#data.nothing_at_all\n"
    with pytest.raises(Broken) as raised:
        typeset(Task("typ", content, {"title": "a", "organ": "b"}, drawing_day(), draft=False))
    assert raised.value.problems == ("第2行：没有“nothing_at_all”这个字段",)


def test_a_template_apart_has_no_network_and_no_files() -> None:
    for content in (b'#read("/etc/hostname")', b'#import "@preview/cetz:0.3.0"', b'#include "../x.typ"'):
        with pytest.raises(Broken):
            typeset_apart(Task("typ", content, {"title": "a", "organ": "b"}, drawing_day(), draft=False))


def test_a_character_without_a_glyph_is_shown_by_its_code_point() -> None:
    assert glyphs.missing("王秀兰䶮㛃") == []
    assert glyphs.missing("𠮷田\n𠮷") == ["𠮷"]
    assert glyphs.shown(["𠮷某", "王"]) == ["□（U+20BB7）某", "王"]
    assert glyphs.missing(glyphs.shown("𠮷")) == []


def imported(module: ModuleType) -> set[str]:
    """What a module imports, each as it is written."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    return {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_what_is_executed_apart_imports_no_case() -> None:
    for module in (apart, inspecting, reaching, tasks, typesetting, word):
        assert not [one for one in imported(module) if one.startswith(("domain", "eventstore", "api.boot"))]


def test_the_service_itself_opens_no_template() -> None:
    for module in (trying, keeping, sheets):
        assert not imported(module) & {"docx", "docxtpl", "jinja2", "lxml", "zipfile", "api.papers.word"}
