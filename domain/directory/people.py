"""机构人员的组成: a unit, an officer, the posts and absences of an officer, and what something was called since when."""

from datetime import date, datetime, timedelta

import msgspec

DAY = timedelta(days=1)


class Called(msgspec.Struct, frozen=True):
    """名称沿革 — a name, and the instant from which it was the name."""

    since: datetime
    name: str


class Post(msgspec.Struct, frozen=True):
    """职务 — a post in a unit."""

    unit: str
    post: str

    @property
    def key(self) -> str:
        """职务标识: as "unit/post"."""
        return f"{self.unit}/{self.post}"


class Absence(msgspec.Struct, frozen=True):
    """离岗期间 — both ends included; open if `to_on` is None."""

    from_on: date
    to_on: date | None
    reason: str

    def covers(self, on: date) -> bool:
        """在此期间: whether the day lies in it."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)

    def meets(self, from_on: date, to_on: date | None) -> bool:
        """期间重叠: whether it has a day in common with another period."""
        return (to_on is None or self.from_on <= to_on) and (self.to_on is None or from_on <= self.to_on)

    def until(self, back_on: date) -> "Absence | None":
        """提前返岗: what is left of it for somebody who is back on that day; None if nothing is."""
        if not self.covers(back_on):
            return self
        return msgspec.structs.replace(self, to_on=back_on - DAY) if back_on > self.from_on else None


class Unit(msgspec.Struct, frozen=True):
    """单位 — `kind` is "petition_office", "supervision", "leadership", "unit" or "service"; `parent` the unit above."""

    id: str
    name: str
    kind: str
    code: str
    parent: str = ""
    called: tuple[Called, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """现名和曾用名."""
        return frozenset((self.name, *(one.name for one in self.called)))


class Given(msgspec.Struct, frozen=True):
    """任免经手 — a post, and who gave it: the one who acted, or the one stood in for."""

    post: Post
    by: str


class Officer(msgspec.Struct, frozen=True):
    """工作人员 — the main post an officer holds in a unit, further posts, who stands in, and when the officer is away.

    After dismissal `unit` and `post` are empty; the name stays, and `left_at` is the last time.
    """

    id: str
    name: str
    unit: str
    post: str
    further: tuple[Post, ...] = ()
    stand_ins: tuple[str, ...] = ()
    absences: tuple[Absence, ...] = ()
    called: tuple[Called, ...] = ()
    given: tuple[Given, ...] = ()
    left_at: datetime | None = None

    @property
    def names(self) -> frozenset[str]:
        """现名和曾用名."""
        return frozenset((self.name, *(one.name for one in self.called)))

    @property
    def givers(self) -> frozenset[str]:
        """任命经手人: who gave one of the posts held now."""
        return frozenset(one.by for one in self.given)

    @property
    def serving(self) -> bool:
        """在任: whether the officer holds a post."""
        return bool(self.post)

    def serves_since(self, at: datetime) -> bool:
        """一直在任: whether the officer serves and didn't leave since the instant; who comes back begins anew."""
        return self.serving and (self.left_at is None or self.left_at <= at)

    @property
    def posts(self) -> tuple[Post, ...]:
        """所任职务: the main post first; none after dismissal."""
        return (Post(self.unit, self.post), *self.further) if self.post else ()


def called_at(called: tuple[Called, ...], at: datetime, now: str) -> str:
    """当时名称: the last name given by the instant, the first one for an instant before it; `now` if none is known."""
    given = [one.name for one in called if one.since <= at]
    return given[-1] if given else called[0].name if called else now
