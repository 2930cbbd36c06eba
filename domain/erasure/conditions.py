"""案卷保管与销毁的开放条件: what must hold besides stage and power, the same for every kind of case.

Nobody has two parts in one destruction: who asked neither approves nor witnesses, who approved doesn't witness, and the
two witnesses are different people. Standing in makes nobody another person, and whoever is complained of has no part.
"""

from collections.abc import Callable, Iterable
from typing import Any

from domain.directory.accused import accused_people, accused_units
from domain.erasure.acts import STILL_OPEN, WITHOUT_PEOPLE
from domain.erasure.files import File
from domain.errors import NotNow, NotYours, Refused
from domain.rules.authority import stands_accused

BASIS = "《中华人民共和国档案法》第二十一条"
Of = Callable[[Any], File]
Condition = Callable[[Any], Refused | None]


def is_of(act: Any, doers: Iterable[str]) -> bool:
    """本人经办: whether the acting officer, or the one stood in for, is among those who did it."""
    return bool({act.by, act.principal} & set(doers))


def closed_by_erasure(state: Any, slug: str, file_of: Of) -> Refused | None:
    """已清除: why an act that needs what is gone is closed. Of most cases nothing is, and their file isn't asked for."""
    if not state.custody.erasures or slug in STILL_OPEN:
        return None
    file = file_of(state)
    if not file.is_gone:
        return None
    if slug in WITHOUT_PEOPLE and not file.custody.texts_gone:
        return None
    last = file.custody.erasures[-1]
    return NotNow(
        "erasure.gone",
        f"本件已于{last.on}依法清除（{last.number}），内容和信访人信息不复存在，不能再办理或者重新办理。",
        BASIS,
        number=last.number,
    )


def conditions(of: Of) -> dict[str, Condition]:
    """开放条件: over the situations of one kind of case; `of` gives the file of a situation."""

    def nobody_accused(s: Any) -> Refused | None:
        file = of(s)
        units = accused_units(file.against, s.directory, file.since)
        people = accused_people(file.against, s.directory, file.since)
        if not stands_accused(units, people, s.act):
            return None
        return NotYours("erasure.accused", "被反映的单位和人员不得参与该案卷的销毁。", BASIS)

    def not_own_erasure(s: Any) -> Refused | None:
        request = of(s).custody.request
        if request is None:
            return None
        had_part = [
            *request.by,
            *request.approved_by,
            *(one for doers in request.witnessed_by for one in doers),
        ]
        if not is_of(s.act, had_part):
            return None
        return NotYours(
            "erasure.own_part",
            "申请、批准和两名监销人应当各为不同的人员；代行他人职务的，按本人计算。",
            BASIS,
        )

    def no_open_erasure(s: Any) -> Refused | None:
        if of(s).custody.request is None:
            return None
        return NotNow("erasure.request_open", "已有销毁申请正在办理。", BASIS)

    def open_erasure(s: Any) -> Refused | None:
        if of(s).custody.request is not None:
            return None
        return NotNow("erasure.no_request", "没有正在办理的销毁申请。", BASIS)

    def not_yet_approved(s: Any) -> Refused | None:
        request = of(s).custody.request
        if request is None or request.approved_on is None:
            return None
        return NotNow("erasure.already_approved", f"该销毁申请已于{request.approved_on}批准。", BASIS)

    def erasure_approved(s: Any) -> Refused | None:
        request = of(s).custody.request
        if request is not None and request.approved_on is not None:
            return None
        return NotNow("erasure.not_approved", "销毁申请尚未经领导批准，不能监销。", BASIS)

    def something_left(s: Any) -> Refused | None:
        file = of(s)
        if file.people_left or not file.custody.texts_gone:
            return None
        return NotNow("erasure.nothing_left", "本件的信访人信息和正文均已清除。", BASIS)

    def file_in(s: Any) -> Refused | None:
        loan = of(s).custody.loan
        if loan is None:
            return None
        return NotNow("archive.file_lent", f"案卷已借给{loan.borrower}，应于{loan.due_back}归还。")

    def file_out(s: Any) -> Refused | None:
        if of(s).custody.loan is not None:
            return None
        return NotNow("archive.file_not_lent", "案卷没有借出。")

    def file_kept(s: Any) -> Refused | None:
        if not of(s).custody.texts_gone:
            return None
        return NotNow("archive.file_gone", "案卷内容已经清除，没有可以借阅的材料。", BASIS)

    return {
        "nobody_accused": nobody_accused,
        "not_own_erasure": not_own_erasure,
        "no_open_erasure": no_open_erasure,
        "open_erasure": open_erasure,
        "not_yet_approved": not_yet_approved,
        "erasure_approved": erasure_approved,
        "something_left": something_left,
        "file_in": file_in,
        "file_out": file_out,
        "file_kept": file_kept,
    }
