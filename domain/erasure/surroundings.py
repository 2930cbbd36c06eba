"""案卷的牵连: what lies around a case and goes or stays with it, looked up outside its own stream."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from domain.errors import Busy


class Surroundings(Protocol):
    """案卷的牵连 — which receptions led to a petition, which contents no other case names, and who looked for its words."""

    def receptions_of(self, petition: UUID) -> Sequence[UUID]:
        """接访记录: those that were registered as this petition, or that it came from."""
        ...

    def only_in(self, cases: Sequence[UUID], hashes: Sequence[str]) -> Sequence[str]:
        """专有附件: of these contents, those that no case besides these names."""
        ...

    def forget(self, cases: Sequence[UUID], names: Sequence[str]) -> None:
        """清除检索痕迹: searches kept by officers that hold these names, or words that stand in these cases alone."""
        ...


class Nowhere:
    """无从查找 — where nothing was wired: nothing is destroyed that may be needed elsewhere."""

    def receptions_of(self, petition: UUID) -> Sequence[UUID]:
        raise Busy("erasure.surroundings_unknown", "暂时无法查找关联事项和附件，请稍后再试。")

    def only_in(self, cases: Sequence[UUID], hashes: Sequence[str]) -> Sequence[str]:
        raise Busy("erasure.surroundings_unknown", "暂时无法查找关联事项和附件，请稍后再试。")

    def forget(self, cases: Sequence[UUID], names: Sequence[str]) -> None:
        raise Busy("erasure.surroundings_unknown", "暂时无法查找关联事项和附件，请稍后再试。")
