"""各方所见: who had a part in a case at a moment, and what of it each of them could see then.

Nothing is decided here: the kind's own `may_read` and its like are asked, with the state and the directory of the moment.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from api import case_links
from api.case_reading import Seen
from domain.acts import PETITIONER, Act, petitioner_act
from domain.directory.decisions import POSTS
from domain.directory.fold import Directory
from domain.kinds import ITEM, PETITION, RECEPTION
from domain.petition.situation import standing_of as petition_standing
from domain.reception.situation import standing_of as reception_standing
from domain.rules import authority, item_powers
from domain.rules.authority import OFFICE_POSTS, UNIT_POSTS
from domain.supervision.situation import standing_of as item_standing

SEES: Mapping[str, str] = {
    "whole": "全部内容，含身份信息",
    "masked": "全部内容，身份信息遮盖",
    "papers": "全部内容，含附件",
    "public": "公开内容，不含附件",
    "progress": "凭查询码可见的办理进度",
    "nothing": "不可见",
}
"""所见范围, from the widest to none."""

IN_UNITS = UNIT_POSTS | OFFICE_POSTS | {"unit_officer"}


class _Eyes(NamedTuple):
    """所见的判定: the standing of a case, and the two questions asked of it, with what each answer shows."""

    standing: Callable[[Any, Directory], Any]
    in_full: Callable[[Any, Act], bool]
    at_all: Callable[[Any, Act], bool]
    full: str
    rest: str


EYES: Mapping[str, _Eyes] = {
    PETITION.name: _Eyes(
        petition_standing, authority.may_see_personal_data, authority.may_read, "whole", "masked"
    ),
    RECEPTION.name: _Eyes(
        reception_standing, authority.may_see_personal_data, authority.may_read, "whole", "masked"
    ),
    ITEM.name: _Eyes(item_standing, item_powers.may_open_papers, item_powers.may_read, "papers", "public"),
}


class Viewer(NamedTuple):
    """其中人员 — an officer in a post, and what this one could see."""

    officer: str
    name: str
    post: str
    sees: str


@dataclass(frozen=True, slots=True)
class Party:
    """一方 — the petitioner, a unit, the petition office, the leaders, the inspectors; `sees` is the most that any of its
    officers could. `minded_by` is the unit that minded its mail when it had nobody of its own."""

    key: str
    kind: str
    unit: str | None
    name: str
    sees: str
    viewers: tuple[Viewer, ...] = ()
    minded_by: str | None = None


def parties(then: Seen) -> list[Party]:
    """各方: at the moment, in the order: petitioner, petition office, units as the case came to them, leaders, inspectors."""
    eyes = EYES[then.kind.name]
    standing = eyes.standing(then.state, then.directory)

    def sees(act: Act) -> str:
        if eyes.in_full(standing, act):
            return eyes.full
        return eyes.rest if eyes.at_all(standing, act) else "nothing"

    found: list[Party] = []
    if then.kind is PETITION:
        shown = authority.may_read(standing, petitioner_act(then.named_at))
        found.append(Party(PETITIONER, PETITIONER, None, "信访人", "progress" if shown else "nothing"))
    office = office_of(then)
    for unit in dict.fromkeys([*([office] if office else []), *units_of(then.state)]):
        found.append(_unit(then, unit, "office" if unit == office else "unit", sees))
    for key, post, name in (("leaders", "leader", "领导"), ("inspectors", "inspector", "督查员")):
        viewers = _viewers(then, [(one, post) for one in then.directory.with_post((post,))], sees)
        found.append(Party(key, key, None, name, _most(viewers), viewers))
    return found


def office_of(then: Seen) -> str | None:
    """信访工作机构: on whose register the case is; of an item, the petition it came from – unless that mustn't be told of."""
    if then.kind is not ITEM:
        return getattr(then.state, "office", None)
    untold = case_links.untold(then.state, then.hidden)
    return None if "petition_office" in untold else then.state.petition_office


def units_of(state: Any) -> Sequence[str]:
    """经过的单位: those through which the case passed, or that opened it."""
    opened = getattr(state, "opened_by_unit", None)
    return [*([opened] if opened else []), *state.units]


def _unit(then: Seen, unit: str, kind: str, sees: Callable[[Act], str]) -> Party:
    directory, minding = then.directory, then.directory.minding(unit)
    staff = directory.holders(unit, IN_UNITS) or directory.holders(minding, IN_UNITS)
    own = bool(directory.holders(unit, IN_UNITS))
    viewers = _viewers(then, [(one, None) for one in staff], sees, unit if own else minding)
    name = directory.unit_called(unit, then.named_at)
    minded_by = None if own or minding == unit else directory.unit_called(minding, then.named_at)
    return Party(f"unit:{unit}", kind, unit, name, _most(viewers), viewers, minded_by)


def _viewers(
    then: Seen, those: Sequence[tuple[str, str | None]], sees: Callable[[Act], str], unit: str | None = None
) -> tuple[Viewer, ...]:
    """Each officer in every post meant: the post named in any unit, or whatever is held in the unit named."""
    found = []
    for officer, post in those:
        person = then.directory.officers[officer]
        for held in person.posts:
            if held.post == post or (held.unit == unit and held.post in IN_UNITS):
                act = Act(
                    officer, held.unit, held.post, then.named_at, name=person.name, own_unit=person.unit
                )
                name = then.directory.officer_called(officer, then.named_at)
                found.append(Viewer(officer, name, POSTS.get(held.post, held.post), sees(act)))
    return tuple(found)


def _most(viewers: Sequence[Viewer]) -> str:
    order = list(SEES)
    return min((one.sees for one in viewers), key=order.index, default="nothing")


def members(officer: str, then: Seen) -> list[str]:
    """所属各方: to which parties an officer belonged, by the posts held then."""
    office, units = office_of(then), set(units_of(then.state))
    found: list[str] = []
    for held in then.directory.posts(officer):
        if held.post in {"leader", "inspector"}:
            found.append("leaders" if held.post == "leader" else "inspectors")
        else:
            minds = [held.unit, *sorted(then.directory.minded(held.unit))]
            found += [f"unit:{unit}" for unit in minds if unit in units or unit == office]
    return list(dict.fromkeys(found))


def held_powers(before: Seen, act: Act) -> list[str]:
    """案件中的身份: by which of the powers over the case, as it stood before, the officer acted."""
    if before.kind.name not in EYES:
        return []
    standing = EYES[before.kind.name].standing(before.state, before.directory)
    powers: Mapping[str, Callable[[Any, Act], bool]] = authority.POWERS
    labels, telling = authority.LABELS, TELLING
    if before.kind is ITEM:
        powers, labels, telling = item_powers.POWERS, item_powers.LABELS, TELLING_OF_ITEMS
    return [labels[name] for name in telling if powers[name](standing, act)]


TELLING: tuple[str, ...] = (
    "office", "office_head", "leader", "inspector", "holder", "unit_leader", "assistant", "handler", "first_contact", "named",
    "petitioner",
)  # fmt: skip
"""Powers over a petition or reception that tell in which capacity somebody acted; others are anybody's."""
TELLING_OF_ITEMS: tuple[str, ...] = ("leader", "inspector", "unit_head", "unit_posts", "reporter")
