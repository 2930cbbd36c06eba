"""机构人员的接口形状: units as a tree, officers with their posts, stand-ins and absences, and what was recorded."""

from datetime import date, datetime
from typing import Any

from api.case_reading import SYSTEM, officer_called
from api.case_shapes import data
from domain.acts import Act
from domain.casework import Recorded
from domain.directory.decisions import POSTS
from domain.directory.fold import Directory
from domain.directory.people import Absence, Called, Officer, Post, Unit
from domain.directory.powers import may_manage_duty
from domain.facts import name_of, term_of

Shown = dict[str, Any]


def tree(directory: Directory) -> list[Shown]:
    """单位目录: the units without a unit above, each with those below it."""
    children: dict[str, list[Unit]] = {}
    for one in directory.units.values():
        children.setdefault(one.parent, []).append(one)

    def node(one: Unit) -> Shown:
        return unit(one) | {"units": [node(child) for child in children.get(one.id, ())]}

    return [node(one) for one in children.get("", ())]


def unit(one: Unit) -> Shown:
    """单位."""
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "code": one.code or None,
        "parent": one.parent or None,
    }


def unit_in_full(one: Unit, directory: Directory) -> Shown:
    """单位详情: with those above and below, who holds which post there, and its former names."""
    holders = [
        {"officer": officer.id, "name": officer.name, "post": held.post, "post_label": POSTS.get(held.post)}
        for officer in directory.officers.values()
        for held in officer.posts
        if held.unit == one.id
    ]
    return unit(one) | {
        "above": [{"id": id, "name": directory.unit_name(id)} for id in directory.above(one.id)],
        "below": sorted(directory.below(one.id)),
        "holders": holders,
        "called": called(one.called),
    }


def officer(one: Officer, directory: Directory, on: date, act: Act) -> Shown:
    """工作人员: with the absences that run on the day or lie ahead of it, and who acts instead."""
    told = _is_told_why(one, directory, act)
    return {
        "id": one.id,
        "name": one.name,
        "serving": one.serving,
        "unit": one.unit or None,
        "unit_name": directory.unit_name(one.unit) or None,
        "post": one.post or None,
        "post_label": POSTS.get(one.post),
        "further": [_post(held, directory) for held in one.further],
        "stand_ins": [_person(id, directory) for id in one.stand_ins],
        "absences": [
            _absence(absence, told)
            for absence in one.absences
            if absence.to_on is None or absence.to_on >= on
        ],
        "absent": directory.is_absent(one.id, on),
        "standing_in": directory.standing_in(one.id, on),
    }


def officer_in_full(one: Officer, directory: Directory, on: date, act: Act) -> Shown:
    """工作人员详情: with every absence, and in which posts the officer may act on that day, and for whom."""
    told = _is_told_why(one, directory, act)
    own = [_post(held, directory) | {"for_whom": None} for held in one.posts]
    others = [
        _post(held, directory) | {"for_whom": id}
        for id in directory.stands_in_for(one.id, on)
        for held in directory.posts(id)
    ]
    return officer(one, directory, on, act) | {
        "day": on,
        "absences": [_absence(absence, told) for absence in one.absences],
        "powers": own + others,
        "called": called(one.called),
    }


def called(names: tuple[Called, ...]) -> list[Shown]:
    """名称沿革."""
    return [{"since": one.since, "name": one.name} for one in names]


def event(one: Recorded, directory: Directory) -> Shown:
    """事件: one fact of the directory, with the names of that time."""
    fact, at = one.fact, one.fact.recorded_at
    own = data(fact)
    return {
        "version": fact.originator_version,
        "position": one.position,
        "event": name_of(fact),
        "label": term_of(type(fact)),
        "on": fact.on,
        "recorded_at": at,
        "by": fact.by,
        "by_name": officer_called(directory, fact.by, at),
        "unit": fact.unit,
        "unit_name": SYSTEM if fact.by == "system" else directory.unit_called(fact.unit, at),
        "role": fact.role,
        "for_whom": fact.for_whom,
        "for_whom_name": officer_called(directory, fact.for_whom, at),
        "data": own,
        "names": _names(own, directory, at),
    }


def _names(own: Shown, directory: Directory, at: datetime) -> Shown:
    """当时名称: of the officers and units that the fact names by their ids."""
    names: Shown = {
        field: directory.unit_called(own[field], at) for field in ("unit_id", "parent") if own.get(field)
    }
    if "officer" in own:
        names["officer"] = directory.officer_called(own["officer"], at)
    if "stand_ins" in own:
        names["stand_ins"] = [directory.officer_called(id, at) for id in own["stand_ins"]]
    return names


def _post(held: Post, directory: Directory) -> Shown:
    return {
        "unit": held.unit,
        "unit_name": directory.unit_name(held.unit),
        "post": held.post,
        "post_label": POSTS.get(held.post),
    }


def _person(id: str, directory: Directory) -> Shown:
    found = directory.officers[id]
    return {"id": id, "name": found.name, "unit": found.unit or None}


def _is_told_why(away: Officer, directory: Directory, act: Act) -> bool:
    """The reason is for the officer and for whoever manages absences: it may tell of an illness."""
    return away.id == act.by or act.role == "auditor" or may_manage_duty(away, directory, act)


def _absence(absence: Absence, told: bool) -> Shown:
    return {
        "from_on": absence.from_on,
        "to_on": absence.to_on,
        "reason": absence.reason if told else None,
    }
