"""包含证明: that each event of a case is a leaf of the sealed log, for whoever may read the case."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from api import seal_shapes
from api.bootstrap import Services
from api.case_reading import look
from api.errors import READS
from api.identity import Held, Signed
from domain.cases import Kind
from domain.errors import Busy
from eventstore import heads, merkle, seal_keys, sealed_tree
from eventstore.sealed_tree import SealedTree


def add_proof(router: APIRouter, kind: Kind, prefix: str = "") -> None:
    """加入路由: …/{id}/proof of a kind of case."""

    @router.get("/{id}/proof", summary="封存证明", operation_id=f"{prefix}proof", responses=READS)
    def proof(services: Held, act: Signed, id: UUID) -> dict[str, Any]:
        """The newest head, the key to check it by, and for each event its leaf and the path to the root; `unsealed` are the
        versions that no head covers yet, which takes less than a second."""
        seen = look(services, act, id, kind=kind)
        places = {one.position: one.fact.originator_version for one in seen.history}
        return proof_of(services, places)


def proof_of(services: Services, places: Mapping[int, int]) -> dict[str, Any]:
    """证明: of the events at these positions, each with its version. Raises Busy."""
    with services.database.transaction() as connection:
        head = sealed_tree.last_head(connection)
        if head is None:
            raise Busy("seal.none_yet", "日志尚未封存，请稍后再查。")
        keys = seal_keys.known(connection, services.settings.keys_folder)
        tree = SealedTree(connection)
        found = tree.places([one for one in places if one <= head.position])
        try:
            events = [
                {
                    "version": places[position],
                    "position": position,
                    "leaf_index": place.leaf,
                    "leaf_hash": tree.hash_of(0, place.leaf).hex(),
                    "path": [one.hex() for one in merkle.inclusion(place.leaf, head.size, tree.hash_of)],
                }
                for position, place in sorted(found.items())
            ]
        except (LookupError, ValueError) as error:
            raise Busy(
                "seal.broken", "封存表不完整，证明暂不能出具；请管理员运行 shixian verify。"
            ) from error
    return {
        "head": heads.to_json(head),
        "public_key": seal_shapes.key_of(keys, head),
        "events": events,
        "unsealed": [version for position, version in places.items() if position not in found],
    }
