"""档案与销毁 (A20, C4): a file from its closing to the register of destructions, and what is left of it then."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.bootstrap import build
from domain.secrets import CLEARED
from eventstore import keyfile
from projections import runner
from tests.api import files
from tests.api.conftest import Town
from tests.api.lives import ACCEPTED, LEND, Step
from tests.api.problems import refused
from tests.api.uploading import sent

ROOT = Path(__file__).parents[2]
NAMED: dict[str, Any] = {
    "subject": "反映电梯停运",
    "content": "欧阳雪反映电梯停运三个月。",
    "petitioners": [{"name": "欧阳雪", "phone": "13912345678", "address": "电梯路九号"}],
}
SHARED = files.PDF.replace(b"%PDF-1.4", b"%PDF-1.5")
SECRETS = ("欧阳雪", "13912345678", "电梯停运", "电梯路", "电梯已修复")
ASK: dict[str, Any] = {"ground": "信访人要求删除", "reason": "本人书面申请", "people": ["all"], "texts": True}
CLOSED: list[Step] = [
    ("unit-a-clerk", "reply", {"result": "support", "text": "电梯已修复。"}),
    ("unit-a-clerk", "serve", {"notice": "opinion", "method": "post", "signed_by": "欧阳雪"}),
    ("office", "sign-off", {"reason": "办理到位"}),
    ("office", "archive", {"reason": "材料齐全", "retention": "10年"}),
]
ERASED: list[Step] = [
    ("office", "request-erasure", ASK),
    ("leader", "approve-erasure", {"text": "同意"}),
    ("office-head", "witness-erasure", {}),
    ("inspector", "witness-erasure", {}),
]


def walked(town: Town, case: str, way: list[Step]) -> Any:
    """The answer to the last step."""
    for who, act, body in way:
        answer = town.walker.do(case, who, act, body)
        assert answer.status_code == 200, f"{act}: {answer.text}"
    return answer


def archived(town: Town, *hashes: str) -> str:
    """An archived petition whose report names these contents."""
    case = town.walker.walk(ACCEPTED, **NAMED)
    named = [{"name": f"检修记录{n}.pdf", "sha256": one} for n, one in enumerate(hashes)]
    walked(town, case, [("unit-a-clerk", "report", {"text": "电梯已修复", "attachments": named})])
    walked(town, case, CLOSED)
    catch_up(town)
    return case


def catch_up(town: Town) -> None:
    runner.catch_up(town.services.database, town.services.casework)


def register(town: Town, who: str, **asked: Any) -> Any:
    return town.walker.as_(who).get("/v1/archives/erasures", params=asked)


def test_a20_c4_a_file_that_is_gone(town: Town) -> None:
    clerk = town.walker.as_("unit-a-clerk")
    own, shared = sent(clerk, files.PDF), sent(clerk, SHARED)
    other, case = archived(town, shared), archived(town, own, shared)
    petition = town.services.casework.petition(UUID(case))
    assert petition is not None
    receipt = {"number": petition.number, "query_code": petition.query_code}
    office, url = town.walker.as_("office"), f"/v1/petitions/{case}"
    statistics = office.get("/v1/statistics/receipts", params={"by": "category"}).json()

    preview = office.get(f"{url}/erasure-preview").json()
    assert (preview["people"], preview["texts"], preview["linked"]) == (["p1"], True, [])
    assert (preview["attachments"], preview["attachments_kept"]) == (["检修记录0.pdf"], 1)
    assert preview["stays"]

    receipt_of = walked(town, case, ERASED)
    assert receipt_of.json()["events"] == ["ErasureWitnessed", "Erased"]
    catch_up(town)

    told = office.get(url).json()
    assert (told["subject"], told["content"], told["stage"]) == (CLEARED, CLEARED, "archived")
    assert office.get(f"{url}/petitioners").json()["reply_to"] is None
    seen = [
        url,
        f"{url}/petitioners",
        f"{url}/history",
        f"{url}/deadlines",
        f"{url}/replay",
        f"{url}/acts",
        f"{url}/attachments",
        f"{url}/custody",
    ]
    answers = [office.get(one) for one in seen]
    answers += [town.walker.as_("auditor").get(one) for one in seen if one != f"{url}/petitioners"]
    assert {one.status_code for one in answers} == {200}
    assert not [word for word in SECRETS for one in answers if word in one.text]
    assert office.get("/v1/petitions", params={"q": "电梯停运"}).json()["total"] == 1
    assert clerk.get(f"{url}/attachments/{own}").status_code == 404
    assert clerk.get(f"/v1/petitions/{other}/attachments/{shared}").content == SHARED
    refused(town.client.signed(None).post("/v1/progress", json=receipt), 404, "progress.erased")
    refused(town.walker.do(case, "office-head", "reopen", {"reason": "新的事实"}), 409, "erasure.gone")
    assert (
        office.get("/v1/statistics/receipts", params={"by": "category"}).json()["rows"] == statistics["rows"]
    )
    feed = town.walker.as_("auditor").get("/v1/events", params={"limit": 200}).text
    assert "13912345678" not in feed

    (row,) = register(town, "auditor", ground="petitioner-request").json()["items"]
    assert (row["id"], row["number"], row["reason"]) == (case, "清江信档销〔2026〕1号", "本人书面申请")
    assert (row["requested_by_names"], row["approved_by_names"]) == (["林小雨"], ["周明远"])
    assert (row["witnessed_by_names"], row["attachments"]) == (["陈国平", "郑督"], 1)
    assert register(town, "admin").json()["total"] == 1
    refused(register(town, "unit-a-clerk"), 403, "erasure.register_not_yours")
    book = office.get("/v1/archives/erasures.xlsx")
    assert (book.status_code, book.content[:2]) == (200, b"PK")


def test_a20_what_is_kept_and_where_it_is(town: Town) -> None:
    case = archived(town)
    office = town.walker.as_("office")
    kept = office.get(f"/v1/petitions/{case}/custody").json()["custody"]
    assert (kept["retention_label"], kept["runs_out_on"], kept["gone"]) == ("10年", "2036-12-31", False)
    walked(town, case, [("office", "lend-file", LEND)])
    catch_up(town)
    lent = office.get("/v1/archives", params={"state": "lent"}).json()["items"]
    assert [(one["id"], one["borrower"], one["due_back"]) for one in lent] == [
        (case, "区审计局", "2026-04-01")
    ]
    assert office.get("/v1/archives", params={"state": "due"}).json()["total"] == 0
    assert town.walker.as_("unit-b-clerk").get("/v1/archives", params={"state": "all"}).json()["items"] == []
    refused(town.walker.do(case, "office", "request-erasure", ASK), 409, "archive.file_lent")
    table = office.get("/v1/archives/retention").json()
    assert {one["code"] for one in table["classes"]} == {"permanent", "30-years", "10-years"}
    assert all(one["basis"] and one["checked"] for one in (*table["rows"], *table["grounds"]))


def test_c4_killed_between_the_fact_and_the_keys(town: Town) -> None:
    case = archived(town)
    walked(town, case, ERASED[:-1])
    dsn, keys = town.services.settings.database_url, town.services.keys
    assert dsn is not None
    ended = subprocess.run(
        [sys.executable, "-m", "tests.api.dying", dsn, str(keys.folder), case], cwd=ROOT, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert keys.holds(case, "texts")
    assert keys.holds(case, "person:p1")
    with build(town.services.settings, town.clock) as again:
        assert not keys.holds(case, "texts")
        assert not keys.holds(case, "person:p1")
        found = again.casework.case(UUID(case))
    assert found is not None
    assert not [word for word in SECRETS if word in repr(found)]
    assert town.walker.as_("office").get(f"/v1/petitions/{case}").json()["subject"] == CLEARED


def test_c4_while_the_key_file_is_locked_nothing_hangs_and_nothing_is_shown(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the fact and the destruction of the keys: the witness is told, nobody reads on, and a retry completes it."""
    own = sent(town.walker.as_("unit-a-clerk"), files.PDF.replace(b"%PDF-1.4", b"%PDF-1.6"))
    case = archived(town, own)
    walked(town, case, ERASED[:-1])
    office, url, keys = town.walker.as_("office"), f"/v1/petitions/{case}", town.services.keys
    inspector, told = town.walker.as_("inspector"), {"Idempotency-Key": "locked-keys-1"}
    monkeypatch.setattr(keyfile, "TRIES", 2)
    with keyfile.locked(keys.folder):
        answer = inspector.post(f"{url}/witness-erasure", json={}, headers=told)
        refused(answer, 503, "erasure.keys_busy")
        assert answer.headers["Retry-After"] == "5"
        assert keys.holds(case, "texts")
        seen = [office.get(f"{url}{place}") for place in ("", "/history", "/attachments", "/replay")]
        assert {one.status_code for one in seen} == {200}
        assert not [word for word in SECRETS for one in seen if word in one.text]
        assert office.get(f"{url}/attachments/{own}").status_code == 404
    before = town.services.casework.history(UUID(case))
    assert inspector.post(f"{url}/witness-erasure", json={}, headers=told).status_code == 200
    assert not keys.holds(case, "texts")
    assert town.services.casework.history(UUID(case)) == before, "as it reads without the keys"


@pytest.mark.parametrize("who", ["office", "leader", "office-head"])
def test_a20_nobody_has_two_parts(town: Town, who: str) -> None:
    case = archived(town)
    walked(town, case, ERASED[:-1])
    answer = town.walker.do(case, who, "witness-erasure", {})
    refused(answer, 403, "erasure.own_part")
