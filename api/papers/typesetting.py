"""排版: a template and the data made into a file. Knows no case; nothing from outside the template is read."""

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from api.papers import glyphs, word
from api.papers.tasks import DRAFT, Broken, Task

_PLACE = re.compile(r":(\d+):\d+$", re.MULTILINE)
_NO_KEY = re.compile(r'does not contain key "([^"]*)"')
_NO_FONT = re.compile(r"unknown font family: (.*)")
_PAGES = re.compile(rb"/Type\s*/Page\b")
_MARKED = """\
#set document(title: {title}, author: {author}, date: datetime(year: {year}, month: {month}, day: {day}))
#set text(font: "Noto Sans SC", lang: "zh")
#for one in range(1, {pages} + 1) {{
  page(width: auto, height: auto, margin: 0pt, foreground: {{
    place(center + horizon, rotate(-40deg, text(size: 110pt, fill: luma(120).transparentize(65%))[草稿]))
    place(top + center, dy: 15mm, box(fill: white, inset: 4pt, text(size: 12pt, fill: rgb("#e60012"))[{mark}]))
  }}, image("paper.pdf", page: one))
}}
"""
"""What lays the mark of a draft over its finished pages: no template has a say in it."""


def typeset(task: Task) -> bytes:
    """排版: here and now. Raises Broken."""
    if task.form == "docx":
        return word.made(task)
    return _marked(task, _printed(task)) if task.draft else _printed(task)


def _printed(task: Task) -> bytes:
    """One line before the template: the data and the date from the record."""
    on = task.on
    prelude = (
        "#let data = json(bytes(sys.inputs.data));#set document(title: data.title, author: data.organ, "
        f"date: datetime(year: {on.year}, month: {on.month}, day: {on.day}));"
    )
    data = {name: glyphs.shown(value) for name, value in task.data.items()}
    return _compiled(
        prelude.encode() + b"\n" + task.template,
        inputs={"data": json.dumps(data, ensure_ascii=False)},
        standard="a-2b",
    )


def _marked(task: Task, pages: bytes) -> bytes:
    """A draft says so on every page, over whatever the template has put there."""
    source = _MARKED.format(
        title=json.dumps(str(task.data["title"])[:200], ensure_ascii=False),
        author=json.dumps(str(task.data["organ"])[:200], ensure_ascii=False),
        year=task.on.year,
        month=task.on.month,
        day=task.on.day,
        pages=len(_PAGES.findall(pages)),
        mark=DRAFT,
    )
    return _compiled(source.encode(), {"paper.pdf": pages})


def _compiled(
    source: bytes,
    files: Mapping[str, bytes] | None = None,
    *,
    inputs: Mapping[str, str] | None = None,
    standard: Any = None,
) -> bytes:
    with tempfile.TemporaryDirectory(prefix="shixian-papers-") as alone:
        main = Path(alone) / "paper.typ"
        main.write_bytes(source)
        for name, content in (files or {}).items():
            (Path(alone) / name).write_bytes(content)
        try:
            made, warnings = typst.compile_with_warnings(
                str(main),
                root=alone,
                font_paths=sorted({str(path.parent) for path in glyphs.FILES}),
                ignore_system_fonts=True,
                format="pdf",
                sys_inputs=dict(inputs or {}),
                pdf_standards=standard or [],
                package_path=alone,
                package_cache_path=alone,
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
