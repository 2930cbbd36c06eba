"""模板检查: what is wrong with an uploaded template, each with its place. Only run apart (see `apart`).

What a paper must say is looked for in the finished trial, not among the names in the template: a name in a comment, or
in a condition, prints nothing.
"""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate  # type: ignore[import-untyped]  # it ships no types
from jinja2 import TemplateSyntaxError, meta, nodes

from api.papers import reaching, word
from api.papers.tasks import Broken, Task
from api.papers.typesetting import typeset

_DATA = re.compile(r"\bdata\.([a-zA-Z_][\w-]*)")
_COMMENT = re.compile(r"(?<!:)//.*")
_CLOSED = re.compile(
    r"(?<![\w-])(import|include|read|json|csv|toml|yaml|xml|cbor|plugin|image|bibliography|eval|sys|std"
    r"|dictionary)(?![\w-])"
)
_JINJA = re.compile(r"\{[{%].*?[}%]\}")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>")


@dataclass(frozen=True)
class Trial:
    """试用 — the sample; its data as bare as those of a paper may be; the fields there are, and what must be printed."""

    task: Task
    bare: Mapping[str, Any]
    known: Set[str]
    printed: Mapping[str, Sequence[str]]


def must_do(trial: Trial) -> None:
    """能用: Raises Broken with everything that was found."""
    task = trial.task
    problems = list(_faults_of_docx(trial) if task.form == "docx" else _faults_of_typ(trial))
    if problems:
        raise Broken(*problems)
    made = typeset(task)
    typeset(replace(task, data=trial.bare, draft=True))
    if task.form == "docx":
        reaching.must_keep_to_itself(made)
        shown = word.texts(made)
        missing = [name for name, told in trial.printed.items() if any(one not in shown for one in told)]
    else:
        set_there = signs(made)
        missing = [name for name, told in trial.printed.items() if not _letters("".join(told)) <= set_there]
    if missing:
        raise Broken(
            *(f"缺少必备的字段“{name}”（试印的文书中没有印出它的全部内容）" for name in sorted(missing))
        )


def _letters(text: str) -> set[str]:
    return {one for one in text if one.isalnum()}


def signs(pdf: bytes) -> set[str]:
    """所印字符: every one that was set; a finished PDF tells of each glyph in it which it is, and has no others."""
    found: set[str] = set()
    for stream in _STREAM.findall(pdf):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        if b"begincmap" in content:
            for told in _SHOWN.findall(content):
                found.update(bytes.fromhex(told.decode()).decode("utf-16-be", "ignore"))
    return found


def _faults_of_docx(trial: Trial) -> Iterator[str]:
    content = trial.task.template
    reaching.must_keep_to_itself(content)
    try:
        template = DocxTemplate(BytesIO(content))
        template.init_docx()
        texts = list(_texts(template.docx))
    except (KeyError, ValueError, AttributeError, TypeError, IndexError, SyntaxError):
        raise Broken("文件不是可用的 .docx 文档", code="template.not_docx") from None
    try:
        used = set(template.get_undeclared_template_variables(jinja_env=word.Environment()))
        parsed = word.Environment().parse(template.patch_xml(template.get_xml()))
    except TemplateSyntaxError as error:
        yield f"{_place_of_fault(texts, error)}标记有误（{error.message}）"
        return
    if parsed.find(nodes.ScopedEvalContextModifier) is not None:
        yield "模板中不能使用“autoescape”"
    for name in sorted(used - trial.known):
        yield f"{_place(texts, name)}没有“{name}”这个字段"


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
        if any(word.search(mark) for mark in _JINJA.findall(text)):
            return f"{place}“{_short(text)}”："
    return ""


def _place_of_fault(texts: list[tuple[str, str]], error: TemplateSyntaxError) -> str:
    """The first paragraph with which the marks so far no longer fit together; else the last with a mark."""
    marked = [(place, text) for place, text in texts if "{" in text]
    for place, text in marked:
        marks = re.sub(r"\{%p ", "{% ", text)
        try:
            meta.find_undeclared_variables(word.Environment().parse(marks))
        except TemplateSyntaxError as alone:
            if alone.message == error.message or "end of" not in str(alone.message):
                return f"{place}“{_short(text)}”："
    return f"{marked[-1][0]}“{_short(marked[-1][1])}”以前：" if marked else ""


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _faults_of_typ(trial: Trial) -> Iterator[str]:
    """Words that are closed are so in comments, too: what is a comment only typst itself can tell for sure."""
    text = trial.task.template.decode("utf-8")
    for place, line in enumerate(text.splitlines(), 1):
        for found in _CLOSED.finditer(line):
            yield f"第{place}行：模板中不能使用“{found[1]}”（注释中也不能）"
        for name in _DATA.findall(_COMMENT.sub("", line)):
            if name not in trial.known:
                yield f"第{place}行：没有“{name}”这个字段"
