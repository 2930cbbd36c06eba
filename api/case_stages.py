"""环节名称: how the stages of each kind of case are called, and which of them close it."""

from collections.abc import Mapping

from domain.filing import stages as filing
from domain.petition import stages as petition
from domain.reception import stages as reception
from domain.supervision import stages as item

LABELS: Mapping[str, Mapping[str, str]] = {
    "petition": {stage.value: label for stage, label in petition.LABELS.items()},
    "item": {stage.value: label for stage, label in item.LABELS.items()},
    "month": {stage.value: label for stage, label in filing.LABELS.items()},
    "reception": {stage.value: label for stage, label in reception.LABELS.items()},
}
CLOSED: Mapping[str, frozenset[str]] = {
    "petition": frozenset(stage.value for stage in petition.CLOSED),
    "item": frozenset(stage.value for stage in item.CLOSED),
    "month": frozenset(stage.value for stage in filing.CLOSED),
    "reception": frozenset(stage.value for stage in reception.CLOSED),
}


def label(kind: str, stage: str) -> str:
    """环节名称: of a stage of that kind of case."""
    return LABELS.get(kind, {}).get(stage, stage)


def is_closed(kind: str, stage: str) -> bool:
    """已办结: whether nothing is being done any more on a case of that kind in this stage."""
    return stage in CLOSED.get(kind, frozenset())
