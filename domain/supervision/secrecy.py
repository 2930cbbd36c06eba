"""转为保密: an item made from a petition is kept as close as the petition, also when that becomes an accusation later."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.acts import envelope, system_act
from domain.facts import Fact
from domain.petition.events import Classified, PutUnderSupervision
from domain.supervision.events import MadeConfidential
from domain.supervision.fold import project

BASIS = "《信访工作条例》第三十条第三款"

HistoryOf = Callable[[UUID], Sequence[Fact]]
"""What is recorded so far in a stream."""


def made_confidential(fact: Classified, situation: Any, history_of: HistoryOf) -> list[Fact]:
    """转为保密: a fact for each item of a petition that is now an accusation, unless it is confidential already."""
    if fact.category != "accusation":
        return []
    items = [one.item for one in situation.history if isinstance(one, PutUnderSupervision)]
    found: list[Fact] = []
    for item in items:
        state = project(None, history_of(item))
        if state is not None and not state.confidential:
            made = envelope(item, state.version + 1, system_act(situation.act.at), BASIS, fact.on)
            found.append(MadeConfidential(**made, against=situation.petition.against))
    return found


CONSEQUENCES: Mapping[type[Fact], Callable[[Any, Any, HistoryOf], list[Fact]]] = {
    Classified: made_confidential
}
"""连带记录: for a fact of a petition what is recorded in its items along with it, in the same transaction."""
