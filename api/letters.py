"""来信导入: the table of answered letters, read line by line and landed in batches; good lines land, bad ones are named."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from unicodedata import category

import msgspec

from api import landing
from api.csvlines import Record, Refusal, records
from api.landing import Landing, Line
from domain.acts import SHANGHAI, Act
from domain.casework import Casework
from domain.errors import Invalid
from domain.petition.events import Source
from domain.petition.registration import Intake
from domain.rules.grounds import EARLIEST_YEAR

COLUMNS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
LONGEST = {"留言编号": 64, "留言用户": 100, "留言主题": 500, "留言详情": 100_000, "答复意见": 100_000}
BATCH = 100
MOST_ROWS = 200_000
KIND = "letter"
"""What an imported letter's source is called; with its number it makes the case's id."""

_TIME = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_KEPT = frozenset("\t\n\r")


Letter = Line
"""来信: one good line, ready to land."""


@dataclass(frozen=True, slots=True)
class Reading:
    """读取结果 — the letters of a file, the lines refused, and how many lines said again what an earlier one said."""

    letters: tuple[Letter, ...]
    refused: tuple[Refusal, ...]
    repeated: int

    @property
    def total(self) -> int:
        """记录总数."""
        return len(self.letters) + len(self.refused) + self.repeated


class _Wrong(ValueError):
    """该行有误 — why a line can't land."""


def read(content: bytes, today: date) -> Reading:
    """读取来信: every line of the file as a letter or a refusal. Raises Invalid if it isn't such a file at all."""
    text = _decoded(content)
    rows = records(text, len(COLUMNS))
    _must_be_header(next(rows, None))
    letters: list[Letter] = []
    refused: list[Refusal] = []
    seen: dict[str, str] = {}
    repeated = 0
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise Invalid(
                "import.too_many_rows", f"文件超过{MOST_ROWS // 10_000}万条记录，请拆成几个文件分别导入。"
            )
        if isinstance(row, Refusal):
            refused.append(row)
            continue
        try:
            letter = _letter(row, today)
        except _Wrong as error:
            refused.append(Refusal(row.line, str(error)))
            continue
        source = letter.intake.source
        known = seen.get(source.key)
        if known is None:
            seen[source.key] = source.digest
            letters.append(letter)
        elif known == source.digest:
            repeated += 1
        else:
            refused.append(Refusal(row.line, "留言编号在文件中重复，但内容不同"))
    return Reading(tuple(letters), tuple(refused), repeated)


def land(
    casework: Casework, letters: Sequence[Letter], act: Callable[[], Act], batch: int = BATCH
) -> Iterator[Landing]:
    """分批导入: as every kind of line lands."""
    return landing.land(casework, KIND, letters, act, batch)


def _decoded(content: bytes) -> str:
    """The text of the file; only UTF-8 is taken, and the message says what was sent instead."""
    wanted = "请用 UTF-8 编码另存后重新导入（如 Excel“另存为”中选“CSV UTF-8（逗号分隔）”）。"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid("import.not_utf8", f"文件是 UTF-16 编码，{wanted}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    try:
        named = COLUMNS[0] in content.decode("gb18030")
    except UnicodeDecodeError:
        named = False
    found = "文件是 GBK（GB18030）编码" if named else f"文件不是 UTF-8 编码（第{line}行起无法识别）"
    raise Invalid("import.not_utf8", f"{found}，{wanted}")


def _must_be_header(row: Record | Refusal | None) -> None:
    columns = tuple(column.strip() for column in row.columns) if isinstance(row, Record) else ()
    if columns != COLUMNS:
        raise Invalid("import.bad_header", f"首行应依次为：{'、'.join(COLUMNS)}。")


def _letter(row: Record, today: date) -> Letter:
    fields = dict(zip(COLUMNS, (column.strip() for column in row.columns), strict=True))
    for name, text in fields.items():
        if not text:
            raise _Wrong(f"缺少{name}")
        if len(text) > LONGEST.get(name, 64):
            raise _Wrong(f"{name}超过{LONGEST.get(name, 64)}个字")
        if any(category(one) == "Cc" and one not in _KEPT for one in text):
            raise _Wrong(f"{name}含有控制字符")
    written, replied = (_instant(fields[name], name) for name in ("留言时间", "答复时间"))
    if replied < written:
        raise _Wrong("答复时间早于留言时间")
    if written.year < EARLIEST_YEAR:
        raise _Wrong(f"留言时间早于{EARLIEST_YEAR}年")
    for name, instant in (("留言时间", written), ("答复时间", replied)):
        if instant.date() > today:
            raise _Wrong(f"{name}是将来的日期")
    digest = sha256(msgspec.json.encode(list(fields.values()))).hexdigest()
    intake = Intake(
        source=Source(KIND, fields["留言编号"], digest),
        received_on=written.date(),
        replied_on=replied.date(),
        subject=" ".join(fields["留言主题"].split()),
        content=fields["留言详情"],
        reply=fields["答复意见"],
        petitioner=" ".join(fields["留言用户"].split()),
    )
    return Letter(row.line, intake)


def _instant(text: str, name: str) -> datetime:
    """Local time in Shanghai; only its date counts, the rest tells which of two came first."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise _Wrong(f"{name}无法识别，应形如 2019-04-25 09:32:09 或 2019/4/25 9:32")
    year, _, month, day, hour, minute, second = found.groups()
    try:
        return datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=SHANGHAI,
        )
    except ValueError:
        raise _Wrong(f"{name}不是存在的日期或时刻") from None
