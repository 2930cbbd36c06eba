"""预警的接口形状: an alert as the API shows it, in lists and on the stream alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.bootstrap import Services
from domain.directory.fold import Directory
from domain.rules.signals import AlertStep, steps
from projections.view import Row


class Wording:
    """预警用语 — what steps are called, by the common table and by the rule books' own, and who the officers are."""

    def __init__(self, services: Services, now: datetime) -> None:
        books = services.casework.known(now).books.all()
        own = [step for book in books for step in book.alerts]
        self.steps: Mapping[str, AlertStep] = {step.id: step for step in (*own, *steps())}
        self.directory: Directory = services.casework.directory()

    def shown(self, row: Row) -> dict[str, Any]:
        """预警: `step` is the kind of step, `step_id` and `days_before` tell two of a kind apart."""
        step = self.steps.get(row["step"])
        shown: dict[str, Any] = {
            "id": row["alert_id"],
            "case": row["case_id"],
            "case_kind": row["case_kind"],
            "case_number": row["number"],
            "clock": row["clock"],
            "part": row["part"],
            "clock_label": row["clock_label"],
            "step": step.step if step is not None else row["step"],
            "step_id": row["step"],
            "step_label": step.label if step is not None else None,
            "days_before": -step.offset if step is not None and step.offset < 0 else None,
            "due_on": row["due_on"],
            "light": row["light"],
            "unit": row["unit"],
            "unit_name": self.directory.unit_name(row["unit"]),
            "raised_at": row["raised_at"],
            "recipients": row["recipients"],
            "deliveries": [_in_app(row), *row["deliveries"]],
            "position": row["position"],
        }
        if row["acknowledged_by"] is not None:
            shown |= {
                "acknowledged_by": row["acknowledged_by"],
                "acknowledged_at": row["acknowledged_at"],
                "remark": row["remark"],
            }
        if row["withdrawn_at"] is not None:
            shown |= {"withdrawn_at": row["withdrawn_at"], "now_due_on": row["now_due_on"]}
        return shown


def _in_app(row: Row) -> dict[str, Any]:
    """Inside the house an alert has arrived once it is in the list."""
    return {"channel": "in_app", "state": "available", "attempts": 1, "at": row["raised_at"]}
