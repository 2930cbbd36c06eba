"""保管期限表 (A20): which class fits which file, from when it counts, and that no row stands without its basis."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from domain.errors import Invalid
from domain.rules import retention
from domain.rules.rows import RulebookError

TABLE: dict[str, Any] = {
    "class": [{"code": "10-years", "label": "10年", "years": 10}],
    "row": [
        {
            "id": kind,
            "case": kind,
            "class": "10-years",
            "counts_from": "closed",
            "basis": "规定",
            "checked": "已核对",
        }
        for kind in retention.KINDS
    ],
    "ground": [{"code": "law", "label": "法律要求", "basis": "法", "checked": "已核对"}],
}


@pytest.mark.parametrize(
    ("case", "attributes", "kept"),
    [
        ("petition", {"instructed": "yes", "answered": "yes", "category": "appeal"}, "permanent"),
        ("petition", {"instructed": "yes", "answered": "no", "category": "appeal"}, "10-years"),
        ("petition", {"instructed": "no", "answered": "yes", "category": "appeal"}, "30-years"),
        ("petition", {"instructed": "no", "answered": "no", "category": "accusation"}, "30-years"),
        ("item", {"form": "meeting", "instructed": "yes"}, "permanent"),
        ("item", {"form": "item", "instructed": "yes"}, "30-years"),
        ("item", {"form": "document", "instructed": "no"}, "10-years"),
        ("reception", {"category": "accusation"}, "30-years"),
        ("reception", {"category": ""}, "10-years"),
    ],
)
def test_a20_the_first_row_that_fits(case: str, attributes: dict[str, str], kept: str):
    assert retention.usual(case, attributes).kept.code == kept


def test_a20_it_counts_from_the_year_after_the_closing():
    ten, ever = retention.of_code("10-years"), retention.of_code("permanent")
    assert retention.runs_out(ten, date(2016, 1, 1)) == date(2026, 12, 31)
    assert retention.runs_out(ten, date(2016, 12, 31)) == date(2026, 12, 31)
    assert retention.runs_out(ever, date(1950, 1, 1)) is None


def test_a20_a_class_is_known_by_code_label_and_alias():
    assert {retention.named(one).code for one in ("30-years", "30年", "长期", " 三十年 ")} == {"30-years"}
    with pytest.raises(Invalid) as unknown:
        retention.named("100年")
    assert unknown.value.code == "archive.unknown_retention"


def test_a20_every_row_and_ground_has_its_basis_and_how_far_it_was_checked():
    table = retention.shipped()
    assert all(one.basis and one.checked for one in (*table.rows, *table.grounds))


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("class", {"years": "ten"}),
        ("row", {"basis": ""}),
        ("row", {"class": "20-years"}),
        ("row", {"only": {"weather": ["fine"]}}),
        ("row", {"counts_from": "birth"}),
        ("row", {"note": "未知字段"}),
        ("ground", {"expired": "yes"}),
        ("ground", {"checked": None}),
    ],
)
def test_a20_a_table_with_a_fault_is_refused(where: str, change: dict[str, Any]):
    table = deepcopy(TABLE)
    assert retention.parse(table).rows
    table[where][0] |= change
    with pytest.raises(RulebookError):
        retention.parse(table)


def test_a20_every_kind_has_a_row_for_all_its_files():
    table = deepcopy(TABLE)
    table["row"][0]["only"] = {"category": ["appeal"]}
    with pytest.raises(RulebookError, match="petition"):
        retention.parse(table)
