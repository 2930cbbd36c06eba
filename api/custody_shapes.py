"""案卷保管的接口形状: how a file is kept, what was destroyed and what would be, as the API and the pages show it."""

from collections.abc import Iterable
from typing import Any

from api.case_reading import Seen
from domain.erasure.erasing import Plan
from domain.erasure.files import file_of
from domain.erasure.naming import Place
from domain.rules import retention

STAYS = (
    "编号、日期、期限、单位和经办人员",
    "分类、结果和人数，因而各项统计不变",
    "被反映单位和人员的名称（据以回避）",
    "完整性证明：每条记录仍可验证未被改动",
)
"""What no destruction touches."""
TEXTS_STAY = "正文、意见、批示、报告等全部文字，以及全部附件（没有选择清除正文）"
"""What stays besides, where only people are erased."""
KINDS = {"petition": "信访事项", "item": "督查事项", "reception": "接访值班记录"}


def custody(seen: Seen) -> dict[str, Any] | None:
    """案卷保管: of a case that has a file; None of a month's list."""
    file = file_of(seen.state)
    if file is None:
        return None
    kept, request, loan = file.kept, file.custody.request, file.custody.loan
    return {
        "retention": kept.code,
        "retention_label": kept.label,
        "basis": file.keep.basis,
        "checked": file.keep.checked,
        "archived_on": file.custody.archived_on,
        "runs_out_on": file.runs_out,
        "gone": file.is_gone,
        "people_left": list(file.people_left),
        "request": None
        if request is None
        else {
            "on": request.on,
            "ground": request.ground,
            "ground_label": retention.label_of_ground(request.ground),
            "reason": request.reason,
            "people": list(request.people),
            "texts": request.texts,
            "by": list(request.by),
            "approved_on": request.approved_on,
            "approved_by": list(request.approved_by),
            "witnessed_by": [list(one) for one in request.witnessed_by],
        },
        "loan": None
        if loan is None
        else {"on": loan.on, "borrower": loan.borrower, "purpose": loan.purpose, "due_back": loan.due_back},
        "erasures": [
            {
                "on": one.on,
                "number": one.number,
                "ground": one.ground,
                "ground_label": retention.label_of_ground(one.ground),
                "people": list(one.people),
                "texts": one.texts,
                "attachments": one.attachments,
                "version": one.version,
            }
            for one in file.custody.erasures
        ],
    }


def planned(plan: Plan, attachments: list[str]) -> dict[str, Any]:
    """清除预览: what would be gone, and what stays."""
    return {
        "people": list(plan.people),
        "texts": plan.texts,
        "attachments": attachments,
        "linked": [
            {
                "kind": one.file.kind,
                "kind_label": KINDS[one.file.kind],
                "case": one.file.id,
                "number": one.file.number,
                "closed": one.file.closed,
                "people": list(one.people),
                "texts": one.texts,
            }
            for one in plan.along
        ],
        "stays": [*STAYS, *(() if plan.texts else (TEXTS_STAY,))],
    }


def places(found: Iterable[Place]) -> list[dict[str, Any]]:
    """仍有记载之处: events whose texts would stay and name who goes, without the words."""
    return [
        {
            "kind": one.kind,
            "kind_label": KINDS[one.kind],
            "case": one.case,
            "event": one.event,
            "label": one.label,
            "on": one.on,
            "version": one.version,
        }
        for one in found
    ]


def table() -> dict[str, Any]:
    """保管期限表: classes, rows and grounds with what each rests on, and how far that was checked."""
    shipped = retention.shipped()
    return {
        "classes": [{"code": one.code, "label": one.label, "years": one.years} for one in shipped.classes],
        "rows": [
            {
                "id": one.id,
                "case": one.case,
                "case_label": KINDS[one.case],
                "only": {name: list(values) for name, values in one.only.items()},
                "retention": one.kept.code,
                "retention_label": one.kept.label,
                "counts_from": retention.COUNTS_FROM[one.counts_from],
                "basis": one.basis,
                "checked": one.checked,
            }
            for one in shipped.rows
        ],
        "grounds": [
            {
                "code": one.code,
                "label": one.label,
                "basis": one.basis,
                "checked": one.checked,
                "only_after_retention": one.expired,
                "only_archived": one.archived,
                "whole_file": one.whole,
            }
            for one in shipped.grounds
        ],
    }
