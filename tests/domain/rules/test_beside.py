"""Rule books that lie beside another: filings of negative decisions, the leader's note, supervision of documents."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.rules import rulebook
from domain.rules.deadlines import Case
from domain.rules.rulebook import Books, RulebookError, parse
from tests.domain.rules.happenings import BOOKS, DOCUMENT, MONTH, PETITION, History, told
from tests.domain.rules.test_rulebook_refusals import BOOK


def book(id: str) -> rulebook.Rulebook:
    return next(each for each in rulebook.shipped() if each.id == id)


def without(*ids: str) -> Books:
    return Books(each for each in rulebook.shipped() if each.id not in ids)


class TestWhichBooks:
    @pytest.mark.parametrize(
        ("kind", "ids"),
        [
            ("petition", ["leader-instruction", "negative-filing", "reception"]),
            ("document", ["supervision"]),
            ("supervision", []),
            ("month", []),
            ("reception", []),
        ],
    )
    def test_those_that_lie_beside_a_kind_of_case(self, kind: str, ids: list[str]):
        assert [each.id for each in BOOKS.beside(kind, date(2026, 3, 2))] == ids

    def test_none_before_it_is_in_force(self):
        assert BOOKS.beside("petition", date(2004, 12, 31)) == ()

    def test_the_version_in_force_decides(self):
        started = datetime(2026, 7, 1, tzinfo=UTC)
        alone = replace(
            book("negative-filing"),
            version="2",
            in_force_from=date(2026, 7, 1),
            published_at=started,
            beside=(),
        )
        books = Books([*rulebook.shipped(), alone])
        assert "negative-filing" in {each.id for each in books.beside("petition", date(2026, 6, 30))}
        assert "negative-filing" not in {each.id for each in books.beside("petition", date(2026, 7, 1))}

    def test_one_no_longer_in_force_starts_nothing(self):
        over = replace(book("negative-filing"), in_force_to=date(2025, 12, 31))
        books = Books([*(each for each in rulebook.shipped() if each.id != over.id), over])
        declined = replace(History(PETITION), books=books).then("2026-03-02", "negative_decision", unit="a")
        assert declined.names() == set()

    @pytest.mark.parametrize("kind", ["petition", "supervision", "document", "month", "reception"])
    def test_every_kind_of_case_has_its_book(self, kind: str):
        assert BOOKS.statutory(kind, date(2026, 3, 2)).kind == kind

    def test_the_months_list_is_judged_by_negative_filing(self):
        assert BOOKS.statutory("month", date(2026, 3, 2)).id == "negative-filing"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"beside": ["weather"]}, "beside 含未知项：weather"),
            ({"beside": "document"}, "beside 应为文字列表"),
            ({"beside": ["document", "document"]}, "beside 项重复：document"),
            ({"beside": ["petition"]}, "不能与所适用的同类事项并行"),
        ],
    )
    def test_a_faulty_list_is_refused(self, change: dict, message: str):
        with pytest.raises(RulebookError, match=message):
            parse(BOOK | change)

    def test_the_list_is_read(self):
        assert parse(BOOK | {"beside": ["document", "month"]}).beside == ("document", "month")

    def test_a_date_to_count_from_is_for_backwards_clocks_alone(self):
        clock = BOOK["clock"][0] | {"counted_from": "季度末日"}
        with pytest.raises(RulebookError, match="只有倒推的时限写明"):
            parse(BOOK | {"clock": [clock]})


class TestNegativeFiling:
    @pytest.mark.parametrize(
        ("declined", "due"),
        [
            ("2026-02-13", "2026-02-14"),  # a Saturday that works
            ("2026-02-14", "2026-02-24"),  # the whole Spring Festival in between
            ("2026-02-27", "2026-02-28"),  # another such Saturday
            ("2026-09-30", "2026-10-08"),
        ],
    )
    def test_a_negative_decision_is_filed_within_one_working_day(self, declined: str, due: str):
        said_no = History(PETITION).then(declined, "declined", "negative_decision", unit="a")
        assert said_no.due("file") == due
        assert said_no.one("file").unit == "a"
        assert said_no.then(due, "filed", unit="a").state("file") == "stopped"
        assert said_no.then(due, "reopened", unit="a").state("file") == "cancelled"

    def test_its_explanation(self):
        said = History(PETITION).then("2026-09-30", "negative_decision", unit="a").one("file").explanation
        assert said[1] == "期限1个工作日，至2026年10月8日（星期四）届满（《否定报备制》第二条）。"
        assert "不计入：2026年10月1日至7日国庆节放假。" in said

    @pytest.mark.parametrize(
        ("ended", "due"),
        [
            ("2026-01-31", "2026-02-10"),
            ("2026-02-28", "2026-03-10"),
            ("2026-04-30", "2026-05-10"),
            ("2026-09-30", "2026-10-10"),
        ],
    )
    def test_the_months_list_by_the_10th(self, ended: str, due: str):
        month = History(MONTH).then(ended, "month_ended", unit="petition-office")
        assert [(c.clock, c.due_on.isoformat(), c.unit) for c in month.clocks()] == [
            ("month-list", due, "petition-office")
        ]
        said = month.one("month-list").explanation
        assert "当日不计入" in said[0]
        assert "期限10日" in said[1]
        assert "《否定报备制》第二条" in said[1]
        assert month.then(due, "month_list_sent", unit="petition-office").state("month-list") == "stopped"


class TestLeadersNote:
    @pytest.mark.parametrize(
        ("noted", "due"),
        [
            ("2026-03-02", "2026-03-04"),
            ("2026-02-13", "2026-02-24"),  # the 15th lies in the Spring Festival
            ("2026-02-12", "2026-02-14"),  # a Saturday that works
            ("2026-09-24", "2026-09-28"),  # Mid-Autumn
            ("2026-10-08", "2026-10-10"),  # a Saturday that works
        ],
    )
    def test_it_is_passed_on_within_two_days(self, noted: str, due: str):
        petition = History(PETITION).then(noted, "instructed", unit="office")
        assert petition.due("pass-on") == due
        assert petition.one("pass-on").rulebook == "leader-instruction"

    @pytest.mark.parametrize("stop", ["passed_on", "transferred", "instruction_passed_on"])
    def test_what_ends_it(self, stop: str):
        petition = History(PETITION).then("2026-03-02", "instructed", unit="office")
        assert petition.then("2026-03-04", stop, unit="office").state("pass-on") == "stopped"

    @pytest.mark.parametrize("end", ["withdrawn", "signed_off", "concluded", "declined"])
    def test_what_makes_it_idle(self, end: str):
        petition = History(PETITION).then("2026-03-02", "instructed", unit="office")
        assert petition.then("2026-03-04", end, unit="office").state("pass-on") == "cancelled"

    def test_what_the_office_takes_on_itself_ends_on_that_day_and_not_on_the_day_of_receipt(self):
        petition = History(PETITION).then("2026-03-02", "instructed", unit="office")
        petition = petition.then("2026-03-01", "kept_by_office", unit="office")
        late = petition.then("2026-03-09", "accepted", unit="office")
        assert (late.state("pass-on"), str(late.one("pass-on").stopped_on)) == ("stopped", "2026-03-09")

    def test_each_note_is_passed_on(self):
        petition = History(PETITION).then("2026-03-02", "instructed", unit="office")
        petition = petition.then("2026-03-03", "instructed", unit="office")
        assert [c.due_on.isoformat() for c in petition.all("pass-on")] == ["2026-03-04", "2026-03-05"]
        assert {c.state for c in petition.then("2026-03-04", "passed_on").all("pass-on")} == {"stopped"}

    def test_where_the_main_book_has_the_clock_it_does_not_run_twice(self):
        letters = replace(PETITION, rulebook="letters-cppcc")
        noted = History(letters).then("2026-03-02", "instructed", unit="office")
        again = noted.then("2026-03-03", "instructed", unit="office")
        assert [c.rulebook for c in again.all("pass-on")] == ["letters-cppcc"]

    def test_nor_where_another_moment_of_the_same_event_starts_the_main_ones(self):
        own = replace(book("petition-2022").clocks[0], clock="pass-on", starts=("supervised",))
        main = replace(book("petition-2022"), clocks=(own,))
        books = Books([*(each for each in rulebook.shipped() if each.id != main.id), main])
        noted = replace(History(PETITION), books=books).then("2026-03-02", "instructed", "supervised")
        assert [c.rulebook for c in noted.all("pass-on")] == ["petition-2022"]

    def test_without_a_note_nothing_of_it_runs(self):
        petition = History(PETITION).then("2026-03-02", "registered", "registered_at_office", unit="office")
        assert petition.names() == {"route"}


@pytest.mark.parametrize("case", [PETITION, replace(PETITION, rulebook="letters-cppcc"), DOCUMENT], ids=str)
def test_what_lies_beside_never_changes_the_main_books_clocks(case: Case):
    history = History(case).add(
        "2026-03-02", told("registered", "office"), told("registered_at_office", "office")
    )
    for day, name in (
        ("2026-03-03", "instructed"),
        ("2026-03-04", "passed_on"),
        ("2026-03-04", "received"),
        ("2026-03-09", "accepted_ordinary"),
        ("2026-03-30", "negative_decision"),
        ("2026-03-30", "concluded"),
    ):
        history = history.then(day, name, unit="a")
    beside = {"leader-instruction", "negative-filing", "supervision"}
    alone = replace(history, books=without(*beside))
    assert [c for c in history.clocks() if c.rulebook not in beside] == alone.clocks()
