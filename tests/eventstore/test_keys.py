"""The key file (issue 5, item 7): made once, kept private, replaced whole; what was destroyed is gone for every process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from domain.errors import Busy
from eventstore import keyfile
from eventstore.keyfile import KeysUnusable
from eventstore.keys import Keys, key_id

CASE, OTHER = "5f1f1c9e-0000-4000-8000-000000000001", "5f1f1c9e-0000-4000-8000-000000000002"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def test_keys_are_the_same_when_they_are_opened_again(folder: Path) -> None:
    keys = Keys.open(folder)
    assert Keys.open(folder).secret(CASE, "texts") == keys.secret(CASE, "texts")
    assert Keys.open(folder).id == keys.id
    assert keys.secret(CASE, "texts") != keys.secret(CASE, "contact") != keys.secret(OTHER, "contact")


def test_nobody_else_may_read_them(folder: Path) -> None:
    keys = Keys.open(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert keys.file.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_others_may_enter_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    with pytest.raises(KeysUnusable, match="chmod 700"):
        Keys.open(folder)


def test_where_there_must_be_keys_none_are_made(folder: Path) -> None:
    with pytest.raises(KeysUnusable, match=f"主密钥缺失：{folder / 'master.keys'}"):
        Keys.open(folder, create=False)
    assert not folder.exists()


def test_a_damaged_file_is_refused_and_left_alone(folder: Path) -> None:
    file = Keys.open(folder).file
    damaged = file.read_bytes()[:-40]
    file.write_bytes(damaged)
    with pytest.raises(KeysUnusable, match="已损坏"):
        Keys.open(folder)
    assert file.read_bytes() == damaged


def test_destroying_takes_exactly_those_keys_in_every_process(folder: Path) -> None:
    keys, another = Keys.open(folder), Keys.open(folder)
    kept = {
        pair: another.secret(*pair) for pair in [(CASE, "texts"), (OTHER, "person:p1"), (CASE, "accused")]
    }
    assert another.holds(CASE, "person:p1")
    keys.destroy([(CASE, "person:p1")])
    assert not keys.holds(CASE, "person:p1")
    assert not another.holds(CASE, "person:p1")
    assert not another.holds(CASE, "contact"), "what may name the person goes along"
    assert {pair: another.secret(*pair) for pair in kept} == kept


def test_what_is_destroyed_is_so_for_every_generation(folder: Path) -> None:
    keys = Keys.open(folder)
    first = keys.secret(CASE, "texts")
    assert keys.rotate() == 2
    assert keys.secret(CASE, "texts") != first
    assert keys.secret(CASE, "texts", 1) == first, "what was stored stays readable"
    keys.destroy([(CASE, "texts")])
    assert keys.secret(CASE, "texts", 1) is None
    assert keys.secret(CASE, "texts", 2) is None


def test_a_new_generation_gives_back_nothing_that_was_destroyed(folder: Path) -> None:
    keys = Keys.open(folder)
    keys.destroy([(CASE, "texts")])
    keys.rotate()
    assert not keys.holds(CASE, "texts")
    assert keys.holds(OTHER, "texts")


def test_destroying_twice_changes_nothing(folder: Path) -> None:
    keys = Keys.open(folder)
    keys.destroy([(CASE, "texts")])
    before = keys.file.stat()
    keys.destroy([(CASE, "texts")])
    keys.destroy([])
    assert keys.file.stat() == before


def test_the_replaced_file_is_written_over(folder: Path) -> None:
    """C4: whoever kept the former file open finds nothing in it."""
    keys = Keys.open(folder)
    with keys.file.open("rb") as former:
        whole = former.read()
        keys.destroy([(CASE, "texts")])
        former.seek(0)
        left = former.read()
    assert whole
    assert not left.strip(b"\x00")


def test_a_destroyed_key_is_gone_from_the_present_file_alone(folder: Path, tmp_path: Path) -> None:
    """A copy of the file from before still has it: copies have to expire (docs/decisions/0016)."""
    keys = Keys.open(folder)
    copy = tmp_path / "copy"
    copy.mkdir(mode=0o700)
    (copy / keys.file.name).write_bytes(keys.file.read_bytes())
    keys.destroy([(CASE, "texts")])
    assert Keys.open(copy).holds(CASE, "texts")
    assert not Keys.open(folder).holds(CASE, "texts")


def test_an_older_copy_says_that_a_newer_one_is_needed(folder: Path) -> None:
    with pytest.raises(KeysUnusable, match="第 2 代"):
        Keys.open(folder).secret(CASE, "texts", 2)


def test_two_processes_that_start_at_once_make_one_file(folder: Path) -> None:
    told = f"from pathlib import Path; from eventstore.keys import Keys; print(Keys.open(Path({str(folder)!r})).id)"
    started = [
        subprocess.Popen([sys.executable, "-c", told], stdout=subprocess.PIPE, env=dict(os.environ))
        for _ in range(4)
    ]
    assert len({one.communicate(timeout=60)[0] for one in started}) == 1


def test_who_waits_for_the_lock_in_vain_is_told_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """C4: nobody hangs on a lock that another program holds; nothing is changed, and the next try does it."""
    keys = Keys.open(folder)
    monkeypatch.setattr(keyfile, "TRIES", 2)
    with keyfile.locked(folder), pytest.raises(Busy) as told:
        keys.destroy([(CASE, "texts")])
    assert (told.value.code, str(folder) in str(told.value)) == ("keys.busy", True)
    assert keys.holds(CASE, "texts")
    keys.destroy([(CASE, "texts")])
    assert not keys.holds(CASE, "texts")


def test_named_secrets_stay_through_rotation_and_destruction(folder: Path) -> None:
    keys = Keys.open(folder)
    keys.keep_named("likeness", b"l" * 32)
    keys.rotate()
    keys.destroy([(CASE, "texts")])
    assert Keys.open(folder).named("likeness") == b"l" * 32


def test_a_key_id_tells_generation_and_place() -> None:
    assert key_id(CASE, "texts", 3) == "3-fcc6520628a1bea4"
