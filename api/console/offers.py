"""备选: what the fields of a form that name units, officers, grounds and the like may be filled with."""

from api.console.forms import Choices
from domain.directory.fold import Directory
from domain.rules import grounds, retention

UNITS = frozenset({"to_unit", "assisting_units", "lead_unit", "unit", "from_unit", "opened_by_unit"})
LEADERS = frozenset({"leader", "leaders", "to_leaders"})
OFFICERS = frozenset({"officer", "officers", "first_contact"})
HANDLING = frozenset({"petition_office", "unit"})
"""Kinds of unit that a matter is handled by."""


def units(directory: Directory, kinds: frozenset[str] = HANDLING) -> Choices:
    """单位: those of the kinds, by id and name."""
    return tuple((one.id, one.name) for one in directory.units.values() if one.kind in kinds)


def officers(directory: Directory, posts: frozenset[str] | None = None, unit: str | None = None) -> Choices:
    """人员: those who serve, in one of the posts, of the unit; each with the name of the unit."""
    found = [one for one in directory.officers.values() if directory.is_serving(one.id)]
    return tuple(
        (one.id, f"{one.name}（{directory.unit_name(one.unit)}）")
        for one in found
        if (posts is None or any(held.post in posts for held in one.posts))
        and (unit is None or any(held.unit == unit for held in one.posts))
    )


def of(slug: str, directory: Directory, unit: str | None = None) -> dict[str, Choices]:
    """备选: for every field that an act may have; `unit` is the one whose officers may be designated."""
    offered: dict[str, Choices] = dict.fromkeys(UNITS, units(directory))
    offered |= dict.fromkeys(LEADERS, officers(directory, frozenset({"leader"})))
    offered |= dict.fromkeys(OFFICERS, officers(directory))
    offered |= {"notice": tuple((one.code, one.label) for one in grounds.notices())}
    if slug == "designate":
        offered |= {"officer": officers(directory, unit=unit)}
    if slug == "decline":
        offered |= {"ground": tuple((one.code, one.label) for one in grounds.decline_grounds())}
    if slug == "supervise":
        offered |= {"ground": tuple((one.code, one.label) for one in grounds.supervision_grounds())}
    if slug == "archive":
        offered |= {"retention": tuple((one.code, one.label) for one in retention.shipped().classes)}
    if slug == "request-erasure":
        offered |= {"ground": tuple((one.code, one.label) for one in retention.shipped().grounds)}
    if slug in {"open", "amend"}:
        offered |= {"category": tuple((one.code, one.label) for one in grounds.source_categories())}
    return offered
