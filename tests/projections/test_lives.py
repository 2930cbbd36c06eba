"""任何办理经过: whatever was done to a petition, its clocks can be told apart and its read models can be built anew."""

from collections import Counter
from functools import cache
from typing import Any

import msgspec

from domain.acts import envelope, system_act
from domain.casework import Casework
from domain.directory.events import OfficerAppointed, UnitFounded
from domain.directory.fold import DIRECTORY_ID
from domain.errors import Refused
from domain.facts import Fact
from domain.petition.petition import decide
from eventstore.database import Database
from projections.rebuild import rebuild
from projections.runner import catch_up
from tests.builders import (
    EARLIER,
    OFFICERS,
    UNITS,
    Story,
    a_petition,
    answered,
    at,
    case_named,
    in_handling,
    reviewed,
    with_unit,
)
from tests.projections.snapshot import everything
from tests.samples import SAMPLES
from tests.spec import given

BEFORE = a_petition(id=EARLIER)
LONG = {
    "two tracks": in_handling(track="simplified").switched("2026-03-05").extended(on="2026-04-20"),
    "two units": with_unit().objected().handed_back().transferred("unit-b").accepted().replied().served(),
    "assigned over and over": a_petition()
    .assigned(due_on="2026-04-30")
    .assigned("unit-b")
    .reported()
    .reported(),
    "urged and supervised twice": in_handling()
    .supervised(answer_by="2026-03-20")
    .supervised()
    .urged()
    .urged(),
    "sent back by the review": reviewed(result="redo").accepted().replied().served().review_requested(),
    "sent back and answered": reviewed(result="revoke").replied("2026-04-01").served(on="2026-04-02"),
    "reopened twice": answered().signed_off().reopened().replied().served().signed_off().reopened(),
    "three instances": reviewed()
    .reexamination_requested("2026-03-20")
    .reexamination_concluded(result="redo"),
    "another category": in_handling().classified("accusation").classified("suggestion").classified("appeal"),
    "instructed twice": a_petition().instructed().instructed().transferred().instructed().accepted(),
    "heard": in_handling().hearing_opened().hearing_closed("2026-03-10").hearing_opened().hearing_closed(),
    "urgent": a_petition(category="accusation").urgent_reported().urgent_reported().urgent_acknowledged(),
    "more asked for": with_unit().asked_for_more().supplemented("2026-03-09").asked_for_more().supplemented(),
    **{
        f"{track} by the rules of {book}": a_petition(rulebook=book)
        .assigned(due_on="2026-04-30")
        .accepted(track=track)
        for book in ("letters-cppcc", "petition-zhejiang-2016", "petition-2005")
        for track in ("ordinary", "simplified")
    },
}
"""What the samples of single acts don't come to."""


def after(story: Story, command: Any) -> Story | None:
    """The story with the act, done by the first officer who may; None if nobody may."""
    for officer in OFFICERS:
        situation = given(story, earlier=BEFORE).situation(officer, at(story.facts[-1].on))
        try:
            kind, day, own = decide(command, situation)
        except Refused:
            continue
        return story.add(kind, officer, day.isoformat(), **own)
    return None


@cache
def lives() -> dict[str, Story]:
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


def test_no_two_clocks_of_a_petition_are_the_same() -> None:
    """The read model knows a clock by its name and the event that started it."""
    assert len(lives()) > 500
    for name, story in lives().items():
        known = Counter((clock.clock, clock.start_version) for clock in story.clocks())
        assert known, name
        assert max(known.values()) == 1, (name, known)


def moved(story: Story, number: int) -> Story:
    """The same story as that of another case."""
    id = case_named(str(number))
    first, *later = (msgspec.structs.replace(fact, originator_id=id) for fact in story.facts)
    return Story(id, (msgspec.structs.replace(first, number=f"XF-2026-{number:06}"), *later))


def test_the_read_models_of_every_life_can_be_built_anew(database: Database, casework: Casework) -> None:
    act = system_act(at("2026-01-02"))
    drafts: list[tuple[type[Fact], dict[str, Any]]] = [
        *((UnitFounded, {"unit_id": u.id, "name": u.name, "kind": u.kind, "code": u.code}) for u in UNITS),
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
    stories = [BEFORE, *(moved(story, 100 + n) for n, story in enumerate(lives().values()))]
    longest = max(len(story.facts) for story in stories)
    for step in range(longest):  # all lives side by side, one event at a time, and read in between
        facts = [story.facts[step] for story in stories if step < len(story.facts)]
        casework.save(*facts)
        if step % 2:
            catch_up(database, casework)
    casework.raise_alerts([story.id for story in stories], at("2026-04-20"))
    catch_up(database, casework)
    followed = everything(database)
    cases = {clock.split(",")[0] for clock in followed["deadlines"]}
    assert len(cases) == len(stories)
    for result in rebuild(database, casework):
        assert result.agrees, result
    assert everything(database) == followed
