"""模板试用: an uploaded template is taken only if it prints the full sample; what is wrong is told with its place."""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from docxtpl import DocxTemplate  # type: ignore[import-untyped]  # it ships no types
from jinja2 import TemplateSyntaxError, meta

from api.contents import checking
from api.papers import fields
from api.papers.sheets import in_turn
from api.papers.typesetting import Broken, Task, environment, typeset_apart
from domain.attachments import DOCX
from domain.errors import Invalid
from domain.rules.papers import Paper

LARGEST = 900 * 1024
"""A request's body may hold 1 MiB; a form is a little larger than its file."""
MOST_PROBLEMS = 20
SAMPLE_DAY = date(2026, 3, 2)
_DATA = re.compile(r"\bdata\.([a-zA-Z_][\w-]*)")
_COMMENT = re.compile(r"(?<!:)//.*")
_CLOSED = re.compile(
    r"(?<![\w-])(import|include|read|json|csv|toml|yaml|xml|cbor|plugin|image|bibliography|eval|sys|std"
    r"|dictionary|background)(?![\w-])"
)
_MARK = re.compile(r"\{[{%].*?[}%]\}")


def must_print(paper: Paper, form: str, content: bytes) -> None:
    """须能排印: Raises Invalid("template.…") with every fault that was found."""
    if len(content) > LARGEST:
        raise Invalid("template.too_large", f"文书模板不得超过{LARGEST // 1024} KiB。")
    problems = list(_faults_of_docx(paper, content) if form == "docx" else _faults_of_typ(paper, content))
    if not problems:
        problems = _tried(paper, form, content)
    if problems:
        raise _broken(problems)


def preview(paper: Paper, form: str, content: bytes, *, apart: bool) -> bytes:
    """样张: the template with the sample."""
    return in_turn(Task(form, content, fields.sample(paper), SAMPLE_DAY, draft=True), apart=apart)


def _tried(paper: Paper, form: str, content: bytes) -> list[str]:
    try:
        typeset_apart(Task(form, content, fields.sample(paper), SAMPLE_DAY, draft=False))
    except Broken as broken:
        return list(broken.problems)
    return []


def _broken(problems: list[str]) -> Invalid:
    told = problems[:MOST_PROBLEMS]
    return Invalid("template.broken", f"模板不能使用：{'；'.join(told)}。", problems=told)


def _missing(paper: Paper, used: set[str]) -> Iterator[str]:
    for name in sorted(fields.required(paper.code) - used):
        yield f"缺少必备的字段“{name}”"


def _faults_of_docx(paper: Paper, content: bytes) -> Iterator[str]:
    try:
        kind = checking.media_type_of(content)
    except Invalid as refused:
        raise Invalid("template.not_docx", f"文件不能作为模板：{refused.message}") from None
    if kind != DOCX:
        raise Invalid("template.not_docx", "文件不是 .docx 文档。")
    if _reaches_out(content):
        raise Invalid(
            "template.reaches_out", "模板引用了文件以外的内容（外部链接、远程模板或者嵌入对象），不能使用。"
        )
    try:
        template = DocxTemplate(BytesIO(content))
        template.init_docx()
        texts = list(_texts(template.docx))
        used: set[str] = template.get_undeclared_template_variables(jinja_env=environment())
    except TemplateSyntaxError as error:
        yield f"{_place_of_fault(template, error)}标记有误（{error.message}）"
        return
    except (KeyError, ValueError, AttributeError, TypeError, IndexError):
        raise Invalid("template.not_docx", "文件不是可用的 .docx 文档。") from None
    for name in sorted(used - fields.known(paper)):
        yield f"{_place(texts, name)}没有“{name}”这个字段"
    yield from _missing(paper, used)


def _reaches_out(content: bytes) -> bool:
    with ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        links = (archive.read(name) for name in names if name.endswith(".rels"))
        return any(b'TargetMode="External"' in one for one in links) or any(
            name.startswith(("word/embeddings/", "word/activeX/")) for name in names
        )


def _texts(document: Any) -> Iterator[tuple[str, str]]:
    """Where each paragraph stands and what it says: the body's, the tables', the headers' and footers'."""
    for place, one in enumerate(document.paragraphs, 1):
        yield f"第{place}段", one.text
    for at, table in enumerate(document.tables, 1):
        for row in table.rows:
            for cell in row.cells:
                yield f"第{at}个表格", cell.text
    for section in document.sections:
        for label, part in (("页眉", section.header), ("页脚", section.footer)):
            for one in part.paragraphs:
                yield label, one.text


def _place(texts: list[tuple[str, str]], name: str) -> str:
    word = re.compile(rf"\b{re.escape(name)}\b")
    for place, text in texts:
        if any(word.search(mark) for mark in _MARK.findall(text)):
            return f"{place}“{_short(text)}”："
    return ""


def _place_of_fault(template: Any, error: TemplateSyntaxError) -> str:
    """The first paragraph with which the marks so far no longer fit together; else the last with a mark."""
    marked = [(place, text) for place, text in _texts(template.docx) if "{" in text]
    for place, text in marked:
        marks = re.sub(r"\{%p ", "{% ", text)
        try:
            meta.find_undeclared_variables(environment().parse(marks))
        except TemplateSyntaxError as alone:
            if alone.message == error.message or "end of" not in str(alone.message):
                return f"{place}“{_short(text)}”："
    return f"{marked[-1][0]}“{_short(marked[-1][1])}”以前：" if marked else ""


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _faults_of_typ(paper: Paper, content: bytes) -> Iterator[str]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("template.not_typ", "模板应为 UTF-8 编码的 typst 文本。") from None
    lines = [_COMMENT.sub("", line) for line in text.splitlines()]
    known, used = fields.known(paper), set()
    for place, line in enumerate(lines, 1):
        for found in _CLOSED.finditer(line):
            yield f"第{place}行：模板中不能使用“{found[1]}”"
        for name in _DATA.findall(line):
            used.add(name)
            if name not in known:
                yield f"第{place}行：没有“{name}”这个字段"
    yield from _missing(paper, used)


__all__ = ["LARGEST", "must_print", "preview"]
