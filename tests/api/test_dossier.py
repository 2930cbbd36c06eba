"""The dossier (A20, C4): made for whoever may read the case, complete, and it holds without us."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from api import dossier_check
from api.bootstrap import Services
from api.cli import main
from api.dossier import layout, making
from domain.acts import Act
from domain.directory.capacity import act_of
from domain.kinds import PETITION
from tests.api import files
from tests.api.conftest import Town
from tests.api.dossier_files import files_of, report_on, taken, told, wrong
from tests.api.item_lives import JOINT as JOINT_ITEM
from tests.api.item_lives import ItemWalker
from tests.api.lives import ACCEPTED, EXTENDED, IN_HEARING, REVIEWED
from tests.api.test_reception import logged
from tests.api.uploading import sent

PERSON = {
    "name": "慕容听雪",
    "id_number": "330102197203045678",
    "phone": "13957101234",
    "address": "桃花弄17号",
}
PLANTED = (*PERSON.values(), "端木代收", "慕容")
LATER = datetime(2026, 8, 3, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def case(town: Town) -> str:
    """A petition with a report and its attachments, a paper that was served, alerts, and a rule published since."""
    walker = town.walker
    case = walker.walk(ACCEPTED, petitioners=[PERSON])
    digest = sent(walker.as_("unit-a-clerk"), name="整改 报告.pdf")
    entries: list[Any] = [{"name": "整改 报告.pdf", "sha256": digest}, "村民联名信原件"]
    for who, act, body in (
        ("unit-a-clerk", "report", {"text": "已整改", "attachments": entries}),
        ("unit-a-clerk", "issue-notice", {"notice": "acceptance"}),
        ("unit-a-clerk", "serve", {"notice": "acceptance", "method": "post", "signed_by": "端木代收"}),
    ):
        assert walker.do(case, who, act, body).status_code == 200
    calendar = walker.as_("office").get("/v1/calendars/2026").json()
    decree = {
        "source": "临时放假通知", "published_at": "2026-03-02T09:00:00+08:00",
        "days_off": [*calendar["days_off"], "2026-05-06"], "make_up_days": calendar["make_up_days"],
    }  # fmt: skip
    assert walker.as_("admin").put("/v1/calendars/2026", json=decree).status_code == 200
    town.services.casework.raise_alerts([UUID(case)], LATER)
    return case


@pytest.fixture(scope="module")
def dossier(town: Town, case: str) -> bytes:
    """As the unit that handles it has it."""
    return taken(town.walker.as_("unit-a-clerk"), f"/v1/petitions/{case}")


def test_a20_the_file_is_complete_and_holds(town: Town, case: str, dossier: bytes, tmp_path: Path) -> None:
    report = report_on(tmp_path, dossier)
    assert report.holds, list(report.lines())
    found = files_of(dossier)
    history = town.walker.as_("unit-a-clerk").get(f"/v1/petitions/{case}/history").json()["items"]
    events = [told(found[path]) for path in sorted(found) if path.startswith("events/")]
    assert [(one["version"], one["position"]) for one in events] == [
        (one["version"], one["position"]) for one in history
    ]
    assert all(one["state"] for one in events)
    assert [one["closed"] for one in events if one["closed"]] == [
        [{"field": "query_code", "subject": "code", "why": "未公开"}]
    ]
    assert events[0]["opened"]["personal"]["people"] == [{"key": "p1", **PERSON}]
    [paper] = told(found[layout.PAPERS])
    assert (paper["number"], paper["served_on"]) == ("清江建受〔2026〕1号", "2026-03-02")
    assert found[paper["pdf"]].startswith(b"%PDF-")
    assert found[paper["docx"]].startswith(b"PK")
    enclosed, on_paper = told(found[layout.ATTACHMENTS])
    assert found[enclosed["path"]] == files.PDF
    assert enclosed["path"] == "attachments/001-整改 报告.pdf"
    assert on_paper["why"] == "纸质，存于承办机关"
    used = {one["path"] for one in told(found[layout.RULES]) if one["used"]}
    assert used == {
        "rules/rulebooks/petition-2022.toml", "rules/calendars/2026.toml", "rules/events/000001.json",
    }  # fmt: skip
    clocks = told(found[layout.CLOCKS])
    served = town.walker.as_("unit-a-clerk").get(f"/v1/petitions/{case}/deadlines").json()["items"]
    assert [(one["clock"], one["due_on"]) for one in clocks] == [
        (one["clock"], one["due_on"]) for one in served
    ]
    assert "2026-05-07" in {one["due_on"] for one in clocks}


def test_c4_page_and_print_tell_the_course(dossier: bytes) -> None:
    found = files_of(dossier)
    page = found[layout.PAGE].decode()
    for word in (
        "卷内目录",
        "清江建受〔2026〕1号",
        "整改 报告.pdf",
        "慕容听雪",
        "受理",
        "临时放假通知",
        "未签收",
        "2026年5月7日",
    ):
        assert word in page, word
    assert not [word for word in ("http:", "https:", "src=", "<script", "@import") if word in page]
    assert found[layout.PRINT].startswith(b"%PDF-")
    assert b"/FontFile3" in found[layout.PRINT]


def test_c4_a_public_key_that_was_obtained_elsewhere_is_compared(dossier: bytes, tmp_path: Path) -> None:
    pem = files_of(dossier)[layout.PUBLIC_KEY]
    known = tmp_path / "office.pem"
    known.write_bytes(pem)
    report = report_on(tmp_path, dossier)
    assert [one.said for one in report.findings if one.what == "公钥" and one.state == "note"]
    report = report_on(tmp_path, dossier, str(known))
    assert report.holds
    assert [one.state for one in report.findings if one.what == "公钥"] == ["ok"]
    assert wrong(report_on(tmp_path, dossier, "00" * 32)) == {"公钥", "目录签名", "封存头"}
    assert wrong(report_on(tmp_path, dossier, "no such file")) == {"公钥"}


def test_a13_who_may_not_know_the_petitioners_gets_a_file_without_them(
    town: Town, case: str, tmp_path: Path
) -> None:
    """An inspector reads the case; an auditor knows the petitioners once a reason was stated."""
    url = f"/v1/petitions/{case}"
    for who in ("inspector", "auditor"):
        without = taken(town.walker.as_(who), url)
        found = files_of(without)
        report = report_on(tmp_path, without)
        assert report.holds, list(report.lines())
        assert not told(found[layout.CASE])["persons"]
        assert not [key for key in told(found[layout.KEYS]) if key["subject"] not in {"texts", "custody"}]
        assert not any(path.startswith(("papers/", "attachments/")) for path in found)
        texts = [content.decode("utf-8", "replace") for content in found.values()]
        assert not [word for word in PLANTED if any(word in text for text in texts)]
        assert "身份信息未公开" in found[layout.PAGE].decode()
        limits = town.walker.as_(who).get(f"{url}/deadlines").json()["items"]
        assert [one["due_on"] for one in told(found[layout.CLOCKS])] == [one["due_on"] for one in limits]
    stated = town.walker.as_("auditor").post(f"{url}/readings", json={"reason": "年度审计抽查"})
    assert stated.status_code == 201
    whole = taken(town.walker.as_("auditor"), url)
    assert report_on(tmp_path, whole).holds
    assert told(files_of(whole)[layout.CASE])["persons"]
    assert layout.READINGS in files_of(whole)


def test_a13_the_code_of_the_citizen_is_in_no_dossier(town: Town, case: str, dossier: bytes) -> None:
    first = town.services.casework.history(UUID(case))[0].fact
    code = str(getattr(first, "query_code", ""))
    assert len(code) > 5
    assert not [path for path, content in files_of(dossier).items() if code.encode() in content]


def test_a13_a_hidden_case_has_no_dossier_as_an_unknown_one(town: Town, case: str) -> None:
    stranger = town.walker.as_("unit-b-clerk")
    hidden = stranger.get(f"/v1/petitions/{case}/dossier.zip")
    unknown = stranger.get(f"/v1/petitions/{uuid4()}/dossier.zip")
    assert (hidden.status_code, hidden.text) == (unknown.status_code, unknown.text)
    assert hidden.status_code == 404
    assert town.walker.as_("office").get(f"/v1/reception/{case}/dossier.zip").status_code == 404
    assert town.client.get(f"/v1/petitions/{case}/dossier.zip").status_code == 401


def test_c4_handing_out_leaves_a_trace(town: Town, case: str) -> None:
    before = town.services.casework.store.max_notification_id()
    taken(town.walker.as_("office"), f"/v1/petitions/{case}")
    rows = town.services.casework.store.select_log(before or 0, 10)
    [fact] = [town.services.casework.fact(row) for row in rows]
    assert (getattr(fact, "what", ""), str(getattr(fact, "case", "")), fact.by) == ("dossier", case, "office")


def test_c4_the_same_case_gives_the_same_bytes(town: Town, case: str) -> None:
    services = town.services
    act = act_of(services.casework.directory(), "unit-a-clerk", services.clock())
    first, second = (_made(services, act, case) for _ in range(2))
    assert first == second


def _made(services: Services, act: Act, case: str) -> str:
    with making.made(making.begun(services, act, PETITION, UUID(case))) as file:
        file.seek(0)
        return hashlib.sha256(file.read()).hexdigest()


@pytest.mark.parametrize("way", [EXTENDED, IN_HEARING, REVIEWED], ids=["extended", "in hearing", "reviewed"])
def test_c2_limits_are_counted_again_from_what_is_enclosed(town: Town, way: Any, tmp_path: Path) -> None:
    case = town.walker.walk(way)
    report = report_on(tmp_path, taken(town.walker.as_("office"), f"/v1/petitions/{case}"))
    assert report.holds, list(report.lines())


def test_a20_items_and_receptions_have_dossiers_too(
    town: Town, item_walker: ItemWalker, tmp_path: Path
) -> None:
    item = item_walker.walk(JOINT_ITEM)
    for who in ("inspector", "unit-b-head", "auditor"):
        report = report_on(tmp_path, taken(item_walker.as_(who), f"/v1/supervision-items/{item}"))
        assert report.holds, list(report.lines())
    office = town.walker.as_("office")
    visit = logged(office)["id"]
    dossier = taken(office, f"/v1/reception/{visit}")
    assert report_on(tmp_path, dossier).holds
    assert "王秀英" in files_of(dossier)[layout.PAGE].decode()
    without = taken(town.walker.as_("auditor"), f"/v1/reception/{visit}")
    assert report_on(tmp_path, without).holds
    assert "王秀英" not in files_of(without)[layout.PAGE].decode()


def test_a20_an_erased_case_still_holds(town: Town, tmp_path: Path) -> None:
    case = town.walker.walk(EXTENDED, petitioners=[PERSON], subject="反映澄湖围垦", content="澄湖围垦的详情")
    url = f"/v1/petitions/{case}"
    before = files_of(taken(town.walker.as_("office"), url))
    town.services.keys.destroy([(case, "person:p1"), (case, "texts")])
    dossier = taken(town.walker.as_("office"), url)
    report = report_on(tmp_path, dossier)
    assert report.holds, list(report.lines())
    after = files_of(dossier)
    texts = [content.decode("utf-8", "replace") for content in after.values()]
    assert not [word for word in (*PERSON.values(), "澄湖") if any(word in text for text in texts)]
    assert told(after["events/000001.json"])["state"] == told(before["events/000001.json"])["state"]
    assert {one["why"] for one in told(after["events/000001.json"])["closed"]} == {"未公开", "已清除"}
    assert "身份信息已经依规清除" in after[layout.PAGE].decode()


def test_c4_it_is_made_on_the_command_line(town: Town, case: str, tmp_path: Path) -> None:
    runner = CliRunner()
    settings = town.services.settings
    environ = {
        "SHIXIAN_HOME": str(settings.home),
        "SHIXIAN_KEYS": str(settings.keys_folder),
        "DATABASE_URL": str(settings.database_url),
    }
    number = told(files_of(taken(town.walker.as_("office"), f"/v1/petitions/{case}"))[layout.CASE])["number"]
    for more, persons in (([], False), (["--for", "unit-a-clerk"], True)):
        file = tmp_path / f"{persons}.zip"
        done = runner.invoke(main, ["dossier", number, "--out", str(file), *more], env=environ)
        assert done.exit_code == 0, done.output
        assert dossier_check.check(file).holds
        assert told(files_of(file.read_bytes())[layout.CASE])["persons"] is persons
    again = runner.invoke(main, ["dossier", number, "--out", str(file)], env=environ)
    assert again.exit_code == 2
    unknown = runner.invoke(main, ["dossier", "XF-1999-1", "--out", str(tmp_path / "no.zip")], env=environ)
    assert unknown.exit_code == 1
