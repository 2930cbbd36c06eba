"""文书模板页: what each paper is printed from; replacing it, with what is wrong said in place; going back."""

from typing import Annotated, Literal

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from api.console.imports import SignedFirst
from api.console.visitors import Visiting, Visitor, then
from api.errors import STATUS
from api.papers import fields, keeping, trying
from api.papers.keeping import TemplateShown
from domain.errors import Invalid, NotNow, Refused, Unknown

HOME = "/console/templates"
FORMS = {"docx": "可编辑文书（.docx）", "typ": "打印文书（.typ）"}
SOURCES = {"shipped": "系统自带", "office": "本机关模板", "house": "全部机关通用模板"}
CASES = {"petition": "信访事项", "item": "督查事项"}

router = APIRouter(prefix=HOME, route_class=SignedFirst, include_in_schema=False)


@router.get("")
def templates_page(visitor: Visiting) -> HTMLResponse:
    """文书模板: of every paper."""
    shown = keeping.shown(visitor.services, visitor.act)
    return visitor.page("paper_templates.html", templates=shown, sources=SOURCES, cases=CASES)


@router.get("/{notice}")
def template_page(visitor: Visiting, notice: str) -> HTMLResponse:
    """一种文书的模板."""
    return _page(visitor, notice)


@router.get("/{notice}/{form}")
def download(visitor: Visiting, notice: str, form: Literal["docx", "typ", "pdf"]) -> Response:
    """下载现用的模板, or the sample that it prints."""
    return keeping.file_of(visitor.services, visitor.act, notice, form)


@router.post("/{notice}/{form}")
def upload(
    request: Request,
    visitor: Visiting,
    notice: str,
    form: Literal["docx", "typ"],
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """更换模板: what can't be printed is refused, with every fault and its place."""
    content = file.file.read(trying.LARGEST + 1) if file is not None else b""
    try:
        keeping.replace(visitor.services, visitor.act, notice, form, content)
    except (Invalid, NotNow) as refused:
        return _page(visitor, notice, form, refused)
    return then(
        request, f"{HOME}/{notice}", "模板已更换，此后出具的文书按新模板打印；已出具的仍按原模板打印。"
    )


@router.post("/{notice}/{form}/restore")
def restore(request: Request, visitor: Visiting, notice: str, form: Literal["docx", "typ"]) -> Response:
    """恢复系统自带的模板."""
    try:
        keeping.restore(visitor.services, visitor.act, notice, form)
    except NotNow as refused:
        return _page(visitor, notice, form, refused)
    return then(request, f"{HOME}/{notice}", "已恢复使用系统自带的模板。")


def _page(visitor: Visitor, notice: str, form: str = "", refused: Refused | None = None) -> HTMLResponse:
    status = 200
    problems: list[str] = []
    if refused is not None:
        status = next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)
        told = refused.details.get("problems")
        problems = [str(one) for one in told] if isinstance(told, list) else [refused.message]
    return visitor.page(
        "paper_template.html",
        status=status,
        one=_found(visitor, notice),
        forms=FORMS,
        sources=SOURCES,
        labels=fields.labels(),
        faulty=form,
        problems=problems,
    )


def _found(visitor: Visitor, notice: str) -> TemplateShown:
    shown = keeping.shown(visitor.services, visitor.act)
    found = next((one for one in shown if one.kind == notice), None)
    if found is None:
        raise Unknown("template.unknown", "没有这种文书。")
    return found
