"""The command line, over a database that is given or one that it starts itself; what is killed is a process of its own."""

import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from socket import socket
from threading import Timer

import httpx
import psycopg
import pytest
import structlog
from typer.testing import CliRunner, Result

from api import terminal
from api.cli import main
from api.clock import now
from api.settings import Settings
from tests.api import sample
from tests.api.caller import Caller
from tests.api.cases import done, registered
from tests.api.item_lives import JOINT, ItemWalker
from tests.api.item_lives import URL as ITEMS
from tests.conftest import Clock

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]
SignIn = Callable[[str], Caller]


@pytest.fixture
def environment(database_dsn: str, tmp_path: Path) -> dict[str, str]:
    """As an operator would set it; the working folder and its content don't matter."""
    own = {"DATABASE_URL": database_dsn, "SHIXIAN_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    own["SHIXIAN_KEYS"] = str(tmp_path / "keys")  # as those of the fixture `services`
    return {**os.environ, **own, "PYTHONUTF8": "1", "COLUMNS": "200"}


@pytest.fixture
def run(environment: dict[str, str]) -> Iterator[Run]:
    """Runs `shixian …` to its end, here in this process; what it set up for itself is undone afterwards."""
    root, handlers = logging.getLogger(), logging.getLogger().handlers[:]

    def runs(*arguments: str, input: str | None = None, **more: str) -> Result:
        return CliRunner().invoke(main, arguments, input=input, env={**environment, **more})

    yield runs
    structlog.reset_defaults()
    root.handlers[:] = handlers


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "api.cli", *arguments]


def count(dsn: str, query: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row is not None else 0


LETTERS = "SELECT count(*) FROM casework_events WHERE topic = 'petition.registered.1'"


def test_help_is_in_both_languages(run: Run) -> None:
    shown = run("--help")
    assert shown.exit_code == 0, shown.output
    for name in ("serve", "migrate", "project", "schedule", "import", "replay", "rebuild", "check", "seed"):
        assert name in shown.stdout
    assert "启动全部服务" in shown.stdout
    assert "Start everything" in shown.stdout


def test_an_office_founded_from_nothing_imports_replays_and_rebuilds(
    run: Run, database_dsn: str, tmp_path: Path
) -> None:
    missing = tmp_path / "letters.csv"
    missing.write_bytes(sample.good(3))
    early = run("import", "letters", str(missing))
    assert early.exit_code == 1
    assert "尚未设立信访工作机构" in early.stderr
    founded = run("found-unit", "xf", "清江区信访局", "--kind", "petition_office", "--code", "XF")
    assert founded.exit_code == 0, founded.stderr
    again = run("found-unit", "xf", "清江区信访局", "--kind", "petition_office", "--code", "XF")
    assert (again.exit_code, again.stderr.strip()) == (1, "该单位标识已经使用。")
    nowhere = run("found-unit", "desk", "来访接待科", "--parent", "nowhere")
    assert (nowhere.exit_code, nowhere.stderr.strip()) == (1, "没有这个上级单位，请从单位目录中选择。")
    assert run("found-unit", "desk", "来访接待科", "--parent", "xf").exit_code == 0
    first = run("import", "letters", str(missing))
    assert (first.exit_code, "新导入 3 件，原已导入 0 件，未导入 0 行。" in first.stdout) == (0, True)
    second = run("import", "letters", str(missing))
    assert (second.exit_code, "新导入 0 件，原已导入 3 件，未导入 0 行。" in second.stdout) == (0, True)
    assert count(database_dsn, LETTERS) == 3
    replayed = run("replay", "XF-2026-000002")
    assert replayed.exit_code == 0, replayed.stderr
    for said in (
        "登记 Registered",
        "受理 Accepted",
        "答复 Replied",
        "送达 Served",
        "环节：已答复",
        "finish",
        "met",
    ):
        assert said in replayed.stdout
    for personal in ("U2", "路灯坏了三天", "已经修好", "第2封来信"):
        assert personal not in replayed.stdout
    assert run("replay", "XF-2026-999999").exit_code == 1
    rebuilt = run("rebuild")
    assert rebuilt.exit_code == 0, rebuilt.stderr
    assert run("rebuild", "--compare-only").exit_code == 0
    assert run("rebuild", "nothing").exit_code == 2
    checked = run("check")
    assert checked.exit_code == 0, checked.stdout
    assert "异常" not in checked.stdout


def test_a_replay_says_what_the_service_says(run: Run, sign_in: SignIn, clock: Clock) -> None:
    """Entered years late: after the registration its clocks are running, as they were on the day of receipt."""
    office = sign_in("office")
    case = registered(office, received_on="2020-01-10", rulebook="petition-2005")
    done(office, case, "transfer", to_unit="unit-a", on="2020-01-15")
    done(sign_in("unit-a-clerk"), case, "accept", on="2020-01-20")
    clock.set(now())
    told = sign_in("office").get(f"/v1/petitions/{case}/replay").json()["items"]
    replayed = run("replay", told[0]["state"]["number"])
    assert replayed.exit_code == 0, replayed.stderr
    lines = replayed.stdout.splitlines()[1:]
    judged = [line.rpartition("按 ")[2].removesuffix(" 判断") for line in lines if "判断" in line]
    assert judged == [one["as_of"] for one in told]
    assert judged[:-1] == ["2020-01-10", "2020-01-15"]
    shown = [(line.split("（")[0].strip(), line.rpartition("，")[2]) for line in lines if "到期" in line]
    assert shown == [(clock["clock"], clock["status"]) for one in told for clock in one["deadlines"]]
    assert ("decide", "running") in shown
    assert ("decide", "overdue") in shown


def test_a_replay_tells_of_cases_of_any_kind(run: Run, sign_in: SignIn) -> None:
    item = ItemWalker(sign_in).walk(JOINT)
    told = sign_in("auditor").get(f"{ITEMS}/{item}/replay").json()["items"]
    replayed = run("replay", "DC-2026-000001")
    assert replayed.exit_code == 0, replayed.stderr
    first, *lines = replayed.stdout.splitlines()
    assert first == "督查事项 DC-2026-000001"
    stages = [line.split("：")[1].split("；")[0] for line in lines if "判断" in line]
    assert stages == [one["state"]["stage_label"] for one in told]
    for unit in ("清江区住房和城乡建设局", "清江区人力资源和社会保障局"):
        assert any(f"unit-limit（承办单位完成时限，{unit}）" in line for line in lines)


def test_refused_lines_end_with_code_one(run: Run, tmp_path: Path) -> None:
    assert run("seed").exit_code == 0
    file = tmp_path / "letters.csv"
    file.write_bytes(sample.table(sample.line(1), sample.line(2, user=""), sample.line(3)))
    done = run("import", "letters", str(file))
    assert done.exit_code == 1
    assert "第 3 行未导入：缺少留言用户" in done.stdout
    assert "新导入 2 件，原已导入 0 件，未导入 1 行。" in done.stdout
    file.write_bytes(sample.table(sample.line(1), encoding="gbk"))
    gbk = run("import", "letters", str(file))
    assert gbk.exit_code == 1
    assert "GBK" in gbk.stderr
    assert run("seed").stdout.strip() == "已有机构，未作更改。"


LETTERS_CUT = 1500
HEEDS_INTERRUPTS = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
"""Tests that run in the background of a shell ignore SIGINT, and so would their children."""


@pytest.mark.parametrize("order", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_import_cut_short_lands_the_rest_the_next_time(
    run: Run, environment: dict[str, str], database_dsn: str, tmp_path: Path, order: signal.Signals
) -> None:
    run("found-unit", "xf", "清江区信访局", "--kind", "petition_office", "--code", "XF")
    file = tmp_path / "letters.csv"
    file.write_bytes(sample.good(LETTERS_CUT))
    importing = subprocess.Popen(
        command("import", "letters", str(file)),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=HEEDS_INTERRUPTS,
    )
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute("LISTEN casework_events")
        for _ in connection.notifies(timeout=60, stop_after=2):
            pass
    importing.send_signal(order)
    code = importing.wait(60)
    assert code in {-order, 130, 143}, code
    halfway = count(database_dsn, LETTERS)
    assert 0 < halfway < LETTERS_CUT
    assert halfway % 100 == 0
    done = run("import", "letters", str(file))
    assert done.exit_code == 0, done.stderr
    assert f"新导入 {LETTERS_CUT - halfway} 件，原已导入 {halfway} 件" in done.stdout
    assert count(database_dsn, LETTERS) == LETTERS_CUT


def test_check_tells_a_database_without_tables(run: Run, empty_dsn: str) -> None:
    checked = run("check", DATABASE_URL=empty_dsn)
    assert checked.exit_code == 1
    assert "shixian migrate" in checked.stdout
    assert run("migrate", DATABASE_URL=empty_dsn).exit_code == 0
    assert run("check", DATABASE_URL=empty_dsn).exit_code == 0


def test_wrong_settings_and_databases_are_said_in_a_sentence(run: Run) -> None:
    assert run("check", SHIXIAN_PORT="x").exit_code == 2
    away = run("migrate", DATABASE_URL="postgresql://127.0.0.1:1/nothing")
    assert away.exit_code == 1
    assert "Traceback" not in away.stderr
    part = run("schedule", DATABASE_URL="")
    assert (part.exit_code, "shixian serve" in part.stderr) == (2, True), "and nothing is started by it"


@pytest.fixture
def port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    return found


@pytest.fixture
def served(
    environment: dict[str, str], port: int, tmp_path: Path, home: Path
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `shixian serve` and waits for its first line; whatever still runs is stopped in the end."""
    started: list[subprocess.Popen[str]] = []

    def serve(*arguments: str, **more: str) -> subprocess.Popen[str]:
        log = (tmp_path / "serve.log").open("ab")
        process = subprocess.Popen(
            command("serve", *arguments),
            env={**environment, "SHIXIAN_PORT": str(port), "SHIXIAN_HOME": str(home), **more},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        started.append(process)
        watchdog = Timer(90, process.kill)
        watchdog.start()
        assert process.stdout is not None
        line = process.stdout.readline()
        watchdog.cancel()
        assert line == f"shixian ready http://127.0.0.1:{port}\n", (tmp_path / "serve.log").read_text()[
            -2000:
        ]
        return process

    yield serve
    for process in started:
        process.terminate()
        process.wait(60)


def test_everything_is_served_from_nothing_with_the_demo(
    served: Callable[..., subprocess.Popen[str]], run: Run, home: Path, port: int, tmp_path: Path
) -> None:
    process = served(DATABASE_URL="")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
        signed = client.post("/v1/sessions", json={"username": "office", "password": "shixian-demo"})
        assert signed.status_code == 201, signed.text
        client.headers["Authorization"] = f"Bearer {signed.json()['token']}"
        assert client.get("/v1/alerts", params={"to": "all", "status": "open"}).json()["total"] > 0
        for clock in ("decide", "finish"):
            late = client.get("/v1/deadlines", params={"clock": clock, "status": "met_late"}).json()
            assert late["total"] == 0
        file = tmp_path / "letters.csv"
        file.write_bytes(sample.good(3))
        beside = run("import", "letters", str(file), DATABASE_URL="", SHIXIAN_HOME=str(home))
        assert (beside.exit_code, "新导入 3 件" in beside.stdout) == (0, True), beside.stderr
        with terminal.beside(Settings(home=home)) as found, psycopg.connect(found.database_url or "") as part:
            assert part.execute("SELECT current_user").fetchone() == ("shixian_service",), (
                "a part needs no more"
            )
        sent = client.post("/v1/imports", data={"kind": "letters"}, files={"file": ("a.csv", sample.good(5))})
        assert sent.status_code == 202, sent.text
        assert client.get("/readyz").status_code == 200
        taken = run("serve", DATABASE_URL="", SHIXIAN_HOME=str(home), SHIXIAN_PORT=str(port))
        assert taken.exit_code == 1
        assert "SHIXIAN_PORT" in taken.stderr
    process.terminate()
    assert process.wait(60) == 0


SETUP = re.compile(r"shixian setup (http://127\.0\.0\.1:[0-9]+)/setup\?code=([A-Za-z0-9_-]{43})\n")


def linked(process: subprocess.Popen[str]) -> tuple[str, str]:
    """The address and the one-time code, printed right after the address that is ready."""
    assert process.stdout is not None
    watchdog = Timer(10, process.kill)
    watchdog.start()
    printed = SETUP.fullmatch(process.stdout.readline())
    watchdog.cancel()
    assert printed is not None
    return printed[1], printed[2]


def test_an_empty_office_begins_with_a_link_that_is_good_once(
    served: Callable[..., subprocess.Popen[str]], port: int, database_dsn: str, tmp_path: Path
) -> None:
    first = served("--empty")
    _, voided = linked(first)
    first.terminate()
    first.wait(60)
    second = served("--empty")
    address, code = linked(second)
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        demo = {"username": "office", "password": "shixian-demo"}
        assert client.post("/v1/sessions", json=demo).status_code == 401
        assert count(database_dsn, "SELECT count(*) FROM casework_events") == 0
        assert count(database_dsn, "SELECT count(*) FROM accounts") == 0
        own = "青山依旧在-17盏灯"
        answers = [
            client.post("/v1/accounts/setup", json={"code": one, "password": own}).status_code
            for one in (voided, code, code)
        ]
        assert answers == [404, 200, 404]
        signed = client.post("/v1/sessions", json={"username": "admin", "password": own})
        assert (signed.status_code, signed.json()["officer"]["post"]) == (201, "admin")
    second.terminate()
    second.wait(60)
    third = served("--empty")
    assert third.stdout is not None
    third.terminate()
    assert third.stdout.read() == "", "no further link once there is an account"
    log = (tmp_path / "serve.log").read_text("utf-8")
    assert not any(secret in log for secret in (voided, code, own))


@pytest.mark.parametrize("order", [("set-password", "office"), ("set-password", "ghost")])
def test_a_password_from_the_terminal_is_as_strong_as_any(
    run: Run, database_dsn: str, order: tuple[str, ...]
) -> None:
    assert run("seed").exit_code == 0
    weak = run(*order, input="shixian-demo\nshixian-demo\n")
    assert weak.exit_code == 1
    assert ("口令不够安全" if order[1] == "office" else "没有这个在任人员") in weak.stderr
    strong = run(*order, input="青山依旧在-17盏灯\n青山依旧在-17盏灯\n")
    assert strong.exit_code == (0 if order[1] == "office" else 1)
    noted = "SELECT count(*) FROM account_changes WHERE account = 'office' AND by = 'system'"
    assert count(database_dsn, noted) == (1 if order[1] == "office" else 0)
