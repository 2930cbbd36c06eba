"""任何办理经过: whatever was done to a supervision item, its clocks can be told apart and its read models built anew."""

from collections import Counter
from functools import cache
from typing import Any

import msgspec

from domain.acts import envelope, system_act
from domain.attachments import resolve
from domain.casework import Casework
from domain.directory.events import OfficerAppointed, UnitFounded
from domain.directory.fold import DIRECTORY_ID
from domain.errors import Refused
from domain.facts import Fact
from domain.supervision.item import decide
from eventstore.database import Database
from projections.rebuild import rebuild
from projections.runner import catch_up
from tests import builders
from tests.builders import at, case_named
from tests.item_samples import SAMPLES
from tests.items import OFFICERS, Matter, a_document, an_item, handled, with_leader
from tests.projections.snapshot import everything
from tests.spec import given

LONG = {
    "sent back twice": with_leader().sent_back().reported().result().vetted().sent_back().result(),
    "handed from unit to unit": handled()
    .objected()
    .settled(True, to_unit="unit-b")
    .objected("unit-b")
    .settled(True, "unit-b"),
    "joint, one sent back": handled("2026-03-02", "2026-04-30", "unit-b")
    .result("unit-b")
    .result()
    .sent_back(unit="unit-b"),
    "extended twice": handled().asked().granted("2026-04-28").asked().granted("2026-05-29", item_due_on=None),
    **{
        cadence: handled("2026-03-02", "2027-03-31", cadence=cadence).reported(period=period)
        for cadence, period in (("quarterly", "2026Q1"), ("half_yearly", "2026H1"), ("monthly", "2026-03"))
    },
    **{
        f"a document {limit}": a_document(limit).submitted().instructed().allocated("unit-a", "unit-b")
        for limit in ("read", "incoming", "ordinary", "street")
    },
    "a document with a date": a_document(due_on="2026-04-30").submitted().instructed().allocated(),
    "drafted": an_item(public=True),
}
"""What the samples of single acts don't come to."""


def after(story: Matter, command: Any) -> Matter | None:
    """The story with the act, done by the first officer who may; None if nobody may."""
    for officer in OFFICERS:
        situation = given(story).situation(officer, at(story.facts[-1].on))
        try:
            kind, day, own = decide(command, situation)
        except Refused:
            continue
        if "attachments" in own:
            own = own | {"attachments": resolve(own["attachments"], {})}
        done: Matter = story.add(kind, officer, day.isoformat(), **own)
        return done
    return None


@cache
def lives() -> dict[str, Matter]:
    """Every act once, and what single acts don't come to; each as it is and after every act that is then open."""
    done = {slug: after(*sample) for slug, sample in SAMPLES.items()}
    assert None not in done.values(), "a sample's act is open to somebody"
    short = LONG | {slug: story for slug, story in done.items() if story is not None}
    return short | {
        f"{name}, then {slug}": longer
        for name, story in short.items()
        for slug, (_, command) in SAMPLES.items()
        if (longer := after(story, command)) is not None
    }


def test_no_two_clocks_of_an_item_are_the_same() -> None:
    """The read model knows a clock by its name, the event that started it, and its part."""
    assert len(lives()) > 250
    for name, story in lives().items():
        known = Counter((clock.clock, clock.start_version, clock.part) for clock in story.clocks())
        assert max(known.values(), default=1) == 1, (name, known)


def moved(story: Matter, number: int) -> Matter:
    """The same story as that of another item."""
    id = case_named(str(number))
    first, *later = (msgspec.structs.replace(fact, originator_id=id) for fact in story.facts)
    return Matter(id, (msgspec.structs.replace(first, number=f"DC-2026-{number:06}"), *later))


def test_the_read_models_of_every_life_can_be_built_anew(database: Database, casework: Casework) -> None:
    act = system_act(at("2026-01-02"))
    drafts: list[tuple[type[Fact], dict[str, Any]]] = [
        *(
            (UnitFounded, {"unit_id": u.id, "name": u.name, "kind": u.kind, "code": u.code})
            for u in builders.UNITS
        ),
        *(
            (OfficerAppointed, {"officer": o.id, "name": o.name, "unit_id": o.unit, "post": o.post})
            for o in OFFICERS
        ),
    ]
    casework.publish(
        DIRECTORY_ID,
        lambda version: [
            kind(**envelope(DIRECTORY_ID, version + n, act), **own) for n, (kind, own) in enumerate(drafts, 1)
        ],
        act,
    )
    stories = [moved(story, 100 + n) for n, story in enumerate(lives().values())]
    longest = max(len(story.facts) for story in stories)
    for step in range(longest):  # all lives side by side, one event at a time, and read in between
        casework.save(*(story.facts[step] for story in stories if step < len(story.facts)))
        if step % 3 == 2:
            catch_up(database, casework)
    casework.raise_alerts([story.id for story in stories], at("2026-04-24"))
    catch_up(database, casework)
    followed = everything(database)
    with_shares = [story for story in stories if story.item.shares]
    shares = {(story.id, share.unit) for story in with_shares for share in story.item.shares}
    assert len(followed["item_shares"]) == len(shares)
    for result in rebuild(database, casework):
        assert result.agrees, result
    assert everything(database) == followed
