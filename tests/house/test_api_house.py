"""Rules of the house for the outside: refusals mapped, one reader of the environment and of the time, honest actors."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import domain.errors
from api.errors import STATUS, TITLES
from domain.errors import Refused
from domain.petition.commands import Register
from domain.petition.petition import COMMANDS

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "eventstore", "projections", "scheduler", "api")
ACTORS = {
    "actor",
    "by",
    "officer_id",
    "acting",
    "acting_officer",
    "as_officer",
    "role",
    "post",
    "user",
    "username",
}
"""Names under which a request might claim to be somebody."""
SIGNS_IN = {("api/sessions.py", "username"), ("api/console/sign_in.py", "username")}
"""Who signs in says who they are, and proves it with a password."""
OPENS = {("api/account_shapes.py", "username")}
"""An account is opened for an officer, under a name to sign in with."""
APPOINTS = {("api/directory_forms.py", "post")}
"""Somebody else is given a post: the directory's decisions refuse the one who asks (test_directory_posts.py)."""

CHOOSES = {("api/console/sign_in.py", "post")}
"""An officer chooses among the posts that the directory gives; any other is refused (test_frame.py)."""


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """Every module of ours, read once."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths]


def test_every_kind_of_refusal_has_a_number():
    kinds = {
        kind
        for kind in vars(domain.errors).values()
        if isinstance(kind, type) and issubclass(kind, Refused) and kind is not Refused
    }
    assert kinds
    missing = sorted(kind.__name__ for kind in kinds - STATUS.keys())
    assert not missing, f"give {missing} a number in api/errors.py"
    assert len(set(STATUS.values())) == len(STATUS), "two kinds of refusal look the same from outside"
    assert set(STATUS.values()) <= set(TITLES)


def test_only_the_settings_read_the_environment():
    allowed = {
        "api/settings.py",
        "api/supervisor.py",  # hands the environment on to its parts, and the end of a pipe
        "eventstore/backup.py",  # hands it on to the server's own programs, and the password beside it
    }
    readers = set()
    for name, tree in modules():
        for node in ast.walk(tree):
            of_os = (
                isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os"
            )
            imported = isinstance(node, ast.ImportFrom) and node.module == "os"
            names = {node.attr} if of_os else {one.name for one in node.names} if imported else set()
            if names & {"environ", "getenv", "environb", "getenvb"}:
                readers.add(name)
    assert readers <= allowed, (
        f"{sorted(readers - allowed)} read the environment; take a setting as an argument"
    )


def test_only_the_clock_reads_the_time():
    clocks = {"now", "today", "utcnow", "time", "time_ns", "localtime", "gmtime", "ctime"}
    readers = set()
    for name, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            owned_by = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if node.func.attr in clocks and owned_by in {"datetime", "date", "time", "dt"}:
                readers.add(name)
    assert readers == {"api/clock.py"}, (
        "only api/clock.py reads the time; take `clock` or an instant as an argument"
    )


def test_no_route_lets_the_sender_say_who_acts():
    claims = []
    for name, tree in modules():
        if not name.startswith("api/"):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef) or not _is_route(node):
                continue
            arguments = {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
            claims += [
                f"{name}: {node.name}({one})"
                for one in sorted(arguments & ACTORS)
                if (name, one) not in SIGNS_IN | CHOOSES
            ]
            for route in _paths(node):
                claims += [f"{name}: {route}" for one in ACTORS if f"{{{one}" in route]
        claims += [
            f"{name}: {form}.{field}"
            for form, field in _form_fields(tree)
            if field in ACTORS and (name, field) not in SIGNS_IN | OPENS | APPOINTS | CHOOSES
        ]
    assert not claims, (
        f"who acts comes from the session (api/identity.py), never from what was sent: {claims}"
    )


def test_no_command_names_who_acts():
    named = {
        f"{kind.__name__}.{one.name}"
        for kind in (Register, *COMMANDS.values())
        for one in fields(kind)
        if one.name in ACTORS
    }
    assert not named, "a command says what is asked for; who asks is in the Act"


def test_files_that_make_routes_do_not_postpone_annotations():
    postponed = [
        name
        for name, tree in modules()
        if name.startswith("api/")
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    assert not postponed, "FastAPI reads the annotations of routes as they stand"


def _is_route(node: ast.FunctionDef) -> bool:
    return bool(_paths(node))


def _paths(node: ast.FunctionDef) -> list[str]:
    found = []
    for one in node.decorator_list:
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            is_method = one.func.attr in {"get", "post", "put", "patch", "delete"}
            if is_method and one.args and isinstance(one.args[0], ast.Constant):
                found.append(str(one.args[0].value))
    return found


def _form_fields(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The fields of models that forbid unknown ones, or are forms: those that requests are read into."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and ("forbid" in ast.dump(node) or "id='Form'" in ast.dump(node)):
            for part in node.body:
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    yield node.name, part.target.id
