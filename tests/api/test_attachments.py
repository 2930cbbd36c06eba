"""Attachments named in an act, and handed out with the case and with nothing else."""

from typing import Any
from uuid import uuid4

import pytest
import structlog

from api.bootstrap import Services
from domain.attachments import PDF
from tests.api import files
from tests.api.cases import accusation, done
from tests.api.conftest import Town
from tests.api.lives import ACCEPTED, TRANSFERRED, Walker
from tests.api.problems import refused
from tests.api.uploading import NOBODYS, sent
from tests.owner import as_owner
from tests.traces import noted, with_reason


def reported(walker: Walker, *entries: Any, who: str = "unit-a-clerk", case: str | None = None) -> str:
    """A petition with a report that names these attachments."""
    case = case or walker.walk(ACCEPTED)
    answer = walker.do(case, who, "report", {"text": "已整改", "attachments": list(entries)})
    assert answer.status_code == 200, answer.text
    return case


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
    assert len(noted(services)) == 1


def test_the_kind_is_told_by_the_content_and_never_by_the_sender(walker: Walker) -> None:
    digest = sent(walker.as_("unit-a-clerk"), files.TXT, "记录.txt")
    case = reported(walker, {"name": "记录.csv", "sha256": digest})
    answer = walker.as_("unit-a-head").get(f"/v1/petitions/{case}/attachments/{digest}")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'filename="attachment.csv"' in answer.headers["content-disposition"]


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
    assert noted(services) == []
    assert walker.as_("unit-a-head").get(address).content == files.PDF
    assert [(str(one["case_id"]), one["officer"], one["what"]) for one in noted(services)] == [
        (case, "unit-a-head", "attachment")
    ]


def test_a_petitions_papers_are_for_who_may_know_who_petitioned(walker: Walker, services: Services) -> None:
    digest = sent(walker.as_("unit-a-clerk"))
    case = reported(walker, {"name": "a.pdf", "sha256": digest})
    address = f"/v1/petitions/{case}/attachments/{digest}"
    for who in ("inspector", "leader"):
        assert walker.as_(who).get(f"/v1/petitions/{case}").status_code == 200
        told = refused(walker.as_(who).get(address), 403, "petition.personal_data_closed")
        assert told["basis"] == "《信访工作条例》第三十条第三款"
        refused(walker.as_(who).get(address.replace(digest, NOBODYS)), 403, "petition.personal_data_closed")
    assert noted(services) == []
    done(walker.as_("office"), case, "send-for-reading", officers=["leader"], reason="请阅")
    hands = ("office", "unit-a-head", "auditor", "leader")
    for who in ("auditor", "leader"):
        refused(walker.as_(who).get(address), 403, "reading.reason_needed")
        with_reason(walker.as_(who), f"/v1/petitions/{case}")
    assert all(walker.as_(who).get(address).content == files.PDF for who in hands)
    assert sorted((one["officer"], one["what"]) for one in noted(services)) == sorted(
        (who, "attachment") for who in hands
    )


@pytest.mark.parametrize(
    "harm", ["UPDATE attachment_contents SET content = overlay(content placing 'X' from 1)", "gone"]
)
def test_a_content_that_was_changed_is_not_handed_out(walker: Walker, services: Services, harm: str) -> None:
    digest = sent(walker.as_("unit-a-clerk"))
    case = reported(walker, {"name": "a.pdf", "sha256": digest})
    with as_owner(services.database) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DELETE FROM attachment_contents" if harm == "gone" else harm)
    with structlog.testing.capture_logs() as logs:
        answer = walker.as_("office").get(f"/v1/petitions/{case}/attachments/{digest}")
    refused(answer, 503, "attachment.damaged")
    assert [(one["sha256"], one["missing"]) for one in logs if one["event"] == "attachment.damaged"] == [
        (digest, harm == "gone")
    ]
