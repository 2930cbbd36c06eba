"""以何身份办理: the act of an officer in the main post, in a further post, or in the place of somebody who is away.

Standing in (AB岗) follows from the directory alone: A is recorded as away on the day, and B is the first of A's
stand-ins who is present. Nothing is handed over and nothing has to be taken back.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from domain.acts import Act, legal_date
from domain.directory.fold import DESK, Directory
from domain.directory.people import Officer, Post
from domain.errors import NotYours

BASIS = "行政服务中心AB岗工作制度"


def act_of(
    directory: Directory,
    officer_id: str,
    at: datetime,
    *,
    for_whom: str | None = None,
    post: str | None = None,
) -> Act:
    """以何身份办理: `for_whom` is the absent officer stood in for, `post` ("unit/post") one of that person's posts.

    Raises NotYours with the codes "officer.no_post", "standin.not_yours", "standin.not_absent",
    "standin.self_absent", "standin.earlier_present" and "post.not_held".
    """
    officer = directory.officers.get(officer_id)
    if officer is None or not officer.serving:
        raise NotYours("officer.no_post", "您已离任或者尚未任职，不能办理。")
    holder = officer if for_whom is None else _stood_in_for(directory, officer, for_whom, legal_date(at))
    held = _post(holder, post)
    return Act(
        by=officer.id,
        unit=held.unit,
        role=held.post,
        at=at.astimezone(UTC),
        name=officer.name,
        for_whom=for_whom,
        own_unit=officer.unit if officer.unit != held.unit else "",
    )


def _stood_in_for(directory: Directory, officer: Officer, for_whom: str, today: date) -> Officer:
    absent = directory.officers.get(for_whom)
    if absent is None or officer.id not in absent.stand_ins:
        raise NotYours("standin.not_yours", "您不是该人员的顶岗人员，不能代其办理。", BASIS)
    if not directory.is_absent(for_whom, today):
        raise NotYours("standin.not_absent", f"{absent.name}在岗，应由其本人办理。", BASIS)
    if directory.is_absent(officer.id, today):
        raise NotYours("standin.self_absent", "您今日离岗，由下一顺序的顶岗人员代为办理。", BASIS)
    if directory.standing_in(for_whom, today) != officer.id:
        raise NotYours("standin.earlier_present", "顺序在前的顶岗人员在岗，应由其代为办理。", BASIS)
    return absent


def in_the_place_of(holding: Sequence[str], act: Act, directory: Directory) -> Act:
    """上级单位代办: the act, done in the place of a unit below that has neither head nor clerk to do it."""
    if act.role not in DESK or act.unit in holding:
        return act
    below = next((unit for unit in holding if directory.minding(unit) == act.unit), None)
    return act if below is None else replace(act, unit=below, own_unit=act.own_unit or act.unit)


def must_have_been_away(directory: Directory, act: Act, on: date) -> None:
    """当日离岗: what is done in somebody's place bears no date on which that officer was present.

    Raises NotYours("standin.not_absent_then").
    """
    if act.for_whom is not None and on != act.today and not directory.is_absent(act.for_whom, on):
        absent = directory.officers[act.for_whom].name
        raise NotYours(
            "standin.not_absent_then", f"{absent}在{on}在岗，不能以顶岗名义补录该日的办理。", BASIS
        )


def _post(holder: Officer, post: str | None) -> Post:
    if post is None:
        return holder.posts[0]
    found = next((one for one in holder.posts if one.key == post), None)
    if found is None:
        raise NotYours("post.not_held", "没有担任该职务，不能以该职务办理。")
    return found
