"""规则册的说法: a clock's table in words that an office reads – what starts and stops it, how long it is, for whom."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from api.console.forms import choice
from domain.rules.clockspec import ClockSpec
from domain.rules.rulebook import Books, Rulebook


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("rule_words.toml").read_text("utf-8"))


def kind(name: str) -> str:
    """事项种类."""
    return _words()["kinds"].get(name, name)


def moment(name: str) -> str:
    """时点: two that must both have happened are joined."""
    return "并且".join(_words()["moments"].get(one, one) for one in name.split("+"))


def moments(names: tuple[str, ...]) -> str:
    """时点: any one of them."""
    return "、".join(moment(one) for one in names) or "—"


def length(spec: ClockSpec) -> str:
    """期限: how long, and how it is counted."""
    if spec.unit == "date":
        return "逐件指定日期"
    said = f"{spec.length}{_words()['units'][spec.unit]}"
    if spec.backwards:
        said = f"{spec.counted_from or '起算日'}之前{said}"
    notes = [
        "当日起算" if spec.first_day else "",
        "末日逢休息日顺延" if spec.roll else "",
        "可另行指定" if spec.set_per_case else "",
        "为办理窗口，过期不算超期" if spec.window else "",
    ]
    found = [one for one in notes if one]
    return f"{said}（{'，'.join(found)}）" if found else said


def extension(spec: ClockSpec) -> str:
    """延期."""
    if spec.extension_open:
        return "可以延期，不设上限"
    if spec.extension_cap is None:
        return "不得延期"
    return f"至多{spec.extension_cap}{_words()['units'].get(spec.unit, '日')}"


def conditions(spec: ClockSpec) -> str:
    """适用条件: what a case must be like."""
    return "；".join(
        f"{_words()['only'].get(name, name)}为{'、'.join(_words()['values'].get(one, choice(name, one)) for one in allowed)}"
        for name, allowed in spec.only.items()
    )


def clocks(books: Books, book: Rulebook) -> list[dict[str, Any]]:
    """各项时限: those of the book, then those it inherits."""
    own = {spec.clock for spec in book.clocks}
    return [
        {
            "clock": spec.clock,
            "label": spec.label,
            "length": length(spec),
            "starts": moments(spec.starts),
            "stops": moments(spec.stops),
            "cancels": moments(spec.cancels),
            "extension": extension(spec),
            "suspension": "听证期间" if spec.suspension else "—",
            "answerable": _words()["answerable"].get(spec.answerable, spec.answerable),
            "scope": _words()["scope"].get(spec.scope, spec.scope),
            "only": conditions(spec),
            "basis": spec.basis,
            "note": spec.note,
            "inherited": spec.clock not in own,
        }
        for spec in books.clocks(book)
    ]
