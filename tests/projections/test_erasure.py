"""销毁与读模型 (A20, C4): what is gone is gone from every table, statistics stay, and building anew comes to the same."""

from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain.casework import Casework
from domain.erasure import commands as custody
from domain.erasure.events import ERASED
from domain.errors import Invalid, NotNow
from domain.petition import commands
from domain.reception import commands as reception
from domain.supervision import commands as item
from eventstore.database import Database
from projections import archive_lists
from projections.archive_lists import Sought, Wanted
from projections.catalogue import VIEWS
from projections.rebuild import rebuild
from projections.runner import catch_up
from projections.surroundings import ReadModels
from tests.projections.office import NAMES, Office, on
from tests.projections.snapshot import everything

DAY = "2026-03-02"
WORDS = ("欧阳雪", "13912345678", "地下室渗水", "整改渗水", "登记前来访")
UNTOLD = {
    "ledger": ("subject", "source", "petitioners", "version"),
    "case_dues": (),
    "figures": (),
    "figure_cases": (),
    "deadlines": (),
    "item_shares": (),
}


@pytest.fixture
def casework(casework: Casework, database: Database) -> Casework:
    casework.surroundings = ReadModels(database, casework)
    return casework


def a_closed_petition(office: Office, content: str = "欧阳雪反映地下室渗水多年。", **fields: Any) -> UUID:
    """Answered in time and signed off, with somebody's name in it."""
    case = office.accepted(
        "2026-01-05",
        subject="反映地下室渗水",
        content=content,
        petitioners=(commands.PetitionerEntry("欧阳雪", phone="13912345678"),),
        **fields,
    )
    office.do(case, "a-clerk", "2026-01-20", commands.Reply("support", "地下室渗水属实，已修。"))
    office.do(case, "a-clerk", "2026-01-21", commands.Serve("opinion", "post", signed_by="欧阳雪"))
    office.do(case, "clerk", "2026-02-02", commands.SignOff("已修好"))
    return case


def destroyed(office: Office, case: UUID, **wanted: Any) -> int:
    """Asked for, approved and witnessed by two others."""
    asked = {"ground": "petitioner-request", "reason": "本人书面申请", "people": ("all",), "texts": True}
    office.do(case, "clerk", DAY, custody.RequestErasure(**asked | wanted))
    office.do(case, "leader", DAY, custody.ApproveErasure())
    office.do(case, "head", DAY, custody.WitnessErasure())
    return office.do(case, "inspector", DAY, custody.WitnessErasure())


def counted(database: Database) -> dict[str, list[str]]:
    """All that statistics count: every row of the tables they ask, without words, names and versions."""
    with database.connection() as connection:
        return {
            table: sorted(
                str(row["r"])
                for row in connection.execute(
                    f"SELECT to_jsonb(t) - %s::text[] AS r FROM {table} t", (list(left_out),)
                ).fetchall()
            )
            for table, left_out in UNTOLD.items()
        }


def told(database: Database) -> str:
    """Whatever stands in any table of the read models."""
    with database.connection() as connection:
        names = sorted({table for view in VIEWS for table in view.tables})
        return "\n".join(
            str(row["r"])
            for table in names
            for row in connection.execute(f"SELECT t::text AS r FROM {table} t").fetchall()
        )


def test_c4_what_is_gone_stands_in_no_read_model(
    database: Database, casework: Casework, office: Office
) -> None:
    case = a_closed_petition(office)
    visit = reception.Receive(
        "visit", "登记前来访：欧阳雪反映地下室渗水", visitors=(reception.VisitorEntry("欧阳雪"),)
    )
    record = casework.receive(visit, office.act("clerk", "2026-01-05")).id
    office.do(record, "clerk", "2026-02-02", reception.RegisterPetition(case))
    opened = office.opened("2026-01-06", "整改渗水", requirements="整改渗水。", petition=case)
    office.do(opened, "leader", "2026-01-12", item.Withdraw("已修好"))
    other = office.register("2026-01-07", "反映路灯不亮")
    catch_up(database, casework)
    before, figures = told(database), counted(database)
    assert all(word in before for word in ("地下室渗水", "整改渗水", "登记前来访"))
    destroyed(office, case)
    catch_up(database, casework)
    after = told(database)
    assert not [word for word in WORDS if word in after]
    assert counted(database) == figures
    for one in (case, record, opened):
        found = casework.case(one)
        assert found is not None
        assert found.state.custody.texts_gone
        assert not [word for word in WORDS if word in repr(found)]
    untouched = casework.petition(other)
    assert untouched is not None
    assert untouched.subject == "反映路灯不亮"
    assert [one.name for one in untouched.personal.people] == ["王某"]
    seen = everything(database)
    for result in rebuild(database, casework, switch=False):
        assert result.agrees, result
    assert everything(database) == seen


def test_c4_an_item_still_open_is_not_destroyed_along(
    database: Database, casework: Casework, office: Office
) -> None:
    case = a_closed_petition(office)
    office.opened("2026-01-06", "整改渗水", petition=case)
    with pytest.raises(NotNow, match=r"erasure\.linked_open"):
        destroyed(office, case)
    catch_up(database, casework)
    with pytest.raises(NotNow, match=r"erasure\.linked_open"):
        destroyed(office, case)


def test_c4_texts_beside_the_case_name_nobody_who_goes(
    database: Database, casework: Casework, office: Office
) -> None:
    """Items made from a petition and receptions that led to it keep their texts as well."""
    case = a_closed_petition(office, content="地下室渗水多年。")
    visit = reception.Receive("visit", "来访人欧阳雪谈渗水", visitors=(reception.VisitorEntry("欧阳雪"),))
    record = casework.receive(visit, office.act("clerk", "2026-01-05")).id
    office.do(record, "clerk", "2026-01-05", reception.RegisterPetition(case))
    for _ in range(2):
        with pytest.raises(Invalid, match=r"erasure\.named_in_texts") as told:
            destroyed(office, case, texts=False)
        assert "“接访登记”" in told.value.message
        catch_up(database, casework)
    destroyed(office, case, texts=True)


def test_a20_statistics_stay_whatever_is_destroyed(
    database: Database, casework: Casework, office: Office
) -> None:
    chance = Random(20)
    office.varied()
    closed = [a_closed_petition(office, content="地下室渗水多年。") for _ in range(6)]
    catch_up(database, casework)
    figures = counted(database)
    for case in chance.sample(closed, 4):
        destroyed(office, case, texts=chance.random() < 0.7)
    catch_up(database, casework)
    assert counted(database) == figures
    for result in rebuild(database, casework, switch=False):
        assert result.agrees, result


def test_a20_the_register_and_what_is_due(database: Database, casework: Casework, office: Office) -> None:
    case = a_closed_petition(office)
    office.do(case, "clerk", "2026-02-03", commands.Archive("材料齐全", retention="10年"))
    catch_up(database, casework)

    def files(state: Any, day: str, who: str = "clerk") -> list[UUID]:
        with database.transaction() as connection:
            page = archive_lists.files(connection, office.sees(who), on(day), Wanted(state=state))
        return [row["case_id"] for row in page.items]

    assert files("due", "2036-12-31") == []
    assert files("due", "2037-01-01") == [case]
    assert files("due", "2037-01-01", "b-head") == []
    office.do(case, "clerk", DAY, custody.LendFile("区审计局", "审计", on("2026-04-01")))
    catch_up(database, casework)
    assert files("lent", DAY) == [case]
    office.do(case, "clerk", DAY, custody.ReturnFile())
    destroyed(office, case)
    catch_up(database, casework)
    assert files("due", "2037-01-01") == []
    with database.transaction() as connection:
        page = archive_lists.register(connection, office.sees("auditor").condition(), Sought())
        none = archive_lists.register(connection, office.sees("b-head").condition(), Sought())
    assert none.items == []
    (row,) = page.items
    assert (row["number"], row["people"], row["texts"]) == ("清江信档销〔2026〕1号", 1, True)
    assert (row["requested_by"], row["approved_by"], row["witnessed_by"]) == (
        ["clerk"],
        ["leader"],
        ["head", "inspector"],
    )
    assert NAMES["office"] == "清江区信访局"


def test_c4_words_that_officers_kept_go_too(database: Database, casework: Casework, office: Office) -> None:
    case = a_closed_petition(office)
    office.register("2026-01-07", "反映供暖不足")
    other = office.register("2026-01-08", "反映供暖不足")
    catch_up(database, casework)
    kept = {"名字": "欧阳雪", "只此一件": "地下室渗水", "到处都有": "反映", "别处": "供暖"}
    with database.transaction() as connection:
        for name, words in kept.items():
            connection.execute(
                "INSERT INTO saved_views (id, officer, ledger, name, filters, columns, is_default, created_at)"
                " VALUES (gen_random_uuid(), 'clerk', 'petitions', %s, jsonb_build_object('q', %s::text), '{}', false, now())",
                (name, words),
            )
            connection.execute(
                "INSERT INTO ledger_searches (id, officer, words, made_at) VALUES (gen_random_uuid(), 'clerk', %s, now())",
                (words,),
            )
    destroyed(office, case)
    with database.connection() as connection:
        views = {row["name"] for row in connection.execute("SELECT name FROM saved_views").fetchall()}
        words = {row["words"] for row in connection.execute("SELECT words FROM ledger_searches").fetchall()}
    assert views == {"到处都有", "别处"}
    assert words == {"供暖"}
    assert casework.petition(other) is not None
    gone = casework.petition(case)
    assert gone is not None
    assert gone.content == ERASED
