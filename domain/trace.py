"""查阅留痕: that somebody was shown personal data is a fact, in a stream of its own, so that no case's version moves by it.

A reason that was stated, and what is noted once in a while only, lie in a stream of the officer and the case, whose last
fact tells whether it was a moment ago.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID, uuid4, uuid5

from domain.acts import Act, envelope
from domain.directory.fold import NAMESPACE
from domain.facts import Fact
from domain.secrets import CustodyText

MOMENT = timedelta(minutes=10)
"""So long a stated reason holds, and so long what is noted once needn't be noted again."""
STATED = "reason"
"""What was read, where only a reason was stated."""

SAME_PERSON = "same_person"
REPEATED = frozenset({STATED, SAME_PERSON})
"""What lies in a stream of the officer and the case, so that the last of it is found at once."""

LABELS: dict[str, str] = {
    "petitioners": "信访人身份信息",
    "visitors": "来访人身份信息",
    "attachment": "附件",
    "notice": "文书",
    "progress": "办理进度（信访人查询）",
    SAME_PERSON: "同一信访人比对",
    "dossier": "案卷",
    STATED: "说明查阅理由",
}
"""What there is to read, as the auditors' page calls it."""


class PersonalDataRead(Fact, frozen=True, kw_only=True):
    """查阅 — somebody was shown personal data of a case: what, on what ground, and why where that has to be said.

    `entry` is the number of what was recorded before readings were facts; those have no ground.
    """

    TOPIC: ClassVar[str] = "trace.read.1"

    case: UUID
    what: str
    ground: str = ""
    reason: CustodyText | None = None
    entry: int | None = None


TRACE_FACTS: tuple[type[Fact], ...] = (PersonalDataRead,)


@dataclass(frozen=True, slots=True)
class Reading:
    """一次查阅 — of a case's data, on a ground, for a reason."""

    case: UUID
    what: str
    ground: str
    reason: str | None = None


def stream_of(case: UUID, what: str, act: Act) -> UUID:
    """专用流: of what this officer states, or reads again and again, of this case."""
    return uuid5(NAMESPACE, f"trace:{case}:{what}:{act.by}:{act.for_whom or ''}")


def next_fact(
    reading: Reading, act: Act, last: PersonalDataRead | None, once: bool = False
) -> PersonalDataRead | None:
    """查阅事实: in a stream of its own, or after the last of its kind; None where it was noted a moment ago already."""
    if once and is_lately(last, act):
        return None
    stream = stream_of(reading.case, reading.what, act) if reading.what in REPEATED else uuid4()
    return PersonalDataRead(
        **envelope(stream, 1 if last is None else last.originator_version + 1, act),
        case=reading.case,
        what=reading.what,
        ground=reading.ground,
        reason=reading.reason,
    )


def is_lately(last: PersonalDataRead | None, act: Act) -> bool:
    """片刻之前: whether that was recorded within the moment."""
    return last is not None and act.at - last.recorded_at < MOMENT
