"""相似信访事项: petitions by the same people and with like words, found before a new one is registered.

Only what the officer may see is found, and by whom a petition is only told to who may see that. Place names are compared
apart: the same words about another city are another matter. Nothing is ever merged; a person decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from rapidfuzz import fuzz

from api import case_stages, lists, readings, tries
from api.bodies import Form, LongOrNone, ShortOrNone
from api.bootstrap import Services
from api.errors import READS
from api.identity import Held, Signed
from api.logs import bind
from domain.acts import Act
from domain.directory.fold import Directory
from domain.kinds import PETITION
from domain.petition.fold import Petition
from domain.petition.situation import standing_of
from domain.rules.authority import may_see_personal_data
from domain.rules.naming import plain
from projections import likeness, likeness_search
from projections.likeness import Known

router = APIRouter(prefix="/v1/petitions", tags=["信访事项"])

USUAL, MOST = 10, 50
LEAST_ALIKE = 55
"""Per cent below which two texts are not called alike."""
SUBJECTS_ALIKE = 80
"""Per cent from which two subjects alone are called alike. Of the pairs of real letters at or above it two in three are
by the same writer and nearly all the rest about the same matter; at 75 most of the rest are not."""
SUBJECT_COUNTS = 0.8
"""So much less does a likeness of the subjects alone weigh."""
SHORTEST_SUBJECT = 6
ELSEWHERE = 25
"""What is taken off where the texts name different places."""
SHORT = 300
"""A text up to this long is also looked for within longer ones."""
WHOLE = 3000
"""Characters that are compared."""

PEOPLE = {"id_number": (100, "同一证件号"), "phone": (95, "同一电话"), "name": (70, "同名")}
"""How sure each mark makes it that it is the same person, and what is said of it."""


class Someone(Form):
    """信访人 — as far as is known."""

    name: ShortOrNone = None
    id_number: ShortOrNone = None
    phone: ShortOrNone = None


class Search(Form):
    """相似查找 — who petitions and about what; whatever is known already."""

    petitioners: Annotated[list[Someone], Field(max_length=50, default_factory=list)]
    subject: ShortOrNone = None
    content: LongOrNone = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL


@dataclass(frozen=True, slots=True)
class Likeness:
    """相似事项 — a petition, how alike it is (0–100), and why."""

    petition: Petition
    score: int
    reasons: tuple[tuple[str, str], ...]


@router.post("/similar", summary="相似信访事项", responses=READS, operation_id="similar-petitions")
def similar(body: Search, services: Held, act: Signed) -> dict[str, Any]:
    """同一信访人的事项和内容相近的事项，最相似的在前；只限本人可以查阅的，是否重复由人认定."""
    bind(command="similar")
    people = [Known(one.name, one.id_number, one.phone) for one in body.petitioners]
    found = search(services, act, people, body.subject or "", body.content or "", body.limit)
    directory = services.casework.directory()
    return {"items": [shown(one, directory) for one in found]}


def shown(one: Likeness, directory: Directory) -> dict[str, Any]:
    """相似事项: as the API shows it."""
    petition = one.petition
    return {
        "id": petition.id,
        "number": petition.number,
        "subject": petition.subject,
        "received_on": petition.received_on,
        "stage": petition.stage.value,
        "stage_label": case_stages.label(PETITION.name, petition.stage.value),
        "state": "closed" if case_stages.is_closed(PETITION.name, petition.stage.value) else "open",
        "unit": petition.holder,
        "unit_name": directory.unit_name(petition.holder),
        "score": one.score,
        "reasons": [{"code": code, "text": text} for code, text in one.reasons],
    }


def search(
    services: Services, act: Act, people: Sequence[Known], subject: str, content: str, limit: int = USUAL
) -> list[Likeness]:
    """查找: the most alike first. What was found by a person tells who petitions: it is read, and the reading recorded.
    Raises TooOften.
    """
    text = f"{subject}\n{content}".strip()
    visibility = lists.eyes(services, act)
    key = likeness.key_of(services.casework)
    marks = likeness.marks(key, people)
    if marks:
        tries.ration(services.database, act.by, marks, services.clock())
    with services.database.transaction() as connection:
        same = likeness_search.by_people(connection, visibility, list(marks))
        alike = likeness_search.by_words(connection, visibility, likeness.grams(key, text))
        if len(plain(subject)) >= SHORTEST_SUBJECT:
            alike += likeness_search.by_words(connection, visibility, likeness.grams(key, subject))
    cases = services.casework.cases(list(dict.fromkeys([*same, *alike])))
    directory = services.casework.directory()
    found = []
    for id, case in cases.items():
        if case.kind is not PETITION or not case.kind.may_read(case.state, directory, act):
            continue
        named = bool(same.get(id)) and may_see_personal_data(standing_of(case.state, directory), act)
        knows = named and readings.may_know(services, act, case)
        borne = {marks[mark] for mark in same.get(id, ())} if knows else set()
        one = _judged(case.state, borne, text, subject)
        if one is not None:
            found.append(one)
    found.sort(key=lambda one: (-one.score, -one.petition.received_on.toordinal(), one.petition.number))
    shown = found[:limit]
    by_person = [one.petition.id for one in shown if any(code in PEOPLE for code, _ in one.reasons)]
    readings.note_once(services, act, by_person, "same_person")
    return shown


def _judged(petition: Petition, borne: set[str], text: str, subject: str = "") -> Likeness | None:
    """How alike: the same person first, then the words; together they count for more."""
    reasons = [(what, words) for what, (_, words) in PEOPLE.items() if what in borne]
    score = max((PEOPLE[what][0] for what, _ in reasons), default=0)
    alike = alikeness(text, f"{petition.subject}\n{petition.content}")
    if alike >= LEAST_ALIKE:
        reasons.append(("text", f"内容相似 {alike}%"))
        apart = different_places(text, f"{petition.subject}{petition.content}")
        if apart is not None:
            reasons.append(("place", f"地名不同：{apart[0]}／{apart[1]}"))
            alike -= ELSEWHERE
        score = min(100, max(score, alike) + (10 if score else 0))
    elif (called := subjects_alike(subject, petition.subject)) >= SUBJECTS_ALIKE:
        reasons.append(("subject", f"内容摘要相似 {called}%"))
        score = min(100, max(score, round(SUBJECT_COUNTS * called)) + (10 if score else 0))
    return Likeness(petition, score, tuple(reasons)) if reasons else None


def alikeness(one: str, other: str) -> int:
    """文字相似度: in per cent; a short text may also stand within a longer one."""
    ours, theirs = plain(one[:WHOLE]), plain(other[:WHOLE])
    if len(ours) < 4 or len(theirs) < 4:
        return 0
    best = fuzz.ratio(ours, theirs)
    if len(ours) <= SHORT and len(theirs) > len(ours):
        best = max(best, 0.95 * fuzz.partial_ratio(ours, theirs))
    return round(best)


def subjects_alike(one: str, other: str) -> int:
    """内容摘要相似度: in per cent; 0 where one is too short to tell, or they name different places."""
    ours, theirs = plain(one), plain(other)
    if min(len(ours), len(theirs)) < SHORTEST_SUBJECT or different_places(one, other) is not None:
        return 0
    return round(fuzz.ratio(ours, theirs))


_PLACE = re.compile(r"([A-Za-zＡ-Ｚ0-9]{1,2}|[\u4e00-\u9fff]{2,3}?)(省|市|区|县|镇|乡|村|街道)")
_NO_PLACE = frozenset("城农地社小超都门全本该各校库园郊片我这在向到的了是和与及为")
_LEVELS = ("省", "市", "区", "县", "镇", "乡", "村", "街道")


def places(text: str) -> dict[str, set[str]]:
    """地名: by level, without the word for it; better none than a wrong one."""
    found: dict[str, set[str]] = {level: set() for level in _LEVELS}
    for stem, level in _PLACE.findall(text):
        if stem[-1] not in _NO_PLACE:
            found[level].add(stem.upper())
    return found


def different_places(one: str, other: str) -> tuple[str, str] | None:
    """地名不同: of the first level at which both name places and none of them is the same; None if nothing tells."""
    ours, theirs = places(one), places(other)
    for level in _LEVELS:
        if not ours[level] or not theirs[level]:
            continue
        if not any(_same(a, b) for a in ours[level] for b in theirs[level]):
            return f"{min(ours[level])}{level}", f"{min(theirs[level])}{level}"
    return None


def _same(one: str, other: str) -> bool:
    """What stands before a place's name may have been caught with it."""
    return one.endswith(other) or other.endswith(one) or one[-2:] == other[-2:]
