"""统计图: what of a report is drawn, as plain data; `static/charts.js` draws it. Colours differ for those who see few of
them, and patterns besides."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.statistics_reports import REPORTS

MOST_BARS = 24
"""So many bars can still be read; the table has them all."""

TONES: Mapping[str, str] = {
    "met": "#0072B2",
    "met_late": "#E69F00",
    "open_in_time": "#7CC3EA",
    "open_late": "#C0392B",
    "done_in_time": "#0072B2",
    "done_late": "#E69F00",
    "red": "#A40E26",
    "yellow": "#E0A100",
    "green": "#1B8A4B",
    "grey": "#8A929A",
    "overdue": "#A40E26",
    "days_3": "#E69F00",
    "days_7": "#F0D264",
    "days_15": "#7CC3EA",
    "first": "#0072B2",
    "repeated": "#E69F00",
    "repeat_rate": "#C0392B",
    "closing_rate": "#0072B2",
    "extension_rate": "#0072B2",
    "return_rate": "#C0392B",
    "office_rate": "#0072B2",
    "unit_rate": "#E69F00",
    "granted": "#0072B2",
    "refused": "#C0392B",
    "undecided": "#8A929A",
    "handed_back": "#C0392B",
    "kept": "#0072B2",
    "sent_back": "#E69F00",
}
RATES = {"extensions": ("extension_rate",), "returns": ("return_rate",)}
"""What the overview draws of a report instead of its numbers."""


def plot(told: Mapping[str, Any], links: Sequence[str | None], rates: bool = False) -> dict[str, Any] | None:
    """统计图: None if there is nothing to draw."""
    words = REPORTS[told["report"]]
    names = RATES[told["report"]] if rates else words.plotted
    rows = list(zip(told["rows"], links, strict=True))
    rows = rows[-MOST_BARS:] if told["by"] == "month" else rows[:MOST_BARS]
    if not any(row[name] for row, _ in rows for name in names):
        return None
    percent = names[0].endswith("_rate")
    labels = {column["name"]: column["label"] for column in told["columns"]}
    return {
        "title": told["label"],
        "kind": "line" if percent and told["by"] == "month" else "bar",
        "stacked": words.stacked and not percent,
        "percent": percent,
        "across": told["by"] in {"unit", "officer"},
        "labels": [row["label"] for row, _ in rows],
        "links": [link for _, link in rows],
        "series": [
            {"name": labels[name], "color": TONES[name], "data": [_value(row[name], percent) for row, _ in rows]}
            for name in names
        ],
        "targets": [
            {"label": f"{one['label']}目标 {one['value'] * 100:.0f}%", "value": round(one["value"] * 100, 2), "color": TONES[one["measure"]]}
            for one in told["targets"]
            if one["measure"] in names
        ],
    }  # fmt: skip


def _value(figure: float | None, percent: bool) -> float | None:
    return round(figure * 100, 2) if percent and figure is not None else figure
