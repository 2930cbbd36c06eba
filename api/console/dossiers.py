"""案卷下载: the whole file of a case, from its page; what of it is closed to the officer is left out and said so."""

from uuid import UUID

from fastapi import APIRouter, Response

from api import dossiers
from api.console.case_places import PLACES, Place
from api.console.visitors import Paged, Visiting
from api.dossier.making import KINDS

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)


def _add(place: Place) -> None:
    @router.get(f"/{place.folder}/{{id:uuid}}/dossier.zip", name=f"{place.folder}-dossier")
    def dossier(visitor: Visiting, id: UUID) -> Response:
        """案卷: the reading is recorded before it is made."""
        return dossiers.handed_out(visitor.services, visitor.act, place.kind, id)


for _place in PLACES:
    if _place.kind in KINDS:
        _add(_place)
