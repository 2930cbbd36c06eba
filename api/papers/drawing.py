"""出厂模板的制作: draws each paper's .docx and .typ from one wording. Run as `python -m api.papers.drawing`.

The page is that of the 党政机关公文格式: A4, margins 37/35/28/26 mm, the organ in red, 小标宋 and 仿宋 in third size.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

HERE = Path(__file__).parent
FOLDER = HERE / "templates"
SONG, FANG, HEI = "方正小标宋_GBK", "仿宋_GB2312", "黑体"
LATIN = "Times New Roman"
RED = RGBColor(0xE6, 0x00, 0x12)
CENTRE, RIGHT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
_FIELD = re.compile(r"\{\{ (\w+) \}\}")
_WRITTEN = frozenset({"item", "subject", "contact", "approver"})
"""Fields with words of anybody: they may hold long runs of letters."""
_STAMP = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Paragraph:
    """段落 — its text, and when it is printed: if a field has something, if it has nothing, or for each of its lines."""

    text: str
    when: str = ""
    unless: str = ""
    each: str = ""


@cache
def wording() -> Mapping[str, Any]:
    """措辞: of every paper."""
    return tomllib.loads((HERE / "wording.toml").read_text("utf-8"))


def paragraphs(code: str) -> list[Paragraph]:
    """正文: the paragraphs of a paper."""
    return [Paragraph(one) if isinstance(one, str) else Paragraph(**one) for one in wording()[code]["p"]]


def docx(code: str) -> bytes:
    """可编辑模板: the Word file."""
    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    _style(made)
    title = wording()[code]["title"]
    made.core_properties.title, made.core_properties.author, made.core_properties.comments = title, "", ""
    head = _line(made, "{{ organ }}", SONG, 26, CENTRE, colour=RED, spacing=40)
    _rule(head)
    _line(made, "{{ number }}", FANG, 16, RIGHT)
    _line(made, "", FANG, 16)
    _line(made, "{{ title }}" if "titles" in wording()[code] else title, SONG, 22, CENTRE, spacing=36)
    _line(made, "", FANG, 16)
    _line(made, "{{ addressee }}：", FANG, 16)
    told = paragraphs(code)
    closing = _closing(told)
    for place, one in enumerate(told):
        _told(made, one, stays=place >= closing)
    signature = [
        _line(made, "", FANG, 16),
        _line(made, "{{ organ }}（印章）", FANG, 16, RIGHT, right=2),
        _line(made, "{{ issued_on }}", FANG, 16, RIGHT, right=4),
    ]
    for line in signature:
        line.paragraph_format.keep_with_next = True
    _line(made, "（经办人：{{ handler }}）", FANG, 16, indent=2)
    _footer(section)
    return _fixed(made)


def _style(made: Any) -> None:
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, Pt(16)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FANG)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)


def _line(
    made: Any,
    text: str,
    face: str,
    size: float,
    align: Any = None,
    *,
    colour: RGBColor | None = None,
    spacing: float = 28,
    indent: float = 0,
    right: float = 0,
) -> Any:
    paragraph = made.add_paragraph()
    shape = paragraph.paragraph_format
    shape.alignment = align
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(spacing)
    if indent:
        shape.first_line_indent = Pt(indent * size)
    if right:
        shape.right_indent = Pt(right * size)
    run = paragraph.add_run(text)
    run.font.name, run.font.size = LATIN, Pt(size)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _rule(paragraph: Any) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "thickThinSmallGap"), ("sz", "18"), ("space", "4"), ("color", "E60012")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    spacing = paragraph._p.get_or_add_pPr().find(qn("w:spacing"))
    spacing.addprevious(borders)


def _closing(told: list[Paragraph]) -> int:
    """Where the paragraphs begin that stay with the signature: after the last text of any length."""
    return 1 + max((place for place, one in enumerate(told) if one.each), default=len(told) - 2)


def _told(made: Any, one: Paragraph, *, stays: bool) -> None:
    begin, end = "", ""
    if one.when or one.unless:
        begin = f"{{%p if {one.when or f'not {one.unless}'} %}}"
        end = "{%p endif %}"
    elif one.each:
        begin, end = f"{{%p for item in {one.each} %}}", "{%p endfor %}"
    if begin:
        made.add_paragraph(begin)
    heading = _is_heading(one)
    line = _line(made, one.text, HEI if heading else FANG, 16, JUSTIFY, indent=2)
    line.paragraph_format.keep_with_next = stays or heading or None
    line.paragraph_format.keep_together = stays or None
    if end:
        made.add_paragraph(end)


def _is_heading(one: Paragraph) -> bool:
    return re.fullmatch(r"[一二三四五]、[^。{]{2,16}(\{\{ result \}\})?", one.text) is not None


def _footer(section: Any) -> None:
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = CENTRE
    for kind, text in (("", "— "), ("begin", ""), ("instr", "PAGE"), ("end", ""), ("", " —")):
        run = paragraph.add_run(text if not kind else "")
        run.font.name, run.font.size = "宋体", Pt(14)
        run._element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
        if kind == "instr":
            code = OxmlElement("w:instrText")
            code.text = text
            run._element.append(code)
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._element.append(mark)


def _fixed(made: Any) -> bytes:
    """The same bytes whenever it is drawn: no times, entries in one order."""
    drawn, fixed = BytesIO(), BytesIO()
    made.save(drawn)
    with ZipFile(drawn) as source, ZipFile(fixed, "w", ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            if name == "docProps/thumbnail.jpeg":
                continue
            content = source.read(name)
            if name == "_rels/.rels":
                content = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", content)
            info = ZipInfo(name, _STAMP)
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, content)
    return fixed.getvalue()


_TYP_HEAD = """\
// {title}：打印为 PDF 的模板。data 中的各字段由系统填入；修改后上传即可使用。
#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm),
  footer: context align(center, text(size: 14pt)[— #counter(page).display() —]))
#set text(font: "Noto Serif SC", size: 16pt, lang: "zh", region: "cn")
#set par(leading: 12pt, spacing: 12pt, justify: true, first-line-indent: (amount: 2em, all: true))
#let heading-face = "Noto Sans SC"
#let flush(body) = par(first-line-indent: 0em, body)
// 连续的长串西文不能断行，所在段落不作两端对齐。
#let even(..texts) = texts.pos().all(one => one.find(regex("[!-~]{{12}}")) == none)
#let told = ()

#align(center, text(font: heading-face, size: 26pt, fill: rgb("#e60012"), data.organ))
#v(-4pt)
#line(length: 100%, stroke: 2pt + rgb("#e60012"))
#v(-9pt)
#line(length: 100%, stroke: 0.6pt + rgb("#e60012"))
#align(right, data.number)
#v(14pt)
#align(center, text(font: heading-face, size: 22pt)[{shown}])
#v(14pt)
#flush[#data.addressee：]
"""
_TYP_TAIL = """\

// 最后一段与落款同页；其前一段不长的，也同页。
#let signed = [
  #v(24pt)
  #align(right, pad(right: 2em)[#data.organ（印章）])
  #align(right, pad(right: 4em, data.issued_on))
  #par[（经办人：#data.handler）]
]
#layout(size => {
  let many = if told.len() > 2 and measure(told.at(-2), width: size.width).height < 180pt { 2 } else { 1 }
  for one in told.slice(0, -many) { one }
  block(breakable: false, width: 100%, told.slice(-many).join() + signed)
})
"""


def typ(code: str) -> str:
    """打印模板: the typst file."""
    title = wording()[code]["title"]
    shown = "#data.title" if "titles" in wording()[code] else title
    parts = [_TYP_HEAD.format(title=title, shown=shown), *_typ_body(code), _TYP_TAIL]
    return "\n".join(parts)


def _typ_body(code: str) -> Iterator[str]:
    for one in paragraphs(code):
        written = [name for name in _FIELD.findall(one.text) if name in _WRITTEN]
        names = [f"data.{name}" if name != "item" else "item" for name in written]
        body = _FIELD.sub(lambda found: f"#data.{found[1]};" if found[1] != "item" else "#item;", one.text)
        if _is_heading(one):
            body = f"#text(font: heading-face)[{body}]"
        sticky = ", sticky: true" if _is_heading(one) else ""
        told = f"told.push(block(spacing: 12pt{sticky}, par(justify: even({', '.join(names)}))[{body}]))"
        if one.each:
            yield f"#for item in data.{one.each} {{\n  {told}\n}}"
        elif one.when or one.unless:
            sign = "!=" if one.when else "=="
            yield f'#if data.{one.when or one.unless} {sign} "" {{\n  {told}\n}}'
        else:
            yield f"#{told}"


def draw() -> None:
    """制作全部: every template, into the folder they are shipped from."""
    FOLDER.mkdir(exist_ok=True)
    for code in wording():
        (FOLDER / f"{code}.docx").write_bytes(docx(code))
        (FOLDER / f"{code}.typ").write_text(typ(code), "utf-8")


if __name__ == "__main__":
    draw()
    sys.stdout.write(f"已生成 {len(wording())} 种文书的模板。\n")
