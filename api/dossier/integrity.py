"""完整性核对: the files against the manifest, the manifest and the head against the key, each row against the tree."""

import base64
import binascii
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from api.dossier import forms, layout, opening, reopening
from api.dossier.findings import Report
from api.dossier.forms import Event, Proof
from api.dossier.opening import Row
from api.dossier.reopening import hash_of
from api.dossier.unpacking import Folder, Unfit
from eventstore import heads, heads_file
from eventstore.envelope import Blob, Tampered
from eventstore.heads import Head
from eventstore.leaves import Leaf
from eventstore.merkle import root_of_inclusion

RAW_BYTES = 32
LONGEST_PATH = 4096


def manifest(folder: Folder, report: Report) -> forms.Manifest:
    """目录: every file is listed, every listed file is there, each as it was. Raises Unfit."""
    content = folder.read(layout.MANIFEST)
    found = reopening.form(forms.Manifest, content, layout.MANIFEST)
    if found.format != layout.FORMAT or found.rule != layout.RULE:
        raise Unfit(f"案卷格式 {found.format!r} 不是本程序所知的 {layout.FORMAT}")
    listed = [one.path for one in found.files]
    beside = {layout.MANIFEST, layout.SIGNATURE}
    wrong = [f"目录重复列出 {one}" for one in sorted({one for one in listed if listed.count(one) > 1})]
    wrong += [f"目录所列的 {one} 不在压缩包内" for one in listed if one not in folder]
    wrong += [f"{one} 不在目录之内" for one in folder.paths if one not in {*listed, *beside}]
    for one in found.files:
        if one.path in folder:
            try:
                same = layout.digest(folder.read(one.path)) == one.sha256
            except Unfit as unfit:
                wrong.append(str(unfit))
                continue
            if not same:
                wrong.append(f"{one.path} 已被改动")
    report.weigh("文件", wrong, f"{len(listed)} 个文件与目录所列的 SHA-256 逐一相符。")
    return found


def public_key(folder: Folder, trusted: Sequence[str], report: Report) -> bytes:
    """公钥: the one enclosed, beside those obtained elsewhere – each in hexadecimal or in a file. Raises Unfit."""
    enclosed = _pem(folder.read(layout.PUBLIC_KEY))
    if not trusted:
        report.note(
            "公钥",
            f"只有案卷所附的公钥（{heads.key_id(enclosed)}），没有另行取得的公钥可供比对；"
            "请向出具机关另行取得公钥，用 --public-key 指明后再核对。",
        )
        return enclosed
    obtained = []
    for one in trusted:
        try:
            obtained.append(_obtained(one))
        except (OSError, ValueError, Unfit) as error:
            report.bad("公钥", f"{one} 不能作为公钥读取（{type(error).__name__}）。")
    if enclosed in obtained:
        report.ok("公钥", f"案卷所附的公钥与另行取得的相同（{heads.key_id(enclosed)}）。")
        return enclosed
    others = "、".join(heads.key_id(one) for one in obtained)
    report.bad("公钥", f"案卷所附的公钥（{heads.key_id(enclosed)}）不是另行取得的（{others}）。")
    return obtained[0] if obtained else enclosed


def _obtained(given: str) -> bytes:
    """By its name, where there is such a file; else what is written."""
    file = Path(given)
    return read_key(file.read_bytes() if len(given) < LONGEST_PATH and file.is_file() else given.encode())


def read_key(content: bytes) -> bytes:
    """读取公钥: PEM, 32 bytes, or those in hexadecimal or base64. Raises Unfit."""
    if content.lstrip().startswith(b"-----"):
        return _pem(content)
    if len(content) == RAW_BYTES:
        return content
    text = content.decode("ascii", "replace").strip()
    for read in (bytes.fromhex, lambda one: base64.b64decode(one, validate=True)):
        try:
            found = read(text)
        except (ValueError, binascii.Error):
            continue
        if len(found) == RAW_BYTES:
            return found
    raise Unfit("公钥格式不对")


def _pem(content: bytes) -> bytes:
    try:
        key = load_pem_public_key(content)
    except Exception:
        raise Unfit("公钥格式不对") from None
    if not isinstance(key, Ed25519PublicKey):
        raise Unfit("公钥不是 Ed25519 公钥")
    return key.public_bytes_raw()


def signature(folder: Folder, key: bytes, report: Report) -> None:
    """目录签名: by the holder of the key, over this very manifest."""
    what = "目录签名"
    if layout.SIGNATURE not in folder:
        report.bad(what, "没有目录签名。")
        return
    digest = layout.digest(folder.read(layout.MANIFEST))
    try:
        found = reopening.form(forms.Signature, folder.read(layout.SIGNATURE), layout.SIGNATURE)
        signed = bytes.fromhex(found.signature)
        Ed25519PublicKey.from_public_bytes(key).verify(signed, layout.SIGNED.format(digest).encode())
    except (Unfit, ValueError, InvalidSignature):
        report.bad(what, "目录签名无效：目录在签名之后被改动，或者签名的不是这把密钥。")
        return
    told = (found.algorithm, found.key, found.manifest_sha256, found.signature)
    if told != ("Ed25519", heads.key_id(key), digest, signed.hex()):
        report.bad(what, "目录签名文件所注的摘要、密钥或者算法与签名不符。")
    else:
        report.ok(what, f"案卷摘要 {digest} 由密钥 {found.key} 签署。")


def head(folder: Folder, key: bytes, report: Report) -> Head:
    """封存头: signed by the holder of the key. Raises Unfit."""
    try:
        found = heads.from_json(reopening.form(dict, folder.read(layout.HEAD), layout.HEAD))
    except (ValueError, TypeError):
        raise Unfit("封存头的格式不对") from None
    if heads.is_signed_by(found, key):
        report.ok(
            "封存头",
            f"签名有效：截至 {heads.stamp(found.sealed_at)}，日志 {found.origin} 共 {found.size} 个事件。",
        )
    else:
        report.bad("封存头", "签名无效：封存头不是这把密钥签署的，或者签署之后被改动。")
    return found


def kept_heads(head: Head, key: bytes, files: Sequence[Path], report: Report) -> None:
    """另存的封存头: of the same log; one of the same size must have the same root. Others are only told of."""
    what = "另存的封存头"
    for file in files:
        kept = [one.head for one in heads_file.read(file) if one.head is not None]
        ours = [one for one in kept if one.origin == head.origin and heads.is_signed_by(one, key)]
        same = [one for one in ours if one.size == head.size]
        if any(one.root != head.root for one in same):
            report.bad(what, f"{file} 中同样大小（{head.size} 个事件）的封存头，树根与案卷的不同。")
        elif same:
            report.ok(what, f"{file} 中有与案卷相同的封存头（{head.size} 个事件）。")
        elif ours:
            report.note(
                what,
                f"{file} 中有同一日志的封存头 {len(ours)} 个，大小都与案卷的不同，是否一致须凭一致性证明核对。",
            )
        else:
            report.note(what, f"{file} 中没有同一日志、同一密钥的封存头。")


def versions(case: UUID, last: int, events: Sequence[Event], what: str, report: Report) -> None:
    """事件连续: from the first version to the last, of one stream, in the order of the log."""
    wrong = [f"第{one.version}号事件属于别的案件" for one in events if one.originator_id != case]
    numbers = [one.version for one in events]
    missing = sorted(set(range(1, last + 1)) - set(numbers))
    wrong += [f"缺第{one}号事件" for one in missing]
    wrong += [f"多出第{one}号事件" for one in sorted(set(numbers) - set(range(1, last + 1)))]
    wrong += [f"第{one}号事件重复" for one in sorted({one for one in numbers if numbers.count(one) > 1})]
    ordered = sorted(events, key=lambda one: one.version)
    wrong += [
        f"第{later.version}号事件在日志中的位置先于前一号"
        for earlier, later in pairwise(ordered)
        if later.position <= earlier.position
    ]
    report.weigh(what, wrong, f"第1号至第{last}号连续，中间没有缺漏。" if last else "没有事件。")


def row_of(event: Event) -> Row | None:
    """存储行: of an event whose bytes are enclosed. Raises Unfit."""
    state = reopening.state_of(event)
    if state is None:
        return None
    return Row(event.position, event.originator_id, event.version, event.stored_at, event.topic, state)


def inclusion(events: Sequence[Event], proofs: forms.Proofs, head: Head, what: str, report: Report) -> None:
    """包含证明: each event's bytes give its leaf, and the leaf's path gives the root of the head."""
    by_place = {(one.originator_id, one.version): one for one in proofs.events}
    wrong: list[str] = []
    if proofs.size != head.size:
        wrong.append("证明所对的树与封存头的不是同一棵")
    bare = 0
    for event in events:
        bare += event.state is None
        proof = by_place.get((event.originator_id, event.version))
        fault = "没有证明" if proof is None else _fault(event, proof, head)
        if fault is not None:
            wrong.append(f"第{event.version}号事件{fault}")
    some = f"其中 {bare} 个只核对了所载的叶子哈希，存储字节未公开。" if bare else ""
    report.weigh(what, wrong, f"{len(events)} 个事件都在封存头的树中，一字未改。{some}")


def _fault(event: Event, proof: Proof, head: Head) -> str | None:
    try:
        told = hash_of(event.leaf_hash, "叶子哈希")
        path = [hash_of(one, "证明") for one in proof.path]
        row = row_of(event)
    except Unfit as unfit:
        return f"的证明不能读取（{unfit}）"
    if row is not None and _leaf_hash(row) != told:
        return "的存储字节与叶子哈希不符"
    if proof.leaf_hash != event.leaf_hash or proof.position != event.position:
        return "与证明所指的不是同一个事件"
    if event.position > head.position:
        return "在封存头之后"
    if root_of_inclusion(proof.leaf_index, head.size, told, path) != head.root:
        return "的证明不能得出封存头的树根"
    return None


def _leaf_hash(row: Row) -> bytes | None:
    try:
        leaf = Leaf(row.position, row.originator_id, row.version, row.stored_at, row.topic, row.state)
        return leaf.hash()
    except Exception:
        return None


def openings(events: Sequence[Event], keys: Sequence[forms.Key], what: str, report: Report) -> None:
    """启封: with the enclosed keys the stored bytes give what is told, and nothing else is left out than is said."""
    secrets: dict[str, tuple[str, str]] = {one.id: (one.subject, one.key) for one in keys}
    wrong: list[str] = []
    whole, bare = 0, []
    closed: dict[str, int] = {}
    for event in events:
        for one in event.closed:
            closed[one.why] = closed.get(one.why, 0) + 1
        row = row_of(event)
        if row is None:
            bare.append(str(event.version))
        else:
            fault = _opening_fault(event, row, secrets)
            if fault is not None:
                wrong.append(f"第{event.version}号事件{fault}")
                continue
            whole += not event.closed
        if (event.opened.get("originator_version"), event.opened.get("originator_id")) != (
            event.version,
            str(event.originator_id),
        ):
            wrong.append(f"第{event.version}号事件所载的编号与其位置不符")
    said = f"{whole} 个事件的内容全部由存储字节得出"
    if closed:
        counted = "、".join(f"{why} {count} 处" for why, count in sorted(closed.items()))
        said += f"；另有{counted}，在案卷中没有载明内容"
    report.weigh(what, wrong, f"{said}。")
    if bare:
        report.note(
            what, f"第{'、'.join(bare)}号事件的存储字节未公开，所载内容只是出具机关的说明，未经证明。"
        )


def _opening_fault(event: Event, row: Row, secrets: dict[str, tuple[str, str]]) -> str | None:
    def secret_of(blob: Blob) -> bytes | None:
        subject, key = secrets.get(opening.key_id(blob), ("", ""))
        if not key:
            return None
        if subject != blob.subject:
            raise Tampered("another subject's key")
        return bytes.fromhex(key)

    try:
        found = opening.opened(row, secret_of)
    except (Tampered, ValueError):
        return "的密文不能用所附密钥打开，或者存储字节已损坏"
    if found.fields != event.opened:
        return "所载内容与存储字节不符"
    if sorted(found.closed) != sorted((one.field, one.subject) for one in event.closed):
        return "所注的未载内容与存储字节不符"
    if any(one.why not in reopening.LEFT_OUT for one in event.closed):
        return "未载内容没有说明原因"
    return None
