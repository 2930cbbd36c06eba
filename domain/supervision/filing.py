"""考核、送阅与归档的决定: points, who else may read the item, what the meeting is told, and the closing of the file."""

from collections.abc import Callable
from typing import Any

from domain.erasure import deciding, files
from domain.errors import Invalid, NotNow, NotYours
from domain.rules import item_powers
from domain.rules.authority import CASELESS_POSTS
from domain.supervision import commands, events
from domain.supervision.situation import BOOK, Draft, Situation


def _score(command: commands.Score, situation: Situation) -> Draft:
    item, act = situation.item, situation.act
    unit = situation.directory.resolve(command.unit)
    if act.role != "inspector" and unit != act.unit:
        raise NotYours("item.not_yours", "各单位只录入上报本单位的考核结果。", f"{BOOK}第十一条第三项")
    if unit not in item.units:
        raise Invalid("item.unit_not_in_question", "所填单位没有承办过该事项。", f"{BOOK}第三十条")
    if act.role == "inspector":
        _must_score_others(unit, situation)
    on = situation.legal_date(command.on, item.issued_on, "下发之日")
    fields = {"of_unit": unit, "points": command.points, "reason": command.reason}
    return events.Scored, on, fields | {"confirmed": act.role == "inspector"}


def _must_score_others(unit: str, situation: Situation) -> None:
    """审核考核分: nobody in the inspector's place judges what he reported, or his own unit. Raises NotYours."""
    reported = situation.item.reported_points(unit)
    if situation.act.own_unit == unit or (reported is not None and situation.is_of(reported.reported_by)):
        raise NotYours(
            "item.own_score",
            "本单位、本人录入上报的考核结果，应当由他人审核、调整。",
            f"{BOOK}第十条、第十一条第三项",
        )


def _send_for_reading(command: commands.SendForReading, situation: Situation) -> Draft:
    officers = tuple(dict.fromkeys(_reader(given, situation) for given in command.officers))
    fields = {"officers": officers, "reason": command.reason}
    return events.SentForReading, situation.legal_date(command.on), fields


def _reader(given: str, situation: Situation) -> str:
    directory = situation.directory
    officer = directory.officers.get(given)
    posts = {post.post for post in directory.posts(given)}
    if officer is None or not posts - CASELESS_POSTS:
        raise Invalid("item.officer_unknown", "送阅的应为在册工作人员。", f"{BOOK}第十四条")
    if not item_powers.may_be_given(situation.standing, officer.unit, officer.name, officer.id):
        raise NotNow("item.accused_officer", "不得送被检举控告的人员阅读。", "《信访工作条例》第三十条第三款")
    return officer.id


def _report_to_body(command: commands.ReportToBody, situation: Situation) -> Draft:
    return events.ReportedToBody, situation.next_date(command.on), {"text": command.text}


def _archive(command: commands.Archive, situation: Situation) -> Draft:
    told = situation.item.body_told_on
    on = situation.legal_date(command.on, told or situation.item.stage_on, "核销、撤项或者向会议报告之日")
    kept = deciding.retained(command.retention, files.of_item(situation.item))
    return events.Archived, on, {"reason": command.reason, "retention": kept}


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.Score: _score,
    commands.SendForReading: _send_for_reading,
    commands.ReportToBody: _report_to_body,
    commands.Archive: _archive,
    **deciding.decisions(lambda s: files.of_item(s.item), lambda _: ()),
}
