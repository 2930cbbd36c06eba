"""推送内容: events as they are told outside, in the form of CloudEvents, without anything personal."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from domain.casework import Standing
from domain.facts import Fact, name_of, term_of
from domain.store import Recorder, Stored
from scheduler.subscriptions import kind_of


class TellsOfCases(Protocol):
    """案件查阅 — the one door's side of the pushing."""

    @property
    def store(self) -> Recorder: ...
    def fact(self, row: Stored) -> Fact: ...
    def standings(self, case_ids: Sequence[UUID]) -> Mapping[UUID, Standing]: ...


@dataclass(frozen=True, slots=True)
class Message:
    """推送内容 — an event as it is told outside; its place is a position in the log, or a number among the announced."""

    id: str
    kind: str
    at: datetime
    subject: str | None
    data: Mapping[str, Any]
    position: int | None = None
    announced: int | None = None

    def body(self) -> bytes:
        """正文: a CloudEvent in its JSON form."""
        told = {
            "specversion": "1.0",
            "id": self.id,
            "source": "/shixian",
            "type": f"shixian.{self.kind}",
            "time": self.at.isoformat(),
            "datacontenttype": "application/json",
            **({"subject": self.subject} if self.subject is not None else {}),
            "data": dict(self.data),
        }
        return json.dumps(told, ensure_ascii=False).encode()


def message_of(casework: TellsOfCases, row: Stored) -> Message | None:
    """事件内容: which event of which case, and nothing of what it says; who needs more asks the API for it.

    None if it must not be told: the case is confidential as it stands now, or the event names one that is.
    """
    fact = casework.fact(row)
    told: dict[str, Any] = {}
    if row.topic.partition(".")[0] != "rulebase":
        named = [
            one for field in type(fact).__struct_fields__ if isinstance(one := getattr(fact, field), UUID)
        ]
        cases = casework.standings([fact.originator_id, *named])
        case = cases.get(fact.originator_id)
        if case is None or any(one.state.confidential for one in cases.values()):
            return None
        told = {"case": str(case.state.id), "case_kind": case.kind.name, "case_number": case.state.number}
    told |= {
        "position": row.position,
        "event": name_of(fact),
        "label": term_of(type(fact)),
        "on": fact.on.isoformat(),
        "version": fact.originator_version,
    }
    # with its position, for after a restore from a backup another event may come at the same version, never at the same place
    id = f"{fact.originator_id}.{fact.originator_version}.{row.position}"
    subject = told.get("case")
    return Message(id, kind_of(row.topic), fact.recorded_at, subject, told, position=row.position)


def announcement_of(row: Mapping[str, Any]) -> Message:
    """公告内容."""
    return Message(row["id"], row["topic"], row["at"], None, row["data"], announced=row["number"])
