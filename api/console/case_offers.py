"""备选和预填: of what a form could offer only what would not be refused now, and what stands in it at first.

Nothing is decided here: each choice is put to the act itself, the rest of the form filled with anything, and what is
refused is not offered. Where everything is refused the reason lies elsewhere, and all is offered.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, timedelta
from typing import Any, Literal, get_args, get_origin, get_type_hints

from api.case_reading import Seen
from api.console import case_custody, offers
from api.console.forms import Choices, choice
from domain.attachments import AttachmentEntry
from domain.cases import Kind
from domain.errors import Refused
from domain.kinds import ITEM, PETITION
from domain.petition.situation import Situation as PetitionSituation
from domain.rules import papers
from domain.rules.counting import CannotCount
from domain.rules.rulebook import Books
from domain.supervision.periods import owed
from domain.supervision.situation import Situation as ItemSituation

ANYTHING = "（略）"
"""What stands in a text nobody has filled in yet, while a choice is tried."""
LATER = timedelta(days=1)
NOTICES_IN_TURN = (
    "refusal", "acceptance", "extension", "opinion", "review-opinion", "reexamination-opinion", "receipt",
)  # fmt: skip
"""Which notice is the next one due, of those that could be served."""
_LIKE = {"assisting_units": ("to_unit", "lead_unit")}
"""A field whose choices are those of another one of the same form."""


@dataclass(frozen=True, slots=True)
class Offered:
    """备选和预填 — the choices by field, what stands there at first, and what is said beside a field."""

    choices: Mapping[str, Choices]
    preset: Mapping[str, Any]
    hints: Mapping[str, str]


def of(seen: Seen, situation: Any, slug: str) -> Offered:
    """备选和预填: of an act that is open."""
    command = seen.kind.commands[slug]
    wide = whole(seen, situation, slug)
    names = {one.name for one in fields(command)}
    found: dict[str, Choices] = {}
    for name, given in wide.items():
        if name in names:
            found[name] = _narrowed(seen.kind, situation, command, name, given, wide)
    for name, hint in get_type_hints(command).items():
        if get_origin(hint) is Literal and name not in found:
            given = tuple((value, choice(name, value)) for value in get_args(hint))
            found[name] = _narrowed(seen.kind, situation, command, name, given, wide)
    for name, sources in _LIKE.items():
        like = next((found[one] for one in sources if one in found), None)
        if name in found and like is not None:
            found[name] = like
    return Offered(found, _preset(seen, situation, slug, found), _hints(seen, situation, slug))


def whole(seen: Seen, situation: Any, slug: str) -> dict[str, Choices]:
    """全部备选: by field, whatever the act would say to them."""
    return offers.of(slug, seen.directory, unit=situation.act.unit) | _own(seen, situation, slug)


def placeholder(name: str, hint: Any, wide: Mapping[str, Choices], today: date) -> Any:
    """任意内容: something of the field's type, so that an act can be tried."""
    if name in wide and get_origin(hint) is not tuple:
        return next((value for value, _ in wide[name]), ANYTHING)
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if get_origin(hint) is tuple:
        return () if get_args(hint)[0] is AttachmentEntry else (ANYTHING,)
    return {str: ANYTHING, int: 1, bool: True, date: today + LATER}.get(hint)


def _narrowed(
    kind: Kind, situation: Any, command: type, name: str, given: Choices, wide: Mapping[str, Choices]
) -> Choices:
    hints = get_type_hints(command)
    needed = {
        one.name: placeholder(one.name, hints[one.name], wide, situation.act.today)
        for one in fields(command)
        if one.default is MISSING and one.default_factory is MISSING
    }
    several = get_origin(hints[name]) is tuple
    kept = tuple(
        (value, text)
        for value, text in given
        if is_allowed(kind, situation, command, needed | {name: (value,) if several else value})
    )
    return kept or given


def is_allowed(kind: Kind, situation: Any, command: type, content: Mapping[str, Any]) -> bool:
    """可以办理: whether the act with this content would be recorded."""
    try:
        kind.decide(command(**content), situation)
    except (Refused, CannotCount):
        return False
    return True


def _own(seen: Seen, situation: Any, slug: str) -> dict[str, Choices]:
    """Choices of fields that are plain texts elsewhere."""
    if slug == "request-erasure":
        return {"people": case_custody.people(seen.state)}
    if slug == "issue-notice":
        return {"notice": tuple((one.code, one.label) for one in papers.of_case(seen.kind.name))}
    if isinstance(situation, PetitionSituation) and slug == "classify":
        return {"limit_class": _limit_classes(situation.petition.rulebook, situation.known.books)}
    if isinstance(situation, PetitionSituation) and slug == "delay-notice":
        return {
            "approver": offers.officers(seen.directory, frozenset({"unit_head", "office_head", "leader"}))
        }
    if isinstance(situation, ItemSituation) and slug == "report":
        share = situation.item.share(situation.act.unit)
        periods = owed(situation.item, share) if share is not None else []
        return {"period": tuple((one.name, f"{one.name}（至{one.last}）") for one in periods)}
    return {}


def _limit_classes(rulebook: str | None, books: Books) -> Choices:
    found: dict[str, str] = {}
    for book in books.all():
        for spec in book.clocks if book.id == rulebook else ():
            found |= dict.fromkeys(spec.only.get("limit_class", ()), spec.label)
    return tuple(found.items())


def _preset(seen: Seen, situation: Any, slug: str, found: Mapping[str, Choices]) -> dict[str, Any]:
    preset = _PRESETS.get((seen.kind.name, slug))
    own = preset(situation, found) if preset is not None else {}
    sole = {
        name: choices[0][0]
        for name, choices in found.items()
        if len(choices) == 1 and get_type_hints(seen.kind.commands[slug])[name] is str
    }
    return sole | own


def _next_notice(situation: PetitionSituation, found: Mapping[str, Choices]) -> dict[str, Any]:
    petition = situation.petition
    open_ones = {code for code, _ in found["notice"]} - set(petition.notices_served)
    if petition.accepted_on is not None:
        open_ones -= {"receipt"}
    return {"notice": next((code for code in NOTICES_IN_TURN if code in open_ones), None)}


def _as_classified(situation: PetitionSituation, found: Mapping[str, Choices]) -> dict[str, Any]:
    petition = situation.petition
    return {name: getattr(petition, name) for name in ("category", "topic", "way", "limit_class")}


def _most_days(situation: PetitionSituation, found: Mapping[str, Choices]) -> dict[str, Any]:
    clock = situation.extendable
    return {"days": clock.extension_cap} if clock is not None else {}


def _asked_for(situation: ItemSituation, found: Mapping[str, Choices]) -> dict[str, Any]:
    asked = [share.extension for share in situation.asked() if share.extension is not None]
    return {"due_on": asked[0].expected_on} if asked else {}


def _in_charge(situation: PetitionSituation, found: Mapping[str, Choices]) -> dict[str, Any]:
    act = situation.act
    return {"leader": act.principal} if act.role == "leader" else {}


_PRESETS: Mapping[tuple[str, str], Callable[[Any, Mapping[str, Choices]], dict[str, Any]]] = {
    (PETITION.name, "serve"): _next_notice,
    (PETITION.name, "classify"): _as_classified,
    (PETITION.name, "request-extension"): _most_days,
    (PETITION.name, "grant-extension"): lambda s, _: {"days": s.petition.extension_requested_days},
    (PETITION.name, "take-charge"): _in_charge,
    (ITEM.name, "grant-extension"): _asked_for,
}


def _hints(seen: Seen, situation: Any, slug: str) -> dict[str, str]:
    today = situation.act.today
    said = {"on": f"留空为今天（{today}）；可填过去的日期，不得填将来的日期"}
    if isinstance(situation, PetitionSituation) and slug in {"request-extension", "grant-extension"}:
        clock = situation.extendable
        if clock is not None:
            asked = situation.petition.extension_requested_days
            cap = f"最多{clock.extension_cap}日；{clock.label}现于{clock.due_on}届满"
            said["days"] = f"申请{asked}日，{cap}" if slug == "grant-extension" and asked else cap
    if (
        isinstance(situation, PetitionSituation)
        and slug == "reply"
        and situation.petition.assistants_not_heard
    ):
        names = "、".join(seen.directory.unit_name(one) for one in situation.petition.assistants_not_heard)
        said["without_assistants"] = f"{names}尚未反馈；现在答复的，应当说明不等待的理由"
    if slug == "link-repeat":
        said["earlier_petition"] = "填写原信访事项的编号，如 XF-2026-000012"
    return said
