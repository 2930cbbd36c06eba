"""The search in the lists: two characters suffice, and common words find what rare ones do."""

from typing import LiteralString

import pytest
from psycopg import sql

from projections import ledger_list, paging, searching
from projections.searching import expected, search
from tests.projections.listing import EVERYTHING, Archive, Lists
from tests.projections.office import on


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("收费", {"plain", "repeat"}),
        ("物业 再次", {"repeat"}),
        ("漏", {"answered"}),
        ("XF-2026-000002", {"objected"}),
        ("xf-2026-000002", {"objected"}),
        ("低保资格", {"objected"}),
        ("低格", set()),
        ("保低", set()),
        ("%", set()),
        ("__", set()),
        ("王某", set()),
        ("ＸＦ-2026-000002", {"objected"}),
        ("来信 漏水", {"answered"}),
        ("来信全文 供暖", set()),
        (
            "",
            {
                "plain",
                "objected",
                "answered",
                "accusation",
                "withdrawn",
                "repeat",
                "against_people",
                "letter",
            },
        ),
    ],
)
def test_two_characters_suffice_to_search(archive: Archive, words: str, names: set[str]) -> None:
    lists, cases = archive
    assert lists.found(q=words) == {cases[name] for name in names}


def test_a_search_finds_the_same_whether_its_words_are_rare_or_not(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists, _ = archive
    words = ("供暖", "噪声", "来信", "市", "XF-2026")
    rare = [lists.found(q=one) for one in words]
    monkeypatch.setattr(searching, "FEW", 0)
    assert [lists.found(q=one) for one in words] == rare
    assert any(rare)


def test_few_cases_that_are_found_are_looked_up_and_no_other_is_passed_by(archive: Archive) -> None:
    settled = search("XF-2026").settled
    assert settled is not None
    lists, _ = archive
    with lists.database.transaction() as connection:
        condition = settled(connection)
        looked_up = connection.execute(
            f"SELECT l.case_id FROM ledger l WHERE {condition.text}", condition.values
        ).fetchall()
    assert not condition.dear
    assert {row["case_id"] for row in looked_up} >= lists.found(q="XF-2026") != set()


def test_a_page_tells_when_it_did_not_count_them_all(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: with a million petitions a page counts only so far – and shows all it finds all the same."""
    lists, _ = archive
    sought, everyone = lists.found(q="XF-2026"), lists.found()
    monkeypatch.setattr(searching, "FEW", 0)
    monkeypatch.setattr(paging, "LOOKED_INTO", 2)
    short = lists.petitions(q="XF-2026", limit=3)
    assert (short.total, short.counted_all) == (3, False), "no less than what is shown"
    page = lists.petitions(q="XF-2026")
    assert page.counted_all, "it was read to its end"
    assert page.total == len(page.items) > 3
    assert {row["case_id"] for row in page.items} == sought
    with lists.database.transaction() as connection:
        asked = ledger_list.query(EVERYTHING, lists.lights, ledger_list.Wanted())
        some = paging.fetch(connection, asked, limit=2, cursor=None, count_to=3)
        rest = paging.fetch(connection, asked, limit=200, cursor=None, count_to=len(everyone))
    assert (some.total, some.counted_all, len(some.items)) == (3, False, 2)
    assert (rest.total, rest.counted_all) == (len(everyone), True)


def test_a_search_uses_its_index(archive: Archive) -> None:
    """Rare words by their pairs, common ones by the place of each case that is left."""
    lists, _ = archive
    condition = search("收费")
    places = searching.PLACES.replace("{}", "t.bigrams @> %(pairs)s::bigint[]")
    asked = {
        "ledger_texts_bigrams_idx": places,
        "ledger_texts_position_idx": f"SELECT FROM ledger l WHERE {condition.text}",
    }
    with lists.database.transaction() as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        for index, query in asked.items():
            plan = connection.execute("EXPLAIN " + query, {**condition.values, "most": 10}).fetchall()
            assert any(index in row["QUERY PLAN"] for row in plan), index


@pytest.mark.parametrize("order", ["newest", "due"])
def test_a_page_is_the_same_whichever_way_its_words_are_looked_for(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    """C1: looked up or looked for in the list's order, in one pass or beyond it; turned over with or without a cursor."""
    lists, _ = archive
    filters = (
        {"q": "xf-2026"},
        {"q": "来信全文", "channel": "letter", "state": "open", "unit": "unit-a"},
        {"q": "xf", "category": "appeal", "received_from": on("2026-01-06")},
        {"q": "没有的词"},
    )
    queries = [
        ledger_list.query(EVERYTHING, lists.lights, ledger_list.Wanted(**one), ledger_list.ORDERS[order])
        for one in filters
    ]

    def turned() -> list[list[paging.Page]]:
        return [pages(lists, one) for one in queries]

    looked_up = turned()
    assert all(page.counted_all for those in looked_up for page in those)
    assert max(map(len, looked_up)) > 2
    assert looked_up[-1] == [paging.Page([], None, 0)]
    monkeypatch.setattr(searching, "FEW", 0)
    assert turned() == looked_up, "in the list's order"
    monkeypatch.setattr(paging, "LOOKED_INTO", 1)
    beyond = turned()
    assert [[(page.items, page.next_cursor) for page in those] for those in beyond] == [
        [(page.items, page.next_cursor) for page in those] for those in looked_up
    ]
    for those, exact in zip(beyond, looked_up, strict=True):
        assert all(page.counted_all or page.total <= exact[0].total for page in those)


def pages(lists: Lists, query: paging.Query) -> list[paging.Page]:
    """All pages of two rows, one after the other."""
    with lists.database.transaction() as connection:
        found = [paging.fetch(connection, query, limit=2, cursor=None, count_to=paging.COUNTED)]
        while (onwards := found[-1].next_cursor) is not None:
            found.append(paging.fetch(connection, query, limit=2, cursor=onwards, count_to=paging.COUNTED))
    return found


def test_what_words_find_is_counted_to_a_thousand_and_no_further(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists, _ = archive
    assert paging.COUNTED_SOUGHT == 1_000
    monkeypatch.setattr(paging, "COUNTED_SOUGHT", 3)
    page = lists.petitions(q="XF-2026", limit=1)
    assert (page.total, page.counted_all, len(page.items)) == (3, False, 1)
    whole = lists.petitions(q="XF-2026")
    assert whole.items[0] == page.items[0]
    assert whole.total == len(whole.items) > 3


def test_a_long_word_of_common_pairs_is_not_taken_for_rare(archive: Archive) -> None:
    """A word is as common as the rarest of its pairs; words of their own make each other rarer."""
    lists, _ = archive
    with lists.database.transaction() as connection:
        one_pair, whole = expected(connection, ["xf"]), expected(connection, ["xf-2026-0"])
        both, every = expected(connection, ["xf", "低保"]), expected(connection, [])
    assert whole == one_pair
    assert 0 < both < one_pair < every


@pytest.mark.parametrize(
    ("index", "filters"),
    [
        ("ledger_walk_idx", "state = 'closed' AND category = 'appeal' AND received_on >= '2026-01-01'"),
        ("ledger_open_idx", "state = 'open' AND unit = 'unit-a' AND channel = 'visit'"),
        ("ledger_unit_idx", "unit = 'unit-a' AND stage = 'replied' AND channel = 'visit'"),
    ],
)
def test_what_filters_leave_out_is_passed_by_in_the_index(
    archive: Archive, index: str, filters: LiteralString
) -> None:
    """C1: in the list's order only the cases that meet the filters are read."""
    lists, _ = archive
    asked = sql.SQL(
        "EXPLAIN SELECT position FROM ledger WHERE kind = 'petition' AND {} ORDER BY position DESC LIMIT 1"
    ).format(sql.SQL(filters))
    with lists.database.transaction() as connection:
        for way in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            connection.execute(f"SET LOCAL {way} = off")
        plan = "\n".join(row["QUERY PLAN"] for row in connection.execute(asked).fetchall())
    assert f"Backward using {index}" in plan
    assert "Filter" not in plan, "all of it is asked of the index"
