"""试办机关: a small petition office that acts through the one door, for the tests of the read models."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from domain.acts import SHANGHAI, Act, envelope, system_act
from domain.casework import Casework
from domain.directory.events import OfficerAppointed, UnitFounded
from domain.directory.fold import DIRECTORY_ID
from domain.petition import commands
from domain.petition.registration import Intake, events
from domain.review import commands as review
from domain.rulebase.events import CalendarDecreed, RulebookPublished
from domain.rulebase.fold import RULEBASE_ID
from domain.supervision import commands as item
from eventstore.database import library_env
from projections.lights import Lights
from projections.visibility import Visibility
from tests.keys import run_keys

UNITS = (
    ("office", "清江区信访局", "petition_office", "XF"),
    ("unit-a", "清江区住建局", "unit", "A"),
    ("unit-b", "清江区民政局", "unit", "B"),
    ("leaders", "区领导", "leadership", "L"),
    ("watch", "区督查室", "supervision", "DC"),
)
OFFICERS = (
    ("clerk", "林小雨", "office", "office_clerk"),
    ("head", "陈国平", "office", "office_head"),
    ("auditor", "何审", "office", "auditor"),
    ("leader", "周书记", "leaders", "leader"),
    ("a-head", "赵一", "unit-a", "unit_head"),
    ("a-clerk", "钱二", "unit-a", "unit_clerk"),
    ("a-officer", "孙三", "unit-a", "unit_officer"),
    ("b-head", "李四", "unit-b", "unit_head"),
    ("b-clerk", "周五", "unit-b", "unit_clerk"),
    ("inspector", "郑督", "watch", "inspector"),
)
NAMES = {unit: name for unit, name, *_ in UNITS}


def on(day: str) -> date:
    """A legal date."""
    return date.fromisoformat(day)


def at(day: str) -> datetime:
    """Ten in the morning of that day, in Shanghai."""
    return datetime.combine(on(day), time(10), SHANGHAI).astimezone(UTC)


def a_casework(dsn: str) -> Casework:
    """The application over a test's database."""
    return Casework(library_env(dsn), keys=run_keys())


class Office:
    """A founded office; every act names who does it and on which day."""

    def __init__(self, casework: Casework) -> None:
        self.casework = casework
        act = system_act(at("2025-01-02"))

        def founding(version: int) -> list[Any]:
            facts: list[Any] = []
            for unit, name, kind, code in UNITS:
                made = envelope(DIRECTORY_ID, version + len(facts) + 1, act)
                facts.append(UnitFounded(**made, unit_id=unit, name=name, kind=kind, code=code))
            for officer, name, unit, post in OFFICERS:
                made = envelope(DIRECTORY_ID, version + len(facts) + 1, act)
                facts.append(OfficerAppointed(**made, officer=officer, name=name, unit_id=unit, post=post))
            return facts

        casework.publish(DIRECTORY_ID, founding, act)

    def act(self, who: str, day: str) -> Act:
        """The act of an officer on a day."""
        officer = self.casework.directory().officers[who]
        return Act(by=officer.id, unit=officer.unit, role=officer.post, at=at(day), name=officer.name)

    def sees(self, who: str) -> Visibility:
        """What the officer may see."""
        act = self.act(who, "2026-03-02")
        return Visibility.of(act, self.casework.directory())

    def lights(self, day: str) -> Lights:
        """The lights of a day."""
        return Lights(on(day), self.casework.known(at(day)).calendar)

    def register(self, day: str, subject: str = "反映小区供暖不足", **fields: Any) -> UUID:
        """A petition received and registered by the clerk on that day."""
        usual: dict[str, Any] = {
            "channel": "letter",
            "category": "appeal",
            "content": "来信全文。",
            "petitioners": (commands.PetitionerEntry("王某"),),
        }
        by = fields.pop("by", "clerk")
        command = commands.Register(subject=subject, **usual | fields)
        return self.casework.register(command, self.act(by, day)).id

    def do(self, case: UUID, who: str, day: str, command: Any) -> int:
        """The position of the fact which the officer's command made."""
        return self.casework.handle(case, command, self.act(who, day)).position

    def do_urge(self, case: UUID) -> int:
        """One more fact of the case."""
        return self.do(case, "clerk", "2026-03-03", commands.Urge("phone", "请抓紧办理"))

    def transferred(self, day: str, to: str = "unit-a", **fields: Any) -> UUID:
        """A petition with a unit."""
        case = self.register(day, **fields)
        self.do(case, "clerk", day, commands.Transfer(to))
        return case

    def accepted(self, day: str, to: str = "unit-a", **fields: Any) -> UUID:
        """A petition which a unit has accepted."""
        case = self.transferred(day, to, **fields)
        self.do(case, "a-clerk" if to == "unit-a" else "b-clerk", day, commands.Accept())
        return case

    def opened(self, day: str, subject: str = "供暖管网改造", **fields: Any) -> UUID:
        """A supervision item opened by the inspector on that day."""
        usual: dict[str, Any] = {"source": "区长批示", "category": "decision", "requirements": "按期完成。"}
        usual |= {"subject": subject, "due_on": on("2026-04-30")}
        return self.casework.open_item(item.Open(**usual | fields), self.act("inspector", day)).id

    def allocated(self, day: str, lead: str = "unit-a", *assisting: str, **fields: Any) -> UUID:
        """An item that units handle."""
        case = self.opened(day, **fields)
        self.do(case, "inspector", day, item.Submit())
        self.do(case, "leader", day, item.Instruct("同意"))
        self.do(case, "inspector", day, item.Issue())
        self.do(case, "inspector", day, item.Allocate(lead, assisting))
        return case

    def items(self) -> list[UUID]:
        """Varied items: opened from a petition, joint, extended, sent back, let off, withdrawn, with a cadence."""
        source = self.register("2026-01-05", "反映供暖不足")
        drafted = self.opened("2026-01-06", "转办的来信", petition=source)
        joint = self.allocated("2026-01-06", "unit-a", "unit-b", subject="联合整治", public=True)
        self.do(joint, "b-head", "2026-01-07", item.Object("不属于本单位职责"))
        self.do(joint, "inspector", "2026-01-08", item.SettleObjection(False, "职责已经明确"))
        self.do(joint, "b-head", "2026-02-02", item.SubmitResult("配合完成"))
        asked = item.RequestExtension("天气影响", "完成八成", on("2026-04-29"))
        self.do(joint, "a-head", "2026-02-03", asked)
        self.do(joint, "inspector", "2026-02-04", item.GrantExtension(on("2026-04-29")))
        self.do(joint, "a-head", "2026-02-09", item.SubmitResult("全部完成"))
        self.do(joint, "inspector", "2026-02-10", item.Vet("材料不全"))
        self.do(joint, "inspector", "2026-02-10", item.SendBack("请补充材料", on("2026-02-13")))
        self.do(joint, "a-head", "2026-02-24", item.SubmitResult("已经补充"))
        self.do(joint, "inspector", "2026-02-25", item.Vet("符合要求"))
        self.do(joint, "inspector", "2026-02-25", item.SignOff("完成"))
        let_off = self.allocated("2026-01-07", "unit-b", subject="职责有争议")
        self.do(let_off, "b-head", "2026-01-08", item.Object("不属于本单位职责"))
        self.do(let_off, "inspector", "2026-01-09", item.SettleObjection(True, "属实", "unit-a"))
        cadence = self.allocated(
            "2026-01-08", subject="年度目标", cadence="quarterly", due_on=on("2026-12-31")
        )
        self.do(cadence, "a-head", "2026-02-02", item.Report("进展正常"))
        withdrawn = self.allocated("2026-01-09", "unit-b", subject="任务取消")
        self.do(withdrawn, "leader", "2026-01-12", item.Withdraw("任务取消"))
        paper = self.opened("2026-01-12", "来文", form="document", limit_class="ordinary", due_on=None)
        self.do(paper, "inspector", "2026-01-12", item.Submit())
        self.do(paper, "leader", "2026-01-12", item.Instruct("请住建局阅处"))
        self.do(paper, "inspector", "2026-01-12", item.Allocate("unit-a"))
        cases = [source, drafted, joint, let_off, cadence, withdrawn, paper]
        self.casework.raise_alerts(cases, at("2026-03-02"))
        return cases

    def letters(self, days: Sequence[tuple[str, str]], start: int = 0) -> list[UUID]:
        """Answered letters, imported: (came, answered)."""
        intakes = [
            Intake(
                source=events.Source("letters", str(start + number), "digest"),
                received_on=on(came),
                replied_on=on(answered),
                subject=f"第{start + number}封来信：咨询公租房申请",
                content="来信全文。",
                reply="答复全文。",
                petitioner="刘某",
            )
            for number, (came, answered) in enumerate(days)
        ]
        return self.casework.take_in(intakes, self.act("clerk", "2026-01-05"))

    def many_letters(self, count: int, start: int = 0) -> list[UUID]:
        """So many answered letters, a hundred at a time: four facts each."""
        days = [on("2019-01-02") + timedelta(days=n % 300) for n in range(count)]
        pairs = [(day.isoformat(), (day + timedelta(days=n % 90)).isoformat()) for n, day in enumerate(days)]
        portions = range(0, count, 100)
        return [
            case for first in portions for case in self.letters(pairs[first : first + 100], start + first)
        ]

    def decree(self, year: int, day: str, off: Sequence[str], work: Sequence[str] = ()) -> int:
        """A published decree on one year's days off."""
        act = self.act("head", day)
        fact = {
            "year": year,
            "source": "国办发明电",
            "published_at": act.at,
            "days_off": tuple(on(one) for one in off),
            "make_up_days": tuple(on(one) for one in work),
        }
        made = self.casework.publish(
            RULEBASE_ID,
            lambda version: [CalendarDecreed(**envelope(RULEBASE_ID, version + 1, act), **fact)],
            act,
        )
        return made.position

    def publish(self, table: Mapping[str, Any], day: str) -> int:
        """A published rule-book version."""
        act = self.act("head", day)
        made = self.casework.publish(
            RULEBASE_ID,
            lambda version: [
                RulebookPublished(
                    **envelope(RULEBASE_ID, version + 1, act), rulebook=str(table["id"]), table=dict(table)
                )
            ],
            act,
        )
        return made.position

    def varied(self) -> list[UUID]:
        """A varied history: routed, objected, handed back, extended, answered, reviewed, closed, alerted."""
        plain = self.register("2026-01-05", "反映物业收费")
        objected = self.transferred("2026-01-06", "unit-b", subject="反映低保资格")
        self.do(objected, "b-head", "2026-01-08", commands.Object("不属于本单位职权"))
        self.do(objected, "head", "2026-01-09", commands.HandBack("同意退回"))
        self.do(objected, "clerk", "2026-01-12", commands.Transfer("unit-a"))
        self.do(objected, "a-clerk", "2026-01-14", commands.Accept())
        self.do(objected, "a-clerk", "2026-01-14", commands.Designate("a-officer"))
        self.do(objected, "a-officer", "2026-02-02", commands.RequestExtension(20, "案情复杂"))
        self.do(objected, "leader", "2026-02-03", commands.GrantExtension(20))
        answered = self.accepted("2026-01-07", subject="反映房屋漏水")
        self.do(answered, "a-clerk", "2026-01-20", commands.Reply("explain", "答复意见"))
        self.do(answered, "a-clerk", "2026-01-21", commands.Serve("opinion", "post"))
        self.do(answered, "clerk", "2026-02-02", review.RequestReview("不服答复意见"))
        self.do(answered, "head", "2026-02-20", review.ConcludeReview("uphold", "维持"))
        declined = self.register(
            "2026-01-08",
            "检举违规审批",
            category="accusation",
            against=(commands.AgainstEntry(unit="清江区住建局"), commands.AgainstEntry(person="李四")),
        )
        self.do(declined, "clerk", "2026-01-09", commands.Propose("请领导批示"))
        self.do(declined, "leader", "2026-01-09", commands.Instruct("请依法办理"))
        people = tuple(commands.AgainstEntry(person=name) for name in ("陈国平", "周五"))
        against_people = self.transferred(
            "2026-01-09", "unit-b", subject="检举徇私", category="accusation", against=people
        )
        withdrawn = self.accepted("2026-01-12", "unit-b", subject="反映路灯不亮")
        self.do(withdrawn, "clerk", "2026-01-19", commands.Withdraw("信访人撤回"))
        repeat = self.register("2026-02-02", "再次反映物业收费")
        self.do(repeat, "clerk", "2026-02-03", commands.LinkRepeat(plain))
        cases = [
            plain,
            objected,
            answered,
            declined,
            withdrawn,
            repeat,
            against_people,
            *self.letters([("2019-03-01", "2019-03-20")]),
        ]
        self.casework.raise_alerts(cases, at("2026-03-02"))
        return cases
