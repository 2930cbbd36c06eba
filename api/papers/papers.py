"""文书的查阅和下载: which papers a case has and may have, and each of them as .docx and PDF.

What goes to a petitioner names who it is: it is only for those who may know, and every download leaves a trace.
"""

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from api import readings
from api.attachments import SAFE
from api.bootstrap import Services
from api.errors import READS, responses
from api.identity import Held, Signed
from api.logs import bind
from api.papers import fields, glyphs, sheets
from api.papers.sheets import File, Sheet
from domain.acts import Act
from domain.attachments import DOCX, PDF
from domain.cases import Kind
from domain.errors import NotYours
from domain.kinds import PETITION
from domain.papers import issuing
from domain.petition.situation import standing_of as petition_standing
from domain.rules import papers
from domain.rules.authority import may_see_personal_data
from domain.rules.item_powers import may_open_papers
from domain.supervision.situation import standing_of as item_standing

MEDIA = {"docx": DOCX, "pdf": PDF}
FORMS = {"docx": "docx", "pdf": "typ"}
"""The form of the template from which each kind of file is made."""
Code = Annotated[str, Path(pattern="^[a-z-]{1,40}$", description="文书种类的代码，如 acceptance")]
Number = Annotated[str | None, Query(max_length=100, description="文号；不填为最近一份")]


class DateShown(BaseModel):
    """所载日期 — as the paper prints it; `current_on` where the limit is another by now."""

    name: str
    label: str
    printed_on: date
    provisional: bool
    current_on: date | None = None


class PaperShown(BaseModel):
    """文书 — issued, or a draft; `open` whether the officer may issue it, and `reason` if not.

    Who may not open it gets no link but `closed`, the reason. `lacking` are characters that the PDF can't show.
    """

    kind: str
    label: str
    basis: str
    to: str
    draft: bool
    number: str | None
    issued_on: date | None
    organ: str
    addressees: list[str]
    dates: list[DateShown]
    served_on: date | None
    servable: bool
    open: bool
    reason: str | None
    remark: str | None
    lacking: list[str]
    closed: str | None
    docx: str | None
    pdf: str | None


class Papers(BaseModel):
    """文书清单 — in the order of the kinds, those of one kind in the order they were issued."""

    items: list[PaperShown]


def listed(file: File) -> list[PaperShown]:
    """文书清单: every paper of the case."""
    return [_shown(file, one) for one in file.sheets]


def _shown(file: File, sheet: Sheet) -> PaperShown:
    told = sheets.printing(file, sheet)
    closed = why_closed(file, sheet)
    lacking = [] if closed is not None else glyphs.lacking(fields.of(told))
    paper, issued = sheet.paper, sheet.issued is not None
    dates = [
        DateShown(
            name=one.name,
            label=papers.date_label(one.name, one.clock),
            printed_on=one.on,
            provisional=one.provisional,
            current_on=file.moved(one),
        )
        for one in told.dates
    ]
    base = "/v1/petitions" if file.seen.kind is PETITION else "/v1/supervision-items"
    query = f"?number={quote(sheet.number)}" if issued else ""
    links = {
        ending: None
        if closed is not None
        else f"{base}/{file.seen.state.id}/notices/{paper.code}.{ending}{query}"
        for ending in MEDIA
    }
    return PaperShown(
        kind=paper.code,
        label=paper.label,
        basis=issuing.basis(paper, sheet.decision, file.issuer) or "",
        to=paper.to,
        draft=not issued,
        number=sheet.number or None,
        issued_on=sheet.issued.on if issued else None,
        organ=told.unit(told.organ),
        addressees=[told.unit(one) for one in told.addressees],
        dates=dates,
        served_on=sheet.served_on,
        servable=paper.personal,
        open=not issued and sheet.closed is None,
        reason=sheet.closed.message if sheet.closed is not None else None,
        remark="".join(filter(None, [_remark(dates), _unprintable(lacking)])) or None,
        lacking=lacking,
        closed=closed.message if closed is not None else None,
        **links,
    )


def _remark(dates: list[DateShown]) -> str | None:
    """A limit that moved since is told: the paper keeps the date it was printed with."""
    moved = [one for one in dates if one.current_on is not None]
    told = (f"文书所载{one.label}{one.printed_on}，现行期限{one.current_on}" for one in moved)
    return "；".join(told) + "。" if moved else None


def _unprintable(lacking: list[str]) -> str | None:
    """字形缺失: told before the paper goes out; the Word file shows with the fonts of the office's own machine."""
    if not lacking:
        return None
    shown = "、".join(f"“{one}”（U+{ord(one):04X}）" for one in lacking)
    return f"字形缺失：PDF 的字库没有{shown}，请改用 Word 文件打印。"


def why_closed(file: File, sheet: Sheet) -> NotYours | None:
    """不可打开: what names the petitioner is for those who may know; an item's papers for those it passed through."""
    state, directory, act = file.seen.state, file.services.casework.directory(), file.act
    if file.seen.kind is PETITION:
        if not sheet.paper.personal or may_see_personal_data(petition_standing(state, directory), act):
            return None
        return NotYours(
            "petition.personal_data_closed",
            "该文书载明信访人身份信息，只对正在办理该事项的单位和人员开放。",
            "《信访工作条例》第三十条第三款",
        )
    if may_open_papers(item_standing(state, directory), act):
        return None
    return NotYours(
        "attachment.not_passed_through",
        "公开事项的文书只对事项流经的人员、领导、督查员和审计人员开放。",
        "《机关单位督查督办工作制度》第十四条",
    )


def handed_out(
    services: Services, act: Act, kind: Kind, case_id: UUID, code: str, ending: str, number: str | None
) -> Response:
    """下载文书: the paper; the reading is recorded before anything is shown. Raises Refused of every kind of read."""
    file = sheets.opened(services, act, case_id, kind)
    sheet = file.sheet(code, number)
    closed = why_closed(file, sheet)
    if closed is not None:
        raise closed
    names_people = kind is PETITION and sheet.paper.personal
    readings.note(services, act, case_id, "notice", personal=names_people)
    content = sheets.made(file, sheet, FORMS[ending])
    name = f"{sheet.paper.label}-{sheet.number or '草稿'}.{ending}"
    return file_response(content, name, ending)


def file_response(content: bytes, name: str, ending: str) -> Response:
    """文件应答: a PDF may be shown by the browser, everything else is kept as a file."""
    shown = "inline" if ending == "pdf" else "attachment"
    headers = {
        "X-Content-Type-Options": SAFE["X-Content-Type-Options"],
        "Cache-Control": SAFE["Cache-Control"],
        "Content-Disposition": f"{shown}; filename=\"paper.{ending}\"; filename*=UTF-8''{quote(name, safe='')}",
    }
    return Response(content, media_type=MEDIA.get(ending, "text/plain; charset=utf-8"), headers=headers)


def add_papers(router: APIRouter, kind: Kind, prefix: str = "") -> None:
    """加入文书: the list and the files, for the cases of a kind; `prefix` begins the operation ids."""

    @router.get("/{id}/documents", responses=READS, summary="文书清单", operation_id=f"{prefix}documents")
    def documents(id: UUID, services: Held, act: Signed) -> Papers:
        """已出具的文书，以及已有决定而尚未出具的（草稿）；所载期限有变动的，同时列明现行期限."""
        bind(**{kind.name: id})
        return Papers(items=listed(sheets.opened(services, act, id, kind)))

    for ending in MEDIA:
        _add_file(router, kind, ending, prefix)


def _add_file(router: APIRouter, kind: Kind, ending: str, prefix: str) -> None:
    def download(id: UUID, code: Code, services: Held, act: Signed, number: Number = None) -> Any:
        """已出具的按出具时的记录打印；未出具而已有决定的为草稿，没有文号."""
        bind(**{kind.name: id})
        return handed_out(services, act, kind, id, code, ending, number)

    router.get(
        f"/{{id}}/notices/{{code}}.{ending}",
        responses=READS | responses(409) | {200: {"content": {MEDIA[ending]: {}}, "description": "文书"}},
        response_class=Response,
        summary=f"下载文书（{ending}）",
        operation_id=f"{prefix}notice-{ending}",
    )(download)
