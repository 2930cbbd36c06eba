"""Every log event is a dotted constant listed in docs/logs.md, and the page lists nothing else."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception"}
LOGGERS = {"log", "spoken"}
RELAY = "_say"
"""What hands a level and the event's name on to the log."""


def logged() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in ("api", "scheduler", "projections", "eventstore"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in LEVELS
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id in LOGGERS
                ):
                    name = node.args[0]
                    where = f"{file.relative_to(ROOT)}:{node.lineno}"
                    assert isinstance(name, ast.Constant), f"{where}: the event's name is not a constant"
                    found[str(name.value)] = where
                elif (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == RELAY
                ):
                    name = node.args[1]
                    where = f"{file.relative_to(ROOT)}:{node.lineno}"
                    assert isinstance(name, ast.Constant), f"{where}: the event's name is not a constant"
                    found[str(name.value)] = where
    return found


def listed() -> set[str]:
    page = (ROOT / "docs" / "logs.md").read_text("utf-8")
    return set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", page, re.MULTILINE))


def test_every_event_is_listed_and_every_listed_event_is_logged():
    events = logged()
    unlisted = {name: where for name, where in events.items() if name not in listed()}
    assert not unlisted, f"add to docs/logs.md: {unlisted}"
    assert not listed() - set(events), f"docs/logs.md lists what nothing logs: {listed() - set(events)}"
