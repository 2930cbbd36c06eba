"""A rule book that can't be read as it stands is refused, in Chinese, by the name of the book, clock and field."""

import tomllib

import pytest

from domain.rules.rulebook import RulebookError, parse

CLOCK = {
    "clock": "finish",
    "label": "办结",
    "starts": ["accepted"],
    "stops": ["replied+opinion_served"],
    "length": 60,
    "unit": "day",
    "answerable": "unit",
    "basis": "第三十四条",
}
BOOK = {
    "id": "trial",
    "title": "试行办法",
    "version": "1",
    "kind": "petition",
    "source": "试行办法",
    "published_at": "2026-01-01T00:00:00+08:00",
    "in_force_from": "2026-02-01",
    "clock": [CLOCK],
}


def test_the_least_that_a_book_needs():
    book = parse(BOOK)
    assert (book.in_force_to, book.inherits, book.running_clocks_move, book.statutory) == (
        None,
        None,
        False,
        False,
    )
    spec = book.clocks[0]
    assert (spec.first_day, spec.roll, spec.backwards, spec.extension_cap) == (False, False, False, None)
    assert (spec.cancels, spec.suspension, dict(spec.only), spec.scope) == ((), (), {}, "case")


def test_dates_may_come_from_toml():
    toml = tomllib.loads("published_at = 2026-01-01T00:00:00+08:00\nin_force_from = 2026-02-01")
    assert parse(BOOK | toml) == parse(BOOK)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "未知字段：colour"),
        ({"id": ""}, "缺少 id"),
        ({"title": None}, "缺少 title"),
        ({"version": 2}, "缺少 version"),
        ({"published_at": "2026-01-01"}, "published_at，或时刻无法识别、未带时区"),
        ({"in_force_from": "二月"}, "缺少日期 in_force_from"),
        ({"in_force_to": "2026-01-01"}, "失效日期早于施行日期"),
        ({"inherits": "trial"}, "不能继承自身"),
        ({"clock": []}, "没有时限"),
        ({"clock": "finish"}, "clock 应为表的列表"),
        ({"clock": [CLOCK, CLOCK]}, "时限重复：finish"),
        ({"running_clocks_move": "yes"}, "running_clocks_move 应为 true 或 false"),
        ({"alerts": [{"id": "due"}]}, "缺少 step"),
    ],
)
def test_a_faulty_book_is_refused(change: dict, message: str):
    with pytest.raises(RulebookError, match=message):
        parse(BOOK | change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "未知字段：colour"),
        ({"basis": " "}, "缺少 basis"),
        ({"label": None}, "缺少 label"),
        ({"unit": "week"}, "unit 不能是“week”"),
        ({"length": None}, "缺少期限长度"),
        ({"length": 0}, "须为正数"),
        ({"length": "60"}, "length 应为0至3660的整数"),
        ({"length": True}, "length 应为0至3660的整数"),
        ({"unit": "date"}, "不得再写期限长度"),
        ({"starts": []}, "缺少 starts"),
        ({"starts": ["shouted"]}, "starts 含未知时点：shouted"),
        ({"starts": ["accepted+registered"]}, "未知时点"),
        ({"stops": []}, "缺少 stops"),
        ({"stops": ["replied+served+filed"]}, "未知时点"),
        ({"stops": ["replied", "replied"]}, "stops 项重复：replied"),
        ({"cancels": "withdrawn"}, "cancels 应为文字列表"),
        ({"unit": "month", "length": 1, "first_day": True}, "当日起算"),
        ({"unit": "working_day", "roll": True}, "不存在顺延"),
        ({"backwards": True}, "才可以倒推|可以倒推"),
        ({"unit": "working_day", "backwards": True, "first_day": True}, "倒推的时限不能当日起算"),
        ({"extension_cap": 0}, "不写 extension_cap"),
        ({"extension_cap": -1}, "extension_cap 应为0至3660的整数"),
        ({"extension_cap": 5, "extension_open": True}, "又不设上限"),
        ({"suspension": ["rain"]}, "suspension 含未知项：rain"),
        ({"answerable": "nobody"}, "answerable 不能是“nobody”"),
        ({"scope": "town"}, "scope 不能是“town”"),
        ({"only": {"colour": ["red"]}}, "未知字段：colour"),
        ({"only": {"category": []}}, "没有取值"),
        ({"only": ["appeal"]}, "only 应为条件表"),
    ],
)
def test_a_faulty_clock_is_refused(change: dict, message: str):
    with pytest.raises(RulebookError, match=message) as refused:
        parse(BOOK | {"clock": [CLOCK | change]})
    assert "规则册“trial”的时限“finish”" in str(refused.value)


def test_a_clock_without_a_name_is_refused():
    with pytest.raises(RulebookError, match="缺少 clock"):
        parse(BOOK | {"clock": [{**CLOCK, "clock": ""}]})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"offset": 1.5}, "offset 应为-366至366的整数"),
        ({"recipients": []}, "没有接收人"),
        ({"recipients": ["mayor"]}, "recipients 含未知项：mayor"),
        ({"unit": "hour"}, "unit 不能是“hour”"),
        ({"colour": "red"}, "未知字段：colour"),
    ],
)
def test_a_faulty_alert_step_is_refused(change: dict, message: str):
    step = {"id": "due", "step": "due", "label": "到期", "offset": 0, "recipients": ["unit"]}
    with pytest.raises(RulebookError, match=message):
        parse(BOOK | {"alerts": [step | change]})
