"""视图目录: the read models there are."""

from projections.alerts import Alerts
from projections.awaited import Awaited
from projections.deadlines import Deadlines
from projections.figures import Figures
from projections.item_shares import ItemShares
from projections.ledger import Ledger
from projections.likeness import Likenesses
from projections.timeline import Timeline
from projections.view import View

VIEWS: tuple[View, ...] = (
    Ledger(),
    Deadlines(),
    Timeline(),
    Alerts(),
    ItemShares(),
    Figures(),
    Likenesses(),
    Awaited(),
)
