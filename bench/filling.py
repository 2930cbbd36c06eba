"""充填: so many petitions straight into the read models, as the views would have left them; no events behind them.

Texts are put together from the words of everyday petitions, so that a search finds many, some or one; every fifth case is
an accusation, with the names that people write. The same count always gives the same rows.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from projections.searching import bigrams, normal
from projections.view import Connection

OFFICE = "petition-office"
UNITS = ("unit-a", "unit-b", *(f"unit-{number}" for number in range(1, 19)))
CHANNELS = ("letter", "visit", "call", "online", "mailbox", "assigned")
STAGES = ("registered", "with_unit", "handling", "replied", "signed_off", "archived")
FINISHED = frozenset({"signed_off", "archived"})
FIRST_DAY = date(2023, 1, 2)
TODAY = date(2026, 3, 2)
RARE = "鎏鑫"
"""Two characters that one petition in five thousand has."""
_PLACES = (
    "清江路",
    "东湖小区",
    "北关村",
    "滨河花园",
    "解放街",
    "新华里",
    "南门社区",
    "石桥镇",
    "柳林乡",
    "人民广场",
)
_MATTERS = (
    "供暖温度不达标", "物业收费不透明", "夜间施工噪声扰民", "拖欠工资未发放", "宅基地确权有争议", "低保资格审核未通过",
    "电梯长期停运", "污水外溢无人清理", "征地补偿款未到位", "违章搭建影响采光", "子女入学学区划分", "医保报销比例",
    "公交线路调整", "路灯长期不亮", "停车位乱收费", "房产证办理迟延",
)  # fmt: skip
_ASKED = (
    "多次向有关部门反映未得到答复", "请求尽快核实处理", "希望给予书面说明", "要求依法依规公开有关材料",
    "已经影响正常生活", "请领导关心督促", "邻里因此发生多次纠纷", "去年曾作出承诺至今没有兑现",
)  # fmt: skip
_FAMILY, _GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
_COLUMNS = (
    "case_id", "kind", "number", "office", "year", "channel", "category", "subject", "received_on", "registered_at",
    "stage", "state", "unit", "units", "confidential", "accused_units", "accused_people", "repeat", "urgent",
    "headcount", "rulebook", "closed_on", "petitioners", "against", "accepted_on", "version", "position",
)  # fmt: skip

CLOCKS = """
    INSERT INTO deadlines (case_id, clock, start_version, part, label, rulebook, rulebook_version, basis, answerable,
        is_window, unit, started_on, nominal_due_on, due_on, state, stopped_on, position)
    SELECT l.case_id, c.clock, c.version, '', c.label, 'petition-2022', '1', c.basis, 'unit', c.clock = 'request_review',
        l.unit, l.received_on, l.received_on + c.days, l.received_on + c.days,
        CASE WHEN l.state = 'closed' OR c.clock = 'accept' AND l.stage <> 'registered' THEN 'stopped' ELSE 'running' END,
        CASE WHEN l.state = 'closed' OR c.clock = 'accept' AND l.stage <> 'registered'
            THEN l.received_on + c.days - 3 + (l.position % 7)::int END,
        l.position
    FROM ledger l CROSS JOIN (VALUES ('accept', 1, '受理告知', 15, '《信访工作条例》第二十二条'),
        ('finish', 2, '办结', 60, '《信访工作条例》第三十四条'), ('request_review', 3, '申请复查', 150, '第三十五条'))
        AS c (clock, version, label, days, basis)
    WHERE l.kind = 'petition'
"""
NAMES = """
    INSERT INTO accused_names (case_id, place, name)
    SELECT l.case_id, one.place, one.name
    FROM ledger l, unnest(l.accused_units || l.accused_people) WITH ORDINALITY AS one (name, place) WHERE l.confidential
"""
DUES = """
    INSERT INTO case_dues
    SELECT case_id, bool_or(state = 'running' AND NOT is_window),
        min(due_on) FILTER (WHERE state = 'running' AND NOT is_window), max(due_on) FILTER (WHERE clock = 'finish')
    FROM deadlines GROUP BY case_id
"""


def fill(connection: Connection, count: int) -> None:
    """充填: the tables that lists of petitions and clocks read, which must be empty; then they are analysed."""
    rows = list(_cases(count))
    names = ", ".join(_COLUMNS)
    with connection.cursor().copy(f"COPY ledger ({names}) FROM STDIN") as ledger:
        for row, _ in rows:
            ledger.write_row(row)
    with connection.cursor().copy("COPY ledger_texts (case_id, text, bigrams) FROM STDIN") as texts:
        for row, parts in rows:
            plain = [normal(one) for one in parts]
            pairs = sorted(set().union(*(bigrams(one) for one in plain)))
            texts.write_row((row[0], "\n".join(plain), pairs))
    connection.execute(NAMES)
    connection.execute(CLOCKS)
    connection.execute(DUES)
    for table in ("ledger", "accused_names", "ledger_texts", "deadlines", "case_dues"):
        connection.execute(f"VACUUM ANALYZE {table}")


def _cases(count: int) -> Iterator[tuple[Sequence[Any], tuple[str, str, str]]]:
    """Each case's ledger row and the texts that are searched."""
    chance = Random(count)
    for serial in range(1, count + 1):
        received = FIRST_DAY + timedelta(days=(TODAY - FIRST_DAY).days * serial // count)
        is_old = (TODAY - received).days > 90
        stage = chance.choice(STAGES[3:] if is_old and chance.random() < 0.97 else STAGES[:4])
        closed = stage in FINISHED
        unit = chance.choice(UNITS) if stage != "registered" else OFFICE
        place, matter = chance.choice(_PLACES), chance.choice(_MATTERS)
        subject = f"反映{place}{matter}问题"
        content = "，".join(
            (f"{place}住户反映{matter}", *chance.sample(_ASKED, 5), chance.choice(_MATTERS), str(serial))
        )
        if serial % 5000 == 0:
            content += RARE
        is_accusation = chance.random() < 0.2
        accused = [_person(chance)] if is_accusation and chance.random() < 0.5 else []
        accused_units = (
            [f"{chance.choice(_PLACES)}{chance.choice('一二三四五六七八九')}队"] if is_accusation else []
        )
        number = f"XF-{received.year}-{serial:06d}"
        row = (
            UUID(int=serial), "petition", number, OFFICE, received.year, chance.choice(CHANNELS),
            "accusation" if is_accusation else "appeal", subject, received,
            datetime(received.year, received.month, received.day, 2, tzinfo=UTC), stage,
            "closed" if closed else "open", unit, [OFFICE, unit, f"office:{OFFICE}"], is_accusation, accused_units,
            accused, chance.random() < 0.1, chance.random() < 0.02, 1, None,
            received + timedelta(days=50) if closed else None, [f"{chance.choice(_FAMILY)}*"],
            [*accused_units, *accused], received + timedelta(days=5) if stage != "registered" else None, 3, serial,
        )  # fmt: skip
        yield row, (number, subject, content)


def _person(chance: Random) -> str:
    return chance.choice(_FAMILY) + chance.choice(_GIVEN) + chance.choice(_GIVEN)
