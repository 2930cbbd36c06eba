"""遮盖: what of a petitioner is shown to those who need not know who it is."""

from typing import Any

from domain.erasure.events import ERASED
from domain.masking import masked_name
from domain.petition.events import Person, Petitioner
from domain.petition.fold import Petition

SHOWN = 4
"""Digits of a number that stay readable, so that two people can be told apart."""


def petitioners(petition: Petition) -> list[dict[str, Any]]:
    """信访人（遮盖）: surname, the last digits of numbers, no address."""
    people = {person.key: person for person in petition.personal.people}
    gone = petition.custody.gone_people
    return [
        _masked(one, people.get(one.key), ERASED if one.key in gone else None) for one in petition.petitioners
    ]


def identified(petition: Petition) -> list[dict[str, Any]]:
    """信访人（完整）: everything recorded. Every reading of it is recorded too."""
    people = {person.key: person for person in petition.personal.people}
    return [_whole(one, people.get(one.key)) for one in petition.petitioners]


def number(text: str | None) -> str | None:
    """号码: stars and the last digits; a short one is all stars."""
    if text is None:
        return None
    shown = text[-SHOWN:] if len(text) > 2 * SHOWN else ""
    return "*" * (len(text) - len(shown)) + shown


def _masked(one: Petitioner, person: Person | None, gone: str | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"key": one.key, "representative": one.representative}
    if person is None:
        return shown | {"name": gone, "id_number": None, "phone": None}
    return shown | {
        "name": masked_name(person.name),
        "id_number": number(person.id_number),
        "phone": number(person.phone),
    }


def _whole(one: Petitioner, person: Person | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"key": one.key, "representative": one.representative}
    for field in ("name", "id_number", "phone", "address"):
        shown[field] = getattr(person, field, None)
    return shown
