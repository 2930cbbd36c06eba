"""A20 C4: `shixian verify` over the whole store says what holds and names what doesn't; its exit code tells."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from api import sealing
from api.cli import main
from eventstore import attachments, heads, heads_file, sealkey
from eventstore.sealing import one_at_a_time
from tests.api.lives import Walker

runner = CliRunner()


@pytest.fixture
def verify(services, monkeypatch):
    monkeypatch.setenv("SHIXIAN_HOME", str(services.settings.home))
    monkeypatch.setenv("DATABASE_URL", services.settings.database_url)
    return lambda *more: runner.invoke(main, ["verify", *map(str, more)])


@pytest.fixture
def sealed(services, walker: Walker):
    """A petition's facts, all of them sealed."""
    walker.register()
    made = sealing.of(services)
    made.catch_up()
    return made


def tamper(services, *statements: str) -> None:
    with psycopg.connect(services.settings.database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        for one in statements:
            connection.execute(one.encode())


def test_a_store_in_order(verify, sealed, services):
    result = verify()
    assert result.exit_code == 0, result.output
    assert "核验通过" in result.output
    assert "与封存时逐字节相同" in result.output
    assert "数据库没有被回退或者替换" in result.output


def test_what_was_changed_is_named(verify, sealed, services):
    tamper(services, "UPDATE casework_events SET state = state || '\\x20' WHERE notification_id = 3")
    with services.database.connection() as connection:
        row = connection.execute(
            "SELECT originator_id, originator_version FROM casework_events WHERE notification_id = 3"
        ).fetchone()
    assert row is not None
    result = verify()
    assert result.exit_code == 1
    assert f"事实被改动：位置 3，流 {row['originator_id']} 第 {row['originator_version']} 版" in result.output
    assert "逐字节相同" not in result.output
    assert "核验未通过：共 1 处不符" in result.output


def test_the_unsealed_end_is_told(verify, sealed, services, walker: Walker):
    walker.register()
    result = verify()
    assert result.exit_code == 0
    assert "尚未封存" in result.output


def test_heads_that_somebody_kept_find_a_rolled_back_store(verify, sealed, services, tmp_path: Path, walker):
    walker.register()
    sealed.catch_up()
    elsewhere = tmp_path / "kept.jsonl"
    own = services.settings.home / heads_file.NAME
    elsewhere.write_bytes(own.read_bytes())
    first = heads_file.read(own)[0]
    assert first.head is not None
    size = first.head.size
    own.write_bytes(own.read_bytes().splitlines(keepends=True)[0])
    tamper(
        services,
        f"DELETE FROM casework_events WHERE notification_id > {first.head.position}",
        f"DELETE FROM seal_heads WHERE size > {size}",
        f"DELETE FROM seal_leaves WHERE first >= {size}",
    )
    assert verify().exit_code == 0
    result = verify("--heads", elsewhere)
    assert result.exit_code == 1
    assert "数据库被回退或者替换" in result.output
    assert f"只封存到第 {size} 条" in result.output


@pytest.fixture
def file(sealed, services, walker) -> Path:
    """The file outside, with a few heads in it."""
    for _ in range(3):
        walker.register()
        sealed.catch_up()
    return services.settings.home / heads_file.NAME


@pytest.mark.parametrize("gone", [0, 1, -1])
def test_a_line_gone_from_the_file_outside_is_named(verify, file, gone):
    assert "在库外文件中一个不缺" in verify().output
    lines = file.read_bytes().splitlines(keepends=True)
    head = heads_file.read(file)[gone].head
    assert head is not None
    file.write_bytes(b"".join(one for one in lines if one != lines[gone]))
    result = verify()
    assert result.exit_code == 1
    assert f"缺库内 1 个封存头（第 {head.size} 条处）" in result.output
    assert "一个不缺" not in result.output


def test_the_file_outside_gone_or_empty_or_cut(verify, file):
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines)[:-7])
    result = verify()
    assert result.exit_code == 1
    assert "缺库内 1 个封存头" in result.output
    assert "最后一行不完整" in result.output
    file.write_bytes(b"")
    assert f"不存在或者为空：缺库内 {len(lines)} 个封存头" in verify().output
    file.unlink()
    assert f"不存在或者为空：缺库内 {len(lines)} 个封存头" in verify().output


def test_a_head_that_is_being_written_is_waited_for(verify, file, sealed, services):
    """Signed and committed, and on its way to the file: the sealer holds its lock until it is there."""
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with ThreadPoolExecutor(1) as beside, psycopg.connect(services.settings.database_url) as connection:
        with one_at_a_time(connection):
            told = beside.submit(verify)
            while connection.execute(waiting).fetchone() == (0,) and not told.done():
                continue
            assert not told.done()
            file.write_bytes(b"".join(lines))
        connection.commit()
        assert told.result().exit_code == 0


def test_the_file_outside_is_written_anew_only_where_nothing_else_differs(verify, file, sealed, services):
    before = file.read_bytes()
    lines = before.splitlines(keepends=True)
    file.write_bytes(b"".join(lines[1:]))
    tamper(services, "UPDATE casework_events SET topic = topic || ' ' WHERE notification_id = 2")
    assert verify("--write-heads").exit_code == 1
    assert file.read_bytes() == b"".join(lines[1:])
    tamper(services, "UPDATE casework_events SET topic = rtrim(topic) WHERE notification_id = 2")
    written = verify("--write-heads")
    assert ("重新写出" in written.output, written.exit_code) == (True, 0)
    assert file.read_bytes() == before
    (aside,) = file.parent.glob(f"{file.name}.*")
    assert aside.read_bytes() == b"".join(lines[1:])
    assert verify().exit_code == 0


def test_a_public_key_from_elsewhere(verify, sealed, services):
    key = sealkey.load(services.settings.keys_folder)
    assert key is not None
    assert verify("--public-key", key.public.hex()).exit_code == 0
    assert "伪造的封存头" in verify("--public-key", "00" * 32).output
    assert verify("--public-key", "zz").exit_code == 1
    (services.settings.keys_folder / sealkey.NAME).unlink()
    assert "所用公钥取自数据库本身" in verify().output


def test_a_line_that_is_no_head(verify, sealed, services):
    with (services.settings.home / heads_file.NAME).open("ab") as opened:
        opened.write(b'{"size": "many"}\n')
    result = verify()
    assert result.exit_code == 1
    assert "不是封存头" in result.output


def test_attachments_that_were_changed_or_are_gone(verify, sealed, services):
    """One that lies there as it was sent, one under a key; then each with a byte turned, then one of them gone."""
    contents = ["附件一".encode(), "附件二".encode()]
    names = [sha256(one).hexdigest() for one in contents]
    with services.database.transaction() as connection:
        connection.execute(
            "INSERT INTO attachment_contents (sha256, size, media_type, content) VALUES (%s, 9, 'text/plain', %b)",
            (names[0], contents[0]),
        )
        attachments.keep(connection, services.keys, names[1], contents[1], "text/plain")
        attachments.note_upload(connection, names[1], "office", services.clock())
    assert "2 份附件的内容与其哈希相符" in verify().output
    last = "octet_length(content) - 1"
    tamper(
        services,
        f"UPDATE attachment_contents SET content = set_byte(content, {last}, get_byte(content, {last}) # 1)",
    )
    result = verify()
    assert result.exit_code == 1
    assert all(f"附件内容与其哈希不符：{name}" in result.output for name in names)
    tamper(services, f"DELETE FROM attachment_contents WHERE sha256 = '{names[1]}'")
    assert f"附件内容缺失：{names[1]}" in verify().output


def test_heads_witnessed_for_another_office_that_contradict_each_other(verify, sealed, services, tmp_path):
    other = sealkey.make(tmp_path / "other")
    head = heads_file.read(services.settings.home / heads_file.NAME)[0].head
    assert head is not None
    for at, root in enumerate((bytes(32), bytes(31) + b"x")):
        one = heads.sign(
            heads.Head(
                origin=other.origin,
                size=5,
                root=root,
                position=5,
                sealed_at=head.sealed_at + timedelta(at),
                key="",
            ),
            other.private,
        )
        with services.database.transaction() as connection:
            connection.execute(
                "INSERT INTO seal_witnessed (origin, size, root, position, sealed_at, key, signature, public_key,"
                " received_at, received_from) VALUES (%s, %s, %b, %s, %s, %s, %b, %b, now(), 'x')",
                (one.origin, 5, one.root, 5, one.sealed_at, one.key, one.signature, other.public),
            )
        assert ("自相矛盾" in verify().output) == (at == 1)
