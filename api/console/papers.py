"""案件页的文书: which papers a case has, issuing them, printing and keeping them. Issuing and serving are acts of the case."""

from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.console.case_places import PLACES, Place
from api.console.visitors import Paged, Visiting
from api.papers import papers, sheets
from api.papers.papers import MEDIA, Number
from domain.errors import Unknown
from domain.kinds import ITEM, PETITION

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)
WITH_PAPERS = (PETITION, ITEM)


def _add(place: Place) -> None:
    here = f"/{place.folder}/{{id:uuid}}/papers"

    @router.get(here, name=f"{place.folder}-papers")
    def listed(visitor: Visiting, id: UUID) -> HTMLResponse:
        """文书: those issued, and what could be issued now."""
        file = sheets.opened(visitor.services, visitor.act, id, place.kind)
        _, situation = visitor.services.casework.situation(id, visitor.act, place.kind)
        return visitor.page(
            "papers_piece.html" if visitor.is_htmx else "papers.html",
            address=place.of(id),
            number=file.seen.state.number,
            version=file.seen.state.version,
            once=uuid4().hex,
            papers=papers.listed(file),
            may_serve="serve" in place.kind.commands and place.kind.refusal(situation, "serve") is None,
        )

    @router.get(f"{here}/{{file}}", name=f"{place.folder}-paper")
    def download(visitor: Visiting, id: UUID, file: str, number: Number = None) -> Response:
        """打印和下载: the reading is recorded."""
        code, _, ending = file.rpartition(".")
        if ending not in MEDIA:
            raise Unknown("request.no_such_address", "没有这个页面。")
        return papers.handed_out(visitor.services, visitor.act, place.kind, id, code, ending, number)


for _place in PLACES:
    if _place.kind in WITH_PAPERS:
        _add(_place)
