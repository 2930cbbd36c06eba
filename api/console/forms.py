"""表单: the fields of a command on a page, and what was filled in made into the strict form of the API.

The fields follow from the command's own dataclass; only their names and choices are data (`labels.toml`). Nothing is
judged here: the strict form and the command say what is wrong, and it is shown beside the field.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData

from api import wording
from api.bodies import LONG_TEXTS, Form, form_of, is_unusable
from domain.attachments import AttachmentEntry
from domain.errors import Invalid

Choices = tuple[tuple[str, str], ...]
"""选项: values with their names, in the order they are offered."""
BLANK_ENTRIES = 1
"""Empty rows offered for a list of entries."""
MOST_ROWS = 200
"""Entries that are read from one form; longer lists are imported or sent through the API."""


@dataclass(frozen=True, slots=True)
class Entered:
    """填写 — a field of a form as a page shows it, with what was filled in and what is wrong with it.

    `kind` is one of line, text, date, number, check, choice, choices, lines, entries, files; `value` a text, or for
    choices and lines a tuple of texts; `rows` are the fields of each entry. What is `needed` is
    marked like what is required, though there are cases in which it may stay empty.
    """

    name: str
    label: str
    kind: str
    required: bool
    value: Any = ""
    choices: Choices = ()
    help: str = ""
    problem: str = ""
    rows: tuple[tuple["Entered", ...], ...] = ()
    needed: bool = False


class Unfilled(Exception):
    """填写有误 — what is wrong, by the name of the field; `""` is the form as a whole."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("form")
        self.problems = dict(problems)


@cache
def _labels() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8"))


def label(name: str, slug: str = "") -> str:
    """字段名称: as the act calls it, or as it is called everywhere. Raises KeyError for a field without a name."""
    table = _labels()["fields"]
    own = table.get(slug)
    return str(own[name] if isinstance(own, dict) and name in own else table[name])


def choice(name: str, value: Any) -> str:
    """选项名称: of a value of a field; the value itself where it has no other name."""
    return str(_labels()["choices"].get(name, {}).get(value, value))


def entered(
    command: type,
    slug: str,
    offers: Mapping[str, Choices],
    given: FormData | None = None,
    problems: Mapping[str, str] | None = None,
    preset: Mapping[str, Any] | None = None,
) -> list[Entered]:
    """表单各栏: of a command; `offers` holds the choices of fields that name units, officers and the like, `preset` what
    stands in them at first."""
    return [
        _entered(one, hint, slug, "", offers, given, problems or {}, preset or {})
        for one, hint in _hinted(command)
    ]


def filled(command: type, given: FormData) -> Form:
    """填写的内容: the strict form of the command. Raises Unfilled."""
    undecided = {
        one.name: "请选择"
        for one, hint in _hinted(command)
        if _is_decided(one, hint) and next(iter(_texts(given, one.name)), "") not in {"true", "false"}
    }
    if undecided:
        raise Unfilled(undecided)
    counts = {one.name: _count(one.name, given) for one, hint in _hinted(command) if _is_listed(hint)}
    if any(count > MOST_ROWS for count in counts.values()):
        raise Unfilled(
            {name: f"一次至多填写{MOST_ROWS}行" for name, count in counts.items() if count > MOST_ROWS}
        )
    return checked(form_of(command), _read(command, given, ""))


def checked(form: type[Form], content: Mapping[str, Any]) -> Form:
    """校验: content against a strict form. Raises Unfilled."""
    try:
        return form.model_validate(dict(content))
    except ValidationError as error:
        problems: dict[str, str] = {}
        for one in error.errors():
            problems.setdefault(".".join(str(part) for part in one["loc"]), wording.of(one))
        raise Unfilled(problems) from None


async def form_data(request: Request) -> FormData:
    """提交的表单: a dependency of routes that take one. Raises Invalid for signs that no page shows and no database keeps."""
    given = await request.form(max_files=0, max_fields=5000)
    if any(is_unusable(text) for pair in given.multi_items() for text in pair if isinstance(text, str)):
        raise Invalid("request.malformed", "填写的内容含有不可用的控制字符，请删去后重新提交。")
    return given


def _hinted(command: type) -> list[tuple[Field[Any], Any]]:
    hints = get_type_hints(command)
    return [(one, hints[one.name]) for one in fields(command)]


def _is_listed(hint: Any) -> bool:
    plain = _plain(hint)
    return get_origin(plain) is tuple and is_dataclass(get_args(plain)[0])


def _plain(hint: Any) -> Any:
    """The type without "or none"."""
    if get_origin(hint) in {Union, UnionType}:
        return next(one for one in get_args(hint) if one is not NoneType)
    return hint


def _is_decided(one: Field[Any], hint: Any) -> bool:
    """须明确选择: what the command takes as said unless denied is asked on a page as a choice, and nothing is preset."""
    return _plain(hint) is bool and one.default is True


def _kind(name: str, hint: Any, offered: bool) -> str:
    plain = _plain(hint)
    if get_origin(plain) is tuple:
        inner = get_args(plain)[0]
        if inner is AttachmentEntry:
            return "files"
        if is_dataclass(inner):
            return "entries"
        return "choices" if offered else "lines"
    if offered or get_origin(plain) is Literal:
        return "choice"
    if plain is bool:
        return "choice" if get_origin(hint) in {Union, UnionType} else "check"
    if plain is str:
        return "text" if name in LONG_TEXTS else "line"
    return {date: "date", int: "number", UUID: "line"}[plain]


def _choices(name: str, hint: Any, offers: Mapping[str, Choices]) -> Choices:
    plain = _plain(hint)
    if name in offers:
        return offers[name]
    if get_origin(plain) is Literal:
        return tuple((value, choice(name, value)) for value in get_args(plain))
    if plain is not bool:
        return ()
    names = name if name in _labels()["choices"] else "yes"
    return tuple((value, choice(names, value)) for value in ("true", "false"))


def _entered(
    one: Field[Any],
    hint: Any,
    slug: str,
    prefix: str,
    offers: Mapping[str, Choices],
    given: FormData | None,
    problems: Mapping[str, str],
    preset: Mapping[str, Any],
) -> Entered:
    name = f"{prefix}{one.name}"
    decided = _is_decided(one, hint)
    kind = "choice" if decided else _kind(one.name, hint, one.name in offers)
    return Entered(
        name=name,
        label=label(one.name, slug),
        kind=kind,
        required=decided or (one.default is MISSING and one.default_factory is MISSING),
        choices=_choices(one.name, hint, offers),
        help=str(_labels()["help"].get(one.name, "")),
        problem="；".join(text for at, text in problems.items() if at == name or _is_within(at, name, kind)),
        value=_shown(kind, name, given, preset.get(one.name, None if decided else one.default)),
        rows=_rows(hint, slug if kind == "entries" else "attachment-entry", name, offers, given, problems)
        if kind in {"entries", "files"}
        else (),
    )


def _is_within(at: str, name: str, kind: str) -> bool:
    return kind != "entries" and at.startswith(f"{name}.")


def _rows(
    hint: Any,
    slug: str,
    name: str,
    offers: Mapping[str, Choices],
    given: FormData | None,
    problems: Mapping[str, str],
) -> tuple[tuple[Entered, ...], ...]:
    inner = get_args(_plain(hint))[0]
    count = min(max(BLANK_ENTRIES, _count(name, given)), MOST_ROWS)
    return tuple(
        tuple(
            _entered(one, kind, slug, f"{name}.{at}.", offers, given, problems, {})
            for one, kind in _hinted(inner)
        )
        for at in range(count)
    )


def _count(name: str, given: FormData | None) -> int:
    places = [
        key.removeprefix(f"{name}.").partition(".")[0] for key in given or () if key.startswith(f"{name}.")
    ]
    return max((int(one) + 1 for one in places if one.isdecimal() and len(one) < 5), default=0)


def _shown(kind: str, name: str, given: FormData | None, default: Any) -> Any:
    several = kind in {"choices", "lines"}
    if given is not None:
        texts = _texts(given, name)
        if kind == "lines":
            return tuple("\n".join(texts).splitlines())
        return tuple(texts) if several else next(iter(texts), "")
    if default is MISSING or default is None:
        return () if several else ""
    if isinstance(default, bool):
        return ("true" if default else "") if kind == "check" else ("true" if default else "false")
    if several:
        return tuple(str(one) for one in default)
    return "" if default == () else str(default)


def _texts(given: FormData, name: str) -> list[str]:
    return [one for one in given.getlist(name) if isinstance(one, str)]


def _read(command: type, given: FormData, prefix: str) -> dict[str, Any]:
    """What was filled in, in the shapes the strict form takes; what was left empty is left out."""
    content: dict[str, Any] = {}
    for one, hint in _hinted(command):
        value = _value(one.name, f"{prefix}{one.name}", hint, given)
        if value is not None:
            content[one.name] = value
    return content


def _value(plain_name: str, name: str, hint: Any, given: FormData) -> Any:
    plain, texts = _plain(hint), _texts(given, name)
    first = next(iter(texts), "")
    if get_origin(plain) is tuple:
        inner = get_args(plain)[0]
        if is_dataclass(inner):
            # is_dataclass also admits instances; a hint is never one
            rows = (_read(inner, given, f"{name}.{at}.") for at in range(_count(name, given)))  # type: ignore[arg-type]
            return [row for row in rows if any(value is not False for value in row.values())]
        return [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    if plain is bool:
        if get_origin(hint) in {Union, UnionType}:
            return {"true": True, "false": False}.get(first)
        return first in {"true", "on"}
    if first.strip() == "":
        return None
    if plain is int:
        return int(first) if first.strip().lstrip("-").isdecimal() and len(first) < 12 else first
    return first
