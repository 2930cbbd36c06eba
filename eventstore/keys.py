"""数据密钥: what a case's personal data is enciphered with. Derived out of the key trees, never stored, and destroyed for good.

A key belongs to an owner – a case, a content, an import – and a subject of it (`domain.secrets`). Each generation of the
store has a tree; what is stored now uses the last one. Every process reads the file again as soon as another replaced it,
and then knows nothing any more of what it derived before.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_bytes, token_hex
from uuid import UUID

from domain.secrets import with_what_goes_along
from eventstore import ciphers, keyfile
from eventstore.ciphers import AES, Opener
from eventstore.keyfile import Content, KeysUnusable
from eventstore.keytree import LEVELS, PATH_BYTES, Descents, Tree, descend

MOST_KNOWN = 2_000
"""Owners whose openers a process keeps at a time, some nine kilobytes each; then it begins anew."""
NAMED = ("likeness", "receipts")
"""Secrets that belong to no case and are never destroyed: of the marks of persons, of the digests of requests."""
OWNER_BYTES = 6
"""Of a path; the keys of one case lie together, so that destroying them all leaves fewer nodes than one by one."""
OWNER_LEVEL = 4 * OWNER_BYTES
SUBJECT_BITS = 8 * (PATH_BYTES - OWNER_BYTES)


KEY = struct.Struct(">BI8sB")
"""How stored bytes name a key: algorithm, generation, place in the tree, length of the subject; the subject follows."""


class Bunch(dict[bytes, Opener | None]):
    """一案的钥匙 — the openers of one owner, each by the name that stored bytes tell of it, made when first asked for.

    None where the key was destroyed. Raises KeysUnusable for a generation that the file lacks, ValueError for an algorithm
    that nobody knows.
    """

    __slots__ = ("_branches", "_first", "_trees", "owner")

    def __init__(self, owner: str, trees: Mapping[int, Descents]) -> None:
        super().__init__()
        self.owner = owner
        self._first = int.from_bytes(_digest(owner.encode())[:OWNER_BYTES], "big") << SUBJECT_BITS
        self._trees = trees
        self._branches: dict[int, bytes | None] = {}

    def __missing__(self, name: bytes) -> Opener | None:
        algorithm, generation, _, _ = KEY.unpack_from(name)
        if algorithm not in ciphers.KNOWN:
            raise ValueError("no known algorithm")
        secret = self.secret(name[KEY.size :].decode(), generation)
        made = self[name] = None if secret is None else ciphers.opener(algorithm, secret)
        return made

    def secret(self, subject: str, generation: int) -> bytes | None:
        """数据密钥: None if it was destroyed."""
        tree = self._trees.get(generation)
        if tree is None:
            raise KeysUnusable(f"主密钥文件中没有第 {generation} 代密钥，请换用较新的副本。")
        if generation not in self._branches:
            self._branches[generation] = tree.branch(self._first, OWNER_LEVEL)
        branch = self._branches[generation]
        whole = f"{self.owner}\x00{subject}".encode()
        path = self._first | int.from_bytes(_digest(whole)[: SUBJECT_BITS // 8], "big")
        leaf = (
            tree.branch(path, LEVELS) if branch is None else descend(branch, path, OWNER_LEVEL, LEVELS)
        )  # a branch of which a part was destroyed isn't whole any more
        return None if leaf is None else _data_key(leaf, whole)


@dataclass(slots=True)
class Ring:
    """钥匙串 — the file as it was read last, and what was derived from it since; good for one batch of events, then asked
    for anew."""

    content: Content
    stamp: tuple[int, ...] | None
    lost: frozenset[bytes] | None = None
    _trees: dict[int, Descents] = field(init=False)
    _bunches: dict[int, Bunch] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._trees = {generation: Descents(tree) for generation, tree in self.content.trees.items()}

    def bunch(self, stream: UUID) -> Bunch:
        """一案的钥匙: of the owner that a stream is, remembered."""
        known = self._bunches.get(stream.int)
        if known is None:
            if len(self._bunches) >= MOST_KNOWN:
                self._bunches.clear()
            known = self._bunches[stream.int] = Bunch(str(stream), self._trees)
        return known

    def secret(self, owner: str, subject: str, generation: int) -> bytes | None:
        """数据密钥: None if it was destroyed. Raises KeysUnusable."""
        return Bunch(owner, self._trees).secret(subject, generation)

    def opener(self, owner: str, subject: str, generation: int, algorithm: int) -> Opener | None:
        """加解密: under that key; None if it was destroyed."""
        secret = self.secret(owner, subject, generation)
        return None if secret is None else ciphers.opener(algorithm, secret)

    def has_lost(self, owner: str) -> bool:
        """有密钥已销毁: whether any key of the owner was destroyed; quick where nothing ever was."""
        tree = self.content.trees[self.content.current]
        if len(tree) == 1:
            return False
        if self.lost is None:
            self.lost = frozenset(path[:OWNER_BYTES] for path in tree.gone())
        return _digest(owner.encode())[:OWNER_BYTES] in self.lost


class Keys:
    """密钥库 — the keys of one database."""

    def __init__(self, folder: Path) -> None:
        """Use `open`."""
        self.folder = folder
        self.file = folder / keyfile.NAME
        self.algorithm = AES
        """加密算法: what is stored from now on is enciphered with."""
        self._ring = Ring(*keyfile.read(self.file))

    @classmethod
    def exist(cls, folder: Path) -> bool:
        """是否已有密钥文件."""
        return (folder / keyfile.NAME).exists()

    @classmethod
    def open(cls, folder: Path, *, create: bool = True) -> "Keys":
        """打开: the folder's keys; made if there are none and they may be made. Raises KeysUnusable."""
        if not create and not cls.exist(folder):
            raise keyfile.missing(folder / keyfile.NAME)
        keyfile.private_folder(folder)
        with keyfile.locked(folder):
            if not cls.exist(folder):
                keyfile.write(folder / keyfile.NAME, fresh().data())
        return cls(folder)

    @property
    def id(self) -> str:
        """库号: by which a database knows its keys from others'; no secret."""
        return self.ring().content.id

    @property
    def generation(self) -> int:
        """现用代次: which the keys of what is stored now are of."""
        return self.ring().content.current

    def generations(self) -> dict[int, int]:
        """各代次: how many nodes are left of each."""
        return {number: len(tree) for number, tree in self.ring().content.trees.items()}

    def ring(self) -> Ring:
        """钥匙串: as the file is now."""
        ring = self._ring
        if keyfile.stamp_of(self.file) != ring.stamp:
            self._ring = ring = Ring(*keyfile.read(self.file))
        return ring

    def secret(self, owner: str, subject: str, generation: int | None = None) -> bytes | None:
        """数据密钥: 32 bytes of the owner's subject, of the present generation unless told; None if it was destroyed."""
        ring = self.ring()
        return ring.secret(owner, subject, generation or ring.content.current)

    def holds(self, owner: str, subject: str) -> bool:
        """尚存: whether what was or will be stored under the key can be read."""
        return self.secret(owner, subject) is not None

    def named(self, name: str) -> bytes:
        """专用密钥: one of NAMED."""
        return self.ring().content.named[name]

    def keep_named(self, name: str, secret: bytes) -> None:
        """收存专用密钥: one that was kept elsewhere before."""
        self._change(lambda content: replace(content, named={**content.named, name: secret}))

    def destroy(self, pairs: Iterable[tuple[str, str]]) -> None:
        """销毁: the keys of these owners' subjects, of every generation. It is done when this returns, and can't be undone.

        What `domain.secrets` says goes along with them goes too; a key that is gone already costs nothing.
        """
        gone = [path_of(owner, subject) for owner, subject in with_what_goes_along(pairs)]
        trees = self.ring().content.trees.values()
        if any(tree.secret(path) is not None for path in gone for tree in trees):
            self._change(
                lambda content: replace(
                    content, trees={number: tree.without(gone) for number, tree in content.trees.items()}
                )
            )

    def rotate(self) -> int:
        """换代: what is stored from now on is under keys of a new generation; what was stays readable, and
        what was destroyed stays so. The generation."""

        def next_one(content: Content) -> Content:
            gone = content.trees[content.current].gone()
            trees = {**content.trees, content.current + 1: Tree.grown(token_bytes(32)).without(gone)}
            return replace(content, trees=trees)

        return self._change(next_one).current

    def _change(self, changed: Callable[[Content], Content]) -> Content:
        with keyfile.locked(self.folder):
            before, stamp = keyfile.read(self.file)
            after = changed(before)
            if after.trees != before.trees or after.named != before.named:
                keyfile.write(self.file, after.data())
                stamp = keyfile.stamp_of(self.file) or ()
        self._ring = Ring(after, stamp)
        return after


def fresh() -> Content:
    """A new store of random secrets."""
    named = {name: token_bytes(32) for name in NAMED}
    return Content(token_hex(16), {1: Tree.grown(token_bytes(32))}, named)


def path_of(owner: str, subject: str) -> bytes:
    """Where in the tree the key lies: first by owner, then by subject."""
    whole = f"{owner}\x00{subject}".encode()
    return _digest(owner.encode())[:OWNER_BYTES] + _digest(whole)[: PATH_BYTES - OWNER_BYTES]


def key_id(owner: str, subject: str, generation: int) -> str:
    """密钥编号: as it stands in stored events; tells nothing of the key."""
    return f"{generation}-{path_of(owner, subject).hex()}"


def _data_key(leaf: bytes, whole: bytes) -> bytes:
    """Two subjects on the same path – of which there is hardly ever a pair – still have keys of their own."""
    return hashlib.blake2b(whole, digest_size=32, key=leaf, person=b"shixian data key").digest()


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
