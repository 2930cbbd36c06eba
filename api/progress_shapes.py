"""信访人可见内容: what whoever has number and query code is shown – no officer's name, no other person's data."""

from dataclasses import asdict
from datetime import date
from typing import Any

from api import case_stages, printed_dates
from api.case_reading import Seen
from api.console.forms import choice
from api.console.rendering import weekday
from api.progress_steps import notice_label, steps
from domain.facts import Fact
from domain.papers import issuing
from domain.petition import events, rating
from domain.petition.state import Petition
from domain.rules.deadlines import Clock
from domain.rules.signals import signal

PROMISES = {
    "route": "转送、交办或者决定是否受理",
    "notify": "书面告知接收情况",
    "decide": "决定是否受理并书面告知",
    "accept": "决定是否受理",
    "finish": "作出书面答复并送达",
    "settle": "处理完毕",
    "reply": "答复",
    "simple": "答复",
    "complex": "答复",
    "review": "作出复查意见并送达",
    "reexamination": "作出复核意见并送达",
}
"""对信访人的期限: the clocks that bind the organ towards the petitioner, in words."""
RIGHTS = {
    "review-request": "对处理意见不服的，可以书面请求复查",
    "reexamination-request": "对复查意见不服的，可以书面请求复核",
}
"""信访人的权利: the windows in which the petitioner may act."""
ABOUT = {"office": "信访工作机构（接待、登记、受理）", "unit": "责任单位（办理、答复）"}
"""评价对象."""
SCORES = ("satisfied", "basically", "dissatisfied")


def progress(seen: Seen) -> dict[str, Any]:
    """办理进度: everything that is shown."""
    petition: Petition = seen.state
    return {
        "number": petition.number,
        "subject": petition.subject,
        "channel": petition.channel,
        "channel_label": choice("channel", petition.channel),
        "category": petition.category,
        "category_label": choice("category", petition.category),
        "received_on": petition.received_on,
        "stage": petition.stage.value,
        "stage_label": case_stages.label("petition", petition.stage.value),
        "unit_name": seen.unit_name(petition.holder),
        "as_of": seen.today,
        "steps": [asdict(one) for one in steps(seen)],
        "missing": _missing(seen),
        "limit": limit(seen),
        "notices": notices(seen),
        "moved": [
            one.shown()
            for one in printed_dates.moved(
                [one.fact for one in seen.history], seen.kind.name, seen.clocks, served_only=True
            )
        ],
        "rights": rights(seen),
        "rating": ratings(seen),
    }


def limit(seen: Seen) -> dict[str, Any] | None:
    """下一期限: the promise that falls due first; one that is suspended is told without a count of days."""
    running = [c for c in seen.clocks if c.clock in PROMISES and c.state in {"running", "suspended"}]
    own = [c for c in running if not c.part]
    if not own:
        return None
    found = min(own, key=lambda clock: clock.due_on)
    told = signal(found.state, found.due_on, None, seen.today, seen.known.calendar, False)
    return {
        "clock": found.clock,
        "label": PROMISES[found.clock],
        "due_on": found.due_on,
        "weekday": weekday(found.due_on),
        "days_left": told.days_left,
        "status": told.status,
        "provisional": found.provisional,
        "days_extended": found.days_extended,
        "text": _in_words(found, told.days_left),
    }


def _in_words(clock: Clock, days_left: int | None) -> str:
    due = f"{clock.due_on}（{weekday(clock.due_on)}）"
    extended = f"已经批准延长{clock.days_extended}日。" if clock.days_extended else ""
    provisional = "该年放假安排公布后，日期可能调整。" if clock.provisional else ""
    if clock.state == "suspended":
        return f"期限暂停计算，恢复后重新推算；现为最迟{due}{PROMISES[clock.clock]}。{extended}"
    if days_left is not None and days_left < 0:
        return f"最迟应于{due}{PROMISES[clock.clock]}，已超过{-days_left}日。{extended}"
    left = "，今日到期" if days_left == 0 else f"，还有{days_left}日" if days_left is not None else ""
    return f"最迟{due}{PROMISES[clock.clock]}{left}。{extended}{provisional}"


def rights(seen: Seen) -> list[dict[str, Any]]:
    """救济权利: what the petitioner may still ask for, and until when."""
    return [
        {
            "right": clock.clock,
            "label": RIGHTS[clock.clock],
            "until": clock.due_on,
            "weekday": weekday(clock.due_on),
        }
        for clock in seen.clocks
        if clock.clock in RIGHTS and clock.state == "running" and clock.due_on >= seen.today
    ]


def notices(seen: Seen) -> list[dict[str, Any]]:
    """已送达文书: of each kind the last one served, in the order of service; `pdf` if it was issued here before."""
    served: dict[str, dict[str, Any]] = {}
    before: list[Fact] = []
    for one in seen.history:
        if isinstance(one.fact, events.Served):
            served.pop(one.fact.notice, None)
            served[one.fact.notice] = {
                "kind": one.fact.notice,
                "label": notice_label(one.fact.notice),
                "served_on": one.fact.on,
                "method": one.fact.method,
                "method_label": choice("method", one.fact.method),
                "pdf": bool(issuing.issued(before, one.fact.notice)),
            }
        before.append(one.fact)
    return list(served.values())


def ratings(seen: Seen) -> dict[str, Any]:
    """评价: whether it is open today, until when, and what was given to the present answer."""
    petition: Petition = seen.state
    given, found = rating.given([one.fact for one in seen.history]), rating.window(petition)
    is_open = rating.is_open(petition, seen.today)
    last: date | None = found.last if found is not None and is_open else None
    return {
        "open": is_open and not set(ABOUT) <= set(given),
        "until": last,
        "items": [
            {
                "about": about,
                "label": label,
                "score": given.get(about),
                "score_label": choice("score", given[about]) if about in given else None,
                "open": is_open and about not in given,
            }
            for about, label in ABOUT.items()
        ],
    }


def _missing(seen: Seen) -> list[str]:
    """需要补充的材料: as told to the petitioner, while it is waited for."""
    petition: Petition = seen.state
    if petition.asked_for_more_on is None or petition.supplemented_on is not None:
        return []
    asked = [one.fact for one in seen.history if isinstance(one.fact, events.AskedForMore)]
    return list(asked[-1].missing)
