"""案卷保管栏: how a case's file is kept, what was destroyed of it, and what an act on its form would destroy."""

from collections.abc import Iterator
from typing import Any

from api import archives
from api.case_reading import Seen
from api.console.case_sections import Section, dated, named, section
from api.console.case_words import Line, Piece, Words, line
from api.console.forms import Choices
from api.console.rendering import day
from api.console.visitors import Visitor
from api.masking import petitioners
from domain.erasure.commands import ALL
from domain.erasure.files import File, file_of
from domain.erasure.fold import Erasure
from domain.kinds import PETITION, RECEPTION
from domain.masking import masked_name
from domain.rules import retention

PREVIEWED = frozenset({"request-erasure", "approve-erasure", "witness-erasure"})
"""Acts whose form shows what is to be destroyed."""


def of(seen: Seen, words: Words) -> Section | None:
    """案卷保管: of a closed case; None while it is open and nothing was destroyed."""
    file = file_of(seen.state)
    if file is None or not (file.closed or file.custody.erasures or file.custody.loan):
        return None
    return section("案卷保管", *_lines(file, words, seen))


def _lines(file: File, words: Words, seen: Seen) -> Iterator[Line | None]:
    kept, request, loan = file.kept, file.custody.request, file.custody.loan
    usual = "" if file.archived else "（归档时确定，通常如此）"
    yield line("保管期限", f"{kept.label}{usual}")
    yield line("依据", file.keep.basis)
    yield dated("归档日期", file.custody.archived_on)
    if file.archived:
        yield line("届满日期", "永久保管" if file.runs_out is None else day(file.runs_out))
    if loan is not None:
        yield line(
            "借出", f"{loan.borrower} · {day(loan.on)}借出 · 应于{day(loan.due_back)}归还", loan.purpose
        )
    if request is not None:
        approved = f"，{day(request.approved_on)}批准" if request.approved_on else "，待批准"
        seen_by = f"，已有{len(request.witnessed_by)}人监销" if request.witnessed_by else ""
        ground = retention.label_of_ground(request.ground)
        yield line("销毁申请", f"{day(request.on)}申请（{ground}）{approved}{seen_by}")
        yield named("申请人", words.officers(request.by, seen.named_at))
        yield named("批准人", words.officers(request.approved_by, seen.named_at))
    for one in file.custody.erasures:
        yield Line("已清除", (Piece(told(one)),))


def told(one: Erasure) -> str:
    """清除说明: what was destroyed, when, on which ground, and the number of the record."""
    parts = [
        f"信访人身份信息{len(one.people)}人" if one.people else "",
        "正文" if one.texts else "",
        f"附件{one.attachments}份" if one.attachments else "",
    ]
    what = "、".join(part for part in parts if part)
    return f"{day(one.on)}依“{retention.label_of_ground(one.ground)}”清除{what}，销毁清册编号{one.number}"


def erased(seen: Seen) -> list[str]:
    """已清除: a sentence for each destruction of this case."""
    file = file_of(seen.state)
    return [] if file is None else [told(one) for one in file.custody.erasures]


def people(state: Any) -> Choices:
    """信访人备选: all, or one by one under masked names."""
    masked = {one["key"]: one["name"] for one in petitioners(state)} if hasattr(state, "petitioners") else {}
    if not masked and hasattr(state, "visitors"):
        masked = {one.key: masked_name(one.name) for one in state.personal.people}
    file = file_of(state)
    left = file.people_left if file is not None else ()
    if not left:
        return ()
    return ((ALL, "全部信访人"), *((key, masked.get(key) or f"信访人{key}") for key in left))


def preview(visitor: Visitor, seen: Seen, slug: str) -> dict[str, Any] | None:
    """销毁预览: on the form of an act that leads to it; of the request, or of everything while none was made."""
    if slug not in PREVIEWED:
        return None
    plan = archives.planned(visitor.services, seen, [ALL], texts=True)
    masked = dict(people(seen.state))
    called = {PETITION.name: "信访人", RECEPTION.name: "来访人"}.get(seen.kind.name, "信访人")
    places = {"petition": "petitions", "item": "supervision-items", "reception": "reception"}
    request = seen.state.custody.request
    if request is None and plan["people"]:
        plan["named_in"] = archives.planned(visitor.services, seen, [ALL], texts=False)["named_in"]
    return plan | {
        "called": called,
        "names": [masked.get(key, key) for key in plan["people"]],
        "linked": [one | {"href": f"/console/{places[one['kind']]}/{one['case']}"} for one in plan["linked"]],
        "asked": request is not None,
        "ground": retention.label_of_ground(request.ground) if request is not None else None,
        "reason": request.reason if request is not None else None,
    }
