"""排版: a template and the data made into a file. Knows no case; nothing from outside the template is read.

Run as a module it does one such task from standard input under limits of time and memory: templates of others are
never executed in the service itself.
"""

import base64
import json
import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import typst
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt, RGBColor
from docxtpl import DocxTemplate  # type: ignore[import-untyped]  # it ships no types
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from api import apart
from api.papers import glyphs

DRAFT = "草稿（尚未出具，不得送达）"
SECONDS, MEMORY = 10, 2 * 1024**3
LARGEST_RESULT = 16 * 1024 * 1024
_PLACE = re.compile(r":(\d+):\d+$", re.MULTILINE)
_NO_KEY = re.compile(r'does not contain key "([^"]*)"')
_NO_FONT = re.compile(r"unknown font family: (.*)")


class Broken(Exception):
    """模板有误 — what is wrong with a template, each with the place where one is known."""

    def __init__(self, *problems: str) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Task:
    """排版任务 — the form, the template, the data, the date of the document, and whether it is a draft."""

    form: str
    template: bytes
    data: Mapping[str, Any]
    on: date
    draft: bool


def typeset(task: Task) -> bytes:
    """排版: here and now. Raises Broken."""
    return _typst(task) if task.form == "typ" else _docx(task)


def typeset_apart(task: Task) -> bytes:
    """隔离排版: in a process of its own, which may take so much time and memory. Raises Broken."""
    given = {
        "form": task.form,
        "template": base64.b64encode(task.template).decode(),
        "data": dict(task.data),
        "on": task.on.isoformat(),
        "draft": task.draft,
    }
    try:
        answer = json.loads(
            apart.answer("api.papers.typesetting", json.dumps(given).encode(), seconds=2 * SECONDS)
        )
    except (apart.Exceeded, ValueError):
        raise Broken("模板排版耗时过长或者占用内存过多，请简化") from None
    if "problems" in answer:
        raise Broken(*answer["problems"])
    return base64.b64decode(answer["content"])


def environment() -> SandboxedEnvironment:
    """模板环境: no way out of the data, nothing missing passes for empty, everything escaped."""
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _typst(task: Task) -> bytes:
    """One line before the template: the data, the date from the record, and what marks a draft."""
    on = task.on
    prelude = (
        "#let data = json(bytes(sys.inputs.data));#set document(title: data.title, author: data.organ, "
        f"date: datetime(year: {on.year}, month: {on.month}, day: {on.day}));"
    )
    if task.draft:
        prelude += (
            '#set page(background: rotate(-40deg, text(size: 110pt, fill: luma(220), font: "Noto Sans SC")[草稿]),'
            f' header: align(center, text(size: 12pt, fill: rgb("#e60012"), font: "Noto Sans SC")[{DRAFT}]));'
        )
    source = prelude.encode() + b"\n" + task.template
    data = {name: glyphs.shown(value) for name, value in task.data.items()}
    with tempfile.TemporaryDirectory(prefix="shixian-papers-") as nothing:
        main = Path(nothing) / "paper.typ"
        main.write_bytes(source)
        try:
            made, warnings = typst.compile_with_warnings(
                str(main),
                root=nothing,
                font_paths=sorted({str(path.parent) for path in glyphs.FILES}),
                ignore_system_fonts=True,
                format="pdf",
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                pdf_standards="a-2b",
                package_path=nothing,
                package_cache_path=nothing,
            )
        except typst.TypstError as error:
            raise Broken(_said(error)) from None
    if warnings:
        raise Broken(*(_said(one) for one in warnings))
    if not isinstance(made, bytes):
        raise Broken("模板没有排出一份文件")
    return made


def _said(fault: Any) -> str:
    place = _PLACE.search(fault.diagnostic)
    where = f"第{int(place[1]) - 1}行：" if place is not None and int(place[1]) > 1 else ""
    message = str(fault.message)
    if (key := _NO_KEY.search(message)) is not None:
        return f"{where}没有“{key[1]}”这个字段"
    if (font := _NO_FONT.search(message)) is not None:
        return f"{where}没有“{font[1]}”这种字体，可用的有 Noto Serif SC 和 Noto Sans SC"
    return f"{where}排版有误（{message}）"


def _docx(task: Task) -> bytes:
    made = DocxTemplate(BytesIO(task.template))
    try:
        made.render(dict(task.data), jinja_env=environment(), autoescape=True)
    except UndefinedError as error:
        raise Broken(f"没有这个字段（{error.message}）") from None
    except TemplateSyntaxError as error:
        raise Broken(f"模板标记有误（{error.message}）") from None
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, SyntaxError) as error:
        raise Broken(f"模板不能使用（{type(error).__name__}）") from None
    if task.draft:
        _mark(made)
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def _mark(made: Any) -> None:
    """A draft says so in the first line and on every page."""
    document = made.docx
    for section in document.sections:
        section.header.is_linked_to_previous = False
        _red(section.header.paragraphs[0])
    _red(document.paragraphs[0].insert_paragraph_before())


def _red(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(DRAFT)
    run.font.size, run.font.color.rgb = Pt(14), RGBColor(0xE6, 0x00, 0x12)


def _apart() -> None:
    apart.confine(SECONDS, MEMORY)
    given = json.load(sys.stdin)
    task = Task(
        given["form"],
        base64.b64decode(given["template"]),
        given["data"],
        date.fromisoformat(given["on"]),
        given["draft"],
    )
    try:
        content = typeset(task)
        if len(content) > LARGEST_RESULT:
            raise Broken("排出的文件过大")
        answer: dict[str, Any] = {"content": base64.b64encode(content).decode()}
    except Broken as broken:
        answer = {"problems": list(broken.problems)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _apart()
