"""Cases of every kind as chance makes them: whom they accuse, through whose hands they went, who may browse them.

Told as facts, none of which anybody was asked about: what may be read follows from the facts alone.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from domain.acts import envelope, system_act
from domain.directory import events as directory
from domain.directory.fold import DIRECTORY_ID
from domain.facts import Fact
from domain.filing import events as filing
from domain.petition import events as petition
from domain.reception import events as reception
from domain.supervision import events as item

UNITS = (
    ("petition-office", "清江区信访局", "petition_office", "XF", ""),
    ("east-office", "东河街道信访站", "petition_office", "DH", ""),
    ("unit-a", "清江区住房和城乡建设局", "unit", "ZJ", ""),
    ("unit-a-safety", "房屋安全科", "unit", "ZJA", "unit-a"),
    ("unit-a-survey", "房屋鉴定组", "unit", "", "unit-a-safety"),
    ("unit-b", "清江区社会事务局", "unit", "MZ", ""),
    ("unit-b-relief", "救助科", "unit", "", "unit-b"),
    ("supervision", "清江区督查室", "supervision", "DC", ""),
    ("leadership", "清江区领导", "leadership", "LD", ""),
    ("system", "系统", "service", "SYS", ""),
)
OFFICERS = (
    ("office", "林小雨", "petition-office", "office_clerk"),
    ("office-head", "陈国平", "petition-office", "office_head"),
    ("east", "沈东", "east-office", "office_clerk"),
    ("inspector", "郑督", "supervision", "inspector"),
    ("leader", "周明远", "leadership", "leader"),
    ("deputy", "韩静秋", "leadership", "leader"),
    ("a-head", "赵一鸣", "unit-a", "unit_head"),
    ("a-clerk", "钱多多", "unit-a", "unit_clerk"),
    ("a-officer", "孙三立", "unit-a", "unit_officer"),
    ("safety-head", "周全", "unit-a-safety", "unit_head"),
    ("survey-head", "方圆", "unit-a-survey", "unit_head"),
    ("b-head", "李四海", "unit-b", "unit_head"),
    ("b-officer", "吴五常", "unit-b", "unit_officer"),
    ("auditor", "何审之", "supervision", "auditor"),
    ("admin", "管理员", "system", "admin"),
)
FURTHER = (
    ("b-head", "petition-office", "office_clerk"),
    ("b-head", "supervision", "auditor"),
    ("a-officer", "unit-b", "unit_clerk"),
    ("auditor", "unit-a-survey", "unit_officer"),
    ("deputy", "unit-a-safety", "unit_head"),
)
STAND_INS = (("leader", "a-head"), ("a-clerk", "b-officer"), ("inspector", "office"))
"""Who is away, and who stands in."""
BUREAUS = ("unit-a", "unit-a-safety", "unit-a-survey", "unit-b", "unit-b-relief")
"""The last has nobody of its own: the unit above minds what comes to it."""
HANDLING = (*BUREAUS, "petition-office", "east-office")
"""Who handles items; a petition never goes to a petition office."""
PEOPLE = tuple(officer for officer, *_, post in OFFICERS if post != "admin")

WRITTEN_UNITS = (
    "unit-a", "ZJ", "住建局", "清江区住房和城乡建设局", "住房城乡建设局", "清江区住房和城乡建设局房屋安全科", "房屋安全科",
    "安全科", "民政局", "清江区民政局", "清江区社会事务局", "社会事务局", "清江区", "局", "督查室", "区领导", "信访局", "——",
    "某某公司", "信访办", "区信访", "住建部门", "住建局局长", "信访局陈国平", "清江區信訪局",
)  # fmt: skip
WRITTEN_PEOPLE = (
    "赵一鸣", "住建局赵一鸣科长", "李四海", "王四海", "leader", "周明远", "周", "周全同志", "inspector", "郑督", "何审之",
    "林小雨", "陈国平", "吴五常", "——", "张三",
    "清江区信访局局长", "陈局长", "信访局陈副局长", "姓李的局长", "督查室干部", "陳國平",
)  # fmt: skip


def founding(now: datetime) -> list[Fact]:
    """The directory: three levels of units, further posts, new names, people away, and one who came from elsewhere."""
    act, found = system_act(now), list[Fact]()

    def add(made: type[Fact], /, **own: Any) -> None:
        found.append(made(**envelope(DIRECTORY_ID, len(found) + 1, act), **own))

    for unit, name, kind, code, parent in UNITS:
        add(directory.UnitFounded, unit_id=unit, name=name, kind=kind, code=code, parent=parent)
    add(directory.OfficerAppointed, officer="b-officer", name="吴五常", unit_id="unit-a", post="unit_officer")
    for officer, name, unit, post in OFFICERS:
        add(directory.OfficerAppointed, officer=officer, name=name, unit_id=unit, post=post)
    for officer, unit, post in FURTHER:
        add(directory.PostGiven, officer=officer, unit_id=unit, post=post)
    add(directory.UnitRenamed, unit_id="unit-b", name="清江区民政局")
    add(directory.OfficerAppointed, officer="b-head", name="王四海", unit_id="unit-b", post="unit_head")
    for away, stands_in in STAND_INS:
        add(directory.StandInsNamed, officer=away, stand_ins=(stands_in,))
        add(directory.AbsenceRecorded, officer=away, from_on=act.today, reason="外出培训")
    return found


def moving(version: int, now: datetime) -> list[Fact]:
    """What changes later in the directory of that version: a unit and officers move, and posts are taken."""
    act, safety = system_act(now), {"officer": "safety-head", "name": "周全"}
    changes: list[tuple[type[Fact], dict[str, Any]]] = [
        (directory.UnitMoved, {"unit_id": "unit-a-survey", "parent": "unit-b"}),
        (directory.OfficerAppointed, {**safety, "unit_id": "unit-b", "post": "unit_head"}),
        (directory.PostTaken, {"officer": "a-officer", "unit_id": "unit-b", "post": "unit_clerk"}),
        (directory.PostTaken, {"officer": "b-head", "unit_id": "petition-office", "post": "office_clerk"}),
        (directory.OfficerDismissed, {"officer": "office-head"}),
        (
            directory.OfficerAppointed,
            {"officer": "office-head", "name": "陈国平", "unit_id": "unit-b", "post": "unit_officer"},
        ),
    ]
    return [
        kind(**envelope(DIRECTORY_ID, version + n, act), **own) for n, (kind, own) in enumerate(changes, 1)
    ]


class Chance:
    """Makes cases, now and two hours ago; the same seed makes the same."""

    def __init__(self, seed: int, now: datetime) -> None:
        self._random = Random(seed)
        self._now = now
        self._made = 0

    def cases(self, count: int) -> Iterator[list[Fact]]:
        """So many cases of each kind, each as its facts."""
        for _ in range(count):
            yield self._petition()
            yield self._item()
            yield self._reception()
        for year in range(1990, 1990 + count // 6):
            yield self._month(f"{year}-03")

    def _some(self, of: tuple[str, ...], most: int) -> tuple[str, ...]:
        return tuple(self._random.sample(of, self._random.randrange(most + 1)))

    def _one(self, of: tuple[str, ...]) -> str:
        return self._random.choice(of)

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _against(self) -> tuple[petition.Against, ...]:
        units = [petition.Against(unit=one) for one in self._some(WRITTEN_UNITS, 2)]
        people = [petition.Against(person=one) for one in self._some(WRITTEN_PEOPLE, 2)]
        return (*units, *people)

    def _story(self, drafts: list[tuple[type[Fact], dict[str, Any]]], unit: str, by: str) -> list[Fact]:
        """Facts of one stream; the first is done by that officer in that unit, the others by the service."""
        self._made += 1
        id, act = self._id(), system_act(self._now - timedelta(hours=self._random.choice((0, 2))))
        facts = [
            kind(
                **envelope(id, n, act, on=date(2026, 3, 2)) | ({"unit": unit, "by": by} if n == 1 else {}),
                **own,
            )
            for n, (kind, own) in enumerate(drafts, 1)
        ]
        return list(facts)

    def _petition(self) -> list[Fact]:
        office, at_unit = self._one(("petition-office", "east-office")), self._random.random() < 0.2
        drafts: list[tuple[type[Fact], dict[str, Any]]] = [
            (
                petition.Registered,
                {
                    "number": f"XF-2026-{self._made:06d}",
                    "query_code": "H7K2M9PQRS",
                    "office": office,
                    "channel": "letter",
                    "category": self._one(("accusation", "accusation", "appeal")),
                    "subject": f"反映第{self._made}件事",
                    "content": "来信全文。",
                    "petitioners": (),
                    "headcount": 1,
                    "at_office": not at_unit,
                    "against": self._against(),
                    "first_contact": next(iter(self._some(PEOPLE, 1)), None),
                },
            )
        ]
        drafts += [(petition.Transferred, {"to_unit": unit}) for unit in self._some(BUREAUS, 2)]
        if self._random.random() < 0.4:
            given = {"to_unit": self._one(BUREAUS), "assisting_units": self._some(BUREAUS, 1)}
            drafts.append((petition.Assigned, given))
        drafts += [(petition.Designated, {"officer": officer}) for officer in self._some(PEOPLE, 1)]
        if readers := self._some(PEOPLE, 2):
            drafts.append((petition.SentForReading, {"officers": readers, "reason": "请阅"}))
        drafts += self._handed_over(petition.HandedOver, petition.HandOverConfirmed)
        return self._story(drafts, self._one(BUREAUS) if at_unit else office, self._one(PEOPLE))

    def _handed_over(self, *kinds: type[Fact], **to: str) -> list[tuple[type[Fact], dict[str, Any]]]:
        """Offered to somebody, perhaps; and then perhaps confirmed."""
        drafts: list[tuple[type[Fact], dict[str, Any]]] = []
        if self._random.random() < 0.3:
            named = {"officer": self._one(PEOPLE), **to}
            drafts = [(kind, named | {"text": "请接续联系"}) for kind in kinds[: self._random.randint(1, 2)]]
        return drafts

    def _reception(self) -> list[Fact]:
        office, result = self._one(("petition-office", "east-office")), self._one(("unsettled", "promised"))
        by = self._one(PEOPLE)
        received = {
            "number": f"JF-2026-{self._made:06d}",
            "office": office,
            "form": "visit",
            "content": "来访人反映的事项。",
            "result": result,
            "received_by": by,
            "in_unit": self._one(HANDLING),
            "headcount": 1,
            "promised_on": date(2026, 3, 20) if result == "promised" else None,
            "against": self._against() if self._random.random() < 0.6 else (),
        }
        drafts: list[tuple[type[Fact], dict[str, Any]]] = [(reception.Received, received)]
        to = {"to_unit": self._one(HANDLING)}
        drafts += self._handed_over(reception.HandedOver, reception.HandOverConfirmed, **to)
        if readers := self._some(PEOPLE, 2):
            drafts.append((reception.SentForReading, {"officers": readers, "reason": "请阅"}))
        return self._story(drafts, str(received["in_unit"]), by)

    def _item(self) -> list[Fact]:
        secret = self._random.random() < 0.5
        drafts: list[tuple[type[Fact], dict[str, Any]]] = [
            (
                item.Opened,
                {
                    "number": f"DC-2026-{self._made:06d}",
                    "source": "区政府常务会议",
                    "category": "decision",
                    "subject": f"督查第{self._made}件事",
                    "requirements": "按期办结。",
                    "opened_by_unit": self._one(("supervision", "petition-office")),
                    "due_on": date(2026, 4, 30),
                    "public": not secret and self._random.random() < 0.3,
                    "confidential": secret,
                    "against": self._against() if secret else (),
                    "petition_office": self._one(("petition-office", "east-office")) if secret else None,
                },
            ),
            (item.Submitted, {"leaders": self._some(("leader", "deputy"), 2)}),
        ]
        if units := self._some(HANDLING, 3):
            drafts.append((item.Allocated, {"lead_unit": units[0], "assisting_units": units[1:]}))
            drafts += [
                (item.Designated, {"officer": officer, "of_unit": units[0]})
                for officer in self._some(PEOPLE, 1)
            ]
            if self._random.random() < 0.3:
                let_off = {"of_unit": units[-1], "agree": True, "reason": "异议成立"}
                drafts.append((item.ObjectionSettled, let_off))
        if readers := self._some(PEOPLE, 2):
            drafts.append((item.SentForReading, {"officers": readers, "reason": "请阅"}))
        return self._story(drafts, "supervision", self._one(PEOPLE))

    def _month(self, month: str) -> list[Fact]:
        office = self._one(("petition-office", "east-office"))
        opened = {"office": office, "month": month, "number": f"否定清单-{office}-{month}"}
        noted = {
            "case": self._id(),
            "case_number": "XF-2026-000001",
            "decided_on": date(2026, 3, 2),
            "decided_in": self._one(HANDLING),
        }
        return self._story([(filing.MonthListOpened, opened), (filing.RefusalNoted, noted)], office, "system")
