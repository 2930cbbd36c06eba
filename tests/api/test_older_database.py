"""A copy of the database from before an erasure, served with the keys of today, tells of nobody who was erased (C4)."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api import checks, key_upkeep
from api.app import create_app
from api.bootstrap import Services, build
from projections.runner import catch_up
from tests.api.caller import calling
from tests.api.lives import LETTER, Walker

PERSON = {"name": "慕容听雪", "id_number": "330102197203045678", "phone": "13957101234"}
TOLD = (*PERSON.values(), "澄湖围垦")


@pytest.fixture
def registered(walker: Walker, services: Services) -> dict[str, str]:
    """A petition with its number and query code; read models brought up, and words that officers kept."""
    answer = walker.as_("office").post(
        "/v1/petitions",
        json=LETTER | {"petitioners": [PERSON], "subject": "反映澄湖围垦", "content": "澄湖围垦的详情"},
    )
    assert answer.status_code == 201, answer.text
    catch_up(services.database, services.casework)
    with services.database.transaction() as connection:
        connection.execute(
            "INSERT INTO saved_views (id, officer, ledger, name, filters, columns, is_default, created_at)"
            " VALUES (gen_random_uuid(), 'office', 'petitions', '澄湖围垦', '{\"q\": \"慕容听雪\"}', '{}', false, now())"
        )
        connection.execute(
            "INSERT INTO ledger_searches (id, officer, words, made_at)"
            " VALUES (gen_random_uuid(), 'office', '慕容听雪', now())"
        )
    return dict(answer.json())


@pytest.fixture
def restored(registered: dict[str, str], services: Services) -> Iterator[str]:
    """The address of a whole copy of the database from before the keys were destroyed."""
    dsn = str(services.settings.database_url)
    name = f"{conninfo_to_dict(dsn)['dbname']}_before"
    services.close()
    with psycopg.connect(dsn, dbname="postgres", autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(
            made.format(sql.Identifier(name), sql.Identifier(str(conninfo_to_dict(dsn)["dbname"])))
        )
        yield make_conninfo(dsn, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def told(services: Services) -> str:
    """Whatever stands in any table of the database, as far as it is open."""
    with services.database.connection() as connection:
        query = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        tables = [row["relname"] for row in connection.execute(query).fetchall()]
        held = [
            str(row["r"])
            for table in tables
            for row in connection.execute(
                sql.SQL("SELECT t::text AS r FROM {} t").format(sql.Identifier(table))
            ).fetchall()
        ]
    return "\n".join(held)


def test_c4_a_copy_from_before_an_erasure_tells_of_nobody(
    registered: dict[str, str], restored: str, services: Services
) -> None:
    case = registered["id"]
    settings = replace(services.settings, database_url=restored)
    with build(settings, services.clock) as before:
        assert all(word in told(before) for word in ("澄湖围垦", PERSON["name"])), (
            "the copy tells while nothing is erased"
        )
    services.keys.destroy([(case, "person:p1"), (case, "texts")])
    with build(settings, services.clock) as after:
        assert not [word for word in TOLD if word in told(after)]
        catch_up(after.database, after.casework)
        assert not [word for word in TOLD if word in told(after)]
        assert key_upkeep.unrecorded(after.database, after.casework, after.keys) == 3
        assert any(one.what == "数据库早于销毁" for one in checks.run(after))
        with calling(create_app(after)) as citizen:
            asked = {"number": registered["number"], "query_code": registered["query_code"]}
            answer = citizen.post("/v1/progress", json=asked)
        assert (answer.status_code, answer.json()["code"]) == (404, "progress.erased")
    with build(settings, services.clock) as again:
        with again.database.connection() as connection:
            row = connection.execute("SELECT count(*) AS n FROM ledger").fetchone()
        assert row == {"n": 1}, "it is done once"
