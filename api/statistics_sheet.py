"""统计报表的 Excel: the same rows as on the page."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from fastapi import Response

from api import sheets


def made(told: dict[str, Any], made_at: datetime) -> Response:
    """Excel: the same rows; rates in per cent, the totals and what was counted at the end."""
    columns = [
        sheets.Column(
            f"{one['label']}（%）" if one["kind"] == "rate" else one["label"],
            "text" if one["kind"] == "text" else "number",
            28 if one["kind"] == "text" else 12,
        )
        for one in told["columns"]
    ]
    target = BytesIO()
    title = f"{told['label']}（按{told['by_label']}，{period_told(told)}）"
    sheets.write(target, title, columns, _lines(told), made_at)
    return sheets.download(f"{title}.xlsx", sheets.XLSX, target.getvalue())


def period_told(told: dict[str, Any]) -> str:
    """期间用语."""
    if told["from"] is None and told["to"] is None:
        return f"{told['as_of']}在办"
    return f"{told['from'] or ''}至{told['to'] or ''}"


def _lines(told: dict[str, Any]) -> Iterator[list[Any]]:
    for row in (*told["rows"], {**told["totals"], "label": "合计"}):
        yield [_cell(one["kind"], row[one["name"]]) for one in told["columns"]]
    empty = [None] * (len(told["columns"]) - 1)
    for text in (f"统计范围：{told['scope']}", *told["definition"], *told["notes"]):
        yield [text, *empty]


def _cell(kind: str, value: Any) -> Any:
    return round(value * 100, 2) if kind == "rate" and value is not None else value
