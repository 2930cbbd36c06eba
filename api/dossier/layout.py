"""案卷格式: what the files of a dossier are called and how they are written. docs/verifying.md says the same to others.

JSON is UTF-8 with sorted keys, so that the same facts give the same bytes.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

FORMAT = "shixian.dossier.1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig.json"
CASE = "case.json"
EVENTS = "events"
KEYS = "keys.json"
CLOCKS = "clocks.json"
NAMES = "names.json"
PAPERS = "papers.json"
ATTACHMENTS = "attachments.json"
READINGS = "readings.json"
RULES = "rules.json"
RULE_EVENTS = "rules/events"
STATUTORY = "rules/statutory.toml"
PROOFS = "proofs.json"
HEAD = "head.json"
PUBLIC_KEY = "public-key.pem"
PAGE = "案卷.html"
PRINT = "案卷.pdf"

RULE = (
    "files 列出本压缩包内除 manifest.json 和 manifest.sig.json 以外的全部文件；sha256 为各文件解压后全部字节的 SHA-256，"
    "size 为其字节数。案卷摘要为 manifest.json 全部字节的 SHA-256；manifest.sig.json 是出具机关对案卷摘要的签名。"
)
"""How the manifest is hashed, as it says itself."""
SIGNED = "shixian.dossier-manifest.1\n{}\n"
"""签名正文: over the digest of the manifest."""

UNTOLD = "未公开"
ERASED = "已清除"
"""Why a field isn't shown: it isn't for the one who asked, or nobody can read it any more."""


def written(given: Any) -> bytes:
    """写出: the one form of a JSON file."""
    return (json.dumps(given, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def digest(content: bytes) -> str:
    """摘要."""
    return sha256(content).hexdigest()


def event_path(folder: str, version: int) -> str:
    """事件文件: of a version, so that names sort as versions do."""
    return f"{folder}/{version:06d}.json"


@dataclass(frozen=True, slots=True)
class Listed:
    """所列文件 — a file as the manifest names it."""

    path: str
    size: int
    sha256: str


def manifest(about: dict[str, Any], files: Iterable[Listed]) -> bytes:
    """目录文件: the last thing that is written."""
    listed = [{"path": one.path, "size": one.size, "sha256": one.sha256} for one in files]
    return written({**about, "format": FORMAT, "rule": RULE, "files": listed})


_NOT_IN_A_PATH = re.compile(r'[\x00-\x1f\x7f-\x9f\\/:*?"<>|\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]')
LONGEST_NAME = 80


def file_name(name: str) -> str:
    """文件名: of somebody's file, as any system takes it; what can't stand in it is left out, its ending is kept."""
    plain = _NOT_IN_A_PATH.sub("_", name).strip(" .") or "附件"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 8:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def is_plain_path(path: str) -> bool:
    """可靠路径: below the dossier, of names that every system takes."""
    parts = path.split("/")
    return bool(path) and all(
        part and part not in {".", ".."} and part == part.strip(" ") and _NOT_IN_A_PATH.search(part) is None
        for part in parts
    )
