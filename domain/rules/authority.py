"""职权: who may read and do what, as predicates on an officer's post and what the case has been through.

Pure: the aggregate's state comes in as a `Standing`, so that nothing here imports an aggregate.
"""

from collections.abc import Callable
from dataclasses import dataclass

from domain.acts import PETITIONER, Act
from domain.rules.naming import names_person, plain

OFFICE_POSTS = frozenset({"office_clerk", "office_head"})
UNIT_POSTS = frozenset({"unit_head", "unit_clerk"})
OVERSEEING_POSTS = frozenset({"inspector", "leader", "auditor"})
"""Who reads every petition that is no accusation; the petition office reads what is on its register."""
READ_ALL_POSTS = OFFICE_POSTS | OVERSEEING_POSTS
"""Who is concerned with more than the cases of one unit."""
READ_ACCUSATIONS_POSTS = frozenset({"auditor"})
"""Who reads every accusation, passed through or not."""
CASELESS_POSTS = frozenset({"admin"})
WITNESS_POSTS = OFFICE_POSTS | UNIT_POSTS | {"inspector", "leader"}
"""Whoever of those who may read a case may witness that it is destroyed; the auditor stands apart and checks."""
APART_POSTS = frozenset({"auditor", "system"})
"""Who stands apart from the unit of the post: an accusation of that unit is not kept from them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """案件处境 — what authority depends on: units passed through, present holder, handler, whom it accuses.

    `people` are the officers it passed through: handlers ever designated, leaders it was proposed to, who took it in
    charge or wrote a note on it, officers it was sent to for reading. `accused_units` and `accused_people` hold the
    ids of those the directory knows – with the officers of accused units –, and the plain texts as written.
    """

    office: str
    holder: str
    held_by_office: bool
    units: tuple[str, ...]
    assisting: tuple[str, ...]
    handler: str | None
    people: frozenset[str]
    confidential: bool
    accused_units: frozenset[str]
    accused_people: frozenset[str]
    reviewing: bool
    contact: str | None = None
    named: str | None = None


def may_read(standing: Standing, act: Act) -> bool:
    """可以查阅: petition office, inspectors, leaders and auditors; units only what passed through them.

    An accusation is read only by those it passed through, and never by the unit or person it accuses (条例 30.3).
    """
    if act.role in CASELESS_POSTS:
        return False
    if act.role == PETITIONER:
        return True  # made for the case alone whose query code was shown
    if standing.confidential and stands_accused(standing.accused_units, standing.accused_people, act):
        return False
    if _office(standing, act) or (act.role in UNIT_POSTS and act.unit in standing.units):
        return True
    everything = READ_ACCUSATIONS_POSTS if standing.confidential else OVERSEEING_POSTS
    return act.role in everything or act.role == "system" or act.principal in standing.people


def may_see_personal_data(standing: Standing, act: Act) -> bool:
    """可以查看身份信息: those through whose hands the case passes now, and the auditor."""
    if not may_read(standing, act):
        return False
    passes = act.role in READ_ACCUSATIONS_POSTS or act.principal in standing.people
    through = ("office", "holder", "handler", "assistant")
    return passes or any(POWERS[power](standing, act) for power in through)


def stands_accused(units: frozenset[str], people: frozenset[str], act: Act) -> bool:
    """为被检举控告对象: the acting officer, the officer stood in for, or the unit acted in is accused.

    `people` holds whoever has a post in an accused unit, so that all posts of both count. The auditor stands apart from
    the unit of that post alone.
    """
    if act.role not in APART_POSTS and act.unit in units:
        return True
    return names_any(people, act.by, act.name) or (act.for_whom is not None and act.for_whom in people)


def names_any(people: frozenset[str], officer: str, name: str) -> bool:
    """指向其人: whether one of the accused, as written or by id, is this officer."""
    if officer in people:
        return True
    return bool(name) and any(names_person(text, plain(name)) for text in people)


def may_be_shown(
    units: frozenset[str], people: frozenset[str], unit: str, name: str = "", officer: str = ""
) -> bool:
    """可以接收: an accusation is never passed to whom it accuses (条例 30.3)."""
    return not {unit, plain(unit)} & units and not names_any(people, officer, name)


def may_receive(standing: Standing, unit: str, name: str = "", officer: str = "") -> bool:
    """可以接收: a case that is no accusation goes to anybody."""
    if not standing.confidential:
        return True
    return may_be_shown(standing.accused_units, standing.accused_people, unit, name, officer)


def _office(standing: Standing, act: Act) -> bool:
    """The petition office whose register the case is on; another one has no part in it. Where an accusation is of the
    office itself, the leaders to whom it was put take its place."""
    if standing.confidential and standing.office in standing.accused_units:
        return act.role == "leader" and act.principal in standing.people
    return act.role in OFFICE_POSTS and act.unit == standing.office


def _holder(standing: Standing, act: Act) -> bool:
    if standing.held_by_office:
        return _office(standing, act)
    return act.role in UNIT_POSTS and act.unit == standing.holder


def _assistant(standing: Standing, act: Act) -> bool:
    return act.role in UNIT_POSTS and act.unit in standing.assisting


def _review_organ(standing: Standing, act: Act) -> bool:
    return act.role == "leader" or _office(standing, act)


POWERS: dict[str, Callable[[Standing, Act], bool]] = {
    "office": _office,
    "office_head": lambda s, act: _office(s, act) and act.role == "office_head",
    "leader": lambda _, act: act.role == "leader",
    "inspector": lambda _, act: act.role == "inspector",
    "holder": _holder,
    "unit_leader": lambda s, act: _holder(s, act) and act.role in {"unit_head", "office_head"},
    "assistant": _assistant,
    "handler": lambda s, act: act.role == "unit_officer" and s.handler == act.principal,
    "first_contact": lambda s, act: s.contact == act.principal,
    "named": lambda s, act: s.named is not None and s.named == act.principal,
    "review_organ": _review_organ,
    "hearing_organ": lambda s, act: _review_organ(s, act) if s.reviewing else _holder(s, act),
    "petitioner": lambda _, act: act.role == PETITIONER,
    "witness": lambda _, act: act.role in WITNESS_POSTS,
    "alert_recipient": lambda _, act: act.role not in CASELESS_POSTS | {"auditor", PETITIONER},
}

LABELS: dict[str, str] = {
    "office": "信访工作机构",
    "office_head": "信访工作机构负责人",
    "leader": "领导",
    "inspector": "督查员",
    "holder": "承办单位负责人或信访专员",
    "unit_leader": "承办单位负责人",
    "assistant": "协办单位负责人或信访专员",
    "handler": "指定的承办人",
    "first_contact": "首接责任人",
    "named": "指定的接收人",
    "review_organ": "复查复核机关",
    "hearing_organ": "组织听证的机关",
    "petitioner": "凭查询码办理的信访人",
    "witness": "可以查阅案卷的监销人",
    "alert_recipient": "预警接收人",
}

REGISTRARS = OFFICE_POSTS | UNIT_POSTS
"""可以登记: every organ registers what it receives (条例 22.1、23.1)."""
