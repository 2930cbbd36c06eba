"""督查事项的决定: command × situation → new facts. Guards come from the table; what depends on the body stands by theme.

One function per command; each asks the rules and records, or refuses with a name. Nothing here changes state.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from domain.erasure import deciding
from domain.erasure.events import CUSTODY_FACTS
from domain.facts import Fact
from domain.supervision import allocation, drafting, events, extension, filing, handling, review_of_result
from domain.supervision.commands import COMMANDS
from domain.supervision.conditions import refusal
from domain.supervision.situation import BOOK, Draft, Situation

__all__ = ["COMMANDS", "DECISIONS", "SLUGS", "basis_of", "decide"]

DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    **drafting.DECISIONS,
    **allocation.DECISIONS,
    **handling.DECISIONS,
    **extension.DECISIONS,
    **review_of_result.DECISIONS,
    **filing.DECISIONS,
}

SLUGS: dict[type, str] = {kind: slug for slug, kind in COMMANDS.items()}

ARTICLES: dict[type[Fact], str] = {
    events.Opened: "第十四条、第十五条",
    events.Submitted: "第十五条",
    events.LeaderInstructed: "第九条、第十五条",
    events.Countersigned: "第九条、第十五条",
    events.Amended: "第十五条",
    events.Issued: "第十五条",
    events.Withdrawn: "第九条、第十条",
    events.Allocated: "第十六条、第十七条",
    events.Designated: "第十一条第一项、第十二条",
    events.UnitInstructed: "第十一条第一项",
    events.Objected: "第十七条",
    events.ObjectionSettled: "第十七条",
    events.Reported: "第十八条、第二十一条",
    events.ReportSigned: "第十八条",
    events.ResultSubmitted: "第十八条",
    events.ExtensionRequested: "第十九条",
    events.ExtensionVetted: "第十九条",
    events.ExtensionGranted: "第十九条",
    events.ExtensionRefused: "第十九条",
    events.NoticeIssued: "第十六条、第二十条、第二十二条",
    events.Urged: "第二十条",
    events.Vetted: "第二十二条第一项",
    events.SubmittedToLeader: "第二十二条第一项",
    events.SentBack: "第二十二条第二项、第三项",
    events.SignedOff: "第二十二条",
    events.SubmittedToSuperior: "第二十二条第一项",
    events.Scored: "第二十九条、第三十条",
    events.SentForReading: "第十四条",
    events.ReportedToBody: "第二十一条",
    events.Archived: "第二十三条",
}
"""The article that each act rests on."""


def decide(command: Any, situation: Situation) -> Draft:
    """决定: the fact that the command makes, or a refusal. Raises Refused of every kind but Stale."""
    closed = refusal(situation, SLUGS[type(command)])
    if closed is not None:
        raise closed
    return DECISIONS[type(command)](command, situation)


def basis_of(
    kind: type[Fact], on: date, fields: Mapping[str, Any], situation: Situation | None
) -> str | None:
    """依据: the article that the act rests on."""
    if kind in CUSTODY_FACTS:
        return deciding.basis_of(kind, fields)
    article = ARTICLES.get(kind)
    return f"{BOOK}{article}" if article is not None else None
