"""放假安排页: a year's months with their days off and make-up days, and a decree entered after a look at what moves."""

from calendar import Calendar as Months
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import rules
from api.console import day_ranges, previews, slips
from api.console.forms import Unfilled, checked, form_data
from api.console.slips import Slip, field
from api.console.visitors import Paged, Visiting, Visitor, then
from api.rule_forms import DecreeEntered, TrialDecree
from domain.errors import NotYours, Refused
from domain.rulebase import decisions
from domain.rules.calendar import Calendar

HOME = "/console/rules/calendars"
CHANGES = "/console/rules/changes"
ADMIN = "admin"
router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)
Given = Annotated[FormData, Depends(form_data)]


@router.get("")
def this_year(request: Request, visitor: Visiting) -> Response:
    """本年."""
    return then(request, f"{HOME}/{visitor.act.today.year}")


@router.get("/{year}")
def calendar_page(year: int, visitor: Visiting) -> HTMLResponse:
    """一年: by the decree in force, or provisionally."""
    return _page(visitor, year)


@router.post("/{year}/preview")
def preview(year: int, visitor: Visiting, given: Given) -> HTMLResponse:
    """试算: what would move; nothing is recorded."""
    _must_be_admin(visitor)
    slip = _slip(visitor, year)
    try:
        body = _entered(given, year)
        base = visitor.services.casework.rulebase()
        decisions.decree(
            year, body.source, body.published_at, body.days_off, body.make_up_days, base, visitor.act
        )
        content = body.model_dump(mode="json", include={"days_off", "make_up_days", "source"})
        trial = TrialDecree.model_validate(content)
    except Unfilled as faults:
        return _page(visitor, year, slip.refused(given, (), faults.problems), 422)
    except Refused as refused:
        return _page(visitor, year, slip.refused(given, (slips.said(refused),), {}), slips.status_of(refused))
    moved = previews.of(
        given,
        lambda cursor, limit: rules.preview_calendar(
            year, trial, visitor.services, visitor.act, cursor, limit
        ),
    )
    return visitor.page(
        "rule_preview.html",
        title=f"{year}年放假安排试算",
        back=f"{HOME}/{year}",
        edit=f"{HOME}/{year}/edit",
        again=f"{HOME}/{year}/preview",
        confirm=f"{HOME}/{year}",
        button="确认录入",
        told=[
            ("来源", body.source),
            ("放假", day_ranges.write(body.days_off)),
            ("调休上班", day_ranges.write(body.make_up_days) or "无"),
        ],
        kept=[
            (name, str(given.get(name) or "")) for name in ("source", "published_at", "off", "work", "once")
        ],
        version=base.version,
        moved=moved,
    )


@router.post("/{year}/edit")
def edit(year: int, visitor: Visiting, given: Given) -> HTMLResponse:
    """返回修改: what was filled in stands there again."""
    _must_be_admin(visitor)
    return _page(visitor, year, _slip(visitor, year).refused(given, (), {}))


@router.post("/{year}")
def enter(year: int, request: Request, visitor: Visiting, given: Given) -> Response:
    """录入: the decree that was looked at."""
    _must_be_admin(visitor)
    slip = _slip(visitor, year)
    try:
        body = _entered(given, year)
        sent, shown = slips.conditions(given), str(given.get("preview") or "") or None
        rules.decree(year, body, visitor.services, visitor.act, sent, Response(), shown)
    except Unfilled as faults:
        return _page(visitor, year, slip.refused(given, (), faults.problems), 422)
    except Refused as refused:
        return _page(visitor, year, slip.refused(given, (slips.said(refused),), {}), slips.status_of(refused))
    change = visitor.services.casework.rulebase().version
    return then(request, f"{CHANGES}/{change}", f"{year}年放假安排已录入，有关期限随之调整。")


def _entered(given: FormData, year: int) -> DecreeEntered:
    """填写的放假安排. Raises Unfilled for a field, Invalid for a day."""
    texts = {name: str(given.get(name) or "") for name in ("source", "published_at", "off", "work")}
    days = {
        "days_off": [str(day) for day in day_ranges.read(texts["off"], year, "放假日期")],
        "make_up_days": [str(day) for day in day_ranges.read(texts["work"], year, "调休上班日")],
    }
    form = checked(DecreeEntered, {"source": texts["source"], "published_at": texts["published_at"], **days})
    assert isinstance(form, DecreeEntered)
    return form


def _must_be_admin(visitor: Visitor) -> None:
    if visitor.act.role != ADMIN:
        raise NotYours("rulebase.not_yours", "规则册和放假安排由系统管理员录入。")


def _slip(visitor: Visitor, year: int) -> Slip:
    shown = rules.calendar(year, visitor.services, visitor.act, Response())
    off, work = (shown["days_off"], shown["make_up_days"]) if shown["published"] else ([], [])
    examples = "每行一段，如 10月1日至7日，或者 2027-10-01 至 2027-10-07；也可以用顿号隔开。"
    fields = (
        field(
            "source",
            "来源",
            help="通知名称和文号，如《国务院办公厅关于××年部分节假日安排的通知》（国办发明电〔××〕×号）。",
        ),
        field("published_at", "公布日期", "date"),
        field("off", "放假日期", "lines", value=tuple(day_ranges.write(off).splitlines()), help=examples),
        field(
            "work",
            "调休上班日",
            "lines",
            required=False,
            value=tuple(day_ranges.write(work).splitlines()),
            help="调为上班的星期六、星期日。",
        ),
    )
    title = f"更正{year}年放假安排" if shown["published"] else f"录入{year}年放假安排"
    note = "先试算哪些未结事项的到期日会变动，确认后才录入。"
    return Slip("decree", title, f"{HOME}/{year}/preview", fields, None, "试算", note)


def _page(visitor: Visitor, year: int, marked: Slip | None = None, status: int = 200) -> HTMLResponse:
    services, act = visitor.services, visitor.act
    shown = rules.calendar(year, services, act, Response())
    base = services.casework.rulebase()
    years = sorted({one.year for one in base.decrees} | {act.today.year, act.today.year + 1, year})
    return visitor.page(
        "calendar.html",
        status=status,
        year=year,
        shown=shown,
        years=[one for one in years if abs(one - year) <= 4],
        months=[_month(year, month, services.casework.known(act.at).calendar) for month in range(1, 13)],
        slip=(marked or _slip(visitor, year)).shown() if act.role == ADMIN else None,
        version=base.version,
        write=day_ranges.write,
    )


def _month(year: int, month: int, known: Calendar) -> dict[str, Any]:
    weeks = [
        [_cell(day, known) if day.month == month else None for day in week]
        for week in Months().monthdatescalendar(year, month)
    ]
    return {"month": month, "weeks": weeks}


def _cell(day: date, known: Calendar) -> dict[str, Any]:
    """一天: off by a festival, worked at a weekend, a weekend, or an ordinary working day."""
    occasion = known.occasion(day)
    if occasion:
        rest = known.is_rest(day)
        return {
            "day": day.day,
            "kind": "off" if rest else "work",
            "said": f"{'休' if rest else '班'} {occasion}",
        }
    return {"day": day.day, "kind": "rest" if known.is_rest(day) else "", "said": ""}
