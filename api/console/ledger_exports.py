"""台账导出页: a ledger's export is started, watched, cancelled and fetched. A small one comes at once."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import sheets
from api.console.forms import form_data
from api.console.ledger_asked import asked
from api.console.ledgers import SHOWN, queried
from api.console.visitors import Paged, Visiting, Visitor, then
from api.export_jobs import Job, Jobs
from api.exports import MEDIA
from api.ledgers import Asking, Ledger

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)

AT_ONCE = 1.5
"""Seconds within which a file is handed out without a bar."""
Given = Annotated[FormData, Depends(form_data)]


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.export_jobs
    return jobs


Registry = Annotated[Jobs, Depends(_jobs)]


def _address(job: Job) -> str:
    return f"/console/exports/{job.id}"


def _add_start(ledger: Ledger) -> None:
    @router.post(f"/{ledger.slug}/exports", name=f"{ledger.slug}-exports")
    def start(visitor: Visiting, jobs: Registry, given: Given) -> Response:
        """开始导出: of exactly what the page shows."""
        what = asked(visitor, ledger, queried(given))
        ending = "csv" if given.get("format") == "csv" else "xlsx"
        job = jobs.start(
            _asking(visitor), ledger, what.filters, ending, what.columns, what.order, what.address()
        )
        job.ended.wait(AT_ONCE)
        return then(visitor.request, f"{_address(job)}/file" if job.state == "done" else _address(job))


def _asking(visitor: Visitor) -> Asking:
    return Asking(visitor.services, visitor.act)


@router.get("/exports/{id:uuid}")
def watch(visitor: Visiting, jobs: Registry, id: UUID) -> HTMLResponse:
    """导出进度."""
    job = jobs.of(_asking(visitor), id)
    template = "ledger_export_piece.html" if visitor.is_htmx else "ledger_export.html"
    return visitor.page(template, job=job, address=_address(job))


@router.get("/exports/{id:uuid}/file")
def fetch(visitor: Visiting, jobs: Registry, id: UUID) -> Response:
    """下载: once."""
    job, file = jobs.take(_asking(visitor), id)
    return sheets.download(job.name, MEDIA[job.ending], file)


@router.post("/exports/{id:uuid}/cancel")
def cancel(visitor: Visiting, jobs: Registry, id: UUID) -> Response:
    """取消导出."""
    job = jobs.cancel(_asking(visitor), id)
    return then(visitor.request, job.back, "导出已取消。")


for _ledger in SHOWN:
    _add_start(_ledger)
