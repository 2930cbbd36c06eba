"""文书模板的接口: what every kind of paper is printed from, replacing it, and going back to what came with the service."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Response
from pydantic import BaseModel

from api.bootstrap import Services
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.logs import bind
from api.papers import fields, shelf, trying
from api.papers.papers import file_response
from domain.acts import Act, Receipt
from domain.directory.fold import Directory
from domain.errors import Invalid, NotYours
from domain.papers import templates as paper_templates
from domain.papers.events import TemplateReplaced, TemplateRestored
from domain.papers.shapes import TemplateUsed
from domain.papers.templates import EVERYWHERE, KEEPERS, TEMPLATES_ID, a_paper
from domain.rules import papers
from domain.rules.authority import OFFICE_POSTS
from domain.rules.papers import Paper
from eventstore import templates as contents

router = APIRouter(prefix="/v1/notice-templates", tags=["文书模板"])

READERS = KEEPERS | OFFICE_POSTS | {"auditor"}
Notice = Annotated[str, Path(pattern="^[a-z-]{1,40}$", description="文书种类的代码，如 acceptance")]
Form = Literal["docx", "typ"]
Content = Annotated[bytes, Body(media_type="application/octet-stream", description="模板文件")]


class TemplateChange(BaseModel):
    """模板变更 — who replaced or restored a template, when."""

    form: str
    replaced: bool
    sha256: str | None
    by: str
    by_name: str
    at: datetime
    office: str
    office_name: str


class FormShown(BaseModel):
    """一种格式的模板 — its digest, and whether it is the shipped one, the office's own, or that of the whole house."""

    form: str
    sha256: str
    source: Literal["shipped", "office", "house"]


class TemplateShown(BaseModel):
    """一种文书的模板 — the fields it may use and must use, both forms, and what happened to them."""

    kind: str
    label: str
    case: str
    fields: list[str]
    required: list[str]
    forms: list[FormShown]
    history: list[TemplateChange]
    open: bool


class TemplateList(BaseModel):
    """文书模板列表."""

    items: list[TemplateShown]


class TemplateChanged(BaseModel):
    """模板已变更 — the position in the log and the digest now in use."""

    kind: str
    form: str
    sha256: str
    position: int


def shown(services: Services, act: Act) -> list[TemplateShown]:
    """文书模板: as the officer's office uses them. Raises NotYours."""
    must_read(act)
    history = [services.casework.fact(row) for row in services.casework.store.select_stream(TEMPLATES_ID)]
    directory = services.casework.directory()
    return [_shown(services, act, paper, history, directory) for paper in papers.papers()]


def must_read(act: Act) -> None:
    """可以查看模板. Raises NotYours."""
    if act.role not in READERS:
        raise NotYours("template.not_yours", "文书模板由信访工作机构和系统管理员查看。")


def _shown(
    services: Services, act: Act, paper: Paper, history: list[Any], directory: Directory
) -> TemplateShown:
    office = _office(act)
    ours = [
        one
        for one in history
        if isinstance(one, TemplateReplaced | TemplateRestored)
        and one.notice == paper.code
        and (one.office in {office, EVERYWHERE} or act.role in {"admin", "auditor"})
    ]
    return TemplateShown(
        kind=paper.code,
        label=paper.label,
        case=paper.case,
        fields=sorted(fields.known(paper)),
        required=sorted(fields.required(paper.code)),
        forms=[_form(services, office, paper, form) for form in papers.FORMS],
        history=[_change(one, directory) for one in reversed(ours)],
        open=act.role in KEEPERS,
    )


def _form(services: Services, office: str, paper: Paper, form: str) -> FormShown:
    templates = services.casework.templates()
    used = templates.used(office, paper.code, form)
    own = office != EVERYWHERE and (office, paper.code, form) in templates.own
    source: Literal["shipped", "office", "house"] = (
        "shipped" if used is None else "office" if own else "house"
    )
    return FormShown(form=form, sha256=used or shelf.digest(paper.code, form), source=source)


def _change(fact: Any, directory: Directory) -> TemplateChange:
    return TemplateChange(
        form=fact.form,
        replaced=isinstance(fact, TemplateReplaced),
        sha256=getattr(fact, "sha256", None),
        by=fact.by,
        by_name=directory.officer_called(fact.by, fact.recorded_at),
        at=fact.recorded_at,
        office=fact.office,
        office_name=directory.unit_name(fact.office) if fact.office else "全部机关",
    )


def _office(act: Act) -> str:
    return act.unit if act.role in OFFICE_POSTS else EVERYWHERE


def current(services: Services, act: Act, notice: str, form: str) -> bytes:
    """现用模板: the content. Raises NotYours and Unknown."""
    must_read(act)
    paper = a_paper(notice)
    used = services.casework.templates().used(_office(act), paper.code, form)
    return shelf.content_of(services.database, used or shelf.digest(paper.code, form))


def replace(services: Services, act: Act, notice: str, form: str, content: bytes) -> Receipt:
    """更换模板: tried first, kept, then recorded. Raises NotYours, Unknown, Invalid and NotNow."""
    paper_templates.keeper(act)
    paper = a_paper(notice)
    if not content:
        raise Invalid("template.empty", "没有收到模板文件，请选择文件后上传。")
    trying.must_print(paper, form, content)
    digest = sha256(content).hexdigest()
    with services.database.transaction() as connection:
        contents.keep(connection, digest, content)
    used = TemplateUsed(form, digest)

    def drafted(_: int) -> list[Any]:
        templates = services.casework.templates()
        return [paper_templates.replaced(templates, act, notice, form, used, len(content))]

    return services.casework.publish(TEMPLATES_ID, drafted, act)


def restore(services: Services, act: Act, notice: str, form: str) -> Receipt:
    """恢复原有模板: of the officer's office. Raises NotYours, Unknown and NotNow."""
    paper_templates.keeper(act)
    paper = a_paper(notice)

    def drafted(_: int) -> list[Any]:
        return [paper_templates.restored(services.casework.templates(), act, paper.code, form)]

    return services.casework.publish(TEMPLATES_ID, drafted, act)


def sample_of(services: Services, act: Act, notice: str) -> bytes:
    """样张: the present template for PDF with sample data. Raises NotYours and Unknown."""
    content = current(services, act, notice, "typ")
    apart = not shelf.is_shipped(sha256(content).hexdigest())
    return trying.preview(a_paper(notice), "typ", content, apart=apart)


def file_of(services: Services, act: Act, notice: str, form: str) -> Response:
    """模板文件: to be edited, or the sample where the form is "pdf"."""
    made = sample_of(services, act, notice) if form == "pdf" else current(services, act, notice, form)
    return file_response(made, f"{a_paper(notice).label}模板.{form}", form)


@router.get("", responses=READS, summary="文书模板列表", operation_id="notice-templates")
def listed(services: Held, act: Signed) -> TemplateList:
    """每种文书现用的模板、可用的字段和变更记录."""
    return TemplateList(items=shown(services, act))


def _add(form: Form) -> None:
    def download(notice: Notice, services: Held, act: Signed) -> Any:
        """现用的模板，修改后可以上传."""
        return file_of(services, act, notice, form)

    def upload(notice: Notice, services: Held, act: Signed, content: Content) -> TemplateChanged:
        """信访工作机构负责人更换本机关的模板，系统管理员更换全部机关的；不能排印的拒收，并说明错在何处."""
        bind(command="replace-template")
        receipt = replace(services, act, notice, form, content)
        return _changed(services, act, notice, form, receipt)

    def remove(notice: Notice, services: Held, act: Signed) -> TemplateChanged:
        """恢复使用系统自带的模板."""
        bind(command="restore-template")
        return _changed(services, act, notice, form, restore(services, act, notice, form))

    path = f"/{{notice}}.{form}"
    router.get(path, responses=READS, response_class=Response, summary=f"下载模板（{form}）",
               operation_id=f"notice-template-{form}")(download)  # fmt: skip
    router.put(path, responses=WRITES, summary=f"更换模板（{form}）",
               operation_id=f"replace-notice-template-{form}")(upload)  # fmt: skip
    router.delete(path, responses=WRITES, summary=f"恢复原有模板（{form}）",
                  operation_id=f"restore-notice-template-{form}")(remove)  # fmt: skip


def _changed(services: Services, act: Act, notice: str, form: str, receipt: Receipt) -> TemplateChanged:
    used = _form(services, _office(act), a_paper(notice), form)
    return TemplateChanged(kind=notice, form=form, sha256=used.sha256, position=receipt.position)


_add("docx")
_add("typ")


@router.get(
    "/{notice}.pdf",
    responses=READS,
    response_class=Response,
    summary="模板样张",
    operation_id="notice-template-sample",
)
def sample(notice: Notice, services: Held, act: Signed) -> Any:
    """现用的打印模板以示例内容排出的样张."""
    return file_of(services, act, notice, "pdf")
