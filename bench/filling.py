"""充填: so many petitions straight into the read models, as the views would have left them.

A few thousand made-up petitions are written by Python and multiplied by the database: each copy has its own number, day
and last words, so that a search finds many, some or one; every fifth is an accusation, with the names that people write.
The same count always gives the same rows.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from random import Random
from typing import Any, LiteralString
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
YOUNG = 90
"""Days for which a petition is most probably still open."""
SAMPLES = 3_000
"""Made-up petitions that are old, and as many that are young."""
RARE = "鎏鑫"
"""Two characters that one petition in five thousand has."""
TABLES = ("ledger", "accused_names", "ledger_texts", "deadlines", "case_dues", "awaited")
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
    "young", "serial", "channel", "category", "subject", "stage", "state", "unit", "confidential", "accused",
    "repeat", "urgent", "petitioner", "text", "bigrams",
)  # fmt: skip

SAMPLE: LiteralString = """
    CREATE TEMP TABLE samples (young boolean, serial integer, channel text, category text, subject text, stage text,
        state text, unit text, confidential boolean, accused text, repeat boolean, urgent boolean, petitioner text,
        text text, bigrams bigint[], PRIMARY KEY (young, serial))
"""
COPIES: LiteralString = """
    CREATE TEMP TABLE copies AS
    SELECT n AS serial, md5('petition ' || n)::uuid AS case_id, received_on,
        'XF-' || extract(year FROM received_on) || '-' || lpad(n::text, 7, '0') AS number,
        %(today)s - received_on < %(young)s AS young, (n::bigint * 7919 %% %(samples)s)::integer AS sample,
        substr(%(family)s, 1 + n %% 20, 1) || substr(%(given)s, 1 + n / 20 %% 20, 1)
            || substr(%(given)s, 1 + n / 400 %% 20, 1) || CASE WHEN n %% 3 = 0 THEN '某' ELSE '' END AS person
    FROM generate_series(1, %(count)s) AS n,
        LATERAL (SELECT %(first)s + (%(today)s - %(first)s) * n::bigint / %(count)s AS day) AS of,
        LATERAL (SELECT day::integer) AS counted, LATERAL (SELECT date '2000-01-01' + counted.day) AS on (received_on)
"""
