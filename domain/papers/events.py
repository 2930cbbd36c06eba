"""文书模板的事件: which template an office prints from, in a stream of its own. The content lies beside the log."""

from typing import ClassVar

from domain.facts import Fact


class TemplateReplaced(Fact, frozen=True, kw_only=True):
    """更换文书模板 — the office prints this kind of paper from a template of its own; without an office, everybody."""

    TOPIC: ClassVar[str] = "papers.template_replaced.1"
    office: str
    notice: str
    form: str
    sha256: str
    size: int


class TemplateRestored(Fact, frozen=True, kw_only=True):
    """恢复原有模板 — the office prints this kind of paper from the shipped template again."""

    TOPIC: ClassVar[str] = "papers.template_restored.1"
    office: str
    notice: str
    form: str
