"""规则库的决定: publishing a rule-book version, entering a calendar decree. What is in force stays; only versions are added."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from re import compile as pattern
from typing import Any
from unicodedata import category

from domain.acts import Act
from domain.errors import Invalid
from domain.rulebase.events import CalendarDecreed, RulebookPublished
from domain.rulebase.fold import RULEBASE_ID, Rulebase
from domain.rules import calendar as calendars
from domain.rules import rulebook as rulebooks
from domain.rules.calendar import DAY, CalendarError, Decree
from domain.rules.rulebook import Books, Rulebook, RulebookError

FIRST_YEAR, LAST_YEAR = 1995, 2100
"""The five-day week dates from 1995."""

_ID = pattern(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID, _LONGEST_TEXT, _LONGEST_NOTE = 64, 500, 5000


def read_rulebook(table: Mapping[str, Any]) -> Rulebook:
    """读取规则册: from a JSON table, its clocks under `clock` or `clocks`. Raises Invalid("rulebook.malformed")."""
    given = dict(table)
    if "clocks" in given and "clock" not in given:
        given["clock"] = given.pop("clocks")
    try:
        return rulebooks.parse(given)
    except RulebookError as error:
        raise Invalid("rulebook.malformed", f"{error}。") from error


def publish(table: Mapping[str, Any], base: Rulebase, act: Act) -> RulebookPublished:
    """发布规则版本: a version that nobody has published yet, whose time in force joins the others'.

    Raises Invalid with a code under "rulebook.".
    """
    book = read_rulebook(table)
    if not _ID.fullmatch(book.id) or len(book.id) > _LONGEST_ID:
        raise Invalid("rulebook.bad_id", "规则册标识只能用小写英文字母、数字和连字符，最长64个字符。")
    if len(book.version) > _LONGEST_ID or len(book.title) > _LONGEST_TEXT or len(book.source) > _LONGEST_TEXT:
        raise Invalid("rulebook.too_long", "规则册的版本号最长64个字，名称、来源最长500个字。")
    if not _is_plain(rulebooks.as_table(book)):
        raise Invalid("rulebook.malformed", "规则册中含有不可用的控制字符，或者文字超过5000个字。")
    if book.published_at > act.at:
        raise Invalid("rulebook.published_in_future", "公布时间晚于现在，请待公布后再录入。")
    others = [one for one in base.rulebooks if one.id == book.id]
    if any(one.version == book.version for one in others):
        raise Invalid("rulebook.version_exists", f"规则册“{book.id}”已有版本“{book.version}”，请另用版本号。")
    if any(one.kind != book.kind for one in others):
        raise Invalid("rulebook.kind_changed", f"规则册“{book.id}”的类别是“{others[0].kind}”，不能更改。")
    _must_fit(book, others)
    _must_not_compete(book, base.rulebooks)
    _must_descend(book, base.rulebooks)
    _must_stand_apart(book, base.rulebooks)
    return RulebookPublished(
        **_envelope(base, act, book.source), rulebook=book.id, table=rulebooks.as_table(book)
    )


def _is_plain(given: object) -> bool:
    """Texts that a page can show and a database can keep, all through the table."""
    if isinstance(given, Mapping):
        return all(_is_plain(one) for pair in given.items() for one in pair)
    if isinstance(given, list):
        return all(_is_plain(one) for one in given)
    if isinstance(given, str):
        return len(given) <= _LONGEST_NOTE and not any(
            category(one) in {"Cc", "Cs"} and one != "\n" for one in given
        )
    return True


def _must_fit(book: Rulebook, others: Sequence[Rulebook]) -> None:
    """施行期间相接: a version follows the one before it without a gap and ends before the one after it begins."""
    begins, ends = book.in_force_from, book.in_force_to
    if any(one.in_force_from == begins for one in others):
        raise Invalid("rulebook.in_force_overlap", f"已有同日（{begins}）施行的版本，施行期间重叠。")
    earlier = max(
        (o for o in others if o.in_force_from < begins), key=lambda o: o.in_force_from, default=None
    )
    later = min((o for o in others if o.in_force_from > begins), key=lambda o: o.in_force_from, default=None)
    if later is not None and (ends is None or ends >= later.in_force_from):
        raise Invalid(
            "rulebook.in_force_overlap",
            f"与版本“{later.version}”（自{later.in_force_from}施行）的施行期间重叠，请填写失效日期。",
        )
    if later is not None and ends is not None and later.in_force_from > ends + DAY:
        raise Invalid(
            "rulebook.in_force_gap", f"{ends}失效之后至{later.in_force_from}之间没有施行的版本，期间中断。"
        )
    if earlier is None:
        return
    if earlier.in_force_to is not None and earlier.in_force_to + DAY < begins:
        raise Invalid(
            "rulebook.in_force_gap",
            f"版本“{earlier.version}”于{earlier.in_force_to}失效，至{begins}之间没有施行的版本，期间中断。",
        )
    if later is None and ends is not None and (earlier.in_force_to is None or earlier.in_force_to > ends):
        raise Invalid(
            "rulebook.in_force_overlap",
            f"{ends}失效之后，版本“{earlier.version}”将恢复施行，施行期间重叠；如确需恢复，请另发布新版本。",
        )


def _must_not_compete(book: Rulebook, others: Sequence[Rulebook]) -> None:
    """法定规则册唯一: of one kind no two books may become the law on the same day."""
    if not book.statutory:
        return
    for one in others:
        if one.statutory and one.kind == book.kind and one.in_force_from == book.in_force_from:
            raise Invalid(
                "rulebook.in_force_overlap",
                f"规则册“{one.id}”已于同日（{one.in_force_from}）作为该类事项的法定规则册施行。",
            )


def _must_descend(book: Rulebook, others: Sequence[Rulebook]) -> None:
    if book.inherits is not None and book.inherits not in {one.id for one in others}:
        raise Invalid("rulebook.unknown_parent", f"所继承的规则册“{book.inherits}”不存在。")
    try:
        Books([*others, book])
    except RulebookError as error:
        raise Invalid("rulebook.malformed", f"{error}。") from error


def _must_stand_apart(book: Rulebook, others: Sequence[Rulebook]) -> None:
    """并行时限不重复: two books beside one kind of case never start clocks of one name on one moment."""
    books = Books([*others, book])
    own = {(spec.clock, start) for spec in books.clocks(book) for start in spec.starts}
    for one in others:
        apart = one.id == book.id or not set(one.beside) & set(book.beside)
        if apart or (one.in_force_to is not None and one.in_force_to < book.in_force_from):
            continue
        if book.in_force_to is not None and book.in_force_to < one.in_force_from:
            continue
        shared = sorted(
            {spec.clock for spec in books.clocks(one) for s in spec.starts if (spec.clock, s) in own}
        )
        if shared:
            raise Invalid(
                "rulebook.beside_clash",
                f"与并行的规则册“{one.id}”有同名时限：{'、'.join(shared)}，请另用名称。",
            )


def on_trial(table: Mapping[str, Any], base: Rulebase, at: datetime) -> Rulebase:
    """试算规则版本: the rule base as if the version were published now. Raises Invalid."""
    book = read_rulebook(table)
    taken = {one.version for one in base.rulebooks if one.id == book.id}
    version = book.version if book.version not in taken else f"{book.version}（试算）"
    book = replace(book, version=version, published_at=at)
    _must_descend(book, base.rulebooks)
    return base.with_rulebook(book)


def decree(
    year: int,
    source: str,
    published_at: datetime,
    days_off: Sequence[date],
    make_up_days: Sequence[date],
    base: Rulebase,
    act: Act,
) -> CalendarDecreed:
    """录入放假安排: one year's days off and make-up days, as a notice published them.

    Raises Invalid with a code under "calendar.".
    """
    entered = read_decree(year, source, published_at, days_off, make_up_days)
    if published_at > act.at:
        raise Invalid("calendar.published_in_future", "公布时间晚于现在，请待放假安排公布后再录入。")
    # of those published at one instant the last one entered is in force
    known = sorted((d for d in base.decrees if d.year == year), key=lambda d: d.published_at)
    held = known[-1] if known else None
    if held is not None and held.published_at > published_at:
        raise Invalid(
            "calendar.superseded",
            f"{year}年已录入公布更晚的放假安排（{held.source}），公布在前的不再生效。",
        )
    if held is not None and (held.days_off, held.make_up_days) == (entered.days_off, entered.make_up_days):
        raise Invalid("calendar.already_decreed", f"{year}年的放假安排已经录入，内容相同（{held.source}）。")
    return CalendarDecreed(
        **_envelope(base, act, source),
        year=year,
        source=source,
        published_at=published_at.astimezone(UTC),
        days_off=tuple(sorted(entered.days_off)),
        make_up_days=tuple(sorted(entered.make_up_days)),
    )


def read_decree(
    year: int, source: str, published_at: datetime, days_off: Sequence[date], make_up_days: Sequence[date]
) -> Decree:
    """读取放假安排: with every day checked. Raises Invalid with a code under "calendar."."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("calendar.year_out_of_range", f"年份应在{FIRST_YEAR}至{LAST_YEAR}之间。")
    if not source.strip():
        raise Invalid("calendar.source_missing", "请填写放假安排的来源（通知名称和文号）。")
    if len(source) > _LONGEST_TEXT:
        raise Invalid("calendar.source_too_long", f"来源不能超过{_LONGEST_TEXT}个字。")
    if not source.isprintable():
        raise Invalid("calendar.source_missing", "来源中含有不可用的控制字符。")
    if not days_off:
        raise Invalid("calendar.no_days_off", "没有填写放假日期。")
    table = {
        "year": year,
        "source": source,
        "published_at": published_at,
        "days_off": list(days_off),
        "make_up_days": list(make_up_days),
    }
    try:
        return calendars.parse(table)
    except CalendarError as error:
        raise Invalid("calendar.wrong_day", f"{error}。") from error


def _envelope(base: Rulebase, act: Act, basis: str) -> dict[str, Any]:
    return {
        "originator_id": RULEBASE_ID,
        "originator_version": base.version + 1,
        "on": act.today,
        "recorded_at": act.at.astimezone(UTC),
        "by": act.by,
        "unit": act.unit,
        "role": act.role,
        "for_whom": act.for_whom,
        "basis": basis,
    }
