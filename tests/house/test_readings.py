"""Where people's data leave unmasked: every such place is known, and records the reading before it shows anything (A13, C4)."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

OPENERS = frozenset(
    {
        ("masking", "identified"),
        ("reception_shapes", "identified"),
        ("contents", "content_of"),
        ("sheets", "made"),
        ("making", "made"),
        ("case_reading", "in_full"),
        ("", "in_full"),
    }
)
"""Calls whose answers hold names, numbers, contents of papers or of files."""
NOTES = {("readings", "note"), ("readings", "note_once")}

RECORDS = {
    "api/petitions.py petitioners",
    "api/reception.py opened_visitors",
    "api/attachments.py _handed_out",
    "api/papers/papers.py handed_out",
    "api/progress.py show",
    "api/progress.py notice",
    "api/dossiers.py handed_out",
    "api/cli_dossier.py dossier",
    "api/similar.py search",
}
"""Functions that show people's data: each records the reading in itself, before it opens anything."""

RECORDED_BEFORE = {
    "api/dossier/making.py _papers": "made for a dossier, whose handing out was recorded first",
    "api/dossier/making.py _content": "likewise",
}
"""Functions that open what somebody else has recorded already."""

NOT_SHOWN = {
    "api/papers/shelf.py content_of": "templates of papers, which name nobody",
    "api/progress.py rated": "the petitioner's own ratings",
    "api/cli_replay.py _one": "the operator's own machine; the course has no personal data",
}


def functions() -> Iterator[tuple[str, list[tuple[int, tuple[str, str]]]]]:
    """Every function of the outer layer with the calls in it, by line."""
    for file in sorted((ROOT / "api").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for one in ast.walk(tree):
            if isinstance(one, ast.FunctionDef):
                calls = [(call.lineno, called(call)) for call in ast.walk(one) if isinstance(call, ast.Call)]
                yield f"{file.relative_to(ROOT)} {one.name}", sorted(calls)


def called(call: ast.Call) -> tuple[str, str]:
    """The module and the name that a call is made by."""
    if isinstance(call.func, ast.Attribute):
        owner = call.func.value
        return (owner.id if isinstance(owner, ast.Name) else "?", call.func.attr)
    return ("", call.func.id if isinstance(call.func, ast.Name) else "")


def test_a13_every_place_that_opens_peoples_data_is_known() -> None:
    opening = {name for name, calls in functions() if OPENERS & {what for _, what in calls}}
    noting = {name for name, calls in functions() if NOTES & {what for _, what in calls}}
    assert noting == RECORDS, "a function that records a reading is new or gone"
    unknown = opening - RECORDS - RECORDED_BEFORE.keys() - NOT_SHOWN.keys()
    assert unknown == set(), "people's data leave here: record the reading first, and name the place"
    assert {*RECORDED_BEFORE, *NOT_SHOWN} <= opening, "named here and gone"


def test_a13_the_reading_is_recorded_before_anything_is_opened() -> None:
    for name, calls in functions():
        noted = [line for line, what in calls if what in NOTES]
        opened = [line for line, what in calls if what in OPENERS]
        if name in RECORDS and opened:
            assert min(noted) < min(opened), name
