"""案卷的两种读本: the story as a page that needs no network, and as a print for A4. The same story, the same bytes."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.papers.tasks import Task

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def page(story: Mapping[str, Any]) -> bytes:
    """案卷网页: everything in one file."""
    return _environment().get_template("dossier.html").render(story).encode()


def task(story: Mapping[str, Any], on: date) -> Task:
    """案卷打印: what is to be typeset, dated as the dossier is."""
    data = {
        "title": f"{story['title']} {story['number']}",
        "organ": story["organ"],
        "story": json.dumps(story, ensure_ascii=False),
    }
    return Task("typ", (_TEMPLATES / "dossier.typ").read_bytes(), data, on, draft=False)
