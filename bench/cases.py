"""素材: made-up petitions, the same for both sides – as our facts, and as acts on the stock aggregate."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from bench import stock
from domain.acts import Act, envelope, system_act
from domain.casework import Casework
from domain.directory.events import UnitFounded
from domain.directory.fold import DIRECTORY_ID
from domain.facts import Fact
from domain.petition import events

OFFICE = "petition-office"
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CLERK = Act(by="clerk", unit=OFFICE, role="office_clerk", at=AT)
FIRST_DAY = date(2025, 9, 1)

SUBJECT = "反映老旧小区供暖温度不达标的问题"
CONTENT = "我们小区共有三百余户居民,入冬以来室内温度一直达不到规定标准,多次向供热单位反映未得到解决。" * 3
NOTE = "已电话联系供热单位负责人,要求三日内上门测温并反馈处理结果。"

Making = tuple[type[Fact], dict[str, Any], Callable[[stock.Petition, dict[str, Any]], None]]

ACTS: tuple[Making, ...] = (
    (
        events.Urged,
        {"method": "phone", "text": NOTE},
        lambda petition, envelope: petition.urge("phone", NOTE, **envelope),
    ),
    (
        events.Instructed,
        {"text": NOTE},
        lambda petition, envelope: petition.instruct(NOTE, **envelope),
    ),
    (
        events.Reported,
        {"text": NOTE},
        lambda petition, envelope: petition.report(NOTE, **envelope),
    ),
)
"""What keeps happening to a petition, once as our fact and once on the stock aggregate."""


def found_office(casework: Casework) -> None:
    """设立机构: the petition office on whose register everything goes."""
    act = system_act(AT)

    def founding(version: int) -> list[Fact]:
        made = envelope(DIRECTORY_ID, version + 1, act)
        return [UnitFounded(**made, unit_id=OFFICE, name="某区信访局", kind="petition_office", code="XF")]

    casework.publish(DIRECTORY_ID, founding, act)


def number(serial: int) -> str:
    """信访编号: as the office would give it."""
    return f"XF-2025-{serial:06d}"


def history(case: UUID, serial: int, length: int) -> Iterator[Fact]:
    """案件历史: registered, accepted, then act upon act, a day each."""
    yield events.Registered(
        **_envelope(case, 1),
        number=number(serial),
        query_code="ABCDEFGHJK",
        office=OFFICE,
        channel="letter",
        category="appeal",
        subject=SUBJECT,
        content=CONTENT,
        petitioners=(events.Petitioner("p1"),),
        headcount=1,
        at_office=True,
        personal=events.Personal((events.Person("p1", "王某"),)),
    )
    yield events.Accepted(**_envelope(case, 2))
    for version in range(3, length + 1):
        yield another(case, version)


def another(case: UUID, version: int) -> Fact:
    """又一事实: the fact that has this version in the case."""
    kind, fields, _ = ACTS[version % len(ACTS)]
    return kind(**_envelope(case, version), **fields)


def stock_petition(serial: int, length: int) -> stock.Petition:
    """对照案件: an aggregate on which the same has happened, not saved yet."""
    petition = stock.Petition(
        number=number(serial), subject=SUBJECT, content=CONTENT, petitioner="王某", **_stock_envelope(1)
    )
    petition.accept("ordinary", **_stock_envelope(2))
    for version in range(3, length + 1):
        stock_another(petition, version)
    return petition


def stock_another(petition: stock.Petition, version: int) -> None:
    """对照事件: the same act as `another`."""
    ACTS[version % len(ACTS)][2](petition, _stock_envelope(version))


def _envelope(case: UUID, version: int) -> dict[str, Any]:
    return envelope(case, version, CLERK, on=_day(version))


def _stock_envelope(version: int) -> dict[str, Any]:
    return {"on": _day(version).isoformat(), "by": CLERK.by, "unit": CLERK.unit, "role": CLERK.role}


def _day(version: int) -> date:
    return FIRST_DAY + timedelta(days=version % 180)
