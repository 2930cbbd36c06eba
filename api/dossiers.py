"""案卷: one case's whole file, verifiable without us, for whoever may read the case (A20, C4)."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from api import readings
from api.attachments import SAFE
from api.bootstrap import Services
from api.dossier import making, packing
from api.errors import READS
from api.identity import Held, Signed
from api.logs import bind
from domain.acts import Act
from domain.cases import Kind
from domain.kinds import ITEM, PETITION, RECEPTION

router = APIRouter(prefix="/v1", responses=READS)

MEDIA = "application/zip"
PLACES: tuple[tuple[Kind, str, str, str], ...] = (
    (PETITION, "petitions", "", "信访事项"),
    (ITEM, "supervision-items", "item-", "督查事项"),
    (RECEPTION, "reception", "reception-", "接访值班"),
)
"""Kinds of case that have a file, where they are, what begins their operation ids, and their tag."""


def handed_out(services: Services, act: Act, kind: Kind, case_id: UUID) -> StreamingResponse:
    """交付案卷: the file, piece by piece; the reading is recorded before it is made. Raises Unknown and Busy."""
    bind(**{kind.name: case_id})
    begun = making.begun(services, act, kind, case_id)
    readings.note(services, act, case_id, "dossier", personal=begun.personal)
    file = making.made(begun)
    size = file.seek(0, 2)
    name = f"案卷-{begun.seen.state.number}.zip"
    return StreamingResponse(
        packing.pieces(file),
        media_type=MEDIA,
        headers={
            "X-Content-Type-Options": SAFE["X-Content-Type-Options"],
            "Cache-Control": SAFE["Cache-Control"],
            "Content-Length": str(size),
            "Content-Disposition": f"attachment; filename=\"dossier.zip\"; filename*=UTF-8''{quote(name, safe='')}",
        },
    )


def _add(kind: Kind, folder: str, prefix: str, tag: str) -> None:
    def dossier(id: UUID, services: Held, act: Signed) -> Any:
        """事件、文书、附件、所用规则和日历，连同封存证明和可读的案卷；凭 shixian verify 可以离线核对。每次取得留有记录."""
        return handed_out(services, act, kind, id)

    router.get(
        f"/{folder}/{{id}}/dossier.zip",
        tags=[tag],
        summary="案卷",
        operation_id=f"{prefix}dossier",
        response_class=StreamingResponse,
        responses={200: {"content": {MEDIA: {}}, "description": "案卷"}},
    )(dossier)


for _kind, _folder, _prefix, _tag in PLACES:
    _add(_kind, _folder, _prefix, _tag)
