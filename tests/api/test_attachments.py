"""Attachments over HTTP: sent in, named in an act, handed out with the case and with nothing else."""

import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
import structlog
from fastapi import FastAPI

from api import attachments
from api.bootstrap import Services
from domain.attachments import DOCX, PDF
from tests.api import files
from tests.api.caller import Caller, serving
from tests.api.cases import accusation, done
from tests.api.conftest import Town
from tests.api.lives import ACCEPTED, TRANSFERRED, Walker
from tests.api.problems import refused
from tests.api.town import NAMES
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
MIB = 1024 * 1024
NOBODYS = "0" * 64


def send(officer: Caller, content: bytes, name: str = "整改报告.pdf", **form: str) -> Any:
    return officer.post("/v1/attachments", data=form, files={"file": (name, content, "text/html")})


def sent(officer: Caller, content: bytes = files.PDF, name: str = "整改报告.pdf") -> str:
    """The hash of a content that was taken in."""
    answer = send(officer, content, name)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sha256"])


def raw(officer: Caller, head: bytes, content: bytes = files.PDF) -> Any:
    """A form written by hand, for names that no client would write."""
    body = b"--line\r\n" + head + b"\r\n\r\n" + content + b"\r\n--line--\r\n"
    return officer.post(
        "/v1/attachments", content=body, headers={"Content-Type": "multipart/form-data; boundary=line"}
    )


def reported(walker: Walker, *entries: Any, who: str = "unit-a-clerk", case: str | None = None) -> str:
    """A petition with a report that names these attachments."""
    case = case or walker.walk(ACCEPTED)
    answer = walker.do(case, who, "report", {"text": "已整改", "attachments": list(entries)})
    assert answer.status_code == 200, answer.text
    return case


def rows(services: Services, table: str) -> int:
    with services.database.connection() as connection:
        row = connection.execute(f"SELECT count(*) AS n FROM {table}").fetchone()
    return int(row["n"]) if row is not None else 0


def stored(services: Services) -> tuple[int, int]:
    """How many contents, how many uploads."""
    return rows(services, "attachment_contents"), rows(services, "attachment_uploads")


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


def test_a_file_goes_the_whole_way(walker: Walker, services: Services) -> None:
    name = "整改报告 (第2稿)'#.pdf"
    digest = sent(walker.as_("unit-a-clerk"), name=name)
    case = reported(walker, {"name": name, "sha256": digest}, "村民联名信原件")
    office = walker.as_("office")
    told = office.get(f"/v1/petitions/{case}/history").json()["items"][-1]["data"]["attachments"]
    paper = {"name": "村民联名信原件"}
    assert told == [{"name": name, "sha256": digest, "size": len(files.PDF), "media_type": PDF}, paper]
    listed = office.get(f"/v1/petitions/{case}/attachments").json()["items"]
    assert listed == [
        {
            "name": name,
            "sha256": digest,
            "size": len(files.PDF),
            "media_type": PDF,
            "event": "Reported",
            "version": 4,
        },
        paper | {"sha256": None, "size": None, "media_type": None, "event": "Reported", "version": 4},
    ]
    answer = office.get(f"/v1/petitions/{case}/attachments/{digest}")
    assert (answer.status_code, answer.content) == (200, files.PDF)
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == (
        "attachment; filename=\"attachment.pdf\"; filename*=UTF-8''"
        "%E6%95%B4%E6%94%B9%E6%8A%A5%E5%91%8A%20%28%E7%AC%AC2%E7%A8%BF%29%27%23.pdf"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert rows(services, "readings") == 0


def test_the_kind_is_told_by_the_content_and_never_by_the_sender(walker: Walker) -> None:
    digest = sent(walker.as_("unit-a-clerk"), files.TXT, "记录.txt")
    case = reported(walker, {"name": "记录.csv", "sha256": digest})
    answer = walker.as_("unit-a-head").get(f"/v1/petitions/{case}/attachments/{digest}")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'filename="attachment.csv"' in answer.headers["content-disposition"]


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


def test_who_knows_a_hash_has_not_the_file(walker: Walker) -> None:
    others = sent(walker.as_("unit-b-clerk"))
    case = walker.walk(ACCEPTED)
    answers = [
        walker.do(
            case, "unit-a-clerk", "report", {"text": "x", "attachments": [{"name": "a.pdf", "sha256": one}]}
        )
        for one in (others, NOBODYS)
    ]
    told = [refused(answer, 422, "attachment.unknown") for answer in answers]
    assert told[0] == told[1]
    sent(walker.as_("unit-a-clerk"))
    reported(walker, {"name": "a.pdf", "sha256": others}, case=case)


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([{"name": "a.pdf", "sha256": "x"}], "attachment.bad_hash"),
        (["../a.pdf"], "attachment.bad_name"),
        (["a.pdf", {"name": "A.PDF"}], "attachment.named_twice"),
        ([{"name": "a.pdf", "size": 5}], "request.malformed"),
        ([{"sha256": NOBODYS}], "request.malformed"),
        ([5], "request.malformed"),
        (["a"] * 1001, "request.malformed"),
    ],
)
def test_what_a_report_cannot_name(town: Town, entries: list[Any], code: str) -> None:
    case = town.walker.walk(ACCEPTED)
    refused(town.walker.do(case, "unit-a-clerk", "report", {"text": "x", "attachments": entries}), 422, code)


def test_a_name_may_not_dress_the_content_up(walker: Walker) -> None:
    digest = sent(walker.as_("unit-a-clerk"))
    case = walker.walk(ACCEPTED)
    entry = {"name": "a.html", "sha256": digest}
    answer = walker.do(case, "unit-a-clerk", "report", {"text": "x", "attachments": [entry]})
    refused(answer, 422, "attachment.wrong_extension")


def test_hidden_and_unknown_answer_alike(walker: Walker) -> None:
    digest = sent(walker.as_("unit-a-clerk"))
    case = reported(walker, {"name": "a.pdf", "sha256": digest})
    for who in ("unit-b-clerk", "unit-b-officer", "admin"):
        for way in ("attachments", f"attachments/{digest}", f"attachments/{NOBODYS}"):
            hidden = walker.as_(who).get(f"/v1/petitions/{case}/{way}")
            unknown = walker.as_(who).get(f"/v1/petitions/{uuid4()}/{way}")
            assert refused(hidden, 404, "petition.unknown") == refused(unknown, 404, "petition.unknown")


def test_only_what_the_case_names_is_handed_out_with_it(walker: Walker) -> None:
    clerk = walker.as_("unit-a-clerk")
    digest = sent(clerk)
    case, other = reported(walker, {"name": "a.pdf", "sha256": digest}), walker.walk(TRANSFERRED)
    told = [
        refused(clerk.get(f"/v1/petitions/{other}/attachments/{one}"), 404, "attachment.not_in_case")
        for one in (digest, NOBODYS)
    ]
    assert told[0] == told[1]
    assert clerk.get(f"/v1/petitions/{other}/attachments").json() == {"items": []}
    assert clerk.get(f"/v1/petitions/{case}/attachments/{digest}").status_code == 200
    for strange in ("", "x", NOBODYS.upper() + "A", "..%2F..%2Fetc%2Fpasswd"):
        answer = clerk.get(f"/v1/petitions/{case}/attachments/{strange}")
        assert answer.status_code in {404, 422}, strange


def test_reading_what_an_accusation_names_leaves_a_trace(walker: Walker, services: Services) -> None:
    case = accusation(walker.as_("office"), unit="unit-b")
    done(walker.as_("office"), case, "transfer", to_unit="unit-a")
    digest = sent(walker.as_("unit-a-clerk"))
    reported(walker, {"name": "调查报告.pdf", "sha256": digest}, case=case)
    address = f"/v1/petitions/{case}/attachments/{digest}"
    refused(walker.as_("unit-b-head").get(address), 404, "petition.unknown")
    assert rows(services, "readings") == 0
    assert walker.as_("unit-a-head").get(address).content == files.PDF
    with services.database.connection() as connection:
        found = connection.execute("SELECT case_id, officer, what FROM readings").fetchall()
    assert [(str(one["case_id"]), one["officer"], one["what"]) for one in found] == [
        (case, "unit-a-head", "attachment")
    ]


@pytest.mark.parametrize(
    "harm", ["UPDATE attachment_contents SET content = overlay(content placing 'X' from 1)", "gone"]
)
def test_a_content_that_was_changed_is_not_handed_out(walker: Walker, services: Services, harm: str) -> None:
    digest = sent(walker.as_("unit-a-clerk"))
    case = reported(walker, {"name": "a.pdf", "sha256": digest})
    with services.database.transaction() as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DELETE FROM attachment_contents" if harm == "gone" else harm)
    with structlog.testing.capture_logs() as logs:
        answer = walker.as_("office").get(f"/v1/petitions/{case}/attachments/{digest}")
    refused(answer, 503, "attachment.damaged")
    assert [(one["sha256"], one["missing"]) for one in logs if one["event"] == "attachment.damaged"] == [
        (digest, harm == "gone")
    ]


DIES = """
import os, signal, sys
from pathlib import Path
from api.bootstrap import build
from api.settings import Settings
from eventstore import attachments
from hashlib import sha256
with build(Settings(home=Path("/nowhere"), database_url=sys.argv[1], pool_size=2)) as services:
    with services.database.transaction() as connection:
        content = b"a" * 3_000_000
        attachments.keep(connection, sha256(content).hexdigest(), content, "text/plain")
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_who_is_killed_while_storing_leaves_nothing(services: Services) -> None:
    killed = subprocess.run([sys.executable, "-c", DIES, services.database.dsn], capture_output=True)
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
