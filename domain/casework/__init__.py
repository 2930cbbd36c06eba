"""办件: the one door for writes. Load, authorise, decide, save; the console, API, CLI and scheduler all come here.

What it needs of the store stands in `domain.store`; the store implements it, the domain never imports it.
"""

from domain.casework.batches import Batches
from domain.casework.cases import Asked, Case, Coming, Key, Recorded, Standing, case_from
from domain.casework.entering import Entering
from domain.casework.noting import Noting
from domain.casework.storing import OWN_KEY

__all__ = ["OWN_KEY", "Asked", "Case", "Casework", "Coming", "Key", "Recorded", "Standing", "case_from"]


class Casework(Batches, Entering, Noting):
    """办件 — the application: cases of every kind, the directory and the rule base over one event store."""
