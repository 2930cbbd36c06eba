"""督查事项的接口形状: an item's state with the part of every unit in it, its row in the list, and the units' completion."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from api import case_stages
from api.case_reading import Seen
from domain.directory.fold import Directory
from domain.kinds import ITEM
from domain.rules import grounds
from domain.supervision.fold import Extension, Item, Points, Share
from domain.supervision.situation import LIMITS
from projections.view import Row

_AS_RECORDED = (
    "version", "number", "stage_on", "opened_on", "opened_at", "last_on", "source", "category", "subject",
    "requirements", "opened_by_unit", "due_on", "public", "form", "limit_class", "cadence", "leader_review", "petition",
    "petition_number", "petition_office", "received_on", "body", "confidential", "issued_on", "lead_unit",
    "assisting_units", "task_group", "units", "body_told_on", "closed_on",
)  # fmt: skip

DECIDES_NEXT = {"officer": "unit", "unit": "inspector", "inspector": "leader"}
"""Who answers a request for time that has come so far."""


def state(seen: Seen) -> dict[str, Any]:
    """事项状态: the fold as it stands, with names; who signed and who must still; each unit's part."""
    item: Item = seen.state
    stage = item.stage.value
    shown: dict[str, Any] = {"id": item.id}
    shown |= {name: getattr(item, name) for name in _AS_RECORDED}
    return shown | {
        "stage": stage,
        "stage_label": case_stages.label(ITEM.name, stage),
        "state": "closed" if case_stages.is_closed(ITEM.name, stage) else "open",
        "category_label": category_label(item.category),
        "opened_by_unit_name": seen.unit_name(item.opened_by_unit),
        "lead_unit_name": seen.unit_name(item.lead_unit),
        "against": [{"unit": one.unit, "person": one.person} for one in item.against],
        "leaders": _officers(seen, item.leaders),
        "signed_by": _officers(seen, item.signed_by),
        "to_sign": _officers(seen, [one for one in item.leaders if one not in item.signed_by]),
        "shares": [_share(seen, one) for one in (*item.holding, *_released(item))],
        "scores": [_points(seen, one) for one in item.scores],
    }


def _released(item: Item) -> list[Share]:
    return [share for share in item.shares if share.released]


def _officers(seen: Seen, officers: Iterable[str]) -> list[dict[str, Any]]:
    return [{"officer": one, "name": seen.officer_name(one)} for one in officers]


def _share(seen: Seen, share: Share) -> dict[str, Any]:
    """One unit's part; `limit_on` is the day by which it has to be done as things stand."""
    running = [
        clock.due_on
        for clock in seen.clocks
        if clock.clock in LIMITS and clock.unit == share.unit and clock.state in {"running", "suspended"}
    ]
    shown: dict[str, Any] = msgspec.to_builtins(share)
    return shown | {
        "unit_name": seen.unit_name(share.unit),
        "handler_name": seen.officer_name(share.handler),
        "reported_by": _officers(seen, share.reported_by),
        "submitted_by": _officers(seen, share.submitted_by),
        "limit_on": None if share.released else min(running, default=None),
        "released": share.released,
        "extension": None if share.extension is None else _request(seen, share.extension),
    }


def _request(seen: Seen, request: Extension) -> dict[str, Any]:
    """An open request for time, and who decides on it next."""
    shown: dict[str, Any] = msgspec.to_builtins(request)
    return shown | {
        "asked_by": _officers(seen, request.asked_by),
        "vetted_by": _officers(seen, request.vetted_by),
        "awaits": DECIDES_NEXT.get(request.level),
    }


def _points(seen: Seen, points: Points) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(points)
    return shown | {
        "unit_name": seen.unit_name(points.unit),
        "by_name": seen.officer_name(points.by),
        "reported_by": _officers(seen, points.reported_by),
    }


@cache
def _categories() -> dict[str, str]:
    return {one.code: one.label for one in grounds.source_categories()}


def category_label(code: str) -> str:
    """来源类别名称."""
    return _categories().get(code, code)


def listed(row: Row, directory: Directory) -> dict[str, Any]:
    """列表行: an item's row of the ledger as the list shows it."""
    shown = {name: value for name, value in row.items() if name != "case_id"}
    return {
        "id": row["case_id"],
        **shown,
        "stage_label": case_stages.label(ITEM.name, row["stage"]),
        "category_label": category_label(row["category"]),
        "unit_name": directory.unit_name(row["unit"]),
        "opened_by_unit_name": directory.unit_name(row["opened_by_unit"]),
        "handling_unit_names": [directory.unit_name(unit) for unit in row["handling_units"]],
    }


def completion(row: Row, directory: Directory) -> dict[str, Any]:
    """完成情况: of one unit."""
    return {"unit": row["unit"], "unit_name": directory.unit_name(row["unit"]), **row}
