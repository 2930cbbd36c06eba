"""视图目录: the read models there are."""

from collections.abc import Mapping

from domain.facts import Fact
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
