"""状态所载文字: of which of a petition's facts the state tells the texts; for the state alone no others need be opened."""

from domain.erasure.events import ErasureRequested, FileLent
from domain.facts import Fact
from domain.petition import events
from domain.petition.fold import RECORD_ONLY, STEPS

TOLD: frozenset[type[Fact]] = frozenset({events.Registered, events.Classified, ErasureRequested, FileLent})
"""写入状态的文字: facts of whose texts the state tells something."""

UNTOLD: frozenset[str] = frozenset(kind.TOPIC for kind in {*STEPS, *RECORD_ONLY} - TOLD)
"""不入状态的文字: topics of the others."""
