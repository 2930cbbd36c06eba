"""可编辑文书: a .docx template filled with the data, and what says of a draft that it is one.

A template of others may only be opened apart (see `apart`): reading it, too, can take all there is of time and memory.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docxtpl import DocxTemplate  # type: ignore[import-untyped]  # it ships no types
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from api.papers.tasks import DRAFT, Broken, Task

_FILTERS = (
    "capitalize", "count", "d", "default", "e", "escape", "first", "join", "last", "length", "list", "lower",
    "replace", "reverse", "sort", "string", "trim", "truncate", "unique", "upper",
)  # fmt: skip
"""What a template may do to a value: nothing that passes a text for markup, nothing that makes much of little."""
_SWELLING = frozenset({"**", "*", "%", "<<"})
"""Operators that make something very large of something small; a letter needs none of them."""


class Environment(SandboxedEnvironment):
    """模板环境 — no way out of the data, nothing missing passes for empty, everything escaped, nothing computed early."""

    intercepted_binops = _SWELLING

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True, optimized=False)
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.globals = {"range": self.globals["range"]}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """运算: none of the dangerous ones."""
        raise SecurityError(f"不能使用运算符“{operator}”")


def made(task: Task) -> bytes:
    """可编辑文书: the file. Raises Broken."""
    template = DocxTemplate(BytesIO(task.template))
    _fill(template, task.data)
    written = BytesIO()
    template.save(written)
    return _marked(written) if task.draft else written.getvalue()


def _fill(template: Any, data: Mapping[str, Any]) -> None:
    try:
        template.render(dict(data), jinja_env=Environment(), autoescape=True)
    except UndefinedError as error:
        raise Broken(f"没有这个字段（{error.message}）") from None
    except TemplateSyntaxError as error:
        raise Broken(f"模板标记有误（{error.message}）") from None
    except SecurityError as error:
        raise Broken(f"模板不能使用（{error.message}）") from None
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, SyntaxError) as error:
        raise Broken(f"模板不能使用（{type(error).__name__}）") from None


def _marked(filled: BytesIO) -> bytes:
    """A draft says so before its first line, whatever that is, and at the top of every page, be it first or even.

    The filled file is opened anew: what is filled in still shows the headers as they were.
    """
    document = Document(filled)
    for section in document.sections:
        for header in (section.header, section.first_page_header, section.even_page_header):
            header.is_linked_to_previous = False
            _before_all(header._element, header)
    _before_all(document.element.body, document)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _before_all(container: Any, holder: Any) -> None:
    paragraph = holder.add_paragraph()
    container.remove(paragraph._p)
    container.insert(0, paragraph._p)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(DRAFT)
    run.font.size, run.font.color.rgb, run.font.hidden = Pt(14), RGBColor(0xE6, 0x00, 0x12), False


def texts(document: bytes) -> str:
    """所印文字: all that a finished .docx shows, headers and footers included."""
    opened = Document(BytesIO(document))
    parts = [opened.element.body]
    for section in opened.sections:
        for one in (
            section.header, section.first_page_header, section.even_page_header,
            section.footer, section.first_page_footer, section.even_page_footer,
        ):  # fmt: skip
            if not one.is_linked_to_previous:
                parts.append(one._element)
    return "\n".join("".join(_shown(part)) for part in parts)


def _shown(part: Any) -> list[str]:
    return [
        one.text or ""
        for one in part.iter(qn("w:t"))
        if not any(mark.get(qn("w:val")) not in {"0", "false", "off"} for mark in _vanishing(one))
    ]


def _vanishing(text: Any) -> list[Any]:
    properties = text.getparent().find(qn("w:rPr"))
    return [] if properties is None else list(properties.findall(qn("w:vanish")))
