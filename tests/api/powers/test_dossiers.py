"""A dossier tells of no case that its reader may not know of, and no bytes of it do (A13, A20)."""

import base64
import re
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from domain.petition import events
from domain.petition.stages import Stage
from tests.api.conftest import Town
from tests.api.dossier_files import files_of, report_on, taken, told, wrong
from tests.api.powers.hidden import HIDDEN, Hidden, pointing_at
from tests.api.powers.petitions import ORDINARY
from tests.builders import case_named
from tests.owner import as_owner

PERSON = events.Person("p1", "慕容听雪", "330102197203045678", "13957101234", "清江区桃花弄17号")
PLAIN = case_named("stored before there were keys")
EACH = ((HIDDEN[0], "inspector"), (HIDDEN[-2], "b-clerk"))
"""Cases, and who reads what points at them without knowing of them."""


def everything(dossier: bytes) -> str:
    """What a dossier holds, its stored bytes opened as far as they are plain."""
    contents = files_of(dossier)
    states = [
        base64.b64decode(state)
        for path, content in contents.items()
        if path.startswith("events/") and (state := told(content)["state"])
    ]
    return "\n".join(one.decode("utf-8", "replace") for one in (*contents.values(), *states))


@pytest.mark.parametrize(("hidden", "who"), EACH, ids=[one.name for one, _ in EACH])
def test_what_it_points_at_is_left_out_with_the_bytes_that_name_it(
    town: Town, hidden: Hidden, who: str, tmp_path: Path
) -> None:
    casework, pointing = town.services.casework, pointing_at(hidden)
    casework.save(*hidden.facts)
    casework.save(*pointing)
    url = f"/v1/petitions/{pointing[0].originator_id}"
    assert who in hidden.outsiders
    dossier = taken(town.walker.as_(who), url)
    report = report_on(tmp_path, dossier)
    assert report.holds, list(report.lines())
    assert not hidden.found_in(everything(dossier))
    last = told(files_of(dossier)[f"events/{len(pointing):06d}.json"])
    assert (last["state"], {one["why"] for one in last["closed"]}) == (None, {"未公开"})
    assert any(one.state == "note" and "未经证明" in one.said for one in report.findings)


@pytest.fixture
def plain(town: Town) -> str:
    """A case as it was stored before there were keys."""
    first, *rest = [replace(fact, originator_id=PLAIN) for fact in ORDINARY.way(Stage.HANDLING).facts]
    facts = [replace(first, number="XF-2026-009001", personal=events.Personal((PERSON,))), *rest]
    with as_owner(town.services.database) as connection:
        for fact in facts:
            connection.execute(
                "INSERT INTO casework_events (originator_id, originator_version, topic, state)"
                " VALUES (%s, %s, %s, %b)",
                (PLAIN, fact.originator_version, fact.TOPIC, msgspec.json.encode(fact)),
            )
    return f"/v1/petitions/{PLAIN}"


def test_rows_from_before_there_were_keys_show_no_more_than_enciphered_ones(
    town: Town, plain: str, tmp_path: Path
) -> None:
    code = re.escape(str(msgspec.to_builtins(town.services.casework.history(PLAIN)[0].fact)["query_code"]))
    for who, persons in (("a-clerk", True), ("inspector", False)):
        dossier = taken(town.walker.as_(who), plain)
        report = report_on(tmp_path, dossier)
        assert report.holds, list(report.lines())
        text = everything(dossier)
        assert (PERSON.name in text) is persons
        assert not re.search(rf'"{code}"', text)
        first = told(files_of(dossier)["events/000001.json"])
        assert first["state"] is None
        assert told(files_of(dossier)["events/000002.json"])["state"]
    assert wrong(report) == set()
