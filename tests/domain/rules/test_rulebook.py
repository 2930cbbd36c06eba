"""Rule books: the shipped ones, finding the version that judges, inheriting and moving running clocks."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.rules import rulebook
from domain.rules.calendar import Calendar
from domain.rules.counting import limit
from domain.rules.rulebook import Books, RulebookError, as_table, parse
from domain.rules.signals import AlertStep

IDS = {
    "petition-2022", "petition-2005", "petition-summary", "petition-zhejiang-2016", "letters-grain-bureau",
    "letters-cppcc", "staff-complaints", "time-limited", "documents", "supervision", "negative-filing",
    "leader-instruction", "reception",
}  # fmt: skip
CLOCKS = {
    "petition-2022": (
        "route notify object finish review-request review reexamination-request reexamination "
        "assigned-report advice-reply assist"
    ),
    "petition-2005": "decide finish review-request review reexamination-request reexamination advice-reply assist",
    "petition-summary": "hop accept finish",
    "petition-zhejiang-2016": "route finish assist",
    "letters-grain-bureau": "leader-assigned superior-assigned",
    "letters-cppcc": "settle reply pass-on",
    "staff-complaints": "simple complex",
    "time-limited": "routine special decision",
    "documents": "read incoming ordinary street dispatch",
    "supervision": (
        "item unit-limit objection extension-answer result-review redo cadence cadence-half-year cadence-month"
    ),
    "negative-filing": "file month-list",
    "leader-instruction": "pass-on",
    "reception": "settle promise shift hand-over",
}


def book(id: str) -> rulebook.Rulebook:
    return next(each for each in rulebook.shipped() if each.id == id)


def amended(id: str, on: date, **changes) -> rulebook.Rulebook:
    """A second version of a shipped book, in force from that date."""
    published = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return replace(book(id), version="2", in_force_from=on, published_at=published, **changes)


def with_length(id: str, clock: str, length: int):
    return tuple(replace(s, length=length) if s.clock == clock else s for s in book(id).clocks)


class TestShipped:
    def test_all_thirteen_are_there(self):
        assert {each.id for each in rulebook.shipped()} == IDS

    @pytest.mark.parametrize("id", CLOCKS)
    def test_a_book_has_its_clocks(self, id: str):
        assert set(CLOCKS[id].split()) <= {spec.clock for spec in book(id).clocks}

    @pytest.mark.parametrize("id", sorted(IDS))
    def test_a_book_survives_being_written_as_json(self, id: str):
        assert parse(json.loads(json.dumps(as_table(book(id)), ensure_ascii=False))) == book(id)

    def test_what_is_nought_or_empty_survives_too(self):
        step = AlertStep("due", "due", "到期", 0, "working_day", ("leader",))
        heir = replace(book("documents"), id="heir", inherits="documents", clocks=(), alerts=(step,))
        assert parse(as_table(heir)) == heir

    def test_only_one_statutory_book_of_a_kind_is_in_force_at_a_time(self):
        for day in (date(2006, 1, 1), date(2022, 4, 30), date(2022, 5, 1), date(2026, 11, 22)):
            kinds = [each.kind for each in rulebook.shipped() if each.statutory and each.in_force(day)]
            assert len(kinds) == len(set(kinds))

    @pytest.mark.parametrize("id", ["petition-2022", "petition-zhejiang-2016"])
    def test_the_2022_limit_to_finish_is_for_appeals_that_end_in_an_opinion(self, id: str):
        spec = Books(rulebook.shipped()).clock(book(id), "finish")
        appeal = {"category": "appeal", "way": "opinion"}
        assert spec.applies(appeal)
        for change in ({"category": "suggestion"}, {"way": "litigation"}):
            assert not spec.applies(appeal | change)
        assert not spec.applies({})

    def test_the_2005_limit_to_finish_is_for_every_petition(self):
        assert Books(rulebook.shipped()).clock(book("petition-2005"), "finish").applies({})

    @pytest.mark.parametrize(("id", "clock"), [("petition-2022", "notify"), ("petition-2005", "decide")])
    def test_nobody_can_be_told_who_gave_no_name(self, id: str, clock: str):
        spec = Books(rulebook.shipped()).clock(book(id), clock)
        assert spec.applies({"anonymous": "no"})
        assert not spec.applies({"anonymous": "yes"})

    def test_only_a_hearing_on_reexamination_suspends(self):
        suspending = {(b.id, s.clock) for b in rulebook.shipped() for s in b.clocks if s.suspension}
        assert suspending == {("petition-2022", "reexamination"), ("petition-2005", "reexamination")}

    def test_the_caps_on_extension(self):
        caps = {(b.id, s.clock): s.extension_cap for b in rulebook.shipped() for s in b.clocks}
        assert {where: cap for where, cap in caps.items() if cap is not None} == {
            ("petition-2022", "finish"): 30,
            ("petition-2005", "finish"): 30,
            ("petition-zhejiang-2016", "finish"): 60,
            ("letters-grain-bureau", "superior-assigned"): 15,
        }

    def test_classed_clocks_run_for_their_class_alone(self):
        for spec in (*book("time-limited").clocks, *book("staff-complaints").clocks):
            assert spec.applies({"limit_class": spec.clock})
            assert not spec.applies({"limit_class": "other"})


class TestVersion:
    def test_the_law_in_force_on_the_day(self, books: Books):
        assert books.statutory("petition", date(2022, 4, 30)).id == "petition-2005"
        assert books.statutory("petition", date(2022, 5, 1)).id == "petition-2022"

    def test_a_day_before_every_law_takes_the_earliest(self, books: Books):
        assert books.statutory("petition", date(2004, 1, 1)).id == "petition-2005"

    def test_a_kind_that_no_book_judges(self, books: Books):
        with pytest.raises(RulebookError):
            books.statutory("weather", date(2026, 1, 1))

    def test_a_named_book_judges_any_date(self, books: Books):
        assert books.version("petition-2022", date(2010, 1, 1)).id == "petition-2022"
        assert books.version("petition-2005", date(2026, 1, 1)).id == "petition-2005"

    def test_an_unknown_book(self, books: Books):
        assert books.version("petition-1995", date(2026, 1, 1)) is None

    def test_a_book_is_unknown_before_it_was_published(self, books: Books):
        early = datetime(2021, 1, 1, tzinfo=UTC)
        assert books.version("petition-2022", date(2026, 1, 1), known_at=early) is None
        known = books.known(early)
        assert known.version("petition-2022", date(2026, 1, 1)) is None
        assert known.statutory("petition", date(2022, 6, 1)).id == "petition-2005"
        assert {spec.clock for spec in known.clocks(book("petition-zhejiang-2016"))} == {
            "route",
            "finish",
            "assist",
        }

    def test_an_amendment_judges_from_its_date(self):
        second = amended("petition-2005", date(2015, 1, 1))
        books = Books([*rulebook.shipped(), second])
        assert books.version("petition-2005", date(2014, 12, 31)).version == "1"
        assert books.version("petition-2005", date(2015, 1, 1)).version == "2"
        before = datetime(2014, 6, 1, tzinfo=UTC)
        assert books.version("petition-2005", date(2015, 1, 1), known_at=before).version == "1"


class TestInheriting:
    def test_what_a_book_does_not_replace_comes_from_its_parent(self, books: Books, calendar: Calendar):
        zhejiang = books.version("petition-zhejiang-2016", date(2026, 5, 20))
        assert len(books.clocks(zhejiang)) == 11
        assert books.clock(zhejiang, "route").length == 5
        notify = books.clock(zhejiang, "notify")
        assert notify is books.clock(book("petition-2022"), "notify")
        assert limit(notify, date(2026, 3, 2), calendar).due_on == date(2026, 3, 17)

    def test_the_parents_version_is_the_one_in_force(self):
        second = amended("petition-2022", date(2027, 1, 1), clocks=with_length("petition-2022", "notify", 10))
        books = Books([*rulebook.shipped(), second])
        zhejiang = book("petition-zhejiang-2016")
        assert books.clock(zhejiang, "notify", date(2026, 12, 31)).length == 15
        assert books.clock(zhejiang, "notify", date(2027, 1, 1)).length == 10

    def test_a_clock_nobody_has(self, books: Books):
        assert books.clock(book("petition-2005"), "route") is None

    def test_a_missing_parent_is_refused(self):
        with pytest.raises(RulebookError, match="不存在"):
            Books([book("petition-zhejiang-2016")])

    def test_a_ring_of_parents_is_refused(self):
        first = replace(book("petition-2005"), inherits="petition-2022")
        second = replace(book("petition-2022"), inherits="petition-2005")
        with pytest.raises(RulebookError, match="成环"):
            Books([first, second])

    def test_the_same_version_twice_is_refused(self):
        with pytest.raises(RulebookError, match="版本重复"):
            Books([book("documents"), book("documents")])


class TestMoved:
    @pytest.mark.parametrize(
        ("moves", "started", "stopped", "length"),
        [
            (True, date(2026, 12, 1), None, 45),
            (True, date(2026, 12, 1), date(2027, 1, 15), 45),
            (True, date(2026, 10, 1), date(2026, 11, 1), None),
            (True, date(2027, 1, 1), None, None),
            (False, date(2026, 12, 1), None, None),
        ],
    )
    def test_a_clock_moves_only_while_running_and_only_if_told(self, moves, started, stopped, length):
        second = amended(
            "petition-2022",
            date(2027, 1, 1),
            running_clocks_move=moves,
            clocks=with_length("petition-2022", "finish", 45),
        )
        books = Books([*rulebook.shipped(), second])
        under = books.version("petition-2022", started)
        found = books.moved(under, books.clock(under, "finish"), started, stopped)
        assert (found[1].length if found else None) == length
