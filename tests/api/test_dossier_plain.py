"""Dossiers of cases stored before there were keys: nobody who was erased leaves the house in their bytes (C4, A20)."""

import base64
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from domain.petition.events import Person
from tests.api.conftest import Town
from tests.api.dossier_files import files_of, report_on, taken, told
from tests.api.lives import ACCEPTED
from tests.api.test_reception import logged
from tests.owner import as_owner

PERSON = Person("p1", "慕容听雪", "330102197203045678", "13957101234", "清江区桃花弄17号")


def everything(dossier: bytes) -> str:
    """What a dossier holds, its stored bytes opened as far as they are plain."""
    contents = files_of(dossier)
    states = [
        base64.b64decode(state)
        for path, content in contents.items()
        if path.startswith("events/") and (state := told(content)["state"])
    ]
    return "\n".join(one.decode("utf-8", "replace") for one in (*contents.values(), *states))


ERASED = (PERSON.name, PERSON.id_number, PERSON.phone, PERSON.address, "澄湖围垦", "苏挽舟")


def stored_in_plain(town: Town, case: str) -> None:
    """Puts a case that was walked into the rows that an earlier version would have stored."""
    facts = [one.fact for one in town.services.casework.history(UUID(case))]
    with as_owner(town.services.database) as connection:
        connection.execute("ALTER TABLE casework_events DISABLE TRIGGER USER")
        for fact in facts:
            connection.execute(
                "UPDATE casework_events SET state = %b WHERE originator_id = %s AND originator_version = %s",
                (msgspec.json.encode(fact), fact.originator_id, fact.originator_version),
            )
        connection.execute("ALTER TABLE casework_events ENABLE TRIGGER USER")


@pytest.mark.parametrize("who", ["office", "leader", "auditor"])
def test_c4_rows_from_before_there_were_keys_hand_out_nobody_who_was_erased(
    town: Town, who: str, tmp_path: Path
) -> None:
    """C4: the bytes of such rows tell in plain; once a key of theirs is destroyed only their hash leaves the house."""
    petitioner = {
        name: value for name, value in msgspec.to_builtins(PERSON).items() if value and name != "key"
    }
    case = town.walker.walk(
        ACCEPTED,
        petitioners=[petitioner],
        subject="反映澄湖围垦",
        content="澄湖围垦的详情",
        reply_to="苏挽舟转",
    )
    stored_in_plain(town, case)
    url = f"/v1/petitions/{case}"
    assert "澄湖围垦" in everything(taken(town.walker.as_("office"), url))
    town.services.keys.destroy([(case, "person:p1"), (case, "texts")])
    dossier = taken(town.walker.as_(who), url)
    report = report_on(tmp_path, dossier)
    assert report.holds, list(report.lines())
    assert not [word for word in ERASED if word and word in everything(dossier)]
    events = [told(content) for path, content in files_of(dossier).items() if path.startswith("events/")]
    bare = [one for one in events if one["state"] is None]
    assert {"已清除"} <= {closed["why"] for one in bare for closed in one["closed"]}
    assert len(bare) < len(events), "rows that tell of nobody keep their bytes"


def test_c4_of_several_people_stored_in_plain_only_who_is_left_is_told(town: Town) -> None:
    case = town.walker.walk(ACCEPTED, petitioners=[{"name": PERSON.name}, {"name": "司空照影"}])
    stored_in_plain(town, case)
    town.services.keys.destroy([(case, "person:p1")])
    dossier = everything(taken(town.walker.as_("office"), f"/v1/petitions/{case}"))
    assert PERSON.name not in dossier
    assert "司空照影" in dossier


def test_c4_a_reception_stored_in_plain_hands_out_no_visitor_who_was_erased(town: Town) -> None:
    """C4: what goes along with an erased petition lies in streams of its own, and goes the same way."""
    visit = logged(town.walker.as_("office"), visitors=[{"name": PERSON.name}])["id"]
    stored_in_plain(town, visit)
    url = f"/v1/reception/{visit}"
    assert PERSON.name in everything(taken(town.walker.as_("office"), url))
    town.services.keys.destroy([(visit, "person:v1"), (visit, "texts")])
    assert PERSON.name not in everything(taken(town.walker.as_("office"), url))
