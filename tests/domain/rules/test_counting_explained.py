"""The explanation of a limit: an officer can follow each step, its days and its sources."""

from datetime import date

from domain.rules.calendar import Calendar
from domain.rules.counting import limit
from domain.rules.rulebook import Books


def test_each_step_stands_on_a_line(books: Books, calendar: Calendar):
    spec = books.clock(books.version("petition-2022", date(2026, 7, 9)), "finish")
    assert limit(spec, date(2026, 7, 9), calendar, extension_days=30).explanation == (
        (
            "起算：2026年7月9日（星期四）为起始日，当日不计入，自2026年7月10日（星期五）起算"
            "（参照《民法典》第二百零一条）。"
        ),
        (
            "期限60日（自然日，期间内的休息日、节假日不扣除），至2026年9月7日（星期一）届满"
            "（《信访工作条例》第三十四条）。"
        ),
        (
            "批准延长30日（累计不得超过30日），先加延长期再看末日，"
            "至2026年10月7日（星期三，国庆节放假）届满（《信访工作条例》第三十四条）。"
        ),
        (
            "末日2026年10月7日（星期三，国庆节放假）不是工作日，"
            "顺延至其后第一个工作日2026年10月8日（星期四）（参照《民法典》第二百零三条；"
            "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号））。"
        ),
        "到期日：2026年10月8日（星期四），当日24时（北京时间）届满。",
    )


def test_working_days_are_listed_with_what_was_left_out(books: Books, calendar: Calendar):
    spec = books.clock(books.version("petition-2022", date(2026, 2, 12)), "object")
    said = limit(spec, date(2026, 2, 12), calendar).explanation
    assert "计入的工作日：2月13日（星期五）、2月14日（星期六，春节调休上班）" in said[2]
    assert said[3] == "不计入：2026年2月15日至23日春节放假。"
    assert "国办发明电〔2025〕7号" in said[4]


def test_a_make_up_day_is_named_where_it_keeps_the_limit(books: Books, calendar: Calendar):
    spec = books.clock(books.version("petition-2022", date(2026, 1, 30)), "notify")
    said = limit(spec, date(2026, 1, 30), calendar).explanation
    assert any("2月14日（星期六，春节调休上班）是工作日，不顺延" in line for line in said)


def test_the_hearing_is_named(books: Books, calendar: Calendar):
    spec = books.clock(books.version("petition-2022", date(2026, 3, 2)), "reexamination")
    hearing = [(date(2026, 3, 10), date(2026, 3, 17))]
    said = limit(spec, date(2026, 3, 2), calendar, suspensions=hearing).explanation
    assert any("2026年3月10日至17日，落在期限内的共8日" in line for line in said)
