"""案件种类表: the kinds of case there are, and which kind a stream's first fact begins."""

from collections.abc import Mapping

from domain.cases import Kind
from domain.facts import Fact
from domain.filing import kind as filing
from domain.petition import kind as petition
from domain.reception import kind as reception
from domain.supervision import kind as supervision

PETITION = petition.KIND
ITEM = supervision.KIND
MONTH = filing.KIND
RECEPTION = reception.KIND

KINDS: tuple[Kind, ...] = (PETITION, ITEM, MONTH, RECEPTION)

_BY_OPENING: Mapping[type[Fact], Kind] = {kind.opening: kind for kind in KINDS}


def kind_of(first: Fact) -> Kind | None:
    """案件种类: of the case that this fact opens; None if the stream is no case's."""
    return _BY_OPENING.get(type(first))
