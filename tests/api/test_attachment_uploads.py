"""Sending a file in: who may, how much, what is refused, and what is kept of it."""

import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from threading import BoundedSemaphore
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from fastapi import FastAPI

from api import attachments
from api.bootstrap import Services
from domain.attachments import DOCX
from tests.api import files
from tests.api.caller import Caller, serving
from tests.api.conftest import Town
from tests.api.problems import refused
from tests.api.town import NAMES
from tests.api.uploading import NOBODYS, raw, send, sent, stored
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
MIB = 1024 * 1024


def test_a_stranger_learns_only_that(client: Caller) -> None:
    for answer in (
        send(client, files.PDF),
        raw(client, b"no header"),
        client.get(f"/v1/petitions/{uuid4()}/attachments"),
        client.get(f"/v1/petitions/{uuid4()}/attachments/{NOBODYS}"),
        client.get("/v1/petitions/none/attachments/none"),
    ):
        refused(answer, 401, "session.missing")


@pytest.mark.parametrize("username", NAMES)
def test_every_post_that_handles_cases_may_send_files(town: Town, username: str) -> None:
    before = stored(town.services)
    answer = send(town.walker.as_(username), files.office(), "说明.docx")
    if username in {"admin", "auditor"}:
        refused(answer, 403, "attachment.not_yours")
        assert stored(town.services) == before
    else:
        digest = sha256(files.office()).hexdigest()
        assert answer.status_code == 201
        assert answer.json() == {
            "sha256": digest,
            "name": "说明.docx",
            "size": len(files.office()),
            "media_type": DOCX,
        }


REFUSED = [
    pytest.param(files.bomb(), "图.docx", "attachment.zip_bomb", id="zip bomb"),
    pytest.param(files.PDF + files.office(), "a.pdf", "attachment.polyglot", id="polyglot"),
    pytest.param(files.office(**{"word__vbaProject.bin": b"x"}), "a.docx", "attachment.macro", id="macro"),
    pytest.param(b"", "a.pdf", "attachment.empty", id="empty"),
    pytest.param(b"MZ" + bytes(60), "a.pdf", "attachment.type_not_allowed", id="program"),
    pytest.param(b"<svg onload='alert(1)'/>", "a.svg", "attachment.type_not_allowed", id="svg"),
    pytest.param(files.PDF, "a.docx", "attachment.wrong_extension", id="pdf as docx"),
    pytest.param(files.office("xlsx"), "a.docx", "attachment.wrong_extension", id="xlsx as docx"),
    pytest.param(files.TXT, "a.html", "attachment.wrong_extension", id="text as page"),
    pytest.param(files.PDF, "a.pdf.exe", "attachment.wrong_extension", id="two endings"),
    pytest.param(files.PDF, "a", "attachment.wrong_extension", id="no ending"),
    pytest.param(files.PDF, "con.pdf", "attachment.bad_name", id="device"),
    pytest.param(files.PDF, ".pdf", "attachment.bad_name", id="leading dot"),
    pytest.param(files.PDF, "字" * 197 + ".pdf", "attachment.bad_name", id="long name"),
]


@pytest.mark.parametrize(("content", "name", "code"), REFUSED)
def test_what_is_refused_is_not_kept(town: Town, content: bytes, name: str, code: str) -> None:
    before = stored(town.services)
    refused(send(town.walker.as_("unit-a-clerk"), content, name), 422, code)
    assert stored(town.services) == before


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.pdf",
        "/etc/passwd.pdf",
        "a/b.pdf",
        "..\\\\..\\\\a.pdf",
        "报告\u202efdp.pdf",
        "a\x01.pdf",
        "a%00.pdf\x00",
    ],
)
def test_a_path_or_a_trick_in_a_name_is_refused(town: Town, name: str) -> None:
    before = stored(town.services)
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"'.encode()
    answer = raw(town.walker.as_("unit-a-clerk"), head)
    assert answer.status_code == 422
    assert answer.json()["code"] in {"attachment.bad_name", "request.malformed"}
    assert stored(town.services) == before


@pytest.mark.parametrize("given", ["x", "A" * 63, NOBODYS + "0"])
def test_a_hash_that_is_none_is_told_so(town: Town, given: str) -> None:
    refused(send(town.walker.as_("unit-a-clerk"), files.PDF, sha256=given), 422, "request.malformed")


def test_the_hash_given_has_to_be_that_of_what_arrived(services: Services, sign_in: SignIn) -> None:
    clerk = sign_in("unit-a-clerk")
    refused(send(clerk, files.PDF, sha256=NOBODYS), 422, "attachment.hash_mismatch")
    assert stored(services) == (0, 0)
    right = sha256(files.PDF).hexdigest()
    assert send(clerk, files.PDF, sha256=right.upper()).json()["sha256"] == right


def test_a_file_that_is_too_large(services: Services, sign_in: SignIn) -> None:
    clerk = sign_in("unit-a-clerk")
    refused(send(clerk, b"a" * (attachments.LARGEST + 1), "a.txt"), 413, "attachment.too_large")
    refused(send(clerk, b"a" * (22 * MIB), "a.txt"), 413, "request.too_large")
    assert stored(services) == (0, 0)
    assert send(clerk, b"a" * attachments.LARGEST, "a.txt").status_code == 201


def test_nowhere_else_is_so_much_taken_in(sign_in: SignIn) -> None:
    answer = sign_in("office").post("/v1/petitions", json={"content": "a" * 2 * MIB})
    refused(answer, 413, "request.too_large")


def test_what_one_officer_may_send_on_a_day(
    sign_in: SignIn, clock: Clock, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "DAILY", 2 * len(files.PDF))
    clerk = sign_in("unit-a-clerk")
    sent(clerk)
    sent(clerk)
    problem = send(clerk, files.TXT, "a.txt")
    refused(problem, 429, "attachment.daily_limit")
    assert problem.headers["retry-after"] == str(14 * 3600), "from ten in the morning to midnight in Shanghai"
    sent(sign_in("unit-a-head"))
    assert stored(services) == (1, 3)
    clock.set(clock.now + timedelta(hours=14))
    sent(sign_in("unit-a-clerk"))


def test_only_so_many_files_are_looked_into_at_once(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(attachments, "_turns", taken)
    monkeypatch.setattr(attachments, "PATIENCE", 0.01)
    answer = send(sign_in("unit-a-clerk"), files.PDF)
    refused(answer, 503, "attachment.busy")
    assert answer.headers["retry-after"] == "1"


def test_the_same_content_is_stored_once_and_the_answer_does_not_tell(
    services: Services, sign_in: SignIn
) -> None:
    first = send(sign_in("unit-a-clerk"), files.PDF)
    assert stored(services) == (1, 1)
    second = send(sign_in("unit-b-clerk"), files.PDF)
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert dict(second.headers) == dict(first.headers) | {"x-request-id": second.headers["x-request-id"]}
    assert stored(services) == (1, 2)


def test_the_same_content_from_many_at_once(services: Services, sign_in: SignIn) -> None:
    officers = [sign_in(name) for name in ("office", "unit-a-clerk", "unit-b-clerk", "leader")]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda officer: send(officer, files.PDF).status_code, officers * 2))
    assert answers == [201] * 8
    assert stored(services) == (1, 8)


@pytest.mark.parametrize("table", ["attachment_contents", "attachment_uploads"])
@pytest.mark.parametrize("change", ["UPDATE {} SET sha256 = sha256", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_sent_in_is_changed_or_lost(
    services: Services, sign_in: SignIn, table: str, change: str
) -> None:
    sent(sign_in("unit-a-clerk"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), services.database.connection() as connection:
        connection.execute(change.format(table))


DIES = """
import os, signal, sys
from pathlib import Path
from api.bootstrap import build
from api.settings import Settings
from eventstore import attachments
from hashlib import sha256
with build(Settings(home=Path("/nowhere"), database_url=sys.argv[1], pool_size=2, keys=Path(sys.argv[2]))) as services:
    with services.database.transaction() as connection:
        content = b"a" * 3_000_000
        attachments.keep(connection, services.keys, sha256(content).hexdigest(), content, "text/plain")
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_who_is_killed_while_storing_leaves_nothing(services: Services) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", DIES, services.database.dsn, services.keys.folder], capture_output=True
    )
    assert killed.returncode == -9, killed.stderr.decode()
    assert stored(services) == (0, 0)


def test_who_goes_away_while_sending_leaves_nothing(
    app: FastAPI, services: Services, sign_in: SignIn
) -> None:
    clerk = sign_in("unit-a-clerk")
    with serving(app) as address:
        at = urlsplit(address)
        head = (
            "POST /v1/attachments HTTP/1.1",
            "Host: office.test",
            f"Authorization: Bearer {clerk.token}",
            "Content-Type: multipart/form-data; boundary=line",
            "Content-Length: 2000000",
        )
        part = b'--line\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        with socket.create_connection((at.hostname, at.port), timeout=20) as connection:
            connection.sendall("\r\n".join((*head, "", "")).encode() + part + b"a" * 1_000_000)
    assert stored(services) == (0, 0)
