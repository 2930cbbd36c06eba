"""指称: how units and officers are named in what people write, compared as plain texts. Pure.

The lists compare in the database as the rules do here: by patterns that Python's `re` and the database's regular
expressions read alike, and by the order of characters. Better hidden too much than too little: a text may be taken for
more units and officers than its writer meant.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from opencc import OpenCC

SHORTEST_NAME = 2
_FIRST_CHINESE = "\u2e80"

KINDS_OF_UNIT = (
    "办公室", "委员会", "部门", "中心", "单位", "局", "办", "委", "科", "处", "厅", "部", "室", "站", "所", "队", "组",
    "股", "会", "院",
)  # fmt: skip
"""What a unit's name may end in, and what people put in its place."""
TITLE = "[正副]?(?:[局科处县区市州旗镇乡部站所队股院校厅室组会]长|主任|书记|主席|秘书长|领导|负责人)"
UNIT_ENDING = f"(?:{'|'.join(KINDS_OF_UNIT)})$"
STAFF_ENDING = f"的?(?:{TITLE}|干部|工作人员|人员)$"
"""What is dropped from the end of an abbreviation: first somebody of the unit, then the word for a unit."""
COMPOUND = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "司徒",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "夏侯",
        "轩辕",
        "端木",
        "百里",
        "呼延",
        "南宫",
        "长孙",
        "宇文",
        "独孤",
    ]
)
_PLACES = "省市县区州旗镇乡道"
_PLACE = re.compile(r"(?:[^省市县区州旗镇乡道街]{2,4}(?:自治[区州县旗]|[省市县区州旗]|街道|(?<!城)[镇乡]))+")


def plain(text: str) -> str:
    """规整名称: a name as it is compared: one width, one case, simplified; letters, digits and characters alone."""
    return "".join(_simplified(c) for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


@cache
def _simplified(character: str) -> str:
    """Each by itself: what stands beside it in one text and not in another must not decide how it is written."""
    return _to_simplified().convert(character) if character >= _FIRST_CHINESE else character


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def exactly(text: str) -> str:
    """全同: the pattern of this text as a whole. Plain, like all that follow."""
    return f"^{text}$"


@lru_cache(maxsize=4096)
def person_pattern(name: str) -> str:
    """姓名: the name, or a text that contains it (“某局某某科长”)."""
    return name if len(name) >= SHORTEST_NAME else exactly(name)


@lru_cache(maxsize=4096)
def title_pattern(name: str) -> str:
    """姓和职务: the surname with a title (“陈局长”, “姓陈的主任”); for whoever holds a post that is called so."""
    surname = name[:2] if name[:2] in COMPOUND else name[:1]
    return f"{surname}某?某?{TITLE}|{surname}副?[局处科部]$|姓{surname}|{TITLE}{surname}某"


class UnitName(NamedTuple):
    """单位名称 — a name, the pattern of the texts that contain it, and the characters that by themselves tell nothing:
    the place's; all of them if the name doesn't end in a word for a unit (“人民政府” isn't what “民政” is short for)."""

    name: str
    pattern: str
    mute: str


@lru_cache(maxsize=4096)
def unit_name(name: str) -> UnitName:
    """单位名称的组成: a text contains it with its place, or without, unless after the name of another place."""
    if len(name) < SHORTEST_NAME:
        return UnitName(name, exactly(name), name)
    found = _PLACE.match(name)
    place = found.group() if found is not None and found.end() < len(name) else ""
    rest = name[len(place) :]
    if _compiled(UNIT_ENDING).search(rest) is None:
        return UnitName(name, name, name)
    if not place or len(rest) <= SHORTEST_NAME:
        return UnitName(name, name, place)
    return UnitName(name, f"{name}|(?:^{place[-1]}?|[^{_PLACES}]){rest}", place)


def abbreviates(accused: str, unit: UnitName) -> bool:
    """简称: characters of the name in their order (“住建局”, “信访办”, “县信访”, “住建局局长”).

    Any word for a unit may end it, and after it somebody of the unit may be meant; at least two characters of what is
    left are none of the mute ones. Or it ends as the name does. A mere place name is no abbreviation.
    """
    if len(accused) > SHORTEST_NAME and accused[-1] == unit.name[-1] and _in_order(accused, unit.name):
        return True
    short = _compiled(UNIT_ENDING).sub("", _compiled(STAFF_ENDING).sub("", accused))
    own = [character for character in short if character not in unit.mute]
    return len(own) >= SHORTEST_NAME and _in_order(short, unit.name)


def _in_order(characters: str, name: str) -> bool:
    rest = iter(name)
    return all(character in rest for character in characters)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def meant(text: str, pattern: str) -> bool:
    """指向: whether the plain text means what the pattern stands for."""
    return _compiled(pattern).search(text) is not None


def names_person(accused: str, name: str) -> bool:
    """指向该人: the accused, as written, is this person or contains the name. Both plain."""
    return bool(name) and meant(accused, person_pattern(name))


def names_unit(accused: str, name: str) -> bool:
    """指向该单位: the accused, as written, is this unit's name, contains it, or abbreviates it. Both plain."""
    unit = unit_name(name)
    return bool(name) and (meant(accused, unit.pattern) or abbreviates(accused, unit))
