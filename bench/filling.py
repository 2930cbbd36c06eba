"""充填: so many petitions straight into the read models, as the views would have left them.

A few thousand made-up petitions are written by Python and multiplied by the database: each copy has its own number, day
and last words, so that a search finds many, some or one; every fifth is an accusation, with the names that people write.
The same count always gives the same rows.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import md5
from itertools import product
from random import Random
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from projections.searching import bigrams, normal
from projections.view import Connection

OFFICE = "petition-office"
UNITS = ("unit-a", "unit-b", *(f"unit-{number}" for number in range(1, 19)))
CHANNELS = ("letter", "visit", "call", "online", "mailbox", "assigned")
STAGES = ("registered", "with_unit", "handling", "replied", "signed_off", "archived")
FINISHED = frozenset({"signed_off", "archived"})
FIRST_DAY = date(2023, 1, 2)
TODAY = date(2026, 3, 2)
YOUNG = 90
"""Days for which a petition is most probably still open."""
SAMPLES = 3_000
"""Made-up petitions that are old, and as many that are young."""
RARE = "鎏鑫"
"""Two characters that one petition in five thousand has."""
RARELY = 5_000
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
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅文辉建国志永健俊帆雪琳晨宇浩凯悦欣怡博峰鹏飞"
)
_COLUMNS = (
    "young", "serial", "channel", "category", "subject", "stage", "unit", "confidential", "against_unit",
    "against_person", "repeat", "urgent", "petitioner", "text", "bigrams",
)  # fmt: skip

SAMPLE: LiteralString = """
    CREATE TEMP TABLE samples (young boolean, serial integer, channel text, category text, subject text, stage text,
        unit text, confidential boolean, against_unit text, against_person boolean, repeat boolean, urgent boolean,
        petitioner text, text text, bigrams bigint[], PRIMARY KEY (young, serial))
"""
COPIES: LiteralString = """
    CREATE TEMP TABLE copies AS
    SELECT n AS serial, md5('petition ' || n)::uuid AS case_id, on_day.received_on,
        'XF-' || extract(year FROM on_day.received_on) || '-' || lpad(n::text, 7, '0') AS number,
        %(today)s::date - on_day.received_on < %(young)s AS young, (n::bigint * 7919 %% %(samples)s)::integer AS sample,
        substr(%(family)s, 1 + n %% 20, 1) || substr(%(given)s, 1 + n / 20 %% 50, 1)
            || substr(%(given)s, 1 + n / 1000 %% 50, 1) AS person
    FROM generate_series(1, %(count)s::integer) AS n, LATERAL (SELECT %(first)s::date
        + ((%(today)s::date - %(first)s::date) * n::bigint / %(count)s)::integer AS received_on) AS on_day
"""
LEDGER: LiteralString = """
    INSERT INTO ledger (case_id, kind, number, office, year, channel, category, subject, received_on, registered_at,
        stage, state, unit, units, confidential, accused_units, accused_people, repeat, urgent, headcount, closed_on,
        petitioners, against, handler, accepted_on, version, position)
    SELECT c.case_id, 'petition', c.number, %(office)s, extract(year FROM c.received_on), s.channel, s.category, s.subject,
        c.received_on, c.received_on + time '02:00' AT TIME ZONE 'UTC', s.stage,
        CASE WHEN s.stage = ANY(%(finished)s) THEN 'closed' ELSE 'open' END, s.unit,
        ARRAY[%(office)s, s.unit, 'office:' || %(office)s, 'officer:' || s.unit || '-' || c.serial %% 12], s.confidential,
        CASE WHEN s.confidential THEN ARRAY[s.against_unit] ELSE '{}' END,
        CASE WHEN s.against_person THEN ARRAY[c.person] ELSE '{}' END, s.repeat, s.urgent, 1,
        CASE WHEN s.stage = ANY(%(finished)s) THEN c.received_on + 50 END, ARRAY[s.petitioner],
        CASE WHEN s.confidential THEN ARRAY[s.against_unit] ELSE '{}' END, s.unit || '-' || c.serial %% 12,
        CASE WHEN s.stage <> 'registered' THEN c.received_on + 5 END, 3, %(after)s + 3 * c.serial - 2
    FROM copies c JOIN samples s ON s.young = c.young AND s.serial = c.sample
"""
TEXTS: LiteralString = """
    INSERT INTO ledger_texts (case_id, position, text, bigrams)
    SELECT c.case_id, %(after)s + 3 * c.serial - 2, lower(c.number) || E'\\n' || s.text || c.serial || extra.words, s.bigrams || extra.pairs || own.pairs
    FROM copies c JOIN samples s ON s.young = c.young AND s.serial = c.sample,
        LATERAL (SELECT array_agg(ascii(substr(both_of, i, 1))::bigint << 21 | ascii(substr(both_of, i + 1, 1))) AS pairs
            FROM (SELECT lower(c.number) AS both_of) AS n, generate_series(1, length(both_of) - 1) AS i) AS own,
        LATERAL (SELECT CASE WHEN c.serial %% %(rarely)s = 0 THEN %(rare)s ELSE '' END AS words,
            CASE WHEN c.serial %% %(rarely)s = 0 THEN %(pairs)s::bigint[] ELSE '{}' END AS pairs) AS extra
"""
NAMES: LiteralString = """
    INSERT INTO accused_names (case_id, place, name)
    SELECT l.case_id, one.place, one.name
    FROM ledger l, unnest(l.accused_units || l.accused_people) WITH ORDINALITY AS one (name, place)
    WHERE l.confidential AND l.position > %(after)s
"""
CLOCKS: LiteralString = """
    INSERT INTO deadlines (case_id, clock, start_version, part, label, rulebook, rulebook_version, basis, answerable,
        is_window, unit, started_on, nominal_due_on, due_on, state, stopped_on, position)
    SELECT l.case_id, c.clock, c.version, '', c.label, 'petition-2022', '1', c.basis, 'unit', c.clock = 'request_review',
        l.unit, l.received_on, l.received_on + c.days, l.received_on + c.days,
        CASE WHEN l.state = 'closed' OR c.clock = 'accept' AND l.stage <> 'registered' THEN 'stopped' ELSE 'running' END,
        CASE WHEN l.state = 'closed' OR c.clock = 'accept' AND l.stage <> 'registered'
            THEN l.received_on + c.days - 3 + (l.position %% 7)::int END,
        l.position
    FROM ledger l CROSS JOIN (VALUES ('accept', 1, '受理告知', 15, '《信访工作条例》第二十二条'),
        ('finish', 2, '办结', 60, '《信访工作条例》第三十四条'), ('request_review', 3, '申请复查', 150, '第三十五条'))
        AS c (clock, version, label, days, basis)
    WHERE l.position > %(after)s
"""
DUES: LiteralString = """
    INSERT INTO case_dues
    SELECT case_id, bool_or(state = 'running' AND NOT is_window),
        min(due_on) FILTER (WHERE state = 'running' AND NOT is_window), max(due_on) FILTER (WHERE clock = 'finish')
    FROM deadlines WHERE position > %(after)s GROUP BY case_id
"""
AWAITED: LiteralString = """
    INSERT INTO awaited (case_id, who, acts)
    SELECT l.case_id, CASE l.stage WHEN 'registered' THEN 'office:' || l.office WHEN 'replied' THEN 'office:' || l.office
        ELSE l.unit END, CASE l.stage WHEN 'registered' THEN ARRAY['accept', 'assign', 'decline', 'forward', 'transfer']
        WHEN 'with_unit' THEN ARRAY['accept', 'decline', 'object'] WHEN 'handling' THEN ARRAY['designate', 'reply']
        ELSE ARRAY['serve', 'sign-off'] END
    FROM ledger l WHERE l.state = 'open' AND l.position > %(after)s
"""
PARTS = {
    "ledger": LEDGER, "accused_names": NAMES, "ledger_texts": TEXTS, "deadlines": CLOCKS, "case_dues": DUES,
    "awaited": AWAITED,
}  # fmt: skip
"""What each table is filled by, in this order."""
BARE: LiteralString = """
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
    WHERE indrelid = %s::regclass AND NOT indisunique
"""


def case_id(serial: int) -> UUID:
    """事项标识: of the petition with this serial number."""
    return UUID(md5(f"petition {serial}".encode(), usedforsecurity=False).hexdigest())


def fill(dsn: str, count: int) -> None:
    """充填: the tables that lists of petitions and clocks read, after what they hold; then they are analysed.

    Each petition takes three positions of the log, as many as it would have facts.
    """
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
        _copy_samples(connection)
        head = connection.execute(
            "SELECT coalesce(max(notification_id), 0) AS head FROM casework_events"
        ).fetchone()
        values = {
            "count": count, "after": head["head"] if head else 0, "first": FIRST_DAY, "today": TODAY, "young": YOUNG, "samples": SAMPLES, "family": _FAMILY,
            "given": _GIVEN, "office": OFFICE, "finished": list(FINISHED), "rare": RARE, "rarely": RARELY,
            "pairs": sorted(bigrams(RARE)),
        }  # fmt: skip
        connection.execute(COPIES, values)
        connection.execute("ANALYZE samples, copies")
        for table, filling in PARTS.items():
            with _without_indexes(connection, table):
                connection.execute(filling, values)
            connection.execute(f"VACUUM ANALYZE {table}")


def _copy_samples(connection: Connection) -> None:
    connection.execute(SAMPLE)
    with connection.cursor().copy(f"COPY samples ({', '.join(_COLUMNS)}) FROM STDIN") as samples:
        for row in _samples():
            samples.write_row(row)


@contextmanager
def _without_indexes(connection: Connection, table: str) -> Iterator[None]:
    """Those that are not unique are made anew afterwards, which takes a fraction of the time."""
    indexes = connection.execute(BARE, (table,)).fetchall()
    for index in indexes:
        connection.execute(f"DROP INDEX {index['name']}")
    yield
    for index in indexes:
        connection.execute(index["definition"])


def _samples() -> Iterator[Sequence[Any]]:
    """Each made-up petition's columns, with the text that is searched and its pairs."""
    chance = Random(SAMPLES)
    for young, serial in product((True, False), range(SAMPLES)):
        stage = chance.choice(STAGES[:4] if young or chance.random() > 0.97 else sorted(FINISHED))
        unit = chance.choice(UNITS) if stage != "registered" else OFFICE
        place, matter = chance.choice(_PLACES), chance.choice(_MATTERS)
        subject = f"反映{place}{matter}问题"
        content = "，".join(
            (f"{place}住户反映{matter}", *chance.sample(_ASKED, 5), chance.choice(_MATTERS), "")
        )
        accusation = chance.random() < 0.2
        against = f"{chance.choice(_PLACES)}{chance.choice('一二三四五六七八九')}队" if accusation else None
        text = f"{normal(subject)}\n{normal(content)}"
        yield (
            young, serial, chance.choice(CHANNELS), "accusation" if accusation else "appeal", subject, stage, unit,
            accusation, against, accusation and chance.random() < 0.5, chance.random() < 0.1, chance.random() < 0.02,
            f"{chance.choice(_FAMILY)}*", text, sorted(bigrams(normal(subject)) | bigrams(normal(content))),
        )  # fmt: skip
