"""给定·当·则: how tests state what an act does. No database: a story, a command, and the fact or the refusal.

given(in_handling("2026-01-05").extended(days=30))
    .when(RequestExtension(days=10, reason="案情复杂"), by=handler)
    .refused("petition.already_extended", basis="第三十四条")
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from domain import attachments
from domain.directory.fold import Directory, Officer
from domain.errors import NotYours, Refused, Unknown
from domain.facts import Fact
from domain.petition.stages import Stage
from tests.builders import Story, Told, a_petition_in, act, at, known

CHINESE = re.compile(r"[\u4e00-\u9fff]")
CLOSED_DOOR = {"wrong_stage", "held_by_unit", "not_yours", "unknown"}


def given(story: Told, *, earlier: Story | None = None, directory: Directory | None = None) -> "Given":
    """The history on which the act is decided; `earlier` is the petition that it repeats."""
    return Given(story, earlier, directory or story.directory)


@dataclass(frozen=True)
class Given:
    story: Told
    earlier: Story | None
    directory: Directory

    def when(
        self, command: Any, by: Officer, on: str | None = None, for_whom: Officer | None = None
    ) -> "Outcome":
        """An officer acts on a day (or at an instant), perhaps in another's place; on the day of the story's last
        event if none is given."""
        return Outcome(self, command, by, at(on or self.story.facts[-1].on), for_whom)

    def situation(self, by: Officer, instant: datetime, for_whom: Officer | None = None) -> Any:
        """What the act is decided on."""
        doer = replace(act(by, "2026-03-02"), at=instant)
        if for_whom is not None:
            post = {"unit": for_whom.unit, "role": for_whom.post, "for_whom": for_whom.id}
            doer = replace(doer, **post, own_unit=by.unit if by.unit != for_whom.unit else "")
        rules = known(instant.isoformat())
        found = self.story.kind.situation(self.story.state, self.story.facts, doer, self.directory, rules)
        return found if self.earlier is None else replace(found, earlier=self.earlier.petition)


@dataclass(frozen=True)
class Outcome:
    before: Given
    command: Any
    by: Officer
    instant: datetime
    for_whom: Officer | None = None

    def _decided(self) -> tuple[type[Fact], date, dict[str, Any]]:
        situation = self.before.situation(self.by, self.instant, self.for_whom)
        return self.before.story.kind.decide(self.command, situation)

    def then(self, kind: type[Fact], on: str | None = None, **expected: Any) -> Any:
        """The act makes such a fact, with at least these fields; returns the story with it."""
        made, legal, own = self._decided()
        post = self.for_whom or self.by
        assert made is kind, f"{made.__name__} was made, {kind.__name__} was expected"
        fact = made(
            originator_id=self.before.story.id,
            originator_version=len(self.before.story.facts) + 1,
            on=legal,
            recorded_at=self.instant.astimezone(UTC),
            by=self.by.id,
            unit=post.unit,
            role=post.post,
            for_whom=self.for_whom.id if self.for_whom is not None else None,
            **attachments.settled(own, lambda _: {}),
        )
        if on is not None:
            assert legal == date.fromisoformat(on)
        for name, value in expected.items():
            assert getattr(fact, name) == _plain(value, getattr(fact, name)), name
        assert msgspec.json.decode(msgspec.json.encode(fact), type=made) == fact
        return replace(self.before.story, facts=(*self.before.story.facts, fact))

    def refused(self, code: str, basis: str | None = None) -> Refused:
        """The act is refused with this code, in Chinese, and on this basis if one is named."""
        refusal = self.refusal()
        assert refusal is not None, f"it was not refused; {code} was expected"
        assert refusal.code == code
        assert CHINESE.search(refusal.message)
        if basis is not None:
            assert basis in (refusal.basis or "")
        return refusal

    def refusal(self) -> Refused | None:
        """The refusal, or None if the act is decided."""
        try:
            self._decided()
        except Refused as refusal:
            return refusal
        return None


def _plain(expected: Any, found: Any) -> Any:
    return date.fromisoformat(expected) if isinstance(found, date) and isinstance(expected, str) else expected


def who_may(story: Told, command: Any, *, on: str | None = None, earlier: Story | None = None) -> set[str]:
    """The officers of the whole directory who are not told that the act isn't theirs or that there is no such case."""
    refusals = {o.id: given(story, earlier=earlier).when(command, o, on).refusal() for o in story.officers}
    return {id for id, refusal in refusals.items() if not isinstance(refusal, NotYours | Unknown)}


def open_in(
    command: Any,
    change: Callable[[Any], Any] = lambda story: story,
    told: Callable[[Any], Told] = a_petition_in,
) -> set[str]:
    """The stages in which somebody gets further than "not in this stage"; `told` is a case in a stage."""
    stages = Stage if told is a_petition_in else type(told(None).stage)
    found = set()
    for stage in stages:
        story = change(told(stage))
        assert story.stage is stage
        tries = [given(story).when(command, o).refusal() for o in story.officers]
        codes = [refusal.code.partition(".")[2] if refusal is not None else "" for refusal in tries]
        if any(code not in CLOSED_DOOR for code in codes):
            found.add(stage.value)
    return found
