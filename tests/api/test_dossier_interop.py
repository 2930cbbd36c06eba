"""A second checker (C4), written from docs/verifying.md alone: hashlib, hmac, cryptography, zipfile, and nothing of ours."""

import base64
import hashlib
import hmac
import json
import struct
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.api.conftest import Town
from tests.api.dossier_files import Change, edited, files_of, forged, taken
from tests.api.lives import REVIEWED

Found = list[str]


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def faults(dossier: bytes) -> Found:
    """What doesn't hold, by the points of section 6 that need no program of the office."""
    with ZipFile(BytesIO(dossier)) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(files["manifest.json"])
    key = load_pem_public_key(files["public-key.pem"])
    assert isinstance(key, Ed25519PublicKey)
    head = json.loads(files["head.json"])
    paths = {
        (one["originator_id"], one["version"]): one for one in json.loads(files["proofs.json"])["events"]
    }
    keys = {one["id"]: (one["subject"], bytes.fromhex(one["key"])) for one in json.loads(files["keys.json"])}
    return [
        *listed(files, manifest),
        *signatures(files, head, key),
        *rows(files, "events", json.loads(files["case.json"])["last_version"], head, paths, keys),
        *rows(files, "rules/events", None, head, paths, keys),
        *contents(files),
    ]


def listed(files: dict[str, bytes], manifest: Any) -> Found:
    told = {one["path"]: (one["sha256"], one["size"]) for one in manifest["files"]}
    there = {
        path: (sha256(content).hex(), len(content))
        for path, content in files.items()
        if path not in {"manifest.json", "manifest.sig.json"}
    }
    return [f"file {path}" for path in told.keys() | there.keys() if told.get(path) != there.get(path)]


def signatures(files: dict[str, bytes], head: Any, key: Ed25519PublicKey) -> Found:
    signed = json.loads(files["manifest.sig.json"])
    digest = sha256(files["manifest.json"]).hex()
    text = "\n".join(str(head[name]) for name in ("origin", "size", "root", "position", "sealed_at", "key"))
    found = []
    for what, signature, about in (
        ("manifest", signed["signature"], f"shixian.dossier-manifest.1\n{digest}\n"),
        ("head", head["signature"], f"shixian.seal.1\n{text}\n"),
    ):
        try:
            key.verify(bytes.fromhex(signature), about.encode())
        except InvalidSignature:
            found.append(f"signature of the {what}")
    if head["key"] != sha256(key.public_bytes_raw()).hex()[:16]:
        found.append("key of the head")
    return found


def rows(files: dict[str, bytes], folder: str, last: int | None, head: Any, paths: Any, keys: Any) -> Found:
    found = []
    events = [json.loads(files[path]) for path in sorted(files) if path.startswith(f"{folder}/")]
    if [one["version"] for one in events] != list(range(1, (len(events) if last is None else last) + 1)):
        found.append(f"versions of {folder}")
    for one in events:
        name = f"{folder} {one['version']}"
        state = base64.b64decode(one["state"])
        topic = one["topic"].encode()
        leaf = b"".join([
            b"shixian.event.1\x00", struct.pack(">q", one["position"]), bytes.fromhex(one["originator_id"].replace("-", "")),
            struct.pack(">qq", one["version"], one["stored_at"]), struct.pack(">I", len(topic)), topic,
            struct.pack(">I", len(state)), state,
        ])  # fmt: skip
        proof = paths[one["originator_id"], one["version"]]
        if not proof["leaf_hash"] == one["leaf_hash"] == sha256(b"\x00" + leaf).hex():
            found.append(f"leaf of {name}")
        if root(proof["leaf_index"], head["size"], one["leaf_hash"], proof["path"]) != head["root"]:
            found.append(f"path of {name}")
        try:
            fields, closed = opened(one, state, topic, keys)
        except InvalidTag:
            found.append(f"key of {name}")
            continue
        if fields != one["opened"] or closed != {(c["field"], c["subject"]) for c in one["closed"]}:
            found.append(f"content of {name}")
    return found


def root(index: int, size: int, leaf: str, path: list[str]) -> str | None:
    first, last, found = index, size - 1, bytes.fromhex(leaf)
    for one in map(bytes.fromhex, path):
        if last == 0:
            return None
        if first % 2 or first == last:
            found = sha256(b"\x01" + one + found)
            while first % 2 == 0 and first:
                first, last = first // 2, last // 2
        else:
            found = sha256(b"\x01" + found + one)
        first, last = first // 2, last // 2
    return found.hex() if last == 0 else None


def opened(one: Any, state: bytes, topic: bytes, keys: Any) -> tuple[Any, set[tuple[str, str]]]:
    if state[:1] == b"{":
        return json.loads(state), set()
    (length,) = struct.unpack_from(">I", state, 1)
    fields, at, closed = json.loads(state[5 : 5 + length]), 5 + length, set()
    place = bytes.fromhex(one["originator_id"].replace("-", "")) + struct.pack(">Q", one["version"])
    while at < len(state):
        begin = at
        algorithm, generation, path, length = struct.unpack_from(">BI8sB", state, at)
        subject = state[at + 14 : at + 14 + length].decode()
        at += 14 + length
        (length,) = struct.unpack_from(">H", state, at)
        held = [item.split(":") for item in state[at + 2 : at + 2 + length].decode().split(",")]
        at += 2 + length
        header, nonce = state[begin:at], state[at : at + 12]
        (length,) = struct.unpack_from(">I", state, at + 12)
        secret = state[at + 16 : at + 16 + length]
        at += 16 + length
        known, key = keys.get(f"{generation}.{path.hex()}", (None, b""))
        if known != subject:
            closed |= {(name, subject) for name, _ in held}
            continue
        text = decrypted(algorithm, key, nonce, secret, place + topic + b"\x00" + header)
        name, form = held[0]
        if form == "p":
            fields.setdefault(name, {}).setdefault("people", []).append(json.loads(text))
        elif form == "r":
            fields.setdefault(name, {}).update(json.loads(b"{" + text + b"}"))
        else:
            fields.update(json.loads(b"{" + text + b"}"))
    return fields, closed


def decrypted(algorithm: int, key: bytes, nonce: bytes, secret: bytes, associated: bytes) -> bytes:
    if algorithm == 1:
        return AESGCM(key).decrypt(nonce, secret, associated)
    short = hmac.digest(key, b"SM4-GCM", "sha256")[:16]
    running = Cipher(algorithms.SM4(short), modes.GCM(nonce, secret[-16:])).decryptor()
    running.authenticate_additional_data(associated)
    return running.update(secret[:-16]) + running.finalize()


def contents(files: dict[str, bytes]) -> Found:
    return [
        f"attachment {one['name']}"
        for one in json.loads(files["attachments.json"])
        if one["path"] and sha256(files[one["path"]]).hex() != one["sha256"]
    ]


@pytest.fixture(scope="module")
def case(town: Town) -> str:
    return town.walker.walk(REVIEWED)


@pytest.mark.parametrize("who", ["unit-a-clerk", "auditor"])
def test_c4_somebody_elses_checker_comes_to_the_same(town: Town, case: str, who: str) -> None:
    assert faults(taken(town.walker.as_(who), f"/v1/petitions/{case}")) == []


def test_c4_the_national_cipher_is_read_too(town: Town) -> None:
    keys = town.services.keys
    keys.algorithm = 2
    try:
        case = town.walker.walk(REVIEWED)
    finally:
        keys.algorithm = 1
    dossier = taken(town.walker.as_("office"), f"/v1/petitions/{case}")
    assert faults(dossier) == []
    state = base64.b64decode(json.loads(files_of(dossier)["events/000001.json"])["state"])
    (length,) = struct.unpack_from(">I", state, 1)
    assert state[5 + length] == 2


def of_texts(keys: list[dict[str, str]]) -> dict[str, str]:
    """The key of the case's texts; in which order keys lie is as chance has it."""
    return next(one for one in keys if one["subject"] == "texts")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (edited("events/000002.json", lambda one: one["opened"].update(to_unit="b")), "content of events 2"),
        (edited("events/000002.json", lambda one: one.update(position=1)), "leaf of events 2"),
        (edited("keys.json", lambda keys: of_texts(keys).update(key="00" * 32)), "key of events 1"),
        (edited("head.json", lambda head: head.update(size=5)), "signature of the head"),
        (lambda files: files.__delitem__("events/000003.json"), "versions of events"),
    ],
    ids=["content", "leaf", "key", "head", "gap"],
)
def test_c4_and_finds_what_ours_finds(town: Town, case: str, change: Change, found: str) -> None:
    dossier = taken(town.walker.as_("office"), f"/v1/petitions/{case}")
    assert found in faults(forged(dossier, change))
