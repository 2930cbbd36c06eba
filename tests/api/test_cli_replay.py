"""命令行的整库重放: built, said, refused and dropped (C4)."""

from datetime import timedelta

import psycopg
import pytest

from tests.api.cases import registered
from tests.api.conftest import SignIn
from tests.api.test_cli import Run, environment, run
from tests.conftest import Clock

__all__ = ["environment", "run"]


def test_the_store_until_an_instant(run: Run, sign_in: SignIn, clock: Clock, database_dsn: str) -> None:
    registered(sign_in("office"))
    clock.set(clock() + timedelta(days=2))
    registered(sign_in("office"))
    done = run("replay", "--until", "2026-03-03", "--into", "march")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("march：截至 2026-03-03 23:59:59 已经记录的")
    with psycopg.connect(database_dsn) as connection:
        [one] = connection.execute("SELECT number FROM march.ledger").fetchall()
    assert one == ("XF-2026-000001",)
    again = run("replay", "--until", "2026-03-03", "--into", "march")
    assert "以前已经建好" in again.stdout
    assert run("replay", "--drop", "march").stdout == "march：已删除。\n"
    assert run("replay", "--drop", "march").stdout == "march：没有这个模式。\n"


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ((), 2, "请写案件编号"),
        (("--until", "2026-03-03"), 2, "请写案件编号"),
        (("XF-2026-000001", "--into", "march"), 2, "请写案件编号"),
        (("--until", "三月三日", "--into", "march"), 2, "截止时刻应写成"),
        (("--until", "9999-12-31", "--into", "march"), 2, "还没有到"),
        (("--until", "2026-03-03", "--into", "public"), 2, "不能用作模式名"),
    ],
)
def test_what_cannot_be_replayed_is_said(run: Run, asked: tuple[str, ...], code: int, said: str) -> None:
    refused = run("replay", *asked)
    assert (refused.exit_code, said in refused.stderr) == (code, True), refused.stderr
