"""试算所见: what an officer was shown before a change of the rules, as a token; and in what a later look differs from it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from projections.view import Row


class Shown(msgspec.Struct, array_like=True, frozen=True):
    """试算所见 — on which state of the rule base, and what moved: in all, and by clock how many, each with a digest."""

    rulebase: int
    limits: int
    cases: int
    digest: int
    by_clock: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, rulebase: int, totals: Row, groups: Sequence[Row]) -> "Shown":
        """汇总: from what was counted."""
        by_clock: dict[str, tuple[int, int]] = {}
        for row in groups:
            limits, digest = by_clock.get(row["clock"], (0, 0))
            by_clock[row["clock"]] = (limits + row["limits"], (digest + row["digest"]) % 2**32)
        by_name = dict(sorted(by_clock.items()))
        return cls(rulebase, totals["total"], totals["cases"], totals["digest"], by_name)

    @classmethod
    def read(cls, token: str) -> "Shown | None":
        """读取凭据: None if it is none."""
        try:
            return msgspec.msgpack.decode(urlsafe_b64decode(token.encode()), type=cls)
        except (ValueError, msgspec.MsgspecError):
            return None

    @property
    def token(self) -> str:
        """试算凭据."""
        return urlsafe_b64encode(msgspec.msgpack.encode(self)).decode()


def differing(then: Shown | None, now: Shown | None, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """不一致的时限: how many of each moved then and would now; as many, but others, differ too."""
    if then is None or now is None:
        return []
    return [
        {"clock": clock, "label": labels.get(clock, clock), "then": was[0], "now": would[0]}
        for clock in sorted(then.by_clock.keys() | now.by_clock.keys())
        if (was := then.by_clock.get(clock, (0, 0))) != (would := now.by_clock.get(clock, (0, 0)))
    ]


def said(then: Shown | None, now: Shown | None, differs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """不一致之处: in words."""
    if then is None or now is None:
        yield "试算凭据无法识别"
        return
    if now.rulebase != then.rulebase:
        yield f"规则库此后又录入了{now.rulebase - then.rulebase}项规则"
    for one in differs:
        if one["then"] == one["now"]:
            yield f"“{one['label']}”仍为{one['now']}项，但所涉事项或者到期日有变"
        else:
            yield f"“{one['label']}”试算时会变动{one['then']}项，现为{one['now']}项"
