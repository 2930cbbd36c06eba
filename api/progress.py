"""信访人查询与评价: whoever shows the number and the query code of a petition sees how far it is, and may rate it.

A wrong number and a wrong code answer alike, on the same beat. Number and code travel in bodies, never in addresses.
"""

import unicodedata
from hmac import compare_digest
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api import progress_shapes, readings, tries
from api.bodies import Lines, Short
from api.bootstrap import Services
from api.case_reading import Seen, in_full
from api.errors import responses
from api.identity import Held
from api.logs import bind
from api.papers import sheets
from api.papers.papers import FORMS, Code, file_response
from api.sessions import Place
from domain.acts import Receipt, petitioner_act
from domain.attachments import PDF
from domain.casework import Key
from domain.erasure.files import of_petition
from domain.errors import Unknown
from domain.kinds import PETITION
from domain.petition.commands import Rate
from domain.petition.state import Petition
from domain.secrets import TEXTS
from projections.numbers import petition_numbered

router = APIRouter(prefix="/v1/progress", tags=["信访人查询"])

NO_CODE = "-" * 10
"""What a code is compared with where there is no petition."""
COMMENT = 500
"""Characters of a rating's comment."""


class Asked(BaseModel):
    """查询 — number and query code, as they stand on the receipt."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)
    number: Short
    query_code: Short


class Rating(Asked):
    """评价 — of the petition office or of the unit; once an answer."""

    about: Literal["office", "unit"]
    score: Literal["satisfied", "basically", "dissatisfied"]
    comment: Annotated[Lines, Field(max_length=COMMENT)] | None = None


def plain(given: str) -> str:
    """通常写法: full-width letters, small letters and spaces as people type them."""
    return "".join(unicodedata.normalize("NFKC", given).upper().split())


def find(services: Services, address: str, number: str, query_code: str) -> UUID:
    """核对: the petition whose number and code were given. Raises Unknown for any other, and TooOften."""
    number, code = plain(number), plain(query_code).replace("-", "")
    tries.admit(services.database, address, services.clock(), number, tries.PROGRESS)
    with services.database.connection() as connection:
        case_id = petition_numbered(connection, number)
    petition = services.casework.petition(case_id) if case_id is not None else None
    expected = petition.query_code if petition is not None and petition.query_code else NO_CODE
    right = compare_digest(code.encode(), plain(expected).encode())
    if case_id is None or not right:
        raise Unknown("progress.unknown", "编号或者查询码不正确，请核对后再试。")
    tries.forget(services.database, address, number, tries.PROGRESS)
    bind(petition=case_id)
    if petition is not None and (of_petition(petition).is_gone or _is_shut(services, petition)):
        raise Unknown(
            "progress.erased",
            "该信访事项的内容和信访人信息已依法清除，不能再凭查询码查询、评价或者下载文书；"
            "如需了解，请联系信访工作机构。",
        )
    return case_id


def _is_shut(services: Services, petition: Petition) -> bool:
    """Whether texts or everybody's keys are destroyed, whatever the log of a restored database says."""
    case = str(petition.id)
    if not services.keys.ring().has_lost(case):
        return False
    return not services.keys.holds(case, TEXTS) or not petition.personal.people


def show(services: Services, case_id: UUID) -> Seen:
    """查阅: the petition as it stands; the reading is recorded before anything is shown."""
    now = services.clock()
    readings.note(services, petitioner_act(now), case_id, "progress")
    return in_full(services, case_id, now)


def rate(services: Services, case_id: UUID, command: Rate, key: str | None = None) -> Receipt:
    """评价: the petitioner's own, as of now. Raises NotNow where it isn't open or was given."""
    act = petitioner_act(services.clock())
    own = None if key is None else Key(f"{case_id}:{key}", f"{command.about}:{command.score}")
    receipt = services.casework.handle(case_id, command, act, kind=PETITION, key=own)
    bind(position=receipt.position)
    return receipt


def notice(services: Services, case_id: UUID, kind: str) -> Response:
    """已送达文书: as .pdf, as it was issued; the reading is recorded. Raises Unknown for what wasn't issued and served."""
    act = petitioner_act(services.clock())
    file = sheets.opened(services, act, case_id, PETITION)
    served = [one for one in file.sheets if one.paper.code == kind and one.issued and one.served_on]
    if not served or not served[-1].paper.personal:
        raise Unknown("progress.no_such_notice", "没有已经送达您的这份文书。")
    readings.note(services, act, case_id, "notice")
    content = sheets.made(file, served[-1], FORMS["pdf"])
    response = file_response(content, f"{served[-1].paper.label}-{served[-1].number}.pdf", "pdf")
    response.headers["Content-Disposition"] = response.headers["Content-Disposition"].replace(
        "inline", "attachment", 1
    )
    return response


ANSWERS = responses(404, 413, 422, 429, 503)


@router.post("", summary="查询办理进度", responses=ANSWERS)
def progress(services: Held, address: Place, asked: Asked) -> dict[str, Any]:
    """凭编号和查询码查询: 办理环节、下一期限、已送达的文书、权利和评价."""
    case_id = find(services, address, asked.number, asked.query_code)
    return progress_shapes.progress(show(services, case_id))


@router.post("/rating", summary="满意度评价", status_code=201, responses=ANSWERS | responses(409))
def rated(services: Held, address: Place, given: Rating) -> dict[str, Any]:
    """凭编号和查询码评价: 每次答复对信访工作机构和责任单位各评价一次."""
    case_id = find(services, address, given.number, given.query_code)
    rate(services, case_id, Rate(given.about, given.score, given.comment or None))
    return progress_shapes.ratings(in_full(services, case_id, services.clock()))


@router.post(
    "/notices/{kind}.pdf",
    summary="下载已送达的文书",
    response_class=Response,
    responses=ANSWERS | responses(409) | {200: {"content": {PDF: {}}, "description": "文书"}},
)
def notice_served(services: Held, address: Place, kind: Code, asked: Asked) -> Response:
    """凭编号和查询码下载: 已经出具并送达信访人的文书，按出具时的内容."""
    return notice(services, find(services, address, asked.number, asked.query_code), kind)
