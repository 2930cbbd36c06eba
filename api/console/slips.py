"""填单: small forms on a page that is also read – what may be filled in, what was, and what is wrong with it.

Their strict forms are the API's; a slip that is refused stands on its page again as it was filled in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from starlette.datastructures import FormData

from api.acting import Conditions
from api.bodies import Form
from api.console.forms import Choices, Entered, checked
from api.errors import STATUS
from domain.errors import Refused


def field(
    name: str,
    label: str,
    kind: str = "line",
    *,
    required: bool = True,
    choices: Choices = (),
    value: Any = "",
    help: str = "",
) -> Entered:
    """一栏: of a slip, with what stands in it at first."""
    return Entered(name, label, kind, required, value, choices, help)


@dataclass(frozen=True, slots=True)
class Slip:
    """填单 — its fields, the strict form they are read into, where it is sent, and what its button says."""

    slug: str
    title: str
    address: str
    fields: tuple[Entered, ...] = ()
    form: type[Form] | None = None
    button: str = "确定"
    help: str = ""
    warn: bool = False
    faults: tuple[str, ...] = ()
    opened: bool = False
    once: str = ""

    def shown(self) -> "Slip":
        """待填: with a key of its own, so that a double click does it once."""
        return replace(self, once=self.once or str(uuid4()))

    def read(self, given: FormData) -> Form:
        """填写的内容: as the strict form. Raises Unfilled."""
        if self.form is None:
            return Form()
        return checked(self.form, content_of(self.fields, given))

    def refused(self, given: FormData, faults: Sequence[str], problems: Mapping[str, str]) -> "Slip":
        """有误: as it was filled in, with what is wrong."""
        fields = tuple(
            replace(one, value=_again(one, given), problem=_problem(one, problems)) for one in self.fields
        )
        return replace(self, fields=fields, faults=tuple(faults), opened=True)


def content_of(fields: Sequence[Entered], given: FormData) -> dict[str, Any]:
    """读取各栏: what was left empty is left out; places of a list come together under its name."""
    content: dict[str, Any] = {}
    for one in fields:
        name, _, place = one.name.partition(".")
        texts = [text for text in given.getlist(one.name) if isinstance(text, str)]
        first = next(iter(texts), "").strip()
        if one.kind == "choices":
            content[name] = texts
        elif one.kind == "lines":
            content[name] = [line.strip() for line in first.splitlines() if line.strip()]
        elif one.kind == "check":
            content[name] = first in {"true", "on"}
        elif place:
            content.setdefault(name, [])
            content[name] += [first] if first else []
        elif first and one.kind == "number":
            content[name] = int(first) if first.isdecimal() and len(first) < 12 else first
        elif first:
            content[name] = first
    return content


def conditions(given: FormData) -> Conditions:
    """附带条件: the version that the page showed, and the slip's own key."""
    version, once = given.get("version"), given.get("once")
    known = isinstance(version, str) and version.isdecimal() and len(version) < 10
    key = once if isinstance(once, str) and once.isascii() and once.isprintable() and once else None
    return Conditions(int(str(version)) if known else None, key[:200] if key else None)


def _again(one: Entered, given: FormData) -> Any:
    texts = [text for text in given.getlist(one.name) if isinstance(text, str)]
    if one.kind == "lines":
        return tuple("\n".join(texts).splitlines())
    return tuple(texts) if one.kind == "choices" else next(iter(texts), "")


def _problem(one: Entered, problems: Mapping[str, str]) -> str:
    found = (text for at, text in problems.items() if at == one.name or at.partition(".")[0] == one.name)
    return next(found, "")


def said(refused: Refused) -> str:
    """拒绝的说法: why, and the rule it rests on."""
    return f"{refused.message}（依据：{refused.basis}）" if refused.basis else refused.message


def status_of(refused: Refused) -> int:
    """状态码: as the API answers the same refusal."""
    return next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)
