"""先后隶属: which units officers and units belonged to before, and until when; whoever moves on leaves a trace. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from domain.directory.people import Officer, Unit

STILL = datetime.max.replace(tzinfo=UTC)
"""至今: later than any instant."""
APART = frozenset({"auditor"})
"""Posts whose holders stand apart from the unit they are in."""

One = TypeVar("One", Unit, Officer)


class Left(msgspec.Struct, frozen=True):
    """原隶属 — the unit belonged to until the instant; of an officer, in that post."""

    unit: str
    until: datetime
    post: str = ""


Former = Mapping[str, tuple[Left, ...]]
"""原隶属: of each unit or officer that moved, by id."""


def moved_units(
    former: Former, before: Mapping[str, Unit], after: Mapping[str, Unit], at: datetime
) -> Former:
    """单位变动: with the units that stood above until the instant, and don't any more."""
    left = {
        old.id: (*former.get(old.id, ()), Left(old.parent, at))
        for old, new in _changed(before, after)
        if old.parent and old.parent != new.parent
    }
    return {**former, **left} if left else former


def moved_officers(
    former: Former, before: Mapping[str, Officer], after: Mapping[str, Officer], at: datetime
) -> Former:
    """人员变动: with the posts held until the instant, and no more."""
    left = {
        old.id: (*former.get(old.id, ()), *(Left(post.unit, at, post.post) for post in lost))
        for old, new in _changed(before, after)
        if (lost := [post for post in old.posts if post not in new.posts])
    }
    return {**former, **left} if left else former


def _changed(before: Mapping[str, One], after: Mapping[str, One]) -> list[tuple[One, One]]:
    if before is after:
        return []
    return [(old, after[id]) for id, old in before.items() if after[id] is not old]
