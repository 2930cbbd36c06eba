"""Reading a table of letters: what is a letter, what is refused and on which line. No database."""

from datetime import date
from time import process_time

import pytest

from api import csvlines, letters
from domain.errors import Invalid
from tests.api.sample import HEADER, line, table

TODAY = date(2026, 3, 2)


def numbers(content: bytes) -> list[str]:
    return [letter.intake.source.key for letter in letters.read(content, TODAY).letters]


def refused(content: bytes) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in letters.read(content, TODAY).refused]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_letter_of_either_way_of_writing_the_time(encoding: str) -> None:
    first = letters.read(table(line(7), encoding=encoding), TODAY).letters[0]
    assert (first.line, first.intake.source.kind, first.intake.source.key) == (2, "letter", "7")
    assert (first.intake.received_on, first.intake.replied_on) == (date(2026, 1, 5), date(2026, 1, 12))
    assert (first.intake.petitioner, first.intake.subject) == ("U7", "第7封来信")


def test_the_digest_is_of_what_is_said_not_of_how_it_is_written() -> None:
    plain = letters.read(table(line(7)), TODAY).letters[0]
    quoted = letters.read(table(line(7, content='"路灯坏了三天。"'), encoding="utf-8-sig"), TODAY).letters[0]
    other = letters.read(table(line(7, content="路灯坏了五天。")), TODAY).letters[0]
    assert plain.intake.source.digest == quoted.intake.source.digest != other.intake.source.digest


def test_a_text_of_several_lines_with_quotes_and_commas() -> None:
    content = table(line(1, content='"一,二\n他说""不行""\n\n三"'), line(2))
    read = letters.read(content, TODAY)
    assert read.letters[0].intake.content == '一,二\n他说"不行"\n\n三'
    assert [letter.line for letter in read.letters] == [2, 6]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"user": ""}, "缺少留言用户"),
        ({"reply": "  "}, "缺少答复意见"),
        ({"written": "2026-02-30 09:00:00"}, "留言时间不是存在的日期或时刻"),
        ({"written": "2026-01-05 24:00:00"}, "留言时间不是存在的日期或时刻"),
        ({"written": "昨天"}, "留言时间无法识别，应形如 2019-04-25 09:32:09 或 2019/4/25 9:32"),
        (
            {"written": "２０２６-０１-０５ ０９:３２"},
            "留言时间无法识别，应形如 2019-04-25 09:32:09 或 2019/4/25 9:32",
        ),
        ({"written": "1994/12/31 9:00"}, "留言时间早于1995年"),
        ({"replied": "2026-01-05 09:32:08"}, "答复时间早于留言时间"),
        ({"replied": "2026-03-03 00:00:00"}, "答复时间是将来的日期"),
        ({"subject": "主\x07题"}, "留言主题含有控制字符"),
        ({"subject": "长" * 501}, "留言主题超过500个字"),
        ({"reply": "完,多一栏"}, "栏数不对：应为7栏，实为8栏"),
        ({"content": '他说"不行"'}, "引号有误：栏目中有引号，应将整栏用引号括起，栏内的引号写两遍"),
        ({"subject": '"没有结束'}, "引号不配对：栏目以引号开头，却没有与之配对的结束引号"),
        ({"content": '"没有结束'}, "引号不配对：栏目以引号开头，却没有与之配对的结束引号"),
        ({"replied": '"2026/1/12 9:32'}, "引号不配对：栏目以引号开头，却没有与之配对的结束引号"),
        ({"content": '"多行\n没有结束'}, "引号不配对：栏目以引号开头，却没有与之配对的结束引号"),
    ],
)
@pytest.mark.parametrize(
    "neighbour", [{}, {"content": '"引""号"'}, {"subject": '"主,题"', "content": '"多\n行"'}]
)
def test_a_bad_line_is_named_and_the_others_land(
    changed: dict[str, str], reason: str, neighbour: dict[str, str]
) -> None:
    content = table(line(1), line(2, **changed), line(3, **neighbour), line(4))
    assert numbers(content) == ["1", "3", "4"]
    assert refused(content) == [(3, reason)]


def test_every_one_of_several_broken_lines_is_named() -> None:
    content = table('1,"坏', "2,短", line(3), '4,"坏,', line(5, user='"U'), line(6), "")
    assert numbers(content) == ["3", "6"]
    assert [number for number, _ in refused(content)] == [2, 5, 6]


def test_a_short_line_after_a_broken_one_is_named_too() -> None:
    content = table(line(1, content='"坏'), "2,短,行", line(3))
    assert [number for number, _ in refused(content)] == [2, 3]


def test_the_same_number_twice() -> None:
    content = table(line(1), line(1), line(1, reply="另一答复。"), line(2))
    read = letters.read(content, TODAY)
    assert (len(read.letters), read.repeated, read.total) == (2, 1, 4)
    assert refused(content) == [(4, "留言编号在文件中重复，但内容不同")]


def test_blank_lines_and_a_missing_last_line_end() -> None:
    content = f"{HEADER}\n\n{line(1)}\n,,,,,,\n{line(2)}".encode()
    assert numbers(content) == ["1", "2"]
    assert refused(content) == []


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (table(line(1), encoding="gbk"), "import.not_utf8", "GBK"),
        (table(line(1), encoding="utf-16"), "import.not_utf8", "UTF-16"),
        (table(line(1)) + b"\xff", "import.not_utf8", "第3行"),
        (b"", "import.bad_header", "留言编号"),
        (b"a,b,c\n1,2,3\n", "import.bad_header", "留言编号"),
        (line(1).encode(), "import.bad_header", "留言编号"),
    ],
)
def test_a_file_that_is_refused_as_a_whole(content: bytes, code: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        letters.read(content, TODAY)
    assert refusal.value.code == code
    assert said in refusal.value.message
    if code == "import.not_utf8":
        assert "UTF-8" in refusal.value.message


@pytest.mark.parametrize("broken", ['{},甲,"没有结束', '{},多了"引号,x', "{},栏数不对"])
def test_a_file_of_nothing_but_broken_lines_is_read_quickly(broken: str) -> None:
    text = "\n".join(broken.format(number) for number in range(80_000))
    started = process_time()
    assert [one.line for one in csvlines.records(text, 7)] == list(range(1, 80_001))
    assert process_time() - started < 1.0
