"""机构人员, whatever happens to it: a tree stays a tree, an absent officer has one stand-in, and replay is what is live."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.acts import Act
from domain.directory import decisions, duty
from domain.directory.capacity import act_of
from domain.directory.fold import Directory, fold, project
from domain.errors import NotYours, Refused
from domain.facts import Fact
from tests.builders import at
from tests.directories import OFFICERS, TOWN, UNITS

FIRST = date(2026, 3, 2)
UNIT_IDS = st.sampled_from([*(unit[0] for unit in UNITS), "new-1", "new-2", "nowhere", ""])
OFFICER_IDS = st.sampled_from([*(officer[0] for officer in OFFICERS), "new-a", "nobody"])
POST_IDS = st.sampled_from(sorted(decisions.POSTS))
NAMES = st.sampled_from(["甲局", "乙局", "清江区住建局", "清江区民政局", ""])
DAYS = st.integers(-3, 12).map(lambda days: FIRST + timedelta(days))


class DirectoryMachine(RuleBasedStateMachine):
    """Anybody asks for anything; what is refused leaves no trace."""

    @initialize()
    def found(self) -> None:
        self.facts: list[Fact] = list(TOWN.facts)
        self.live: Directory = project(self.facts)
        self.before = self.live

    def ask(self, by: str, day: date, decide: Callable[[Directory, Act], Fact]) -> None:
        self.before = self.live
        try:
            act = act_of(self.live, by, at(day))
            fact = decide(self.live, act)
        except Refused:
            return
        self.facts.append(fact)
        self.live = fold(self.live, fact)
        if fact.by != "system":
            assert self.live.posts(fact.by) == self.before.posts(fact.by), "nobody changes his own posts"
            for officer in self.before.officers.values():
                gained = set(self.live.officers[officer.id].stand_ins) - set(officer.stand_ins)
                assert fact.by not in gained, "nobody names himself"

    @rule(by=OFFICER_IDS, day=DAYS, unit=UNIT_IDS, name=NAMES, parent=UNIT_IDS)
    def found_unit(self, by: str, day: date, unit: str, name: str, parent: str) -> None:
        self.ask(by, day, lambda now, act: decisions.found_unit(unit, name, "unit", "", now, act, parent))

    @rule(day=DAYS, unit=UNIT_IDS, name=NAMES)
    def rename_unit(self, day: date, unit: str, name: str) -> None:
        self.ask("admin", day, lambda now, act: decisions.rename_unit(unit, name, now, act))

    @rule(by=st.sampled_from(["admin", "inspector", "leader"]), day=DAYS, unit=UNIT_IDS, parent=UNIT_IDS)
    def move_unit(self, by: str, day: date, unit: str, parent: str) -> None:
        self.ask(by, day, lambda now, act: decisions.move_unit(unit, parent, now, act))

    @rule(by=OFFICER_IDS, day=DAYS, officer=OFFICER_IDS, unit=UNIT_IDS, post=POST_IDS)
    def appoint(self, by: str, day: date, officer: str, unit: str, post: str) -> None:
        self.ask(by, day, lambda now, act: decisions.appoint(officer, "某某", unit, post, now, act))

    @rule(day=DAYS, officer=OFFICER_IDS, unit=UNIT_IDS, post=POST_IDS, give=st.booleans())
    def further(self, day: date, officer: str, unit: str, post: str, give: bool) -> None:
        decide = decisions.give_post if give else decisions.take_post
        self.ask("inspector", day, lambda now, act: decide(officer, unit, post, now, act))

    @rule(by=OFFICER_IDS, day=DAYS, officer=OFFICER_IDS)
    def dismiss(self, by: str, day: date, officer: str) -> None:
        self.ask(by, day, lambda now, act: decisions.dismiss(officer, "", now, act))

    @rule(by=OFFICER_IDS, day=DAYS, officer=OFFICER_IDS, order=st.lists(OFFICER_IDS, max_size=4))
    def name_stand_ins(self, by: str, day: date, officer: str, order: list[str]) -> None:
        self.ask(by, day, lambda now, act: duty.name_stand_ins(officer, order, now, act))

    @rule(day=DAYS, officer=OFFICER_IDS, first=st.permutations([officer[0] for officer in OFFICERS]))
    def name_many(self, day: date, officer: str, first: list[str]) -> None:
        order = [one for one in first if one not in {officer, "admin"}][:3]
        self.ask("admin", day, lambda now, act: duty.name_stand_ins(officer, order, now, act))

    @rule(by=OFFICER_IDS, day=DAYS, officer=OFFICER_IDS, start=DAYS, end=st.none() | DAYS)
    def record_absence(self, by: str, day: date, officer: str, start: date, end: date | None) -> None:
        self.ask(by, day, lambda now, act: duty.record_absence(officer, start, end, "公差", now, act))

    @rule(officer=OFFICER_IDS, day=DAYS)
    def away(self, officer: str, day: date) -> None:
        self.ask(officer, day, lambda now, act: duty.record_absence(officer, day, None, "公差", now, act))

    @rule(by=OFFICER_IDS, day=DAYS, officer=OFFICER_IDS)
    def end_absence(self, by: str, day: date, officer: str) -> None:
        self.ask(by, day, lambda now, act: duty.end_absence(officer, day, now, act))

    @invariant()
    def replay_is_live(self) -> None:
        assert project(self.facts) == self.live
        assert self.live.version == len(self.facts)

    @invariant()
    def the_tree_is_a_tree(self) -> None:
        for unit in self.live.units.values():
            above = self.live.above(unit.id)
            assert unit.id not in above
            assert len(set(above)) == len(above) < decisions.MOST_LEVELS
            assert not above or self.live.units[above[-1]].parent == ""
            assert all(unit.id in self.live.below(one) for one in above)

    @invariant()
    def names_are_never_forgotten(self) -> None:
        for unit in self.before.units.values():
            assert unit.names <= self.live.units[unit.id].names
        assert set(self.before.officers) <= set(self.live.officers)

    @invariant()
    def an_administrator_is_left(self) -> None:
        assert self.live.with_post(("admin",))

    @invariant()
    def one_person_acts_for_an_absent_officer(self) -> None:
        for days in (0, 5, 11):
            day = FIRST + timedelta(days)
            for absent in self.live.officers:
                acting = [one for one in self.live.officers if self._acts_for(one, absent, day)]
                assert acting == [one for one in [self.live.standing_in(absent, day)] if one is not None]
                if acting:
                    assert self.live.is_absent(absent, day)
                    assert self.live.is_serving(absent)
                    assert not self.live.is_absent(acting[0], day)

    def _acts_for(self, officer: str, absent: str, day: date) -> bool:
        try:
            act = act_of(self.live, officer, at(day), for_whom=absent)
        except NotYours:
            return False
        assert (act.by, act.for_whom, act.principal) == (officer, absent, absent)
        assert (act.unit, act.role) == (self.live.posts(absent)[0].unit, self.live.posts(absent)[0].post)
        return True


TestDirectory = DirectoryMachine.TestCase
TestDirectory.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
