"""Imports over HTTP: taken in at once, worked off in the background, nothing twice, whatever is killed meanwhile."""

import subprocess
import sys
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from api import letters
from api.bootstrap import Services
from api.imports import MOST_KEPT, ImportWorker
from projections import runner
from tests.api import sample
from tests.api.caller import Caller

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]


def send(officer: Caller, content: bytes, kind: str = "letters", name: str = "来信.csv") -> Any:
    return officer.post("/v1/imports", data={"kind": kind}, files={"file": (name, content, "text/csv")})


def work_off(services: Services) -> None:
    worker = ImportWorker(services)
    while worker.run_once():
        pass


def imported(services: Services, officer: Caller, content: bytes) -> dict[str, Any]:
    """What an import of this file came to."""
    answer = send(officer, content)
    assert answer.status_code == 202, answer.text
    work_off(services)
    found: dict[str, Any] = officer.get(f"/v1/imports/{answer.json()['id']}").json()
    return found


def counted(found: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(found[name] for name in ("state", "total", "done", "landed", "present"))


def letters_in(services: Services) -> int:
    with services.database.connection() as connection:
        row = connection.execute(
            "SELECT count(*) AS n FROM casework_events WHERE topic = 'petition.registered.1'"
        ).fetchone()
    return int(row["n"]) if row is not None else 0


def test_good_lines_land_and_bad_ones_are_named(
    services: Services, sign_in: SignIn, catch_up: CatchUp
) -> None:
    office = sign_in("office")
    content = sample.table(
        sample.line(1),
        sample.line(2, written="2026-02-30 09:00"),
        sample.line(3, content='"没有结束'),
        sample.line(4),
    )
    waiting = office.get(f"/v1/imports/{send(office, content).json()['id']}").json()
    assert (waiting["state"], waiting["filename"], waiting["kind"]) == ("waiting", "来信.csv", "letters")
    work_off(services)
    found = office.get(f"/v1/imports/{waiting['id']}").json()
    assert counted(found) == ("done", 4, 4, 2, 0)
    assert [one["line"] for one in found["refused"]] == [3, 4]
    assert "留言时间" in found["refused"][0]["reason"]
    catch_up()
    listed = office.get("/v1/petitions").json()
    assert listed["total"] == 2
    assert {(one["channel"], one["stage"]) for one in listed["items"]} == {("online", "replied")}


def test_the_clocks_of_a_letter(services: Services, sign_in: SignIn, catch_up: CatchUp) -> None:
    office = sign_in("office")
    old = {"written": "2019-04-25 09:32:09", "replied": "2019-07-01 10:00:00"}
    imported(services, office, sample.table(sample.line(7, **old)))
    catch_up()
    items = office.get("/v1/deadlines", params={"rulebook": "petition-2005"}).json()["items"]
    found = {one["clock"]: (one["due_on"], one["stopped_on"], one["status"]) for one in items}
    assert found["decide"] == ("2019-05-10", "2019-07-01", "met_late")
    assert found["finish"] == ("2019-06-24", "2019-07-01", "met_late")


def test_the_same_file_again_adds_nothing(services: Services, sign_in: SignIn) -> None:
    office = sign_in("office-head")
    assert counted(imported(services, office, sample.good(5))) == ("done", 5, 5, 5, 0)
    assert counted(imported(services, office, sample.good(5))) == ("done", 5, 5, 0, 5)
    assert counted(imported(services, office, sample.good(7))) == ("done", 7, 7, 2, 5)
    assert letters_in(services) == 7


def test_the_same_number_with_another_text_is_refused(services: Services, sign_in: SignIn) -> None:
    office = sign_in("office")
    imported(services, office, sample.good(2))
    changed = sample.table(sample.line(1), sample.line(2, reply="另一答复。"), sample.line(3))
    found = imported(services, office, changed)
    assert counted(found) == ("done", 3, 3, 1, 1)
    assert found["refused"] == [{"line": 3, "reason": "该编号已导入但内容不同，未作更改"}]


def test_the_file_itself_is_not_kept(services: Services, sign_in: SignIn) -> None:
    imported(services, sign_in("office"), sample.good(1))
    with services.database.connection() as connection:
        row = connection.execute("SELECT length(content) AS n FROM imports").fetchone()
    assert row == {"n": 0}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (sample.table(sample.line(1), encoding="gbk"), "import.not_utf8"),
        (b"", "import.bad_header"),
        (b"a,b\n1,2\n", "import.bad_header"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(
    services: Services, sign_in: SignIn, content: bytes, code: str
) -> None:
    answer = send(sign_in("office"), content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    if code == "import.not_utf8":
        assert "GBK" in answer.json()["detail"]
        assert "UTF-8" in answer.json()["detail"]
    assert letters_in(services) == 0


def test_another_kind_or_no_file(sign_in: SignIn) -> None:
    office = sign_in("office")
    assert send(office, sample.good(1), kind="minutes").json()["code"] == "request.malformed"
    assert office.post("/v1/imports", data={"kind": "letters"}).status_code == 422


@pytest.mark.parametrize(
    ("media", "content"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nno header at all"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\n'),
        ("application/json", b"{"),
    ],
)
def test_a_stranger_learns_only_that(client: Caller, sign_in: SignIn, media: str, content: bytes) -> None:
    headers = {"Content-Type": media}
    answer = client.post("/v1/imports", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "session.missing")
    answer = sign_in("office").post("/v1/imports", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")


@pytest.mark.parametrize("username", ["leader", "inspector", "unit-a-head", "auditor", "admin"])
def test_only_the_office_imports(sign_in: SignIn, username: str) -> None:
    answer = send(sign_in(username), sample.good(1))
    assert (answer.status_code, answer.json()["code"]) == (403, "import.not_yours")


def test_who_sees_imports(services: Services, sign_in: SignIn, client: Caller) -> None:
    found = imported(services, sign_in("office"), sample.good(1))
    assert sign_in("auditor").get(f"/v1/imports/{found['id']}").json() == found
    assert sign_in("unit-a-head").get("/v1/imports").status_code == 403
    assert client.get("/v1/imports").status_code == 401
    unknown = sign_in("office").get("/v1/imports/00000000-0000-0000-0000-000000000000")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "import.unknown")


def test_the_list_is_paged_newest_first(services: Services, sign_in: SignIn) -> None:
    office = sign_in("office")
    sent = [send(office, sample.good(1)).json()["id"] for _ in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = office.get("/v1/imports", params={"limit": 2, **cursor}).json()
        assert page["total"] == 5
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(seen) == sorted(sent)
    assert office.get("/v1/imports", params={"cursor": "WzEsMl0"}).json()["code"] == "cursor.malformed"


def test_the_first_refused_lines_are_kept_and_all_are_counted(services: Services, sign_in: SignIn) -> None:
    office = sign_in("office")
    imported(services, office, sample.good(60))
    changed = [sample.line(number, reply="另一答复。") for number in range(1, 61)]
    broken = [sample.line(number, user="") for number in range(100, 100 + MOST_KEPT - 50)]
    found = imported(services, office, sample.table(*changed, *broken, sample.line(61)))
    assert counted(found) == ("done", MOST_KEPT + 11, MOST_KEPT + 11, 1, 0)
    assert found["refused_total"] == MOST_KEPT + 10
    assert len(found["refused"]) == MOST_KEPT
    assert [one["line"] for one in found["refused"]] == sorted(one["line"] for one in found["refused"])
    items = office.get("/v1/imports").json()["items"]
    (listed,) = (one for one in items if one["id"] == found["id"])
    assert listed == {name: value for name, value in found.items() if name != "refused"}


def test_a_file_of_too_many_rows_is_refused(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "MOST_ROWS", 5)
    office = sign_in("office")
    assert send(office, sample.good(5)).status_code == 202
    answer = send(office, sample.good(6))
    assert (answer.status_code, answer.json()["code"]) == (422, "import.too_many_rows")


def test_two_workers_share_the_files(services: Services, sign_in: SignIn) -> None:
    office = sign_in("office")
    sent = [send(office, sample.good(150, start)).json()["id"] for start in (1, 101, 201)]
    workers = [ImportWorker(services, poll=0.01) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        wait_for(lambda: all(office.get(f"/v1/imports/{one}").json()["state"] == "done" for one in sent))
    finally:
        for worker in workers:
            worker.stop()
    found = [office.get(f"/v1/imports/{one}").json() for one in sent]
    assert sum(one["landed"] for one in found) == letters_in(services) == 350
    assert sum(one["present"] for one in found) == 100


def wait_for(condition: Callable[[], bool]) -> None:
    pause = Event()
    for _ in range(1500):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("waited too long")


DIES = """
import os, signal, sys
from pathlib import Path
from api.bootstrap import build
from api.imports import ImportWorker
from api.settings import Settings
settings = Settings(home=Path("/nowhere"), database_url=sys.argv[1], pool_size=4, keys=Path(sys.argv[2]))
services = build(settings)
worker = ImportWorker(services)
take_in, batches = services.casework.take_in, 0
def dying(intakes, act):
    global batches
    landed = take_in(intakes, act)
    batches += 1
    if batches == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return landed
services.casework.take_in = dying
worker.run_once()
"""
"""A worker that is killed after its third batch has landed and before its progress is noted."""


def test_a_killed_import_goes_on_and_lands_every_letter_once(services: Services, sign_in: SignIn) -> None:
    office = sign_in("office")
    id = send(office, sample.good(520)).json()["id"]
    killed = subprocess.run(
        [sys.executable, "-c", DIES, services.database.dsn, services.keys.folder], capture_output=True
    )
    assert killed.returncode == -9, killed.stderr.decode()
    assert letters_in(services) == 300
    halfway = office.get(f"/v1/imports/{id}").json()
    assert counted(halfway) == ("running", 520, 200, 200, 0)
    assert not ImportWorker(services).run_once(), "taken over before its lease had ended"
    assert ImportWorker(services, lease=0).run_once()
    found = office.get(f"/v1/imports/{id}").json()
    assert counted(found) == ("done", 520, 520, 420, 100)
    assert letters_in(services) == 520
    runner.catch_up(services.database, services.casework)
    assert office.get("/v1/petitions").json()["total"] == 520


def test_a_stopped_worker_gives_the_file_back(services: Services, sign_in: SignIn) -> None:
    office = sign_in("office")
    id = send(office, sample.good(250)).json()["id"]
    worker = ImportWorker(services)
    worker.stop()
    worker.run_once()
    assert counted(office.get(f"/v1/imports/{id}").json()) == ("waiting", 250, 100, 100, 0)
    work_off(services)
    assert counted(office.get(f"/v1/imports/{id}").json()) == ("done", 250, 250, 250, 0)
