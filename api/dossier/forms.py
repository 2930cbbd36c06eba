"""案卷内各文件的形状: what the JSON files hold, so that what comes from elsewhere is read as this or not at all."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """一种文件 — with these fields and no others."""


class Closed(Shape, frozen=True):
    """未载字段 — what the dossier leaves out of a field of an event, under which subject it is stored, and why."""

    field: str
    why: str
    subject: str = ""


class Event(Shape, frozen=True):
    """事件文件 — a row of the log as stored, and what it says when opened.

    `state` is the stored bytes in base64; none where they would tell in plain what isn't for the one who asked.
    """

    position: int
    originator_id: UUID
    version: int
    stored_at: int
    topic: str
    state: str | None
    leaf_hash: str
    opened: dict[str, Any]
    closed: list[Closed] = []


class Key(Shape, frozen=True):
    """一把密钥 — what opens one subject of the case, as the stored bytes name it."""

    id: str
    subject: str
    key: str


class Called(Shape, frozen=True):
    """名称 — what somebody or something was called, from when on."""

    since: datetime
    name: str


class Named(Shape, frozen=True):
    """单位或人员 — by id, with all its names."""

    id: str
    kind: str
    name: str
    called: list[Called] = []


class Names(Shape, frozen=True):
    """名称表 — told by the office that made the dossier."""

    units: list[Named]
    officers: list[Named]


class Maker(Shape, frozen=True):
    """出具对象 — for whom the dossier was made."""

    officer: str
    name: str
    unit: str
    unit_name: str
    role: str


class CaseFile(Shape, frozen=True):
    """案件 — which case, and when and for whom the dossier was made."""

    kind: str
    kind_label: str
    id: UUID
    number: str
    subject: str
    office: str
    last_version: int
    made_at: datetime
    made_on: date
    made_for: Maker
    persons: bool
    program: str


class RuleFile(Shape, frozen=True):
    """规则文件 — a table that came with the program, or an event of the rule base."""

    source: str
    path: str
    sha256: str
    name: str
    used: bool


class Paper(Shape, frozen=True):
    """文书 — as issued; without files where they aren't for the one who asked or can't be printed."""

    version: int
    kind: str
    label: str
    number: str
    issued_on: date
    served_on: date | None
    organ: str
    dates: list[dict[str, Any]]
    docx: str | None
    pdf: str | None
    why: str | None = None


class Attached(Shape, frozen=True):
    """附件 — as an event names it; `path` where its content is enclosed."""

    version: int
    name: str
    sha256: str | None
    size: int | None
    path: str | None
    why: str | None = None


class Reading(Shape, frozen=True):
    """查阅 — who looked at the case's personal data, when, on what ground."""

    at: datetime
    officer: str
    officer_name: str | None
    what: str
    ground: str | None = None


class Proof(Shape, frozen=True):
    """包含证明 — where a row lies in the tree, and the path to its root."""

    originator_id: UUID
    version: int
    position: int
    leaf_index: int
    leaf_hash: str
    path: list[str]


class Proofs(Shape, frozen=True):
    """证明文件."""

    size: int
    events: list[Proof]


class File(Shape, frozen=True):
    """所列文件."""

    path: str
    size: int
    sha256: str


class Manifest(Shape, frozen=True):
    """目录文件."""

    format: str
    rule: str
    case: str
    number: str
    kind: str
    made_at: datetime
    made_for: str
    persons: bool
    files: list[File]


class Signature(Shape, frozen=True):
    """目录签名."""

    algorithm: str
    key: str
    manifest_sha256: str
    signature: str
