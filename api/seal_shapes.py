"""封存的接口形状: heads, keys, status and proofs as JSON."""

from collections.abc import Mapping
from typing import Any

from domain.numbering import LogRestored
from eventstore import heads
from eventstore.heads import Head
from eventstore.seal_status import Status
from eventstore.witnessed import Witness


def public_keys(keys: Mapping[str, bytes]) -> list[dict[str, str]]:
    """公钥: by id, in hexadecimal."""
    return [{"key": id, "public_key": key.hex()} for id, key in keys.items()]


def key_of(keys: Mapping[str, bytes], head: Head) -> str | None:
    """公钥: that a head names."""
    found = keys.get(head.key)
    return None if found is None else found.hex()


def status(found: Status, *, in_full: bool) -> dict[str, Any]:
    """封存状态: how far and why it stands still is for those who keep the service."""
    told: dict[str, Any] = {"in_order": found.fault is None and not found.behind}
    if in_full:
        told |= {"size": found.size, "waiting": found.waiting, "said": found.said, "fault": found.fault}
    return told


def restoration(one: LogRestored) -> dict[str, Any]:
    """恢复备份: where the log was put back to, and how many numbers each series leaves out since."""
    return {
        "position": one.position,
        "following": one.following,
        "left_out": one.left_out,
        "noted_at": one.recorded_at,
    }


def witness(one: Witness) -> dict[str, Any]:
    """代存的封存头."""
    return {
        "head": heads.to_json(one.head),
        "public_key": one.public_key.hex(),
        "extends": one.extends,
        "received_at": one.received_at,
        "received_from": one.received_from,
    }
