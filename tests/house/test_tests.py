"""The tests themselves: none is skipped, none sleeps, none grows without a reason."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("domain", "eventstore", "projections", "scheduler", "api", "tests", "bench")
BANNED = {"skip", "skipif", "skipIf", "skipTest", "importorskip", "xfail", "sleep"}
LONG = {
    "domain/petition/events.py": "every fact of a petition on one page, a few lines each",
    "domain/petition/commands.py": "one command per act, side by side with its neighbours",
    "tests/builders.py": "every verb of a petition's life, one beside the other",
    "tests/domain/test_petition_clocks.py": "one table of the acceptance cases of how time is counted",
    "tests/projections/test_recounting.py": "the pass, its preview, its record and a rebuild, held against each other by the same random changes",
}
"""Files of more than 400 lines, and why."""


def sources() -> list[Path]:
    return [file for folder in OURS for file in sorted((ROOT / folder).rglob("*.py"))]


def test_no_test_is_skipped_and_none_sleeps():
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.attr}"
        for file in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in BANNED
    ]
    assert not found, "wait for what you wait for; a test that can't run is no test"


def test_no_file_grows_past_400_lines_without_a_reason():
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in sources()
    }
    long = {name for name, length in lengths.items() if length > 400}
    assert long <= set(LONG), f"split it, or say in LONG why it is one thing: {sorted(long - set(LONG))}"
