"""全库核验: the whole store – log, seals, heads outside, heads witnessed for others, attachments – and what to say of it."""

import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import class_row, tuple_row

from api.settings import Settings
from domain.errors import Invalid
from domain.secrets import ATTACHMENT
from eventstore import heads, heads_file, seal_keys, sealed_contents, sealed_tree, sealkey
from eventstore.differences import Finding
from eventstore.envelope import Tampered
from eventstore.heads import Head
from eventstore.keys import Keys
from eventstore.sealed_tree import HEAD
from eventstore.sealing import one_at_a_time
from eventstore.verifying import Report, Said, Verifying

CONTENTS = "SELECT sha256, sealed, content FROM attachment_contents ORDER BY sha256"
NAMED = 10
"""Heads that are named one by one."""
LOST = """
SELECT DISTINCT sha256 FROM attachment_uploads u
WHERE NOT EXISTS (SELECT FROM attachment_contents c WHERE c.sha256 = u.sha256) ORDER BY sha256
"""


class Trust(NamedTuple):
    """所信公钥 — by id, and whether they come from outside the database."""

    keys: dict[str, bytes]
    outside: bool


class Outcome(NamedTuple):
    """核验结论 — what holds and what doesn't, in words."""

    holds: list[str]
    notes: list[str]
    findings: list[Finding]


def trusted(connection: psycopg.Connection[Any], given: Settings, named: Sequence[str]) -> Trust:
    """所信公钥: those that were named, else that of the key file, else what the database says itself. Raises Invalid."""
    try:
        keys = [bytes.fromhex(one) for one in named]
    except ValueError:
        keys = [b""]
    if any(len(one) != 32 for one in keys):
        raise Invalid("verify.public_key", "公钥应为 64 位十六进制数。")
    if not keys:
        own = sealkey.load(given.keys_folder)
        keys = [own.public] if own is not None else []
    if keys:
        return Trust({heads.key_id(one): one for one in keys}, outside=True)
    return Trust(seal_keys.told(connection), outside=False)


def check(
    dsn: str,
    given: Settings,
    *,
    public_keys: Sequence[str] = (),
    files: Sequence[Path] = (),
    begin: Callable[[int], None] = lambda _: None,
    advance: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """核验: within one snapshot; `begin` gets about how many facts there are, `advance` how many more were read."""
    outside = [given.home / heads_file.NAME, *files]
    lines = {file: heads_file.read(file) for file in outside}  # before the snapshot, which may not be older
    with psycopg.connect(dsn, options="-c TimeZone=UTC -c search_path=public") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        inside = sealed_tree.all_heads(connection)
        trust = trusted(connection, given, public_keys)
        said = [Said(f"文件 {file.name} ", one.head) for file in outside for one in lines[file] if one.head]
        begin(_about(connection))
        witnessed = _Witnessed(connection, trust)
        report = Verifying(connection, trust.keys, [*said, *witnessed.ours], advance=advance).run()
        kept = _Kept(dsn, outside[0], inside, lines[outside[0]])
        findings = [*report.findings, *_unreadable(lines), *kept.findings, *witnessed.findings]
        contents = _Contents(connection, given)
        findings += contents.findings
    return Outcome(
        holds=[*_holds(report, findings), *kept.holds, *witnessed.holds, *contents.holds],
        notes=[*_notes(report, trust), *_unfinished(outside), *contents.notes],
        findings=findings,
    )


def _about(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM casework_events").fetchone()
    return int(row[0]) if row is not None else 0


def _unreadable(lines: dict[Path, list[heads_file.Line]]) -> Iterator[Finding]:
    for file, read in lines.items():
        for one in read:
            if one.head is None:
                yield Finding("file_unreadable", f"文件 {file.name} 第 {one.number} 行不是封存头")


def _unfinished(files: Sequence[Path]) -> Iterator[str]:
    for file in files:
        if heads_file.unfinished(file):
            yield f"文件 {file.name} 最后一行不完整，未予计入"


def _holds(report: Report, findings: Sequence[Finding]) -> Iterator[str]:
    codes = {one.code for one in findings}
    if not codes & {
        "changed",
        "missing",
        "truncated",
        "inserted",
        "moved",
        "swapped",
        "rolled_back",
        "head_contradicted",
    }:
        yield f"已封存的 {report.sealed} 条事实与封存时逐字节相同，无改动、缺失、插入、调换"
    if "version_gap" not in codes and not codes & {"missing", "truncated", "inserted", "changed"}:
        yield f"{report.streams} 个流的版本各自连续"
    if not codes & {"head_forged", "head_contradicted", "head_missing", "rolled_back"}:
        yield f"库内 {report.heads} 个封存头签名有效，树根与日志相符，后者均由前者增长而来"
        if report.outside:
            yield f"库外 {report.outside} 个封存头均与日志相符，数据库没有被回退或者替换"
    if "table_changed" not in codes:
        yield "封存表与日志相符"


def _notes(report: Report, trust: Trust) -> Iterator[str]:
    if report.unsealed:
        yield f"末尾 {report.unsealed} 条尚未封存，不在本次核验的证明之内"
    if not report.outside:
        yield "没有库外的封存头可供比对，无法发现整库回退"
    if not trust.outside:
        yield "没有库外的公钥，所用公钥取自数据库本身；请用 --public-key 指定"


class _Kept:
    """Every head of the database stands in the file outside; one that is being written while this runs is waited for."""

    def __init__(
        self, dsn: str, file: Path, inside: Sequence[Head], before: Sequence[heads_file.Line]
    ) -> None:
        lines, missing = before, _absent(inside, before)
        if missing:
            with psycopg.connect(dsn, autocommit=True) as waiting, one_at_a_time(waiting, reading=True):
                lines = heads_file.read(file)
            missing = _absent(inside, lines)
        self.findings: list[Finding] = []
        self.holds: list[str] = []
        if missing:
            sizes = "、".join(str(one.size) for one in missing[:NAMED])
            more = " 等" if len(missing) > NAMED else ""
            what = "不存在或者为空" if not lines else "不完整"
            said = f"库外的封存头文件 {file.name} {what}：缺库内 {len(missing)} 个封存头（第 {sizes} 条处{more}）"
            self.findings.append(Finding("heads_file_incomplete", said))
        elif inside:
            self.holds.append(f"库内 {len(inside)} 个封存头在库外文件中一个不缺")


def _absent(inside: Sequence[Head], lines: Sequence[heads_file.Line]) -> list[Head]:
    known = {(one.head.size, one.head.root) for one in lines if one.head is not None}
    return [one for one in inside if (one.size, one.root) not in known]


def write_heads(dsn: str, given: Settings, outcome: Outcome, now: datetime) -> bool:
    """重写库外封存头: from the database, if nothing but this file was found wanting; the old one is kept beside."""
    if any(one.code not in ("heads_file_incomplete", "file_unreadable") for one in outcome.findings):
        return False
    with psycopg.connect(dsn, autocommit=True) as connection, one_at_a_time(connection):
        heads_file.renew(
            given.home / heads_file.NAME, sealed_tree.all_heads(connection), f"{now:%Y%m%dT%H%M%S}"
        )
    return True


class _Witnessed:
    """Heads of other offices that were kept for them: each signed, none against another; and ours among them."""

    def __init__(self, connection: psycopg.Connection[Any], trust: Trust) -> None:
        self.ours: list[Said] = []
        self.findings: list[Finding] = []
        count = 0
        origins = {head.origin for head in [sealed_tree.last_head(connection)] if head is not None}
        known: dict[tuple[str, int], Head] = {}
        with connection.cursor(row_factory=class_row(_Seen), binary=True) as cursor:
            for seen in cursor.execute(f"SELECT {HEAD}, public_key FROM seal_witnessed ORDER BY id".encode()):
                head = seen.head
                if head.origin in origins:
                    self.ours.append(Said("外机关送回的", head))
                    continue
                count += 1
                named = f"{head.origin} 第 {head.size} 条处的封存头"
                if not heads.is_signed_by(head, seen.public_key):
                    self.findings.append(Finding("witnessed_forged", f"代存的外机关封存头签名无效：{named}"))
                other = known.setdefault((head.origin, head.size), head)
                if other.root != head.root:
                    said = f"外机关的封存头自相矛盾：{named}有两个不同的树根"
                    self.findings.append(Finding("witnessed_contradicted", said))
        self.holds = [f"代存的外机关封存头 {count} 个签名有效，无矛盾"] if count and not self.findings else []


class _Seen(NamedTuple):
    origin: str
    size: int
    root: bytes
    position: int
    sealed_at: Any
    key: str
    signature: bytes
    public_key: bytes

    @property
    def head(self) -> Head:
        return Head(**{name: value for name, value in self._asdict().items() if name != "public_key"})


class _Contents:
    """Attachments against their hashes, where they can be opened."""

    def __init__(self, connection: psycopg.Connection[Any], given: Settings) -> None:
        self.findings: list[Finding] = []
        self.holds: list[str] = []
        self.notes: list[str] = []
        keys = Keys.open(given.keys_folder, create=False) if Keys.exist(given.keys_folder) else None
        right = closed = 0
        with connection.cursor("verify_contents", row_factory=tuple_row, binary=True) as cursor:
            cursor.itersize = 20
            for name, sealed, stored in cursor.execute(CONTENTS):
                is_right = _is_right(name, bytes(stored), keys, sealed=sealed)
                right += is_right is True
                closed += is_right is None
                if is_right is False:
                    self.findings.append(Finding("attachment_changed", f"附件内容与其哈希不符：{name}"))
        with connection.cursor(row_factory=tuple_row) as lost:
            for (name,) in lost.execute(LOST):
                self.findings.append(Finding("attachment_missing", f"附件内容缺失：{name}"))
        if right and not self.findings:
            self.holds.append(f"{right} 份附件的内容与其哈希相符")
        if closed:
            self.notes.append(f"{closed} 份附件已清除或者没有密钥，无法打开核对")


def _is_right(name: str, stored: bytes, keys: Keys | None, *, sealed: bool) -> bool | None:
    """Whether a content, as it is or opened, has this hash; None if it can't be opened, for its key is gone."""
    if not sealed:
        return sha256(stored).hexdigest() == name
    if keys is None:
        return None
    try:
        opened = sealed_contents.unseal(keys, name, ATTACHMENT, stored)
    except (Tampered, struct.error):
        return False
    if opened is None:
        return False if keys.holds(name, ATTACHMENT) else None
    return sha256(opened).hexdigest() == name
