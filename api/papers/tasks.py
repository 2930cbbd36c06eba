"""排版任务: what is asked of the typesetter, and what it answers if it can't."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

DRAFT = "草稿（尚未出具，不得送达）"


class Broken(Exception):
    """模板有误 — what is wrong with a template, each with the place where one is known; and the code of the refusal."""

    def __init__(self, *problems: str, code: str = "template.broken") -> None:
        super().__init__("；".join(problems))
        self.problems = problems
        self.code = code


@dataclass(frozen=True)
class Task:
    """排版任务 — the form, the template, the data, the date of the document, and whether it is a draft."""

    form: str
    template: bytes
    data: Mapping[str, Any]
    on: date
    draft: bool
