"""The search in the lists: two characters suffice, and common words find what rare ones do."""

import pytest

from projections import ledger_list, paging, searching
from projections.searching import search
from tests.projections.listing import EVERYTHING, Archive


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
    page = lists.petitions(q="XF-2026")
    assert not page.counted_all
    assert page.total == len(page.items) > 2, "no less than what is shown"
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
