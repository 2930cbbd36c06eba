"""Privacy by key, from outside (issue 5, item 7): what lies in the database tells of nobody, and keys that aren't there are missed."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from typer.testing import CliRunner, Result

from api import cli_keys, key_upkeep
from api.app import create_app
from api.bootstrap import Services, build
from api.cli import main
from api.settings import Settings
from domain.attachments import PDF
from domain.facts import Fact
from domain.secrets import subjects_of
from eventstore import attachments, key_binding
from eventstore.ciphers import SM4
from eventstore.envelope import blobs
from eventstore.keys import Keys
from projections import likeness
from projections.runner import catch_up
from tests.api import files, sample
from tests.api.caller import calling
from tests.api.cases import registered
from tests.api.conftest import SignIn, signing_in
from tests.api.lives import ACCEPTED, LETTER, REVIEWED, Walker
from tests.api.uploading import sent
from tests.conftest import Clock
from tests.owner import as_owner

Run = Callable[..., Result]
TABLES = (
    "casework_events",
    "attachment_contents",
    "attachment_uploads",
    "imports",
    "command_receipts",
    "outbox",
)
PEOPLE = [
    {"name": "王秀兰", "id_number": "110101195003071234", "phone": "13900000001", "address": "和平路8号"},
    {"name": "欧阳守业", "phone": "13900000002"},
]


def dump(services: Services, *tables: str) -> bytes:
    """What a plain backup of the tables holds, byte by byte."""
    found = []
    with psycopg.connect(services.database.dsn) as connection:
        for table in tables:
            with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
                found.extend(bytes(part) for part in copy)
    return b"".join(found)


def told_in(fact: Fact) -> Iterator[str]:
    """Every text that a fact's marked fields hold."""

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for part in value.values():
                yield from texts(part)
        elif isinstance(value, list | tuple):
            for part in value:
                yield from texts(part)

    fields = msgspec.to_builtins(fact)
    for name in subjects_of(type(fact)):
        yield from texts(fields.get(name))


@pytest.fixture
def lived(walker: Walker, services: Services) -> str:
    """A petition of two people with an attachment, through reply and review; its id."""
    case = walker.walk(
        ACCEPTED, petitioners=PEOPLE, against=[{"person": "赵经理"}], reply_to="和平路8号传达室"
    )
    digest = sent(walker.as_("unit-a-clerk"), name="王秀兰来信.pdf")
    report = {"text": "经实地测温，情况属实", "attachments": [{"name": "王秀兰来信.pdf", "sha256": digest}]}
    for who, act, body in [("unit-a-clerk", "report", report), *REVIEWED[len(ACCEPTED) :]]:
        answer = walker.do(case, who, act, body)
        assert answer.status_code == 200, answer.text
    return case


def test_a_backup_of_the_record_tells_of_nobody(
    lived: str, walker: Walker, services: Services, sign_in: SignIn
) -> None:
    """C4: names, numbers, addresses and texts are in the log, the attachments and the imports for nobody without the keys."""
    form = {"kind": (None, "letters"), "file": ("letters.csv", sample.good(3))}
    assert sign_in("office").post("/v1/imports", files=form).status_code == 202
    held = dump(services, *TABLES)
    facts = [one.fact for one in services.casework.history(UUID(lived))]
    told = {text for fact in facts for text in told_in(fact) if len(text) > 3 or not text.isascii()}
    assert {
        "王秀兰",
        "110101195003071234",
        "13900000002",
        "和平路8号传达室",
        "赵经理",
        "王秀兰来信.pdf",
    } <= told
    assert not [text for text in told if text.encode() in dump(services, "casework_events")]
    told -= {sha256(files.PDF).hexdigest(), PDF}  # by which contents are known
    assert not [text for text in told if text.encode() in held]
    assert files.PDF[:60] not in held
    assert "路灯坏了三天".encode() not in held
    assert str(lived).encode() in held.replace(UUID(lived).bytes, str(lived).encode()), (
        "the dump is of this case"
    )


def test_a_whole_backup_as_it_is_made_tells_of_nobody(lived: str, services: Services) -> None:
    """C4: every table but those that `keys backup-options` leaves out, with all read models brought up."""
    catch_up(services.database, services.casework)
    with services.database.connection() as connection:
        query = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        tables = {row["relname"] for row in connection.execute(query)}
    left_out = set(cli_keys.left_out())
    assert left_out <= tables
    held = dump(services, *sorted(tables - left_out))
    facts = [one.fact for one in services.casework.history(UUID(lived))]
    told = {text for fact in facts for text in told_in(fact) if len(text) > 3 or not text.isascii()}
    told -= {sha256(files.PDF).hexdigest(), PDF}
    assert not [text for text in told if text.encode() in held]
    assert "供暖温度".encode() in dump(services, *sorted(left_out)), (
        "open where it is needed, in the read models"
    )


def test_what_was_sent_is_kept_as_a_keyed_digest_alone(services: Services, sign_in: SignIn) -> None:
    """Whoever has the row and knows all but a number can't try the numbers."""
    office = sign_in("office")
    sent_once = office.post("/v1/petitions", json=LETTER, headers={"Idempotency-Key": "one"})
    again = office.post("/v1/petitions", json=LETTER, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()["id"]) == (sent_once.status_code, sent_once.json()["id"])
    with services.database.connection() as connection:
        [row] = connection.execute("SELECT digest FROM command_receipts WHERE key = 'one'").fetchall()
    content = msgspec.json.encode(LETTER).decode()
    bare = {
        sha256(f"POST /v1/petitions\n{content}".encode()).hexdigest(),
        sha256(content.encode()).hexdigest(),
    }
    assert len(row["digest"]) == 64
    assert row["digest"] not in bare


def test_a_backup_from_before_opens_nothing_that_was_destroyed_since(lived: str, services: Services) -> None:
    """C4: the rows are older than the destruction, the key file is of today."""
    rows = services.casework.store.select_stream(UUID(lived))
    services.keys.destroy([(lived, "person:p1"), (lived, "texts")])
    left = json.dumps([list(told_in(services.casework.fact(row))) for row in rows], ensure_ascii=False)
    assert not [told for told in ("王秀兰", "110101195003071234", "和平路", "温度", "来信") if told in left]
    assert "欧阳守业" in left, "who wasn't erased is still there"


class TestContentsOfBefore:
    """Attachments and import files that were stored before there were keys."""

    @pytest.fixture
    def plain(self, services: Services) -> list[str]:
        names = []
        with services.database.transaction() as connection:
            for number in range(3):
                content = f"第{number}份附件的内容".encode()
                names.append(sha256(content).hexdigest())
                connection.execute(
                    "INSERT INTO attachment_contents (sha256, size, media_type, content)"
                    " VALUES (%s, %s, 'text/plain', %b)",
                    (names[-1], len(content), content),
                )
            connection.execute(
                "INSERT INTO imports (id, kind, filename, content, by, unit, role, state)"
                " VALUES (%s, 'letters', 'a.csv', %s, 'office', 'office', 'clerk', 'cancelled')",
                (uuid4(), sample.good(1)),
            )
        return names

    def test_they_are_enciphered_step_by_step_and_read_as_before(
        self, plain: list[str], services: Services
    ) -> None:
        assert key_upkeep.left_plain(services.database) == 4
        with services.database.transaction() as connection:
            assert attachments.seal_next(connection, services.keys)  # as far as one that was broken off came
        said: list[tuple[int, int]] = []
        assert (
            key_upkeep.seal_what_is_plain(services.database, services.keys, lambda *of: said.append(of)) == 3
        )
        assert said == [(3, 3)]
        assert key_upkeep.left_plain(services.database) == 0
        held = dump(services, "attachment_contents", "imports")
        assert "附件的内容".encode() not in held
        assert "路灯".encode() not in held
        with services.database.connection() as connection:
            read = [attachments.content_of(connection, services.keys, name) for name in plain]
        assert read == [f"第{number}份附件的内容".encode() for number in range(3)]

    def test_one_whose_key_was_destroyed_first_is_wiped(self, plain: list[str], services: Services) -> None:
        services.keys.destroy([(plain[0], "attachment")])
        key_upkeep.seal_what_is_plain(services.database, services.keys, lambda *_: None)
        with services.database.connection() as connection:
            assert attachments.content_of(connection, services.keys, plain[0]) is None
            assert attachments.content_of(connection, services.keys, plain[1]) is not None

    def test_nobody_puts_another_in_the_place_of_an_enciphered_one(
        self, plain: list[str], services: Services
    ) -> None:
        key_upkeep.seal_what_is_plain(services.database, services.keys, lambda *_: None)
        for change in ("content = 'x'", "sealed = false", "media_type = 'x'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), as_owner(services.database) as owner:
                owner.execute(f"UPDATE attachment_contents SET {change}")


def test_an_erased_content_isnt_taken_in_again(services: Services, walker: Walker) -> None:
    clerk = walker.as_("unit-a-clerk")
    digest = sent(clerk)
    services.keys.destroy([(digest, "attachment")])
    form = {"file": ("a.pdf", files.PDF, "application/pdf")}
    answer = clerk.post("/v1/attachments", files=form)
    assert (answer.status_code, answer.json()["code"]) == (409, "attachment.cleared")


def test_the_key_of_marks_moves_and_the_marks_stay_good(services: Services, settings: Settings) -> None:
    key = bytes(range(32))
    with services.database.transaction() as connection:
        connection.execute("INSERT INTO likeness_key (key) VALUES (%s)", (key,))
    moved = key_binding.bound(services.database.dsn, settings.keys_folder)
    assert moved.named("likeness") == services.casework.keys.named("likeness") == key
    assert likeness.key_of(services.casework) == key
    with services.database.connection() as connection:
        assert connection.execute("SELECT FROM likeness_key").fetchone() is None


class TestTheFile:
    """Which keys a database takes, and what is said of others."""

    @pytest.fixture
    def run(self, database_dsn: str, tmp_path: Path) -> Run:
        given = {
            "DATABASE_URL": database_dsn,
            "SHIXIAN_HOME": str(tmp_path / "home"),
            "SHIXIAN_KEYS": str(tmp_path / "keys"),
            "COLUMNS": "300",
        }
        return lambda *arguments, **more: CliRunner().invoke(main, arguments, env=given | more)

    def test_keys_are_made_once_and_missed_when_they_are_gone(self, run: Run, tmp_path: Path) -> None:
        assert run("migrate").exit_code == 0
        file = tmp_path / "keys" / "master.keys"
        kept = file.read_bytes()
        file.unlink()
        for command in ("migrate", "serve", "check"):
            refused = run(command)
            assert (refused.exit_code, f"主密钥缺失：{file}" in refused.stderr) == (1, True), command
            assert not file.exists()
        file.write_bytes(kept)
        assert run("migrate").exit_code == 0

    def test_another_databases_keys_are_refused(self, run: Run, tmp_path: Path) -> None:
        assert run("migrate").exit_code == 0
        others = Keys.open(tmp_path / "others")
        refused = run("migrate", SHIXIAN_KEYS=str(others.folder))
        assert refused.exit_code == 1
        assert f"主密钥不符：{others.file}" in refused.stderr

    def test_show_and_rotate_tell_no_secret(self, run: Run, tmp_path: Path) -> None:
        shown = run("keys", "show")
        assert shown.exit_code == 0, shown.stderr
        assert "第 1 代（现用）：已销毁 0 个密钥" in shown.stdout
        rotated = run("keys", "rotate")
        assert "现用第 2 代密钥" in rotated.stdout
        content = Keys.open(tmp_path / "keys").ring().content
        told = shown.stdout + rotated.stdout + run("keys", "show").stdout + run("check").stdout
        secrets = [*content.named.values(), *(tree.records[9:] for tree in content.trees.values())]
        assert not [one for one in secrets if one.hex() in told]
        assert f"{tmp_path / 'keys' / 'master.keys'}，第 2 代" in told

    def test_two_that_bind_at_once_agree(self, database_dsn: str, tmp_path: Path) -> None:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: key_binding.bound(database_dsn, tmp_path / "own").id, range(4)))
        assert len(set(found)) == 1

    def test_a_setting_that_names_no_cipher_is_refused(self) -> None:
        with pytest.raises(ValueError, match="SHIXIAN_CIPHER"):
            Settings.read({"SHIXIAN_CIPHER": "rot13"})


def test_an_office_may_use_the_national_cipher(settings: Settings, services: Services, clock: Clock) -> None:

    with build(replace(settings, cipher="sm4"), clock) as national, calling(create_app(national)) as client:
        case = registered(signing_in(national, client)("office"))
    row = services.casework.store.select_stream(UUID(case))[0]
    assert {blob.algorithm for blob in blobs(row.state)} == {SM4}
    assert services.casework.petition(UUID(case)) is not None
    catch_up(services.database, services.casework)
