"""视图目录: the read models there are."""

from collections.abc import Mapping

from domain.alerts.events import AlertAcknowledged
from domain.erasure.events import CUSTODY_FACTS
from domain.facts import Fact
from domain.petition.told import UNTOLD
from eventstore.envelope import LIST, TEXT, marked_of
from projections.alerts import Alerts
from projections.archives import Archives
from projections.awaited import Awaited
from projections.deadlines import Deadlines
from projections.figures import Figures
from projections.item_shares import ItemShares
from projections.ledger import Ledger
from projections.likeness import Likenesses
from projections.limit_moves import LimitMoves
from projections.readings import Readings
from projections.timeline import Timeline
from projections.view import OF_RULES, View

VIEWS: tuple[View, ...] = (
    Ledger(),
    Deadlines(),
    Timeline(),
    Alerts(),
    LimitMoves(),
    ItemShares(),
    Figures(),
    Likenesses(),
    Awaited(),
    Readings(),
    Archives(),
)

LONG: Mapping[str, tuple[type[Fact], ...]] = {Deadlines.name: OF_RULES}
"""Of views by name, the facts that take them minutes where most take an instant: a decree moves a million limits."""

_KEPT: tuple[type[Fact], ...] = (AlertAcknowledged, *CUSTODY_FACTS)
UNREAD: frozenset[str] = frozenset(
    topic
    for topic in UNTOLD - {kind.TOPIC for kind in _KEPT}
    # texts alone: which contents lie with a case is kept, and what were lost sight of would go with another's file
    if all(form in {TEXT, LIST} for _, form in marked_of(topic).values())
)
"""不读的文字: topics of facts whose texts no view keeps and no state tells; they stay closed while the log is read for the views."""
