"""期限计算 — the only place that adds days.

From a clock's rule, its start and the working calendar: the nominal last day, the due date after rolling,
whether they are provisional, and the explanation in Chinese, a step a line. Examples: `docs/time.md`.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.rules.calendar import DAY, Calendar
from domain.rules.rulebook import ClockSpec
from domain.rules.wording import basis, in_words, of_rest, of_working_days, sources_of, stretch

Suspensions = Sequence[tuple[date, date]]
_LONGEST = 3660


@dataclass(frozen=True)
class Limit:
    """期限 — the last day before and after rolling; `provisional` if a year without a decree had a part."""

    nominal_due_on: date
    due_on: date
    provisional: bool
    explanation: tuple[str, ...]


class CannotCount(ValueError):
    """不能计算 — a stable code, a Chinese sentence and the basis of the rule that stands in the way."""

    def __init__(self, code: str, message: str, basis: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.basis = basis


def limit(
    spec: ClockSpec,
    started_on: date,
    calendar: Calendar,
    *,
    extension_days: int = 0,
    suspensions: Suspensions = (),
    due_set: date | None = None,
    moved_to: date | None = None,
    count_from: date | None = None,
    granted: bool = False,
) -> Limit:
    """期限 — of one clock: length, then extension, then the days suspended, then one roll to a working day.

    A backwards clock counts towards the past, from `count_from` or else from its start. `due_set` is the date set
    for the single case; a clock whose length the rules fix keeps its length and says so. `moved_to` is the definite
    date to which it was moved afterwards. Days already `granted` are counted as they were granted, even where the
    cap has since been lowered.
    """
    moved_to = moved_to if spec.movable else None
    if spec.unit == "date" and due_set is None:
        due_set, moved_to = moved_to, None
    _check(spec, 0 if granted else extension_days, suspensions, due_set)
    given = _Given(started_on, count_from if spec.backwards else None, due_set, moved_to)
    try:
        return _limit(spec, given, calendar, extension_days, suspensions)
    except (OverflowError, ValueError) as error:
        raise CannotCount("deadline.out_of_range", "期限超出可计算的日期范围", spec.basis) from error


def _check(spec: ClockSpec, extension_days: int, suspensions: Suspensions, due_set: date | None) -> None:
    def refuse(code: str, message: str) -> CannotCount:
        return CannotCount(code, message, spec.basis)

    if spec.unit == "date" and due_set is None:
        raise refuse("deadline.date_not_set", f"“{spec.label}”没有固定期限，须先指定办理期限")
    if extension_days < 0:
        raise refuse("deadline.extension_negative", "延期天数不能为负数")
    if extension_days > _LONGEST:
        raise refuse("deadline.out_of_range", "延期天数超出可计算的范围")
    if extension_days and spec.extension_cap is None and not spec.extension_open:
        raise refuse("deadline.extension_not_allowed", f"“{spec.label}”的期限不得延长")
    if spec.extension_cap is not None and extension_days > spec.extension_cap:
        message = f"“{spec.label}”延长期限累计不得超过{spec.extension_cap}日，申请{extension_days}日"
        raise refuse("petition.extension_over_cap", message)
    if suspensions and not spec.suspension:
        raise refuse(
            "deadline.suspension_not_allowed", f"“{spec.label}”的期限没有可以扣除的事由，不能中止计算"
        )
    for first, last in suspensions:
        if last < first:
            raise refuse("deadline.suspension_reversed", f"中止期间的结束日期{last}早于开始日期{first}")
        if (last - first).days > _LONGEST:
            raise refuse("deadline.out_of_range", "中止期间超出可计算的范围")


@dataclass(frozen=True, slots=True)
class _Given:
    """The dates a clock is counted by: where it starts, where it is counted back from, what was set and moved."""

    started_on: date
    count_from: date | None
    due_set: date | None
    moved_to: date | None

    @property
    def base(self) -> date:
        return self.count_from or self.started_on

    def chosen(self, spec: ClockSpec) -> date | None:
        """The date set, where the rule lets one be set."""
        return self.due_set if spec.settable else None


def _limit(
    spec: ClockSpec, given: _Given, calendar: Calendar, extension_days: int, suspensions: Suspensions
) -> Limit:
    said = list(_opening(spec, given, calendar))
    chosen = given.chosen(spec)
    nominal = chosen if chosen is not None else _length(spec, given.base, calendar)
    said += _counted(spec, given, nominal, calendar)
    if given.moved_to is not None:
        nominal = given.moved_to
        said.append(f"期限另行改定，至{in_words(nominal, calendar)}届满{basis(spec.basis)}。")
    if extension_days:
        nominal = _forward(spec, nominal, extension_days, calendar)
        said.append(_extended(spec, extension_days, nominal, calendar))
    if suspensions:
        nominal, days = _suspended(spec, given.started_on, nominal, suspensions, calendar)
        said.append(_paused(spec, suspensions, days, nominal, calendar))
    due = calendar.next_working(nominal) if spec.roll else nominal
    said += _rolled(spec, given, nominal, due, calendar)
    said.append(f"到期日：{in_words(due, calendar)}，当日24时（北京时间）届满。")
    loose = _loose_years(spec, given, nominal, due, extension_days, calendar)
    said += [_provisional(year, calendar) for year in loose]
    return Limit(nominal, due, bool(loose), tuple(said))


def _length(spec: ClockSpec, base: date, calendar: Calendar) -> date:
    """The last day of the bare length, before extension, suspension and roll."""
    length = spec.length or 0
    if spec.backwards:
        return calendar.subtract(base, length)
    if spec.unit == "working_day":
        return calendar.add(base, length, spec.first_day)
    if spec.unit == "month":
        return _months_after(base, length)
    return base + timedelta(days=max(length - 1, 0) if spec.first_day else length)


def _months_after(d: date, months: int) -> date:
    year, month = divmod(d.year * 12 + d.month - 1 + months, 12)
    return date(year, month + 1, min(d.day, monthrange(year, month + 1)[1]))


def _forward(spec: ClockSpec, d: date, days: int, calendar: Calendar) -> date:
    """Further on, in the clock's own days."""
    return calendar.add(d, days) if spec.unit == "working_day" else d + timedelta(days=days)


def _suspended(
    spec: ClockSpec, started_on: date, base: date, suspensions: Suspensions, calendar: Calendar
) -> tuple[date, int]:
    """The last day once the suspended days are given back, and how many there were.

    A day counts once however many suspensions hold it, only after the start and up to the last day reached
    so far; each day given back may bring further suspended days within reach.
    """
    nominal, days = base, 0
    while True:
        held = {
            d for first, last in suspensions for d in _each(max(first, started_on + DAY), min(last, nominal))
        }
        if spec.unit == "working_day":
            held = {d for d in held if calendar.is_working(d)}
        if len(held) == days:
            return nominal, days
        days = len(held)
        nominal = _forward(spec, base, days, calendar)


def _each(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _loose_years(
    spec: ClockSpec, given: _Given, nominal: date, due: date, extension_days: int, calendar: Calendar
) -> list[int]:
    """Years without a decree whose days decided: working days counted, last days tried for the roll."""
    base, fixed = given.base, given.moved_to or given.chosen(spec)
    tried: list[tuple[date, date]] = [(nominal, due)] if spec.roll else []
    if spec.unit == "working_day" and fixed is None:
        first = nominal if spec.backwards else base if spec.first_day else base + DAY
        tried.append((first, max(nominal, base - DAY) if spec.backwards else nominal))
    elif spec.unit == "working_day" and fixed is not None and extension_days:
        tried.append((fixed + DAY, nominal))
    years = {year for first, last in tried for year in range(first.year, last.year + 1)}
    return sorted(year for year in years if year not in calendar.decrees)


def _opening(spec: ClockSpec, given: _Given, calendar: Calendar) -> Iterator[str]:
    started_on, start = given.started_on, in_words(given.started_on, calendar)
    back = f"{spec.counted_from}{in_words(given.base, calendar)}"
    if spec.backwards and given.due_set is not None:
        apart = "" if given.count_from is None else f"已另行指定日期，不自{back}倒推。"
        yield f"起始日：{start}。{apart}"
    elif spec.backwards and given.count_from is not None:
        yield f"起始日：{start}。期限自{back}起向前倒推。"
    elif spec.backwards:
        yield f"自{back}起向前倒推。"
    elif spec.unit == "date":
        yield f"起始日：{start}。"
    elif spec.first_day:
        first = calendar.next_working(started_on) if spec.unit == "working_day" else started_on
        moved = "" if first == started_on else f"（{start}为休息日，自下一个工作日起算）"
        yield f"起算：{in_words(first, calendar)}为第1日，当日计入{moved}{basis(spec.basis)}。"
    else:
        next_day = in_words(started_on + DAY, calendar)
        yield f"起算：{start}为起始日，当日不计入，自{next_day}起算{basis('参照《民法典》第二百零一条')}。"
    if given.due_set is not None and not spec.settable:
        yield f"本时限长度由制度规定，不采用另行指定的{in_words(given.due_set, calendar)}。"


def _counted(spec: ClockSpec, given: _Given, nominal: date, calendar: Calendar) -> Iterator[str]:
    end, chosen = in_words(nominal, calendar), given.chosen(spec)
    if chosen is not None:
        yield f"按指定的期限办理，至{end}届满{basis(spec.basis)}。"
    elif spec.backwards:
        yield f"提前{spec.length}个工作日，为{end}{basis(spec.basis)}。"
    elif spec.unit == "working_day":
        yield f"期限{spec.length}个工作日，至{end}届满{basis(spec.basis)}。"
    elif spec.unit == "month":
        yield (
            f"期限{spec.length}个月，至到期月的对应日（没有对应日的为月末日）{end}届满"
            f"{basis(spec.basis, '参照《民法典》第二百零二条')}。"
        )
    elif spec.first_day and spec.length == 1:
        yield f"限当日办理，至{end}届满{basis(spec.basis)}。"
    else:
        yield f"期限{spec.length}日（自然日，期间内的休息日、节假日不扣除），至{end}届满{basis(spec.basis)}。"
    if spec.unit == "working_day" and chosen is None:
        yield from of_working_days(spec, given.base, nominal, calendar)
    if chosen is None and given.count_from is not None and nominal < given.started_on:
        yield f"倒推的日期{end}早于起始日，起始时即已届满；需要另定时间的，应当指定日期。"


def _extended(spec: ClockSpec, days: int, nominal: date, calendar: Calendar) -> str:
    unit = "个工作日" if spec.unit == "working_day" else "日"
    cap = "" if spec.extension_cap is None else f"（累计不得超过{spec.extension_cap}{unit}）"
    end = in_words(nominal, calendar)
    return f"批准延长{days}{unit}{cap}，先加延长期再看末日，至{end}届满{basis(spec.basis)}。"


def _paused(spec: ClockSpec, suspensions: Suspensions, days: int, nominal: date, calendar: Calendar) -> str:
    spans = "、".join(stretch(first, last) for first, last in sorted(suspensions))
    unit = "个工作日" if spec.unit == "working_day" else "日"
    return (
        f"听证所需时间不计算在内：{spans}，落在期限内的共{days}{unit}，"
        f"期限顺延至{in_words(nominal, calendar)}届满{basis(spec.basis)}。"
    )


def _rolled(spec: ClockSpec, given: _Given, nominal: date, due: date, calendar: Calendar) -> Iterator[str]:
    if spec.unit == "working_day" and given.moved_to is None and given.chosen(spec) is None:
        return
    if due != nominal:
        sources = sources_of([nominal, due - DAY, due], calendar)
        yield (
            f"末日{in_words(nominal, calendar)}不是工作日{of_rest(nominal, due - DAY, calendar)}，"
            f"顺延至其后第一个工作日{in_words(due, calendar)}"
            f"{basis('参照《民法典》第二百零三条', *sources)}。"
        )
    elif spec.roll and calendar.occasion(nominal):
        yield f"末日{in_words(nominal, calendar)}是工作日，不顺延{basis(calendar.source(nominal))}。"
    elif calendar.is_rest(nominal):
        yield "末日为休息日，本时限不顺延。"


def _provisional(year: int, calendar: Calendar) -> str:
    missing = "尚未公布" if year > max(calendar.decrees, default=0) else "未收录"
    return f"暂定：{year}年放假安排{missing}，仅按周末和法定节假日推算，放假安排录入后重新计算。"
