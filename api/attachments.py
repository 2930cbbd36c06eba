"""附件: a file is sent in once and then named in commands by its hash; it is handed out only with a case that names it.

Nothing a file says of itself is believed, and nothing is answered that tells whether somebody else sent it before.
"""

from datetime import datetime, timedelta
from hashlib import sha256 as hashing
from threading import BoundedSemaphore
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import structlog
from fastapi import APIRouter, File, Form, Path, Response, UploadFile
from pydantic import BaseModel

from api import readings
from api.bootstrap import Services
from api.contents import checking, refusals
from api.errors import READS, WRITES, TooLarge, TooOften
from api.identity import Held, Signed, SignedFirst
from api.logs import bind
from domain.acts import SHANGHAI, Act
from domain.attachments import EXTENSIONS, Attachment, extension, must_fit, safe_name
from domain.cases import Kind
from domain.casework import Case
from domain.errors import Busy, Invalid, NotYours, Unknown
from domain.facts import Fact, name_of
from domain.kinds import ITEM, PETITION
from domain.petition.situation import standing_of as petition_standing
from domain.rules.authority import may_see_personal_data
from domain.rules.item_powers import may_open_papers
from domain.supervision.situation import standing_of as item_standing
from eventstore import attachments as contents

router = APIRouter(prefix="/v1/attachments", tags=["附件"], route_class=SignedFirst)

MIB = 1024 * 1024
LARGEST = 20 * MIB
DAILY = 200 * MIB
"""What one officer may send on one day."""
CHECKED_AT_ONCE = 4
PATIENCE = 3.0
"""Seconds a file waits for its turn to be checked."""
SENDS_NOTHING = frozenset({"admin", "auditor"})

SAFE = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

_turns = BoundedSemaphore(CHECKED_AT_ONCE)
log = structlog.get_logger("attachments")

Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="内容的 SHA-256")]


class Uploaded(BaseModel):
    """已上传 — what a command may now name."""

    sha256: str
    name: str
    size: int
    media_type: str


class Named(BaseModel):
    """案件附件 — as a fact names it; without a hash it is paper kept at the office."""

    name: str
    sha256: str | None
    size: int | None
    media_type: str | None
    event: str
    version: int


class NamedList(BaseModel):
    """案件附件列表 — in the order in which they were attached."""

    items: list[Named]


@router.post("", status_code=201, responses=WRITES, summary="上传附件")
def upload(
    services: Held,
    act: Signed,
    file: Annotated[UploadFile, File(description="文件，至多 20 MiB")],
    sha256: Annotated[
        str | None, Form(pattern="^[0-9a-fA-F]{64}$", description="文件的 SHA-256；与收到的内容不符时拒收")
    ] = None,
) -> Uploaded:
    """上传后凭 sha256 在办理操作中列明；只能列明本人上传的附件."""
    if act.role in SENDS_NOTHING:
        raise NotYours("attachment.not_yours", "审计人员和系统管理员不办理事项，不上传附件。")
    bind(command="upload")
    name = safe_name(file.filename or "")
    content = _received(file)
    digest = hashing(content).hexdigest()
    if sha256 is not None and sha256.lower() != digest:
        raise Invalid("attachment.hash_mismatch", "收到的内容与所填的 SHA-256 不符，请重新上传。")
    media_type = _checked(content)
    must_fit(name, media_type)
    with services.database.transaction() as connection:
        contents.one_at_a_time(connection, act.by)
        midnight = datetime.combine(act.today, datetime.min.time(), SHANGHAI)
        if contents.sent_since(connection, act.by, midnight) + len(content) > DAILY:
            raise _enough(act, midnight)
        contents.keep(connection, services.keys, digest, content, media_type)
        contents.note_upload(connection, digest, act.by, act.at)
    return Uploaded(sha256=digest, name=name, size=len(content), media_type=media_type)


def _received(file: UploadFile) -> bytes:
    content = file.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise TooLarge("attachment.too_large", f"附件不得超过{LARGEST // MIB} MiB。")
    if not content:
        raise refusals.empty()
    return content


def _checked(content: bytes) -> str:
    """Looking into a file takes memory and time; only so many are looked into at once."""
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy("attachment.busy", "正在检查的附件较多，请稍后重试。")
    try:
        return checking.media_type_of(content)
    finally:
        _turns.release()


def _enough(act: Act, midnight: datetime) -> TooOften:
    left = midnight + timedelta(days=1) - act.at
    return TooOften(
        "attachment.daily_limit",
        f"今日上传的附件已达{DAILY // MIB} MiB，请明日再传。",
        retry_after=max(1, int(left.total_seconds())),
    )


def add_reads(router: APIRouter, kind: Kind, prefix: str = "") -> None:
    """加入附件查阅: what the cases of a kind name, and the contents; `prefix` begins the operation ids."""

    @router.get("/{id}/attachments", responses=READS, summary="附件列表", operation_id=f"{prefix}attachments")
    def attached(id: UUID, services: Held, act: Signed) -> NamedList:
        """案件中列明的附件；没有 sha256 的为纸质附件."""
        bind(**{kind.name: id})
        case = _readable(services, act, kind, id)
        return NamedList(items=[_shown(one, fact) for one, fact in _named(case)])

    @router.get(
        "/{id}/attachments/{sha256}",
        responses=READS | {200: {"content": {"application/octet-stream": {}}, "description": "附件内容"}},
        response_class=Response,
        summary="下载附件",
        operation_id=f"{prefix}attachment",
    )
    def download(id: UUID, sha256: Hash, services: Held, act: Signed) -> Response:
        """只作为文件下载，不在浏览器中打开；每次下载都留有记录."""
        return handed_out(services, act, kind, id, sha256)


def handed_out(services: Services, act: Act, kind: Kind, id: UUID, sha256: str) -> Response:
    """交付附件: the content of what a case names, to whoever may open its papers; the reading is recorded.

    Raises Unknown and NotYours.
    """
    bind(**{kind.name: id})
    case = _readable(services, act, kind, id)
    must_open_papers(services, act, case)
    found = [one for one, _ in _named(case) if one.sha256 == sha256]
    if not found:
        raise Unknown("attachment.not_in_case", "该事项没有列明这份附件。")
    return _handed_out(services, act, case, found[-1])


def _readable(services: Services, act: Act, kind: Kind, id: UUID) -> Case:
    """Hidden and unknown answer alike; a case of another kind isn't there."""
    case = services.casework.readable(id, act)
    if case is None or case.kind is not kind:
        raise Unknown(f"{kind.name}.unknown", "查无此件。")
    return case


def must_open_papers(services: Services, act: Act, case: Case) -> None:
    """可以打开附件: a public item is browsed by everybody; its papers are for those it passed through. A petition's papers may name
    who petitioned: they are for those who may know. Raises NotYours."""
    directory = services.casework.directory()
    if case.kind is PETITION and not may_see_personal_data(petition_standing(case.state, directory), act):
        raise NotYours(
            "petition.personal_data_closed",
            "附件可能载明信访人身份信息，只对正在办理该事项的单位和人员开放。",
            "《信访工作条例》第三十条第三款",
        )
    if case.kind is ITEM and not may_open_papers(item_standing(case.state, directory), act):
        raise NotYours(
            "attachment.not_passed_through",
            "公开事项的附件只对事项流经的人员、领导、督查员和审计人员开放。",
            "《机关单位督查督办工作制度》第十四条",
        )


def _named(case: Case) -> list[tuple[Attachment, Fact]]:
    return [(one, fact) for fact in case.facts for one in getattr(fact, "attachments", ())]


def _shown(one: Attachment, fact: Fact) -> Named:
    return Named(
        name=one.name,
        sha256=one.sha256 or None,
        size=one.size or None,
        media_type=one.media_type or None,
        event=name_of(fact),
        version=fact.originator_version,
    )


def _handed_out(services: Services, act: Act, case: Case, named: Attachment) -> Response:
    personal = case.kind is PETITION or case.state.confidential
    readings.note(services, act, case.state.id, "attachment", personal=personal)
    with services.database.connection() as connection:
        content = contents.content_of(connection, services.keys, named.sha256)
    if content is None or hashing(content).hexdigest() != named.sha256:
        log.error("attachment.damaged", sha256=named.sha256, missing=content is None)
        raise Busy(
            "attachment.damaged", "附件内容已损坏，不能下载，请联系管理员从备份恢复。", retry_after=3600
        )
    headers = SAFE | {"Content-Disposition": _disposition(named)}
    return Response(content, media_type=named.media_type, headers=headers)


def _disposition(named: Attachment) -> str:
    """A name of plain letters for old programs, and the real one as RFC 5987 writes it."""
    ending = extension(named.name)
    plain = f"attachment.{ending}" if ending in EXTENSIONS.get(named.media_type, ()) else "attachment"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(named.name, safe='')}"
