"""Roles on a cluster where they aren't there yet: made by whoever may, once for all its databases, and done without otherwise."""

import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from eventstore import access, migrate, roles
from eventstore.database import Database
from eventstore.embedded import Server
from tests.conftest import QUICK
from tests.owner import append_rubbish

ROOT = Path(__file__).parents[2]


def office(server: Server, login: str, rights: str, *databases: str) -> list[str]:
    """Databases that belong to a login which is no superuser."""
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {login} LOGIN {rights} PASSWORD '{access.verifier(login)}'")
        for name in databases:
            connection.execute(f"CREATE DATABASE {name} OWNER {login}")
    return [server.address(name, login, login) for name in databases]


def test_c1_a_login_that_may_make_no_roles_goes_on_without_and_the_check_says_so(home: Path) -> None:
    server = Server.ensure(home, QUICK)
    [dsn] = office(server, "plain", "", "plain_office")
    migrate.upgrade(dsn)
    with Database(dsn) as database:
        assert append_rubbish(database) > 0
        with database.connection() as connection:
            assert roles.standing(connection) == (False, False, False)
            state, said = roles.finding(connection)
            assert (state, "未建立" in said) == ("note", True)
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                connection.execute("DELETE FROM casework_events")
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        for role in (roles.OWNER, roles.WRITER, roles.READER):
            connection.execute(f"CREATE ROLE {role}")
        connection.execute(f"GRANT {roles.OWNER}, {roles.WRITER} TO plain")
    migrate.upgrade(dsn)
    with Database(dsn) as database, database.connection() as connection:
        assert append_rubbish(database) > 1
        assert roles.standing(connection) == (True, True, True)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            connection.execute("DELETE FROM casework_events")
    server.stop()


def test_c1_several_databases_of_a_cluster_make_the_roles_at_once(home: Path) -> None:
    server = Server.ensure(home, QUICK)
    names = [f"office_{uuid4().hex[:6]}" for _ in range(2)]
    dsns = office(server, "maker", "CREATEROLE", *names)
    command = [
        sys.executable,
        "-c",
        "import sys; from eventstore import migrate; migrate.upgrade(sys.argv[1])",
    ]
    migrating = [subprocess.Popen([*command, dsn], cwd=ROOT) for dsn in dsns]
    assert [one.wait(120) for one in migrating] == [0, 0]
    for dsn in dsns:
        with Database(dsn) as database, database.connection() as connection:
            assert roles.standing(connection) == (True, True, True)
            assert append_rubbish(database) > 0
    server.stop()
