"""附件: how a file is named in a command and in a fact. The content lies outside the event store, under its SHA-256.

A command names what the officer uploaded before; the fact keeps name, hash, size and kind, so that the content can be
checked against it for ever. An entry without a hash is paper that lies at the office.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import msgspec

from domain.errors import Invalid

LONGEST_NAME = 200

_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = "application/pdf"
DOCX, XLSX, PPTX = (
    f"{_OFFICE}.{kind}"
    for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
DOC, XLS = "application/msword", "application/vnd.ms-excel"
OFD, PNG, JPEG, TIFF, TEXT = "application/ofd", "image/png", "image/jpeg", "image/tiff", "text/plain"

EXTENSIONS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    OFD: ("ofd",),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    PPTX: ("pptx",),
    DOC: ("doc", "wps"),
    XLS: ("xls", "et"),
    PNG: ("png",),
    JPEG: ("jpg", "jpeg"),
    TIFF: ("tif", "tiff"),
    TEXT: ("txt", "csv"),
}
"""Every kind of content that is taken in, and the endings that a name of that kind may have."""

_HASH = re.compile(r"[0-9a-f]{64}")
_NOT_IN_A_NAME = frozenset('/\\:*?"<>|')
_CONTROLS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, invisible ones and those that turn the direction of writing."""
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever ending they have."""


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """附件 — as a fact keeps it; without a hash it is paper."""

    name: str
    sha256: str = ""
    size: int = 0
    media_type: str = ""


class Held(NamedTuple):
    """已上传内容 — what is known of a content that an officer has uploaded."""

    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class AttachmentEntry:
    """附件 — as entered: a name and the hash of what was uploaded; a name alone is paper kept at the office."""

    SHORTHAND: ClassVar[str] = "name"
    """The field that is meant where a plain text stands in place of an entry."""

    name: str
    sha256: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", safe_name(self.name))
        if self.sha256 is not None and not _HASH.fullmatch(self.sha256):
            raise Invalid("attachment.bad_hash", "附件的 SHA-256 应为 64 位小写十六进制数字。")


def safe_name(name: str) -> str:
    """文件名: the name in composed form (NFC); what no file on somebody's desk may be called is refused, never mended.

    Raises Invalid("attachment.bad_name").
    """
    name = unicodedata.normalize("NFC", name)
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("attachment.bad_name", f"附件名称应为1至{LONGEST_NAME}个字。")
    if any(one in _NOT_IN_A_NAME for one in name):
        raise Invalid("attachment.bad_name", '附件名称不得含有路径或者 / \\ : * ? " < > | 等符号。')
    if any(unicodedata.category(one) in _CONTROLS for one in name):
        raise Invalid("attachment.bad_name", "附件名称含有控制字符或者不可见字符。")
    if name.startswith(".") or name.endswith(".") or name != name.strip():
        raise Invalid("attachment.bad_name", "附件名称的首尾不得为点或者空格。")
    if _DEVICES.fullmatch(name.split(".")[0].rstrip()):
        raise Invalid("attachment.bad_name", "附件名称为系统保留名称，请改名。")
    return name


def extension(name: str) -> str:
    """扩展名: what stands behind the last dot, in small letters; empty if there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def lying_with(history: Iterable[Any]) -> dict[str, Held]:
    """案内附件: what a case's facts name already; whoever may act on the case may list it again, as a head does who
    submits what the unit's officer uploaded."""
    named = (one for fact in history for one in getattr(fact, "attachments", ()))
    return {one.sha256: Held(one.size, one.media_type) for one in named if one.sha256}


def resolve(entries: Iterable[AttachmentEntry], held: Mapping[str, Held]) -> tuple[Attachment, ...]:
    """列明附件: the entries as a fact keeps them; `held` is what the officer uploaded, by hash.

    Raises Invalid("attachment.unknown"), Invalid("attachment.named_twice") and Invalid("attachment.wrong_extension").
    """
    found: list[Attachment] = []
    seen: set[str] = set()
    for entry in entries:
        named = {entry.name.casefold(), entry.sha256 or entry.name.casefold()}
        if named & seen:
            raise Invalid("attachment.named_twice", "同一附件列明了两次。")
        seen |= named
        found.append(_resolved(entry, held))
    return tuple(found)


def settled(fields: dict[str, Any], uploads: Callable[[Sequence[str]], Mapping[str, Held]]) -> dict[str, Any]:
    """附件落定: a fact's own fields with the entries among them resolved; `uploads` tells what the officer uploaded."""
    entries: Sequence[AttachmentEntry] = fields.get("attachments", ())
    if not entries:
        return fields
    hashes = [one.sha256 for one in entries if one.sha256 is not None]
    return fields | {"attachments": resolve(entries, uploads(hashes) if hashes else {})}


def _resolved(entry: AttachmentEntry, held: Mapping[str, Held]) -> Attachment:
    if entry.sha256 is None:
        return Attachment(entry.name)
    content = held.get(entry.sha256)
    if content is None:
        raise Invalid("attachment.unknown", "没有您上传的这份附件，请先上传，再列明。")
    must_fit(entry.name, content.media_type)
    return Attachment(entry.name, entry.sha256, content.size, content.media_type)


def must_fit(name: str, media_type: str) -> None:
    """名实相符: a name ends as its content asks. Raises Invalid("attachment.wrong_extension")."""
    endings = EXTENSIONS.get(media_type, ())
    if extension(name) not in endings:
        expected = "、".join("." + one for one in endings)
        raise Invalid("attachment.wrong_extension", f"文件内容与扩展名不符，应为：{expected}。")
