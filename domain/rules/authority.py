"""职权: who may read and do what, as predicates on an officer's post and what the case has been through.

Pure: the aggregate's state comes in as a `Standing`, so that nothing here imports an aggregate.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from domain.acts import Act

OFFICE_POSTS = frozenset({"office_clerk", "office_head"})
UNIT_POSTS = frozenset({"unit_head", "unit_clerk"})
READ_ALL_POSTS = frozenset({"office_clerk", "office_head", "inspector", "leader", "auditor"})
CASELESS_POSTS = frozenset({"admin"})
SHORTEST_NAME = 2


def plain(text: str) -> str:
    """规整名称: a name as it is compared: one width, one case, letters, digits and Chinese characters alone."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def names_person(accused: str, name: str) -> bool:
    """指向该人: the accused, as written, is this person or contains the name (“某局某某科长”). Both plain."""
    return accused == name or (len(name) >= SHORTEST_NAME and name in accused)


def names_unit(accused: str, name: str) -> bool:
    """指向该单位: the accused, as written, is this unit's name, contains it, or abbreviates it (“住建局”). Both plain.

    An abbreviation keeps the order of the name's characters and its last one; a mere place name doesn't.
    """
    if names_person(accused, name):
        return True
    rest = iter(name)
    in_order = all(character in rest for character in accused)
    return len(accused) > SHORTEST_NAME and in_order and accused[-1] == name[-1:]


@dataclass(frozen=True, slots=True)
class Standing:
    """案件处境 — what authority depends on: units passed through, present holder, handler, whom it accuses.

    `accused_units` and `accused_people` hold the ids of those the directory knows, and the plain texts as written.
    """

    office: str
    holder: str
    held_by_office: bool
    units: tuple[str, ...]
    handler: str | None
    confidential: bool
    accused_units: frozenset[str]
    accused_people: frozenset[str]
    reviewing: bool


def may_read(standing: Standing, act: Act) -> bool:
    """可以查阅: petition office, inspectors, leaders and auditors; units only what passed through them.

    An accusation is never readable by the unit or person it accuses (条例 30.3).
    """
    if act.role in CASELESS_POSTS:
        return False
    if standing.confidential and _accused(standing, act):
        return False
    if act.role in READ_ALL_POSTS or act.role == "system":
        return True
    if act.role in UNIT_POSTS:
        return act.unit in standing.units
    return act.role == "unit_officer" and standing.handler == act.by


def _accused(standing: Standing, act: Act) -> bool:
    if act.unit in standing.accused_units and act.role not in {"auditor", "system"}:
        return True
    return _names_any(standing, act.by, act.name)


def _names_any(standing: Standing, officer: str, name: str) -> bool:
    if officer in standing.accused_people:
        return True
    return bool(name) and any(names_person(text, plain(name)) for text in standing.accused_people)


def may_receive(standing: Standing, unit: str, name: str = "", officer: str = "") -> bool:
    """可以接收: an accusation is never passed to whom it accuses (条例 30.3)."""
    if not standing.confidential:
        return True
    return not {unit, plain(unit)} & standing.accused_units and not _names_any(standing, officer, name)


def _holder(standing: Standing, act: Act) -> bool:
    if standing.held_by_office:
        return act.role in OFFICE_POSTS
    return act.role in UNIT_POSTS and act.unit == standing.holder


def _review_organ(_: Standing, act: Act) -> bool:
    return act.role in OFFICE_POSTS | {"leader"}


POWERS: dict[str, Callable[[Standing, Act], bool]] = {
    "office": lambda _, act: act.role in OFFICE_POSTS,
    "office_head": lambda _, act: act.role == "office_head",
    "leader": lambda _, act: act.role == "leader",
    "inspector": lambda _, act: act.role == "inspector",
    "holder": _holder,
    "handler": lambda standing, act: act.role == "unit_officer" and standing.handler == act.by,
    "review_organ": _review_organ,
    "hearing_organ": lambda s, act: _review_organ(s, act) if s.reviewing else _holder(s, act),
    "alert_recipient": lambda _, act: act.role not in CASELESS_POSTS | {"auditor"},
}

LABELS: dict[str, str] = {
    "office": "信访工作机构",
    "office_head": "信访工作机构负责人",
    "leader": "领导",
    "inspector": "督查员",
    "holder": "承办单位负责人或信访专员",
    "handler": "指定的承办人",
    "review_organ": "复查复核机关",
    "hearing_organ": "组织听证的机关",
    "alert_recipient": "预警接收人",
}

REGISTRARS = OFFICE_POSTS | UNIT_POSTS
"""可以登记: every organ registers what it receives (条例 22.1、23.1)."""
