"""机构人员的折叠: facts → who holds which post where, who stands in for whom, and what everything was called when."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from domain.directory import events
from domain.directory.former import APART, STILL, Former, moved_officers, moved_units
from domain.directory.people import Absence, Called, Given, Officer, Post, Unit, called_at
from domain.facts import Fact
from domain.rules.deadlines import OUTSIDE

__all__ = ["DIRECTORY_ID", "NAMESPACE", "Absence", "Directory", "Officer", "Post", "Unit", "fold", "project"]

NAMESPACE = UUID("6c0f5d1e-3c5f-5b8e-9a51-0d2f6f0c7e11")
DIRECTORY_ID = uuid5(NAMESPACE, "directory")

DESK = frozenset({"unit_clerk", "unit_head", "office_clerk", "office_head"})
"""收件职务: the posts that mind what comes to a unit."""

One = TypeVar("One", Unit, Officer)


class Directory(msgspec.Struct, frozen=True):
    """机构人员 — units and officers as they are after `version` facts, and what either belonged to before."""

    version: int = 0
    units: dict[str, Unit] = {}
    officers: dict[str, Officer] = {}
    former_above: Former = {}
    former_posts: Former = {}

    # Posts

    def posts(self, officer: str) -> tuple[Post, ...]:
        """所任职务: the main post first; none of somebody unknown or dismissed."""
        found = self.officers.get(officer)
        return found.posts if found is not None else ()

    def is_serving(self, officer: str) -> bool:
        """在任: whether somebody of this id holds a post."""
        return bool(self.posts(officer))

    def holders(self, unit: str, posts: Iterable[str]) -> list[str]:
        """任职人员: the officers who hold one of the posts in the unit, as their main post or as a further one."""
        wanted = frozenset(posts)
        return [
            o.id
            for o in self.officers.values()
            if (o.unit == unit and o.post in wanted)
            or any(one.unit == unit and one.post in wanted for one in o.further)
        ]

    def with_post(self, posts: Iterable[str]) -> list[str]:
        """任职人员: the officers who hold one of the posts in any unit."""
        wanted = frozenset(posts)
        return [
            o.id
            for o in self.officers.values()
            if o.post in wanted or any(one.post in wanted for one in o.further)
        ]

    def minding(self, unit: str) -> str:
        """代管单位: where the unit's mail is minded – with its own head or clerks, or those of the nearest unit above."""
        return next((one for one in (unit, *self.above(unit)) if self.holders(one, DESK)), unit)

    def minded(self, unit: str) -> frozenset[str]:
        """所代管单位: the units below whose mail this one minds, for want of a head or clerk of their own."""
        staffed = {post.unit for one in self.officers.values() for post in one.posts if post.post in DESK}
        found: frozenset[str] = frozenset()
        reached = frozenset({unit}) & staffed
        while reached:
            children = frozenset(one.id for one in self.units.values() if one.parent in reached)
            reached = children - staffed - found
            found |= reached
        return found

    def desk(self, unit: str, posts: Iterable[str]) -> list[str]:
        """收件人员: who is told in these posts what concerns the unit; the head in place of a missing clerk, and the other
        way round; without either the unit above."""
        minding = self.minding(unit)
        return self.holders(minding, posts) or self.holders(minding, DESK)

    def is_office(self, unit: str) -> bool:
        """信访工作机构: whether the unit is a petition office, which routes rather than handles."""
        found = self.units.get(unit)
        return found is not None and found.kind == "petition_office"

    # Absences

    def is_absent(self, officer: str, on: date) -> bool:
        """离岗: whether the officer is away on that day."""
        found = self.officers.get(officer)
        return found is not None and any(one.covers(on) for one in found.absences)

    def standing_in(self, officer: str, on: date) -> str | None:
        """当日顶岗人员: the first in the order who is present, and only while the officer is away."""
        found = self.officers.get(officer)
        if found is None or not found.serving or not self.is_absent(officer, on):
            return None
        return next((s for s in found.stand_ins if self.is_serving(s) and not self.is_absent(s, on)), None)

    def stands_in_for(self, officer: str, on: date) -> list[str]:
        """当日代行对象: the officers for whom this one acts on that day."""
        return [o.id for o in self.officers.values() if self.standing_in(o.id, on) == officer]

    # The tree

    def above(self, unit: str) -> tuple[str, ...]:
        """上级单位: the units above, the nearest first."""
        found: list[str] = []
        at = self.units.get(unit)
        while at is not None and at.parent and at.parent not in (*found, unit):
            found.append(at.parent)
            at = self.units.get(at.parent)
        return tuple(found)

    def below(self, unit: str) -> frozenset[str]:
        """下级单位: every unit below, on all levels."""
        children: dict[str, list[str]] = {}
        for one in self.units.values():
            children.setdefault(one.parent, []).append(one.id)
        found: set[str] = set()
        reached = [unit]
        while reached:
            next_level = {child for one in reached for child in children.get(one, ())} - found - {unit}
            found |= next_level
            reached = list(next_level)
        return frozenset(found)

    # Then and since

    def chain(self, unit: str, until: datetime = STILL) -> dict[str, datetime]:
        """先后隶属: the unit, every unit that is or ever was above it, and the last instant at which each was so."""
        found: dict[str, datetime] = {}
        reached = [(unit, until)]
        while reached:
            at, last = reached.pop()
            if at in found and found[at] >= last:
                continue
            found[at] = last
            if at in self.units and self.units[at].parent:
                reached.append((self.units[at].parent, last))
            reached += [(one.unit, min(last, one.until)) for one in self.former_above.get(at, ())]
        return found

    def belonging(self, officer: str) -> dict[str, datetime]:
        """先后所属单位: the units of all posts held now or ever, those above them, and the last instant of each.

        An auditor stands apart from the unit of that post.
        """
        found: dict[str, datetime] = {}
        for unit, post, until in self.posts_ever(officer):
            if post not in APART:
                for one, last in self.chain(unit, until).items():
                    found[one] = max(last, found.get(one, last))
        return found

    def posts_ever(self, officer: str) -> list[tuple[str, str, datetime]]:
        """历任职务: every post held now or ever – its unit, what it is, and until when."""
        held = [(one.unit, one.post, STILL) for one in self.posts(officer)]
        return held + [(one.unit, one.post, one.until) for one in self.former_posts.get(officer, ())]

    # Names

    def unit_name(self, unit: str) -> str:
        """单位名称: the name; of an organ outside the directory what it is called, or the id as given."""
        found = self.units.get(unit)
        return found.name if found is not None else OUTSIDE.get(unit, unit)

    def unit_called(self, unit: str, at: datetime) -> str:
        """当时的单位名称: what the unit was called at the instant."""
        found = self.units.get(unit)
        return called_at(found.called, at, found.name) if found is not None else OUTSIDE.get(unit, unit)

    def officer_called(self, officer: str, at: datetime) -> str:
        """当时的姓名: what the officer was called at the instant; the id of somebody unknown."""
        found = self.officers.get(officer)
        return called_at(found.called, at, found.name) if found is not None else officer

    def units_named(self, name: str) -> frozenset[str]:
        """曾用名称: the ids of all units that bear the name, or ever bore it."""
        return frozenset(u.id for u in self.units.values() if name in u.names)

    def resolve(self, unit: str) -> str:
        """单位标识: the id of a unit given by id, by name or by the former name of just one; else what was given."""
        if unit in self.units:
            return unit
        present = next((u.id for u in self.units.values() if u.name == unit), None)
        former = self.units_named(unit)
        return present or (next(iter(former)) if len(former) == 1 else unit)


def fold(directory: Directory, fact: Fact) -> Directory:
    """折叠: the directory after the fact."""
    units, officers = directory.units, directory.officers
    match fact:
        case events.UnitFounded():
            first = Called(fact.recorded_at, fact.name)
            units = _with(units, Unit(fact.unit_id, fact.name, fact.kind, fact.code, fact.parent, (first,)))
        case events.UnitRenamed():
            unit = units[fact.unit_id]
            called = (*unit.called, Called(fact.recorded_at, fact.name))
            units = _with(units, replace(unit, name=fact.name, called=called))
        case events.UnitMoved():
            units = _with(units, replace(units[fact.unit_id], parent=fact.parent))
        case events.OfficerAppointed():
            officers = _with(officers, _appointed(officers.get(fact.officer), fact))
        case events.PostGiven():
            officers = _with(officers, _given(officers[fact.officer], fact))
        case events.PostTaken():
            held, post = officers[fact.officer], Post(fact.unit_id, fact.post)
            given = tuple(one for one in held.given if one.post != post)
            officers = _with(officers, replace(held, further=_without(held, post), given=given))
        case events.OfficerDismissed():
            officers = _dismissed(officers, fact)
        case events.StandInsNamed():
            officers = _with(officers, replace(officers[fact.officer], stand_ins=fact.stand_ins))
        case events.AbsenceRecorded():
            held = officers[fact.officer]
            absence = Absence(fact.from_on, fact.to_on, fact.reason)
            absences = sorted((*held.absences, absence), key=lambda one: one.from_on)
            officers = _with(officers, replace(held, absences=tuple(absences)))
        case events.AbsenceEnded():
            held = officers[fact.officer]
            left = (one.until(fact.back_on) for one in held.absences)
            officers = _with(officers, replace(held, absences=tuple(one for one in left if one is not None)))
        case _:
            return directory
    return Directory(
        fact.originator_version,
        units,
        officers,
        moved_units(directory.former_above, directory.units, units, fact.recorded_at),
        moved_officers(directory.former_posts, directory.officers, officers, fact.recorded_at),
    )


def project(facts: Iterable[Fact]) -> Directory:
    """折叠全部: the directory after all of these facts."""
    directory = Directory()
    for fact in facts:
        directory = fold(directory, fact)
    return directory


def _appointed(held: Officer | None, fact: events.OfficerAppointed) -> Officer:
    """Stand-ins belong to the post: with another main post they have to be named anew."""
    called, post = Called(fact.recorded_at, fact.name), Post(fact.unit_id, fact.post)
    if held is None:
        given = _hands(fact, post)
        return Officer(fact.officer, fact.name, fact.unit_id, fact.post, called=(called,), given=given)
    stays = (held.unit, held.post) == (fact.unit_id, fact.post)
    kept = tuple(one for one in held.given if one.post in held.further)
    return replace(
        held,
        name=fact.name,
        unit=fact.unit_id,
        post=fact.post,
        further=_without(held, post),
        given=held.given if stays else (*kept, *_hands(fact, post)),
        stand_ins=held.stand_ins if stays else (),
        called=held.called if held.name == fact.name else (*held.called, called),
    )


def _given(held: Officer, fact: events.PostGiven) -> Officer:
    """Stand-ins were named for the posts held then: with one more they have to be named anew."""
    post = Post(fact.unit_id, fact.post)
    return replace(
        held, further=(*held.further, post), given=(*held.given, *_hands(fact, post)), stand_ins=()
    )


def _hands(fact: Fact, post: Post) -> tuple[Given, ...]:
    return tuple(Given(post, one) for one in (fact.by, fact.for_whom) if one is not None)


def _dismissed(officers: dict[str, Officer], fact: events.OfficerDismissed) -> dict[str, Officer]:
    """Who is dismissed holds nothing and is in nobody's order of stand-ins, not even after coming back."""
    officer = fact.officer
    held = officers[officer]
    gone = replace(
        held, unit="", post="", further=(), stand_ins=(), absences=(), given=(), left_at=fact.recorded_at
    )
    others = {
        id: replace(one, stand_ins=tuple(s for s in one.stand_ins if s != officer))
        if officer in one.stand_ins
        else one
        for id, one in officers.items()
    }
    return {**others, officer: gone}


def _without(held: Officer, post: Post) -> tuple[Post, ...]:
    return tuple(one for one in held.further if one != post)


def _with(those: dict[str, One], one: One) -> dict[str, One]:
    return {**those, one.id: one}
