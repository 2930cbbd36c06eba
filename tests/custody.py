"""案卷保管: what is recorded about a file of any kind, and a sample of each act on one, as tests tell them."""

from collections.abc import Callable
from typing import Any

from domain.erasure import commands as c
from domain.erasure import events
from tests.builders import Officer, Told, a_head, clerk, head, leader, on

TODAY = "2026-03-02"
LEGAL = "petitioner-request"
"""A ground on which a file may be destroyed before its retention has run out."""


former_clerk = Officer("former-clerk", "许旧", "petition-office", "office_clerk")
former_leader = Officer("former-leader", "梁旧", "leadership", "leader")
"""Who began what others go on with in the tables of powers, and is nobody of theirs."""


def requested(story: Any, by: Officer = clerk, people: tuple[str, ...] = (), **own: Any) -> Any:
    """Somebody asked that the file be destroyed."""
    fields = {"ground": LEGAL, "reason": "本人书面申请", "texts": True} | own
    return story.add(events.ErasureRequested, by, TODAY, people=people, **fields)


def approved(story: Any, by: Officer = leader) -> Any:
    """A leader agreed."""
    return story.add(events.ErasureApproved, by, TODAY)


def witnessed(story: Any, by: Officer = head) -> Any:
    """Somebody witnessed."""
    return story.add(events.ErasureWitnessed, by, TODAY)


def erased(story: Any, people: tuple[str, ...] = (), texts: bool = True) -> Any:
    """It was done: everything that was there is gone."""
    asked = witnessed(witnessed(approved(requested(story, people=people, texts=texts))), a_head)
    return asked.add(
        events.Erased,
        a_head,
        TODAY,
        number="清江信档销〔2026〕1号",
        ground=LEGAL,
        requested_by=("clerk",),
        approved_by=("leader",),
        witnessed_by=("head", "a-head"),
        people=people,
        texts=texts,
    )


def lent(story: Any, by: Officer = clerk) -> Any:
    """The file is out."""
    return story.add(
        events.FileLent, by, TODAY, borrower="清江区审计局", purpose="专项审计", due_back=on("2026-04-01")
    )


def samples(story: Told) -> dict[str, tuple[Any, Any]]:
    """For each act on the file of this closed case a story in which it is open, and a command that is then decided."""
    asked = requested(story)
    return {
        "lend-file": (story, c.LendFile("清江区审计局", "专项审计", on("2026-04-01"))),
        "return-file": (lent(story), c.ReturnFile("完好")),
        "request-erasure": (story, c.RequestErasure(LEGAL, "本人书面申请", texts=True)),
        "approve-erasure": (asked, c.ApproveErasure("同意")),
        "refuse-erasure": (asked, c.RefuseErasure("仍有查考价值")),
        "witness-erasure": (approved(asked), c.WitnessErasure("已到场")),
    }


READY: dict[str, Callable[[Any], Any]] = {
    "return-file": lambda story: lent(story, former_clerk),
    "approve-erasure": lambda story: requested(story, former_clerk),
    "refuse-erasure": lambda story: requested(story, former_clerk),
    "witness-erasure": lambda story: approved(requested(story, former_clerk), former_leader),
}
"""What must have happened for an act to be open to whoever may do it."""

BODIES: dict[str, dict[str, Any]] = {
    "lend-file": {"borrower": "清江区审计局", "purpose": "专项审计", "due_back": "2027-01-29"},
    "return-file": {},
    "request-erasure": {"ground": LEGAL, "reason": "本人书面申请", "texts": True},
    "approve-erasure": {},
    "refuse-erasure": {"reason": "仍有查考价值"},
    "witness-erasure": {},
}
