"""各种文书的内容: the fields that only papers of one kind have."""

from collections.abc import Callable
from typing import Any

from api.console.forms import choice
from api.papers.printing import Fields, Printing, lines, quoted
from domain.errors import Invalid
from domain.rules import articles, grounds

ROUTES = {
    "suggestion": "该事项属于建议意见类事项，将{}研究论证，并予以回复。",
    "accusation": "该事项属于检举控告类事项，将{}依规依法接受、受理、办理和反馈。",
    "appeal": "该事项属于申诉求决类事项，将{}听取陈述、调查核实后{}。",
    "led": "该事项属于申诉求决类事项，将{}导入相应程序处理（{}）。",
}
KINDS = {
    "suggestion": "by_suggestion",
    "accusation": "by_accusation",
    "appeal": "by_opinion",
    "led": "by_procedure",
}
"""Which answer a matter of each kind gets; only an opinion on an appeal can be reviewed."""
SECRECY = "本件为检举控告事项，不得将检举、揭发材料以及有关情况透露或者转给被检举、揭发的人员或者单位（{}）。"
ANEW = {
    "revoke": "原意见已经撤销，由原办理机关重新办理。对重新作出的处理意见不服的，可以自收到之日起30日内请求复查。",
    "redo": "已经责令原办理机关重新办理。对重新作出的处理意见不服的，可以自收到之日起30日内请求复查。",
}


def kind_of(p: Printing) -> str:
    """事项类别: suggestion, accusation, an appeal that ends in an opinion, or one that is led elsewhere."""
    state = p.case.state
    if state.category in {"suggestion", "accusation"}:
        return str(state.category)
    return "appeal" if state.way == "opinion" else "led"


def _officer(printing: Printing, officer: str) -> str:
    return printing.directory.officer_called(officer, printing.at)


def _receipt(p: Printing) -> Fields:
    state, kind = p.case.state, kind_of(p)
    article = p.cited(kind)
    ways = {"appeal": p.cited("outcome"), "led": choice("way", state.way)}
    route = ROUTES[kind].format(f"按照{article}的规定，" if article else "", ways.get(kind, ""))
    office = p.organ == state.office
    limited = any(one.name == "due_on" for one in p.dates)
    return {
        "route": route,
        "under": p.under("receipt"),
        "by_office": "是" if office and limited else "",
        "by_unit": "是" if limited and not office else "",
        "without_limit": "" if limited else "是",
    }


def _limit(p: Printing) -> Fields:
    clock = p.limit()
    return {
        "due_basis": clock.basis if clock is not None else p.cited(p.paper.code),
        "extendable": "是" if clock is not None and clock.extension_cap else "",
        "under": p.under(p.paper.code),
    }


def _refusal(p: Printing) -> Fields:
    fact: Any = p.decision
    try:
        ground = grounds.decline_ground(fact.ground)
        label, basis = ground.label, ground.basis
    except Invalid:
        label, basis = fact.ground, p.cited("refusal")
    basis = p.cited(fact.ground) or basis
    return {"ground": label, "ground_basis": basis, "explanation": lines(fact.explanation)}


def _extension(p: Printing) -> Fields:
    fact: Any = p.decision
    asked = p.last("ExtensionRequested")
    return _limit(p) | {"days": str(fact.days), "reason": lines(asked.reason if asked is not None else "")}


def _opinion(p: Printing) -> Fields:
    fact: Any = p.decision
    kind = kind_of(p)
    flags = {flag: "是" if flag == KINDS[kind] else "" for flag in KINDS.values()}
    return flags | {
        "content": quoted(p.case.state.content),
        "result": choice("result", fact.result),
        "text": lines(fact.text),
        "under": p.under({"appeal": "handling"}.get(kind, kind)),
        "way": choice("way", p.case.state.way),
        "remedy_basis": articles.cited(p.remedy_by, "review_request"),
        "remedy_at": articles.cited(p.remedy_by, "review_at"),
    }


def _instance(asked: str, basis: str, at: str) -> Callable[[Printing], Fields]:
    def fields(p: Printing) -> Fields:
        fact: Any = p.decision
        request = p.last(asked)
        return {
            "reasons": quoted(request.reasons if request is not None else ""),
            "under": p.under(p.paper.code),
            "remedy_basis": articles.cited(p.remedy_by, basis),
            "remedy_at": articles.cited(p.remedy_by, at),
            "result": choice("result", fact.result),
            "text": lines(fact.text),
            "final": "" if fact.result in ANEW else "是",
            "anew": ANEW.get(fact.result, ""),
        }

    return fields


def _delay(p: Printing) -> Fields:
    fact: Any = p.decision
    return {
        "reason": lines(fact.reason),
        "approver": _officer(p, fact.approver),
        "contact": fact.contact,
    }


def _supplement(p: Printing) -> Fields:
    fact: Any = p.decision
    return {"missing": [f"{place}. {one}" for place, one in enumerate(fact.missing, 1)]}


def _passed_on(p: Printing) -> Fields:
    state = p.case.state
    return {
        "channel": choice("channel", state.channel),
        "category": choice("category", state.category),
        "secrecy": SECRECY.format(p.cited("secrecy")) if state.confidential else "",
        "under": p.under(p.paper.code),
        "notify_what": p.cited("notify_what"),
        "notify_basis": p.cited("notify"),
        "object_basis": p.cited("object"),
        "unreachable_basis": p.cited("unreachable"),
    }


def _supervision(p: Printing) -> Fields:
    fact: Any = p.decision
    try:
        label = grounds.supervision_ground(fact.ground).label
    except Invalid:
        label = fact.ground
    return {"ground": label, "advice": lines(fact.advice), "under": p.under("supervision-letter")}


def _urging(p: Printing) -> Fields:
    fact: Any = p.decision
    due = next((one.on for one in p.dates if one.name == "due_on"), None)
    clock = p.limit()
    return {
        "text": lines(fact.text),
        "due_label": clock.label.partition("（")[0] if clock is not None else "办理期限",
        "under": p.under(p.paper.code),
        "due_ahead": "是" if due is not None and due >= p.on else "",
        "overdue": "是" if due is not None and due < p.on else "",
    }


def _reason(p: Printing) -> Fields:
    fact: Any = p.decision
    return {"reason": lines(fact.reason), "under": p.under(p.paper.code)}


def _requirements(p: Printing) -> Fields:
    return {"requirements": lines(p.case.state.requirements)}


OWN: dict[str, Callable[[Printing], Fields]] = {
    "receipt": _receipt,
    "acceptance": _limit,
    "refusal": _refusal,
    "extension": _extension,
    "opinion": _opinion,
    "review-opinion": _instance("ReviewRequested", "reexamination_request", "reexamination_at"),
    "reexamination-opinion": _instance("ReexaminationRequested", "no_more", "no_more_by"),
    "delay": _delay,
    "supplement": _supplement,
    "forwarding": _passed_on,
    "assignment": _passed_on,
    "supervision-letter": _supervision,
    "urging": _urging,
    "hand-back": _reason,
    "supervision-notice": _requirements,
    "supervision-urging": _urging,
    "sending-back": _reason,
}
"""各种文书自己的字段."""
