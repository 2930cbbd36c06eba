"""月清单的接口形状: a month's list of negative decisions and its row in the list of lists, as the API shows them."""

from typing import Any

from api import case_stages
from api.case_reading import Seen
from domain.directory.fold import Directory
from domain.filing.fold import Entry, MonthList
from domain.kinds import MONTH
from projections.view import Row


def state(seen: Seen) -> dict[str, Any]:
    """清单状态: the fold as it stands, and of its entries those of cases that the officer may read."""
    month: MonthList = seen.state
    return {
        "id": month.id,
        "version": month.version,
        "number": month.number,
        "month": month.month,
        "office": month.office,
        "office_name": seen.unit_name(month.office),
        "stage": month.stage.value,
        "stage_label": case_stages.label(MONTH.name, month.stage.value),
        "state": "closed" if case_stages.is_closed(MONTH.name, month.stage.value) else "open",
        "sent_on": month.sent_on,
        "to_organ": month.to_organ,
        "entries": [_entry(one, seen) for one in month.entries if one.case not in seen.hidden],
    }


def _entry(entry: Entry, seen: Seen) -> dict[str, Any]:
    return {
        "case": entry.case,
        "case_number": entry.case_number,
        "decided_on": entry.decided_on,
        "unit": entry.decided_in,
        "unit_name": seen.unit_name(entry.decided_in),
        "sent_on": entry.sent_on,
    }


def listed(row: Row, directory: Directory) -> dict[str, Any]:
    """列表行: a list's row of the ledger as the list of lists shows it."""
    kept = {name: value for name, value in row.items() if name != "case_id"}
    return {
        "id": row["case_id"],
        **kept,
        "month": row["number"][-7:],
        "stage_label": case_stages.label(MONTH.name, row["stage"]),
        "office_name": directory.unit_name(row["office"]),
    }
