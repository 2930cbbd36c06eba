"""期限调整的记录: the limits that a change of the rules moved, as facts in a stream of the change's own – each written once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from domain.acts import envelope, system_act
from domain.rulebase.events import LimitMoved, LimitsMoved
from domain.rulebase.fold import RULEBASE_ID

MOST_IN_A_FACT = 200


def stream_of(change: int) -> UUID:
    """期限调整流: of the change that is the rule base's so-and-so-many-th fact."""
    return uuid5(RULEBASE_ID, f"limits/{change}")


def recorded(
    change: int,
    moves: Sequence[LimitMoved],
    last: LimitsMoved | None,
    total: int,
    at: datetime,
    basis: str | None,
) -> list[LimitsMoved]:
    """期限调整: the facts that follow the last one of the stream; one without any limit if the change moved none."""
    version, through = (last.originator_version, last.through) if last is not None else (0, 0)
    pieces = [moves[first : first + MOST_IN_A_FACT] for first in range(0, len(moves), MOST_IN_A_FACT)]
    if not pieces and last is None and total == 0:
        pieces = [()]
    act, made = system_act(at), []
    for offset, piece in enumerate(pieces, start=1):
        through += len(piece)
        made.append(
            LimitsMoved(
                **envelope(stream_of(change), version + offset, act, basis),
                change=change,
                moves=tuple(piece),
                through=through,
                total=total,
            )
        )
    return made
