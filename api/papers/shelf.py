"""模板架: the shipped templates, those of the offices, and which of them a paper is printed from."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock

import structlog

from domain.errors import Busy
from domain.rules import papers
from eventstore import templates as contents
from eventstore.database import Database

FOLDER = Path(__file__).parent / "templates"

log = structlog.get_logger("papers")


@cache
def shipped(notice: str, form: str) -> bytes:
    """出厂模板: its content."""
    return (FOLDER / f"{notice}.{form}").read_bytes()


@cache
def _shipped_by_digest() -> dict[str, bytes]:
    found = [shipped(one.code, form) for one in papers.papers() for form in papers.FORMS]
    return {sha256(content).hexdigest(): content for content in found}


def digest(notice: str, form: str) -> str:
    """出厂模板的摘要."""
    return sha256(shipped(notice, form)).hexdigest()


def is_shipped(digest: str) -> bool:
    """出厂模板: whether the content of this digest came with this release."""
    return digest in _shipped_by_digest()


def content_of(database: Database, digest: str) -> bytes:
    """模板内容: of a digest that a fact names. Raises Busy if it is gone."""
    found = _shipped_by_digest().get(digest)
    if found is None:
        with database.connection() as connection:
            found = contents.content_of(connection, digest)
    if found is None or sha256(found).hexdigest() != digest:
        log.error("template.damaged", sha256=digest, missing=found is None)
        raise Busy("template.damaged", "文书模板已损坏，请联系管理员从备份恢复。", retry_after=3600)
    return found


class Shelf:
    """模板架 — tells what is shipped, and keeps its content before a paper names it: a later release ships another."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: set[str] = set()
        self._lock = Lock()

    def shipped(self, notice: str, form: str) -> str:
        """出厂模板的摘要: of a template whose content is kept from now on."""
        found = digest(notice, form)
        with self._lock:
            if found not in self._kept:
                with self._database.transaction() as connection:
                    contents.keep(connection, found, shipped(notice, form))
                self._kept.add(found)
        return found
