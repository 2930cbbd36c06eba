"""请求内容: one function makes the strict form of any command; another makes the command from what was filled in.

A command is a plain dataclass of the domain. Its form takes no unknown field, no number for a text, no text for a
number, dates only as YYYY-MM-DD, and texts that a page can show and a database can keep.
"""

import re
import unicodedata
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

SHORT, LONG, MOST_ENTRIES, LARGEST = 200, 20_000, 1000, 1_000_000
FIRST_YEAR, LAST_YEAR = 1900, 2100
LONG_TEXTS = frozenset(
    {
        "content",
        "text",
        "reason",
        "reasons",
        "explanation",
        "opinion",
        "advice",
        "comment",
        "remark",
        "without_assistants",
        "requirements",
        "progress",
        "conclusion",
    }
)
SIGNED_NUMBERS = frozenset({"points"})
FORMS_OF = {
    "domain.supervision.commands": "Item",
    "domain.filing.commands": "MonthList",
    "domain.reception.commands": "Reception",
}
"""How the names of the forms begin whose commands are called as those of another kind of case are."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
"""编号: a UUID in its usual writing."""
_ID = re.compile(ID)


class Form(BaseModel):
    """表单 — the strict form of one command."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)
    COMMAND: ClassVar[type]


def _day(given: Any) -> date | None:
    if given is None:
        return None
    try:
        day = date.fromisoformat(given) if isinstance(given, str) and _DAY.fullmatch(given) else None
    except ValueError:
        raise PydanticCustomError("shixian.no_such_day", "没有这一天") from None
    if day is None:
        raise PydanticCustomError("shixian.day", "应为日期，如 2026-03-02")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PydanticCustomError("shixian.far_day", f"年份应在{FIRST_YEAR}至{LAST_YEAR}之间")
    return day


def _id(given: Any) -> UUID:
    if not isinstance(given, str) or not _ID.fullmatch(given):
        raise PydanticCustomError("shixian.id", "应为编号（UUID）")
    return UUID(given)


def is_unusable(text: str, allowed: str = "\r\n\t") -> bool:
    """含有控制字符: or half a surrogate pair – nothing that a page shows or a database keeps."""
    return any(unicodedata.category(one) in {"Cc", "Cs"} and one not in allowed for one in text)


def _shown(text: str, allowed: str) -> str:
    if is_unusable(text, allowed):
        raise PydanticCustomError("shixian.control_characters", "含有不可用的控制字符")
    return text.strip()


def _one_line(text: str) -> str:
    return _shown(text, "")


def _lines(text: str) -> str:
    return _shown(text.replace("\r\n", "\n").replace("\r", "\n"), "\n\t")


def _storable(table: dict[str, Any]) -> dict[str, Any]:
    """A table of any shape, none of whose names and texts holds what no database keeps: NUL, half a surrogate pair."""
    level: list[Any] = [table]
    while level:
        texts = [one for one in level if isinstance(one, str)]
        if any("\x00" in one or any("\ud800" <= sign <= "\udfff" for sign in one) for one in texts):
            raise PydanticCustomError("shixian.control_characters", "含有不可用的控制字符")
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in ((*one, *one.values()) if isinstance(one, dict) else one)
        ]
    return table


def _filled(text: str) -> str:
    if not text:
        raise PydanticCustomError("shixian.blank", "必填，不能为空白")
    return text


def _or_none(text: str | None) -> str | None:
    return text or None


Day = Annotated[date, BeforeValidator(_day)]
"""法定日期: YYYY-MM-DD and nothing else."""
Id = Annotated[UUID, BeforeValidator(_id)]
"""编号: a UUID in its usual writing."""
Short = Annotated[
    str, Field(min_length=1, max_length=SHORT), AfterValidator(_one_line), AfterValidator(_filled)
]
"""短文字: one line that says something."""
Long = Annotated[str, Field(min_length=1, max_length=LONG), AfterValidator(_lines), AfterValidator(_filled)]
"""长文字: lines of text, not blank."""
ShortOrNone = Annotated[
    Annotated[str, Field(max_length=SHORT), AfterValidator(_one_line)] | None, AfterValidator(_or_none)
]
LongOrNone = Annotated[
    Annotated[str, Field(max_length=LONG), AfterValidator(_lines)] | None, AfterValidator(_or_none)
]
Line = Annotated[str, Field(max_length=SHORT), AfterValidator(_one_line)]
"""一行文字: which may be left empty, as a page's form sends it."""
Lines = Annotated[str, Field(max_length=LONG), AfterValidator(_lines)]
"""多行文字: which may be left empty."""
FreeForm = Annotated[dict[str, Any], AfterValidator(_storable)]
"""自由表: a table whose shape somebody else judges – a rule book, a channel's settings."""
Number = Annotated[int, Field(ge=0, le=LARGEST)]
"""数目."""
Points = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
"""分数: for or against."""


@cache
def form_of(command: type) -> type[Form]:
    """表单: the strict form of a command (or of an entry within one); its docstring is the description."""
    hints = get_type_hints(command)
    parts: dict[str, Any] = {}
    for one in fields(command):
        kind = _type_of(one.name, hints[one.name])
        if one.default is MISSING:
            parts[one.name] = (kind, ...)
        else:
            parts[one.name] = (kind, [] if one.default == () else one.default)
    name = FORMS_OF.get(command.__module__, "") + command.__name__
    made = create_model(name, __base__=Form, __doc__=command.__doc__, **parts)
    made.COMMAND = command
    return made


def is_optional(form: type[Form]) -> bool:
    """可以不填: whether the form may be sent empty, or not at all."""
    return not any(one.is_required() for one in form.model_fields.values())


def command_of(form: Form) -> Any:
    """命令: the command that was filled in. Raises Invalid where the command itself refuses."""
    return form.COMMAND(**{name: _value(getattr(form, name)) for name in type(form).model_fields})


def _value(given: Any) -> Any:
    if isinstance(given, Form):
        return command_of(given)
    return tuple(_value(one) for one in given) if isinstance(given, list) else given


def _type_of(name: str, hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        kinds = [one for one in arguments if one is not NoneType]
        if kinds == [str]:
            return LongOrNone if name in LONG_TEXTS else ShortOrNone
        if kinds == [date]:
            return Annotated[date | None, BeforeValidator(_day)]
        if len(kinds) == 1:
            return _type_of(name, kinds[0]) | None
    if origin is tuple and arguments[1:] == (Ellipsis,):
        # a type made at run time, which the checker can't see as one
        return Annotated[list[_type_of(name, arguments[0])], Field(max_length=MOST_ENTRIES)]  # type: ignore[misc]
    if origin is Literal or hint is bool:
        return hint
    if is_dataclass(hint):
        # is_dataclass also admits instances; a hint is never one
        return _entry(form_of(hint), getattr(hint, "SHORTHAND", None))  # type: ignore[arg-type]
    simple = {str: Long if name in LONG_TEXTS else Short, date: Day, UUID: Id}
    simple[int] = Points if name in SIGNED_NUMBERS else Number
    if hint in simple:
        return simple[hint]
    raise TypeError(f"no form for {name}: {hint!r}; add the type to api/bodies.py")


def _entry(form: type[Form], shorthand: str | None) -> Any:
    """An entry within a command; where it names a field as its shorthand, a plain text stands for that field alone."""
    if shorthand is None:
        return form

    def written_out(given: Any) -> Any:
        return {shorthand: given} if isinstance(given, str) else given

    # a type made at run time, which the checker can't see as one
    return Annotated[form, BeforeValidator(written_out, json_schema_input_type=form | str)]
