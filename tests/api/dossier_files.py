"""Dossiers taken apart and put together again, as somebody would who has everything but the office's key."""

import hashlib
import json
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api import dossier_check
from api.dossier import layout, proving
from api.dossier.findings import Report
from eventstore import heads
from eventstore.sealkey import SealKey
from tests.api.caller import Caller

Files = dict[str, bytes]
Change = Callable[[Files], None]


def taken(caller: Caller, url: str) -> bytes:
    """The dossier as it is handed out."""
    answer = caller.get(f"{url}/dossier.zip")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return answer.content


def files_of(dossier: bytes) -> Files:
    with ZipFile(BytesIO(dossier)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return made.getvalue()


def report_on(folder: Path, dossier: bytes, *keys: str) -> Report:
    file = folder / "dossier.zip"
    file.write_bytes(dossier)
    return dossier_check.check(file, keys)


def wrong(report: Report) -> set[str]:
    """What was found not to hold."""
    return {one.what for one in report.findings if one.state == "bad"}


def told(content: bytes) -> Any:
    return json.loads(content)


def forged(dossier: bytes, change: Change, key: SealKey | None = None) -> bytes:
    """The dossier with a change and a manifest that lists it; signed by the key, if one is given."""
    files = files_of(dossier)
    change(files)
    manifest = told(files.pop(layout.MANIFEST))
    signature = files.pop(layout.SIGNATURE)
    manifest["files"] = [
        {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in files.items()
    ]
    written = layout.written(manifest)
    files[layout.MANIFEST] = written
    files[layout.SIGNATURE] = signature if key is None else proving.signature(key, written)
    return packed(files)


def edited(path: str, edit: Callable[[Any], Any]) -> Change:
    """A change of what a JSON file says: by the answer of the edit, or in place."""

    def change(files: Files) -> None:
        content = told(files[path])
        answer = edit(content)
        files[path] = layout.written(content if answer is None else answer)

    return change


def foreign(files: Files) -> SealKey:
    """Another key put in the place of the office's, under the head as well; the key."""
    key = SealKey("shixian:another", Ed25519PrivateKey.generate())
    head = heads.sign(heads.from_json(told(files[layout.HEAD])), key.private)
    files[layout.HEAD] = proving.head_file(head)
    files[layout.PUBLIC_KEY] = proving.public_key_file(key.public)
    return key
