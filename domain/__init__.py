"""时限的领域：facts and rules of petition and supervision work. No clock, SQL, HTTP or environment in here.

Importing this package registers every fact's topic, so that a stored event can always be read back.
"""

from domain.directory import events as directory_events
from domain.petition import events as petition_events
from domain.review import events as review_events
from domain.rulebase import events as rulebase_events

__all__ = ["directory_events", "petition_events", "review_events", "rulebase_events"]
