"""月清单的决定: the sending of the list, and how the "no"s of petitions get on it, in the transaction that records them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from domain.acts import envelope, system_act
from domain.cases import Draft, legal_date_of
from domain.directory.fold import NAMESPACE
from domain.facts import Fact
from domain.filing import commands, events
from domain.filing.commands import COMMANDS
from domain.filing.situation import BASIS, Situation, refusal
from domain.petition.events import Declined, Replied
from domain.petition.situation import Situation as PetitionSituation

SLUGS: dict[type, str] = {kind: slug for slug, kind in COMMANDS.items()}


def _send(command: commands.Send, situation: Situation) -> Draft:
    month = situation.month
    on = legal_date_of(command.on, situation.act, month.next_month, "月清单可以报备的首日")
    fields = {"to_organ": command.to_organ, "upto": month.version, "text": command.text}
    return events.MonthListSent, on, fields


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {commands.Send: _send}


def decide(command: Any, situation: Situation) -> Draft:
    """决定: the fact that the command makes, or a refusal. Raises Refused of every kind but Stale."""
    closed = refusal(situation, SLUGS[type(command)])
    if closed is not None:
        raise closed
    return DECISIONS[type(command)](command, situation)


def stream_of(office: str, month: str) -> UUID:
    """月清单标识: one list an office and month."""
    return uuid5(NAMESPACE, f"refusals:{office}:{month}")


HistoryOf = Callable[[UUID], Sequence[Fact]]
"""What is recorded so far in a stream."""


def noted(fact: Fact, situation: PetitionSituation, history_of: HistoryOf) -> list[Fact]:
    """列入月清单: what the petition's decision adds to the list of its month; puts the list up if it is the first."""
    petition, act = situation.petition, system_act(situation.act.at)
    month = f"{fact.on:%Y-%m}"
    stream = stream_of(petition.office, month)
    version = len(history_of(stream))
    facts: list[Fact] = []

    def add(kind: type[Fact], **own: Any) -> None:
        facts.append(kind(**envelope(stream, version + len(facts) + 1, act, BASIS, fact.on), **own))

    if version == 0:
        office = situation.directory.units.get(petition.office)
        number = f"{office.code if office is not None else petition.office}-{month}"
        add(events.MonthListOpened, office=petition.office, month=month, number=number)
    add(
        events.RefusalNoted,
        case=petition.id,
        case_number=petition.number,
        decided_on=fact.on,
        decided_in=petition.holder,
    )
    return facts


def _noted_if_refused(fact: Fact, situation: PetitionSituation, history_of: HistoryOf) -> list[Fact]:
    refused = isinstance(fact, Replied) and fact.result == "not_support"
    return noted(fact, situation, history_of) if refused else []


CONSEQUENCES: Mapping[type[Fact], Callable[[Any, Any, HistoryOf], list[Fact]]] = {
    Declined: noted,
    Replied: _noted_if_refused,
}
"""连带记录: for a fact of a petition what is recorded in another stream along with it, in the same transaction."""


def basis_of(kind: type[Fact], on: date, fields: Mapping[str, Any], situation: Any) -> str | None:
    """依据: every fact of a list rests on the same article."""
    return BASIS
