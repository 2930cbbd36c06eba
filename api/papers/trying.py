"""模板试用: an uploaded template is taken only if it prints the full sample; what is wrong is told with its place.

Here it is measured and recognized; it is opened, parsed and printed apart only.
"""

from collections.abc import Iterator
from datetime import date

from api.contents import checking
from api.papers import fields, glyphs
from api.papers.apart import tried_apart
from api.papers.drawing import paragraphs
from api.papers.fields import Fields
from api.papers.inspecting import Trial
from api.papers.sheets import in_turn, turn
from api.papers.tasks import Broken, Task
from domain.attachments import DOCX
from domain.errors import Invalid
from domain.rules.papers import Paper

LARGEST = 900 * 1024
"""A request's body may hold 1 MiB; a form is a little larger than its file."""
MOST_PROBLEMS = 20
SAMPLE_DAY = date(2026, 3, 2)
RARE = range(0x9F00, 0x9FA6)
"""Characters that hardly any letter needs."""


def must_print(paper: Paper, form: str, content: bytes) -> None:
    """须能排印: Raises Invalid("template.…") with every fault that was found."""
    if len(content) > LARGEST:
        raise Invalid("template.too_large", f"文书模板不得超过{LARGEST // 1024} KiB。")
    text = _must_be_docx(content) if form == "docx" else _must_be_text(content)
    try:
        with turn():
            tried_apart(trial(paper, form, content, text))
    except Broken as broken:
        raise _refused(broken) from None


def trial(paper: Paper, form: str, content: bytes, text: str = "") -> Trial:
    """试用: of a template, with all that is asked of it."""
    data, printed = _marked(paper, text)
    task = Task(form, content, data, SAMPLE_DAY, draft=False)
    return Trial(task, bare(paper), fields.known(paper), printed)


def bare(paper: Paper) -> Fields:
    """最简内容: what a draft of the paper may come to: unnumbered, and nothing in the fields that not every one has."""
    empty = {one.when or one.unless for one in paragraphs(paper.code)} | set(paper.dates)
    data = fields.sample(paper)
    emptied = {
        name: "" if isinstance(value, str) else []
        for name, value in data.items()
        if name in empty | {"copies", "provisional"}
    }
    return data | emptied | {"number": fields.UNNUMBERED}


def preview(paper: Paper, form: str, content: bytes, *, apart: bool) -> bytes:
    """样张: the template with the sample."""
    return in_turn(Task(form, content, fields.sample(paper), SAMPLE_DAY, draft=True), apart=apart)


def _refused(broken: Broken) -> Invalid:
    told = list(broken.problems[:MOST_PROBLEMS])
    if broken.code != "template.broken":
        return Invalid(broken.code, f"{'；'.join(told)}。", problems=told)
    return Invalid("template.broken", f"模板不能使用：{'；'.join(told)}。", problems=told)


def _must_be_docx(content: bytes) -> str:
    try:
        kind = checking.media_type_of(content)
    except Invalid as refused:
        raise Invalid("template.not_docx", f"文件不能作为模板：{refused.message}") from None
    if kind != DOCX:
        raise Invalid("template.not_docx", "文件不是 .docx 文档。")
    return ""


def _must_be_text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("template.not_typ", "模板应为 UTF-8 编码的 typst 文本。") from None


def _marked(paper: Paper, text: str) -> tuple[Fields, dict[str, list[str]]]:
    """The sample, with a character behind each value that must be printed which nothing else in the paper has."""
    data, printed = fields.sample(paper), {}
    rare = _rare(text)
    for name in sorted(fields.required(paper.code)):
        value = data[name]
        if isinstance(value, str):
            data[name] = value + next(rare)
            printed[name] = [data[name]]
        else:
            data[name] = printed[name] = [f"{one}{next(rare)}" for one in value]
    return data, printed


def _rare(text: str) -> Iterator[str]:
    have = glyphs.covered()
    return (chr(one) for one in RARE if one in have and chr(one) not in text)


__all__ = ["LARGEST", "bare", "must_print", "preview", "trial"]
