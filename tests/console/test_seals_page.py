"""A20 C4: the page 日志封存 – state, key, heads, and the whole store verified in the background."""

import psycopg
import pytest

from api import sealing
from api.restored import leave_numbers_out
from eventstore import seal_status
from eventstore.restoring import GAP, LEAVE_OUT
from eventstore.sealing import Broken
from tests.api.cases import registered
from tests.owner import as_owner

HOME = "/console/seals"


@pytest.fixture
def sealed(services):
    made = sealing.of(services)
    made.catch_up()
    return made


def test_state_key_and_heads(sealed, pages, sign_in):
    auditor = pages("auditor")
    page = auditor.get(HOME)
    heads = sign_in("auditor").get("/v1/seals").json()
    assert heads["public_keys"][0]["public_key"] in page.text
    assert "已全部封存" in page.text
    assert f"/v1/seals/{heads['items'][0]['size']}" in page.all("//a/@href")
    assert "服务启动以来没有核验过" in page.text


@pytest.mark.parametrize("who", ["office", "unit-a-clerk", "leader"])
def test_not_for_others(pages, who):
    assert pages(who).get(HOME).status == 403
    assert pages(who).post(f"{HOME}/check").status == 403


def test_why_sealing_was_refused(sealed, services, pages):
    with services.database.transaction() as connection:
        seal_status.note(connection, services.clock(), Broken("rolled_back", size=3, outside=9))
    page = pages("inspector").get(HOME)
    assert "异常" in page.text
    assert "库内封存到第 3 条，库外到第 9 条" in page.text


def test_verified_in_the_background(sealed, services, app, pages):
    auditor = pages("auditor")
    with psycopg.connect(services.settings.database_url) as own:
        own.execute("SET session_replication_role = replica")
        own.execute("UPDATE casework_events SET state = state || '\\x20' WHERE notification_id = 2")
    assert auditor.post(f"{HOME}/check").goes_to == HOME
    auditor.post(f"{HOME}/check")  # one at a time
    piece = auditor.get(f"{HOME}/check", headers={"HX-Request": "true"})
    assert piece.one("//section").get("id") == "seal-check"
    app.state.checks.wait()
    page = auditor.get(HOME)
    assert page.one("//*[@id='seal-check']//*[@role='status']").text == "未通过"
    assert "事实被改动：位置 2" in page.text


def test_c1_a_restoration_and_the_numbers_it_leaves_out_are_shown(services, pages, sign_in):
    """C1: the auditor sees why numbers are missing, on the page, through the API and in the feed."""
    registered(sign_in("office"))
    assert "恢复备份" not in pages("auditor").get(HOME).text
    position = services.casework.store.max_notification_id()
    with as_owner(services.database) as own:
        own.execute(LEAVE_OUT.format(position=position + GAP))
    assert leave_numbers_out(services.database, services.casework, services.clock)
    page = pages("auditor").get(HOME)
    cells = [cell.text for cell in page.all("//section[@aria-labelledby='seal-restored']//td")]
    assert cells[1:] == [str(position), str(position + GAP + 1), "10000"]
    (shown,) = sign_in("auditor").get("/v1/seals").json()["restorations"]
    assert (shown["position"], shown["left_out"]) == (position, 10_000)
    (told, *gaps) = sign_in("auditor").get(f"/v1/events?after={position}").json()["items"]
    assert (told["event"], told["label"]) == ("LogRestored", "恢复备份")
    assert gaps
    assert {gap["basis"] for gap in gaps} == {told["basis"]}
