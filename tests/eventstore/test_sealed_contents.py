"""Whole contents under a key of their own (C4, issue 5): read as they were sent, or not at all."""

from hashlib import sha256
from pathlib import Path

import pytest

from eventstore import sealed_contents
from eventstore.ciphers import NAMES
from eventstore.envelope import Tampered
from eventstore.keyfile import KeysUnusable
from eventstore.keys import Keys

CONTENT = "王秀兰的来信".encode() * 20
OWNER = sha256(CONTENT).hexdigest()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys.open(tmp_path / "keys")


@pytest.mark.parametrize("algorithm", NAMES.values(), ids=NAMES)
def test_a_content_is_read_as_it_was_sent_until_its_key_is_gone(keys: Keys, algorithm: int) -> None:
    keys.algorithm = algorithm
    sealed = sealed_contents.seal(keys, OWNER, "attachment", CONTENT)
    assert "王秀兰".encode() not in sealed
    assert sealed_contents.unseal(keys, OWNER, "attachment", sealed) == CONTENT
    keys.destroy([(OWNER, "attachment")])
    assert sealed_contents.unseal(keys, OWNER, "attachment", sealed) is None


def test_every_changed_byte_is_found(keys: Keys) -> None:
    sealed = sealed_contents.seal(keys, OWNER, "attachment", b"short")
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 0x41
        with pytest.raises((Tampered, KeysUnusable)):
            sealed_contents.unseal(keys, OWNER, "attachment", bytes(changed))
    for end in range(len(sealed)):
        with pytest.raises(Tampered):
            sealed_contents.unseal(keys, OWNER, "attachment", sealed[:end])


def test_it_is_read_in_its_own_place_alone(keys: Keys) -> None:
    sealed = sealed_contents.seal(keys, OWNER, "attachment", CONTENT)
    for owner, subject in ((OWNER, "import"), ("0" * 64, "attachment")):
        with pytest.raises(Tampered):
            sealed_contents.unseal(keys, owner, subject, sealed)
