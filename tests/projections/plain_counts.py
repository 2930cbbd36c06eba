"""逐件计数: the same figures as the reports, counted in plain Python over folded cases, with no database at hand."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from domain.petition import events
from domain.rules.deadlines import Clock
from projections.statistics import CLOCKS, LONG, WORKING
from tests.builders import OFFICERS, Story, a_petition, case_named

Rows = dict[str | None, Counter[str]]
DAY = date(2026, 6, 10)
"""The day on which everything is looked at."""

CHANNELS = ("letter", "visit", "call", "online", "mailbox", "assigned")
CATEGORIES = ("suggestion", "appeal", "accusation")


def stories(seed: int, count: int) -> list[Story]:
    """Petitions as chance makes them, every way they may go."""
    chance = Random(seed)
    found = [_story(chance, number) for number in range(count)]
    earlier = found[0]
    return [
        _linked(story, earlier) if story is not earlier and chance.random() < 0.15 else story
        for story in found
    ]


def _linked(story: Story, earlier: Story) -> Story:
    return story.add(
        events.LinkedAsRepeat, OFFICERS[0], earlier=earlier.id, earlier_number=earlier.petition.number
    )


def _story(chance: Random, number: int) -> Story:
    day = date(2026, 1, 5) + timedelta(days=chance.randrange(140))
    story = a_petition(
        day.isoformat(),
        id=case_named(f"statistics {number}"),
        number=f"XF-2026-{number:06d}",
        channel=chance.choice(CHANNELS),
        category=chance.choice(CATEGORIES),
        headcount=chance.choice((1, 1, 2, 5, 30)),
        urgent=chance.random() < 0.1,
    )
    steps: list[Callable[[Story, str], Story]] = []
    if chance.random() < 0.85:
        steps.append(lambda s, d: s.transferred(chance.choice(("unit-a", "unit-b")), d))
    else:
        steps.append(lambda s, d: s.assigned("unit-a", d, due_on="2026-12-30", assisting=("unit-b",)))
    if chance.random() < 0.3:
        steps.append(lambda s, d: s.objected(d, late=chance.random() < 0.3))
        if chance.random() < 0.6:
            steps.append(lambda s, d: s.handed_back(d))
            steps.append(lambda s, d: s.transferred("unit-b", d))
        elif chance.random() < 0.7:
            steps.append(lambda s, d: s.kept(d))
    if chance.random() < 0.1:
        steps.append(lambda s, d: s.declined(d))
    elif chance.random() < 0.9:
        track = "simplified" if chance.random() < 0.2 else "ordinary"
        steps.append(lambda s, d: s.accepted(d, track=track))
        steps += chance.choice(
            (
                [],
                [lambda s, d: s.extended(chance.choice((10, 30)), d)],
                [lambda s, d: s.extension_requested(10, d), lambda s, d: s.extension_refused(d)],
                [lambda s, d: s.extension_requested(10, d)],
                [lambda s, d: s.hearing_opened(d)],
                [lambda s, d: s.designated(on=d)],
            )
        )
        if chance.random() < 0.7:
            steps.append(lambda s, d: s.replied(d))
            steps.append(lambda s, d: s.served(on=d))
            if chance.random() < 0.5:
                steps.append(lambda s, d: _rated(s, chance, d))
            steps += chance.choice(
                (
                    [],
                    [lambda s, d: s.signed_off(d)],
                    [lambda s, d: s.signed_off(d), lambda s, d: s.reopened(d)],
                )
            )
    for step in steps[: chance.randrange(len(steps) + 1) if chance.random() < 0.4 else len(steps)]:
        day = min(day + timedelta(days=chance.choice((0, 1, 3, 8, 20, 45))), DAY)
        story = step(story, day.isoformat())
    return story


def _rated(story: Story, chance: Random, day: str) -> Story:
    score = chance.choice(("satisfied", "basically", "dissatisfied"))
    return story.add(events.Rated, OFFICERS[0], day, about=chance.choice(("office", "unit")), score=score)


def keys_of(story: Story, by: str, unit: str | None, dated: date | None) -> str | None:
    """The key under which something of the case is counted."""
    return {
        "unit": unit,
        "channel": story.petition.channel,
        "category": story.petition.category,
        "month": None if dated is None else f"{dated:%Y-%m}",
    }[by]


def counted(pairs: Iterable[tuple[str | None, Iterable[str]]]) -> Rows:
    """Rows of counters, from keys with the names of what is counted once more."""
    rows: Rows = {}
    for key, names in pairs:
        rows.setdefault(key, Counter()).update(names)
    return rows


def timeliness(those: Sequence[Story], by: str, clock: str, today: date = DAY) -> Rows:
    """Four ways: each clock by itself."""

    def pairs() -> Iterator[tuple[str | None, list[str]]]:
        for story in those:
            for one in story.clocks(today=today.isoformat()):
                if one.clock in CLOCKS[clock] and not one.window:
                    way = _way(one, today)
                    names = [way] if way == "let_off" else [way, "total"]
                    yield keys_of(story, by, one.unit, story.petition.received_on), names

    return counted(pairs())


def _way(clock: Clock, today: date) -> str:
    if clock.state == "cancelled":
        return "let_off"
    if clock.state == "stopped":
        assert clock.stopped_on is not None
        return "met_late" if clock.due_on is not None and clock.stopped_on > clock.due_on else "met"
    late = clock.state == "running" and clock.due_on is not None and clock.due_on < today
    return "open_late" if late else "open_in_time"


def receipts(those: Sequence[Story], by: str) -> Rows:
    def names(story: Story) -> Iterator[str]:
        petition = story.petition
        yield from ("received", petition.channel, "first" if petition.repeat_of is None else "repeated")
        yield from ["people"] * petition.headcount
        yield from ["collective"] * (petition.headcount >= 5)
        yield from ["urgent"] * petition.urgent
        yield from ["accepted"] * (petition.accepted_on is not None)

    return counted(
        (keys_of(story, by, story.petition.holder, story.petition.received_on), names(story))
        for story in those
    )


def repeats(those: Sequence[Story], by: str) -> Rows:
    def names(story: Story) -> Iterator[str]:
        yield from ("received", "first" if story.petition.repeat_of is None else "repeated")
        ended = None
        for fact in story.facts:
            if isinstance(fact, events.Replied | events.Declined | events.SignedOff | events.Withdrawn):
                ended = fact
            elif isinstance(fact, events.Reopened):
                ended = None
        yield "concluded" if ended is not None else "unconcluded"

    return counted(
        (keys_of(story, by, story.petition.holder, story.petition.received_on), names(story))
        for story in those
    )


def extensions(those: Sequence[Story], by: str) -> Rows:
    def names(story: Story) -> Iterator[str]:
        by_kind = Counter(type(fact) for fact in story.facts)
        asked, granted, refused = (
            by_kind[kind]
            for kind in (events.ExtensionRequested, events.ExtensionGranted, events.ExtensionRefused)
        )
        yield from ["asked"] * asked + ["granted"] * granted + ["refused"] * refused
        yield from ["undecided"] * max(asked - granted - refused, 0)
        yield from ["days"] * sum(f.days for f in story.facts if isinstance(f, events.ExtensionGranted))
        if story.petition.accepted_on is not None:
            yield from ["accepted"] + ["extended"] * (granted > 0)

    return counted(
        (keys_of(story, by, story.petition.holder, story.petition.received_on), names(story))
        for story in those
    )


def acts(those: Sequence[Story], by: str, named: Callable[[Any], list[str]]) -> Rows:
    """What is counted act by act, each for the unit that then held the matter."""

    def pairs() -> Iterator[tuple[str | None, list[str]]]:
        for story in those:
            holder = story.petition.office
            for fact in story.facts:
                unit = holder
                if isinstance(fact, events.Transferred | events.Assigned):
                    unit = holder = fact.to_unit
                elif isinstance(fact, events.HandedBack):
                    holder = story.petition.office
                elif isinstance(fact, events.Rated) and fact.about == "office":
                    unit = story.petition.office
                names = named(fact)
                if names:
                    yield keys_of(story, by, unit, story.petition.received_on), names

    return counted(pairs())


def returns(those: Sequence[Story], by: str) -> Rows:
    """Objections and what became of them."""
    rows = acts(those, by, a_return)
    for row in rows.values():
        row["undecided"] = row["objected"] - row["handed_back"] - row["kept"]
    return rows


def a_return(fact: Any) -> list[str]:
    """What a fact counts as in the report of returns."""
    match fact:
        case events.Transferred() | events.Assigned():
            return ["passed_on"]
        case events.Objected():
            return ["objected", *["objected_late"] * fact.late]
        case events.HandedBack():
            return ["handed_back"]
        case events.KeptWithUnit():
            return ["kept"]
    return []


def a_rating(fact: Any) -> list[str]:
    """What a fact counts as in the report of satisfaction."""
    return [f"{fact.about}_{fact.score}"] if isinstance(fact, events.Rated) else []


def workload(those: Sequence[Story], by: str, first_green: date, today: date = DAY) -> Rows:
    def names(story: Story) -> Iterator[str]:
        dues = [
            c.due_on for c in story.clocks(today=today.isoformat()) if c.state == "running" and not c.window
        ]
        yield from ("open", "petitions")
        if not dues:
            yield "grey"
        else:
            worst = min(due or date.max for due in dues)
            yield "red" if worst < today else "yellow" if worst < first_green else "green"

    return counted(
        (keys_of(story, by, story.petition.holder, story.petition.received_on), names(story))
        for story in those
        if story.petition.stage in WORKING
    )


def risks(those: Sequence[Story], by: str, today: date = DAY) -> Rows:
    def names(story: Story, clock: Clock) -> Iterator[str]:
        yield "open"
        yield from ["provisional"] * clock.provisional
        since = story.petition.hearing_opened_on
        if clock.state == "suspended":
            yield "suspended"
            yield from ["suspended_long"] * (since is not None and since <= today - LONG)
        else:
            left = (clock.due_on - today).days if clock.due_on is not None else 99
            bands = ((-1, "overdue"), (3, "days_3"), (7, "days_7"), (15, "days_15"), (10_000, "later"))
            yield next(name for most, name in bands if left <= most)

    return counted(
        (keys_of(story, by, clock.unit, clock.due_on), names(story, clock))
        for story in those
        for clock in story.clocks(today=today.isoformat())
        if clock.state in {"running", "suspended"} and not clock.window
    )
