"""A year as chance makes it: cases of every kind are opened, acts are tried on them, alerts are raised, names change, rules
and decrees are entered late – and after each step what the read models and the pages say is written down.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from api.bootstrap import Services
from api.case_reading import in_full
from api.replay_course import Course
from api.shapes import deadline_item
from domain.acts import Act, envelope, system_act
from domain.directory.events import OfficerAppointed, UnitRenamed
from domain.directory.fold import DIRECTORY_ID
from domain.errors import Refused
from domain.facts import Fact
from domain.petition import commands
from domain.rulebase.events import CalendarDecreed, RulebookPublished
from domain.rulebase.fold import RULEBASE_ID
from domain.supervision.commands import Open
from projections.catalogue import VIEWS
from projections.runner import catch_up
from projections.view import Connection
from tests.item_samples import SAMPLES as ITEM_ACTS
from tests.projections.office import on
from tests.projections.test_deadlines import amended
from tests.samples import SAMPLES as PETITION_ACTS

FIRST, LAST = datetime(2026, 1, 5, 1, tzinfo=UTC), datetime(2026, 12, 22, tzinfo=UTC)
STEPS, INSTANTS = 46, 1000
TABLES = tuple(dict.fromkeys(name for view in VIEWS for name in view.tables))
PLAIN: tuple[Any, ...] = (
    commands.Transfer("unit-a"),
    commands.Transfer("unit-b"),
    commands.Accept(),
    commands.Designate("a-officer"),
    commands.Reply("support", "处理意见"),
    commands.Serve("opinion", "post"),
)
"""Acts that a life often needs to go on."""
Clocks = list[dict[str, Any]]


def digest(connection: Connection, schema: str) -> dict[str, str]:
    """What every table of the views holds, in a few letters each."""
    each = (
        f"SELECT '{table}' AS name, md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) AS held"
        f" FROM {schema}.{table} t"
        for table in TABLES
    )
    return {row["name"]: row["held"] for row in connection.execute(" UNION ALL ".join(each)).fetchall()}


def said(clocks: Sequence[Any], today: Any, known: Any, directory: Any) -> Clocks:
    """The clocks of a page, but for whose unit is called what."""
    items = (deadline_item(one, today, known.calendar, directory) for one in clocks)
    return [{name: value for name, value in item.items() if name != "unit_name"} for item in items]


@dataclass
class Year:
    """What was done, and what was written down: after each step the views, at each instant one case's page."""

    services: Services
    random: Random
    petitions: list[UUID] = field(default_factory=list)
    items: list[UUID] = field(default_factory=list)
    views: list[tuple[datetime, int, dict[str, str]]] = field(default_factory=list)
    pages: list[tuple[datetime, UUID, int, str, Clocks]] = field(default_factory=list)

    def live(self) -> None:
        """The year, step by step; the instants of the looks lie anywhere between."""
        steps = sorted(self._any() for _ in range(STEPS))
        looks = iter(sorted(self._any() for _ in range(INSTANTS)))
        look = next(looks)
        for number, at in enumerate(steps):
            while look < at:
                self._look(look)
                look = next(looks, LAST + timedelta(days=1))
            self._step(number, at)
            catch_up(self.services.database, self.services.casework)
            head = self.services.casework.store.max_notification_id() or 0
            with self.services.database.connection() as connection:
                self.views.append((at, head, digest(connection, "public")))
        for late in [look, *looks]:
            if late <= LAST:
                self._look(late)

    def _any(self) -> datetime:
        return FIRST + (LAST - FIRST) * self.random.random()

    def _look(self, at: datetime) -> None:
        """What one case's page says at this instant: the stage, and the clocks by the rules known, judged on the day."""
        cases = [*self.petitions, *self.items]
        case = self.random.choice(cases) if cases else None
        if case is None:
            return
        page = in_full(self.services, case, at)
        clocks = said(page.clocks, page.today, page.known, page.directory)
        self.pages.append((at, case, len(page.history), page.state.stage.value, clocks))

    def _step(self, number: int, at: datetime) -> None:
        special = SPECIAL.get(number)
        if special is not None:
            special(self, at)
        elif number < 4 or number % 9 == 0:
            self.petitions.append(self._register(at))
        elif number in {4, 20}:
            self.items.append(self._open(at))
        elif number % 7 == 0:
            self.services.casework.raise_alerts([*self.petitions, *self.items], at)
        else:
            self._act(at)

    def _by(self, who: str, at: datetime) -> Act:
        officer = self.services.casework.directory().officers[who]
        return Act(who, officer.unit, officer.post, at, name=officer.name)

    def _register(self, at: datetime) -> UUID:
        secret = self.random.random() < 0.3
        against = (commands.AgainstEntry(unit="清江区住建局"),) if secret else ()
        command = commands.Register(
            subject="反映供暖不足",
            channel="letter",
            category="accusation" if secret else "appeal",
            content="来信全文。",
            petitioners=(commands.PetitionerEntry("王某"),),
            against=against,
            received_on=(at - timedelta(days=self.random.randrange(4))).date(),
        )
        return self.services.casework.register(command, self._by("clerk", at)).id

    def _open(self, at: datetime) -> UUID:
        command = Open(
            source="区长批示",
            category="decision",
            requirements="按期完成。",
            subject="管网改造",
            due_on=on("2026-11-30"),
        )
        return self.services.casework.open_item(command, self._by("inspector", at)).id

    def _act(self, at: datetime) -> None:
        """Some act on some case by whoever may; where chance finds none, one more letter came."""
        for _ in range(12):
            item = bool(self.items) and self.random.random() < 0.3
            case = self.random.choice(self.items if item else self.petitions)
            table = ITEM_ACTS if item else PETITION_ACTS
            known = [command for _, command in table.values()]
            command = self.random.choice([*known, *([] if item else PLAIN)])
            who = self.random.choice(("clerk", "head", "leader", "a-head", "a-clerk", "b-head", "inspector"))
            try:
                self.services.casework.handle(case, command, self._by(who, at))
            except Refused:
                continue
            return
        self.petitions.append(self._register(at))

    def course(self, case: UUID) -> Course:
        """The case's course as it is told after the year."""
        return Course(self.services, in_full(self.services, case, LAST + timedelta(days=2)))


def _rename(year: Year, at: datetime) -> None:
    _directory(year, at, UnitRenamed, unit_id="unit-a", name="清江区住房和城乡建设局")


def _appoint(year: Year, at: datetime) -> None:
    _directory(year, at, OfficerAppointed, officer="b-new", name="新来", unit_id="unit-b", post="unit_clerk")


def _directory(lived: Year, at: datetime, made: type[Fact], **own: Any) -> None:
    act = system_act(at)
    lived.services.casework.publish(
        DIRECTORY_ID, lambda version: [made(**envelope(DIRECTORY_ID, version + 1, act), **own)], act
    )


def _decree(number: int, *off: str) -> Callable[[Year, datetime], None]:
    """Published three weeks before anybody entered it."""

    def enter(year: Year, at: datetime) -> None:
        days = tuple(on(one) for one in off)
        published = at - timedelta(days=21)
        own = {"year": number, "source": "国办发明电", "published_at": published, "days_off": days}
        _rule(year, at, CalendarDecreed, make_up_days=(), **own)

    return enter


def _amend(year: Year, at: datetime) -> None:
    """In force since March, entered in summer."""
    table = amended(length=20, version="2", running_clocks_move=True)
    _rule(year, at, RulebookPublished, rulebook=str(table["id"]), table=table)


def _rule(lived: Year, at: datetime, made: type[Fact], **own: Any) -> None:
    act = system_act(at)
    lived.services.casework.publish(
        RULEBASE_ID, lambda version: [made(**envelope(RULEBASE_ID, version + 1, act), **own)], act
    )


SPECIAL: dict[int, Callable[[Year, datetime], None]] = {
    10: _rename,
    15: _decree(2026, "2026-03-16", "2026-03-17", "2026-03-18", "2026-05-01", "2026-05-06", "2026-06-22"),
    24: _amend,
    30: _appoint,
    42: _decree(2027, "2027-01-01", "2027-01-04", "2027-01-05"),
}
"""What happens at fixed steps of the year."""
