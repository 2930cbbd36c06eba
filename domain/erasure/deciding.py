"""案卷保管与销毁的决定: one function per command, the same for every kind of case; what depends on the body is here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from domain.cases import Draft, legal_date_of, set_date
from domain.erasure import commands, events
from domain.erasure.conditions import BASIS
from domain.erasure.files import File
from domain.errors import Invalid, NotNow
from domain.facts import Fact
from domain.rules import retention

Decision = Callable[[Any, Any], Draft]
BASES: Mapping[type[Fact], str] = dict.fromkeys(events.CUSTODY_FACTS, BASIS) | dict.fromkeys(
    (events.FileLent, events.FileReturned), "《中华人民共和国档案法》；借阅登记"
)
"""What each fact rests on; a request and the destruction rest on their ground besides."""


def basis_of(kind: type[Fact], fields: Mapping[str, Any]) -> str | None:
    """依据: of a fact about a file; None for any other."""
    if kind in {events.ErasureRequested, events.Erased}:
        return retention.ground(str(fields["ground"])).basis
    return BASES.get(kind)


def retained(given: str | None, file: File) -> str:
    """保管期限: the code of the class given at archiving, or of the usual one. Raises Invalid."""
    return retention.named(given).code if given is not None else file.keep.kept.code


def decisions(of: Callable[[Any], File], linked: Callable[[Any], Sequence[File]]) -> dict[type, Decision]:
    """决定表: of one kind of case; `linked` are the files that would go with it."""

    def request(command: commands.RequestErasure, s: Any) -> Draft:
        file, ground = of(s), retention.ground(command.ground)
        on = legal_date_of(command.on, s.act, file.closed_on or file.begun_on, "办结日")
        people, texts = _chosen(command, ground, file)
        _must_allow(ground, file, s.act.today)
        for other in linked(s):
            if not other.closed:
                raise NotNow("erasure.linked_open", f"关联事项{other.number}尚未办结，不能一并清除。", BASIS)
        fields = {"ground": ground.code, "reason": command.reason, "people": people, "texts": texts}
        return events.ErasureRequested, on, fields

    def approve(command: commands.ApproveErasure, s: Any) -> Draft:
        return events.ErasureApproved, after_request(command, s), {"text": command.text}

    def refuse(command: commands.RefuseErasure, s: Any) -> Draft:
        return events.ErasureRefused, after_request(command, s), {"reason": command.reason}

    def after_request(command: Any, s: Any) -> date:
        file = of(s)
        asked = file.custody.request.on if file.custody.request is not None else file.begun_on
        return legal_date_of(command.on, s.act, asked, "申请日")

    def witness(command: commands.WitnessErasure, s: Any) -> Draft:
        file = of(s)
        request = file.custody.request
        approved = request.approved_on if request is not None else None
        on = legal_date_of(command.on, s.act, approved or file.begun_on, "批准日")
        return events.ErasureWitnessed, on, {"text": command.text}

    def lend(command: commands.LendFile, s: Any) -> Draft:
        file = of(s)
        on = legal_date_of(command.on, s.act, file.closed_on or file.begun_on, "办结日")
        set_date(command.due_back, on, "应还日期")
        fields = {"borrower": command.borrower, "purpose": command.purpose, "due_back": command.due_back}
        return events.FileLent, on, fields

    def give_back(command: commands.ReturnFile, s: Any) -> Draft:
        file = of(s)
        lent = file.custody.loan.on if file.custody.loan is not None else file.begun_on
        return (
            events.FileReturned,
            legal_date_of(command.on, s.act, lent, "借出日"),
            {"remark": command.remark},
        )

    return {
        commands.RequestErasure: request,
        commands.ApproveErasure: approve,
        commands.RefuseErasure: refuse,
        commands.WitnessErasure: witness,
        commands.LendFile: lend,
        commands.ReturnFile: give_back,
    }


def _chosen(
    command: commands.RequestErasure, ground: retention.Ground, file: File
) -> tuple[tuple[str, ...], bool]:
    """清除范围: whose data, and whether the texts. Raises Invalid and NotNow."""
    texts = (command.texts or ground.whole) and not file.custody.texts_gone
    if ground.whole or commands.ALL in command.people:
        people = file.people_left
    else:
        people = tuple(dict.fromkeys(command.people))
        unknown = [key for key in people if key not in file.people]
        if unknown:
            known = "、".join(file.people_left) or "无"
            raise Invalid("erasure.person_unknown", f"本件没有这名信访人，可以填写：{known}。")
        if set(people) & file.custody.gone_people:
            raise NotNow("erasure.person_gone", "所选信访人的信息已经清除。", ground.basis)
    if not people and not texts:
        raise Invalid("erasure.nothing_chosen", "请选定要清除的信访人，或者选择清除正文和附件。")
    return people, texts


def _must_allow(ground: retention.Ground, file: File, today: date) -> None:
    """依据是否成立. Raises NotNow."""
    kept, ends = file.kept, file.runs_out
    if ground.archived and not file.archived:
        raise NotNow("erasure.not_archived", "案卷尚未归档，不能以保管期限届满为由销毁。", ground.basis)
    if kept.years is None and not ground.permanent:
        raise NotNow("erasure.permanent", "该案卷永久保管，不得以此为由销毁。", ground.basis)
    if ground.expired and (ends is None or ends >= today):
        until = f"，至{ends}届满" if ends is not None else ""
        raise NotNow(
            "erasure.not_expired",
            f"该案卷保管{kept.label}{until}；届满以前只有法律规定的事由才可以清除。",
            ground.basis,
        )
