"""规则册新版本: what of a version can be changed by fields – its dates and its clocks' lengths; the rest as a text."""

from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData

from api.console.forms import Entered
from api.console.rule_words import length
from api.console.slips import field
from domain.errors import Invalid
from domain.rules.rulebook import Rulebook

EMPTY_TEXT = "{}"
_PLAIN = ("version", "source", "published_at", "in_force_from", "in_force_to")


def fields_of(book: Rulebook, given: FormData | None = None) -> list[Entered]:
    """各栏: of the version after this one."""
    following = str(int(book.version) + 1) if book.version.isdecimal() else ""
    offered = [
        field("version", "版本", value=following),
        field("source", "来源", value=book.source, help="文件名称、文号、发布日期。"),
        field("published_at", "公布日期", "date"),
        field("in_force_from", "施行日期", "date"),
        field("in_force_to", "失效日期", "date", required=False),
        field(
            "running_clocks_move",
            "在办期限",
            "choice",
            choices=(("", "沿用起算时的版本"), ("true", "随新版本调整")),
            required=False,
        ),
    ]
    for spec in book.clocks:
        if spec.length is not None:
            told = f"现为{length(spec)}"
            name = f"length-{spec.clock}"
            offered.append(field(name, spec.label, "number", value=str(spec.length), help=told))
        if spec.extension_cap is not None:
            name = f"cap-{spec.clock}"
            offered.append(field(name, f"{spec.label}·至多延期", "number", value=str(spec.extension_cap)))
    if given is None:
        return offered
    return [replace(one, value=str(given.get(one.name) or "")) for one in offered]


def changed(table: dict[str, Any], given: FormData) -> dict[str, Any]:
    """新版本的表: the one in use, with what was filled in. Raises Invalid."""
    for name in _PLAIN:
        table[name] = str(given.get(name) or "").strip() or None
    if table["published_at"]:
        table["published_at"] = f"{table['published_at']}T00:00:00+08:00"
    table["running_clocks_move"] = given.get("running_clocks_move") == "true"
    for clock in table["clocks"]:
        for field_name, key in (("length", "length"), ("extension_cap", "cap")):
            text = given.get(f"{key}-{clock['clock']}")
            if isinstance(text, str):
                clock[field_name] = _number(text, clock["label"])
    return {name: value for name, value in table.items() if value is not None}


def _number(text: str, label: str) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > 4:
        raise Invalid("rulebook.malformed", f"“{label}”的期限应为正整数。")
    return int(text)
