"""督查事项职权: who may read and do what with a supervision item, exactly as Articles 8–12 give it.

Pure: the aggregate's state comes in as an `ItemStanding`, so that nothing here imports an aggregate. A petition office
that handles an item is a unit like others: its head has the powers of a unit head, its clerks those of unit clerks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from domain.acts import Act
from domain.rules.authority import (
    CASELESS_POSTS,
    OFFICE_POSTS,
    UNIT_POSTS,
    WITNESS_POSTS,
    may_be_shown,
    stands_accused,
)

HEADS = frozenset({"unit_head", "office_head"})
CLERKS = frozenset({"unit_clerk", "office_clerk"})
STAFF = frozenset({"unit_officer"})
TRACKING_POSTS = frozenset({"leader", "inspector"})
"""全部事项跟踪查询权: who follows every item that is not confidential."""
OVERSEEING = frozenset({"auditor", "system"})

_BOOK = "《机关单位督查督办工作制度》"


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """事项处境 — what authority depends on: units it passed through, who handles it in each, whom it accuses.

    `handlers` has every unit that holds a share now, with the officer designated there, if any; `minding` the units that
    mind the mail of those that have neither head nor clerk.
    """

    public: bool
    confidential: bool
    leader_review: bool
    units: frozenset[str]
    handlers: Mapping[str, str | None]
    people: frozenset[str]
    leaders: frozenset[str]
    petition_office: str | None
    accused_units: frozenset[str]
    accused_people: frozenset[str]
    minding: frozenset[str] = frozenset()


def may_read(standing: ItemStanding, act: Act) -> bool:
    """可以查阅: public items everybody; others those they passed through, leaders and inspectors (第九条至第十四条).

    An item made from an accusation is read only by those it passed through, and never by whom it accuses.
    """
    if act.role in CASELESS_POSTS or stands_accused(standing.accused_units, standing.accused_people, act):
        return False
    return reads_as(standing, act.principal, act.unit, act.role)


def reads_as(standing: ItemStanding, officer: str, unit: str, role: str) -> bool:
    """凭此职务查阅: whether somebody whom the item doesn't accuse may read it in this post."""
    if role in CASELESS_POSTS:
        return False
    if standing.public or role in OVERSEEING or officer in standing.people:
        return True
    if role in TRACKING_POSTS and not standing.confidential:
        return True
    if role in HEADS | CLERKS and unit in standing.units:
        return True
    if role in UNIT_POSTS and unit in standing.minding:
        return True
    return role in OFFICE_POSTS and unit == standing.petition_office


def may_open_papers(standing: ItemStanding, act: Act) -> bool:
    """可以打开附件: everybody may browse what a public item is about; its papers only those who would read it anyway."""
    return may_read(replace(standing, public=False), act)


def may_be_given(standing: ItemStanding, unit: str, name: str = "", officer: str = "") -> bool:
    """可以接收: an item made from an accusation never goes to whom it accuses."""
    return may_be_shown(standing.accused_units, standing.accused_people, unit, name, officer)


def _reporter(standing: ItemStanding, act: Act) -> bool:
    """The officer designated; where none is, the unit head handles the item in person."""
    if act.unit not in standing.handlers:
        return False
    handler = standing.handlers[act.unit]
    if handler is None:
        return act.role in HEADS
    return act.principal == handler and act.role in STAFF | HEADS


POWERS: dict[str, Callable[[ItemStanding, Act], bool]] = {
    "leader": lambda _, act: act.role == "leader",
    "named_leader": lambda s, act: act.role == "leader" and (not s.leaders or act.principal in s.leaders),
    "inspector": lambda _, act: act.role == "inspector",
    "inspector_alone": lambda s, act: act.role == "inspector" and not s.leader_review,
    "unit_head": lambda s, act: act.role in HEADS and act.unit in s.handlers,
    "unit_posts": lambda s, act: act.role in HEADS | CLERKS and act.unit in s.handlers,
    "unit_scorer": lambda s, act: act.role in HEADS | CLERKS and act.unit in s.units,
    "reporter": _reporter,
    "witness": lambda s, act: act.role in WITNESS_POSTS and may_open_papers(s, act),
    "alert_recipient": lambda _, act: act.role not in CASELESS_POSTS | {"auditor"},
}

LABELS: dict[str, str] = {
    "leader": "领导",
    "named_leader": "报请批示的领导",
    "inspector": "督查员",
    "inspector_alone": "督查员（不需要领导复审的事项）",
    "unit_head": "承办单位负责人",
    "unit_posts": "承办单位负责人或内勤",
    "unit_scorer": "承办过该事项的单位负责人或内勤",
    "reporter": "指定的承办人（未指定的为承办单位负责人）",
    "witness": "可以查阅案卷的监销人",
    "alert_recipient": "预警接收人",
}

ARTICLES: dict[str, str] = {
    "leader": f"{_BOOK}第九条",
    "named_leader": f"{_BOOK}第九条、第十五条",
    "inspector": f"{_BOOK}第十条",
    "inspector_alone": f"{_BOOK}第十条",
    "unit_head": f"{_BOOK}第十一条第一项",
    "unit_posts": f"{_BOOK}第十一条第一项",
    "unit_scorer": f"{_BOOK}第十一条第三项",
    "reporter": f"{_BOOK}第十一条第二项、第十二条",
    "witness": f"{_BOOK}第二十三条",
    "alert_recipient": f"{_BOOK}第二十条",
}
"""The article that gives each power."""
