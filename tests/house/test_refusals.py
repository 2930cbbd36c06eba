"""Refusals: every one has a stable code and says in Chinese why."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"^[a-z_-]+\.[a-z_]+$")
CHINESE = re.compile(r"[\u4e00-\u9fff。]")
PLACES = dict.fromkeys(
    ("Refused", "Invalid", "NotNow", "NotYours", "Unknown", "Stale", "Busy", "CannotCount", "refuse"), (0, 1)
) | {"_need": (1, 2), "need": (1, 2), "_find": (2, 3)}
"""Where the code and the message stand among the arguments."""
PREFIX = {"_need": "petition."}
RELAYS = {"_need", "need", "refuse", "_find"}
"""Functions that hand on the code and message they are given."""


def refusals() -> Iterator[tuple[str, str, ast.expr]]:
    """Each refusal in the domain: where, code, message."""
    for file in sorted((ROOT / "domain").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        relayed = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name in RELAYS
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in PLACES or id(node) in relayed:
                continue
            code_at, message_at = PLACES[node.func.id]
            where = f"{file.relative_to(ROOT)}:{node.lineno}"
            given = node.args[code_at]
            assert isinstance(given, ast.Constant), f"{where}: write the code out"
            yield where, PREFIX.get(node.func.id, "") + str(given.value), node.args[message_at]


def test_every_refusal_has_a_code_of_two_words():
    found = list(refusals())
    assert len(found) > 80
    assert not [(where, code) for where, code, _ in found if not CODE.match(code)]


def test_every_refusal_speaks_chinese():
    def speaks(message: ast.expr) -> bool:
        texts = [
            n.value for n in ast.walk(message) if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ]
        return any(CHINESE.search(text) for text in texts) or isinstance(message, ast.Name | ast.Call)

    assert not [where for where, _, message in refusals() if not speaks(message)]


def test_no_code_that_was_ever_published_is_gone():
    published = set((ROOT / "tests/house/codes.txt").read_text(encoding="utf-8").split())
    assert published <= {code for _, code, _ in refusals()}, "clients know these codes; bring them back"
