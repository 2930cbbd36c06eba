"""Every page that there is, and who opens it: what is judged for accessibility and what the pictures show."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.console.browser.office import Office

Where = Callable[[Office], str]

HANDLED = "安置房逾期交付"
"""What the subject of a petition holds that unit A handles."""
ANSWERED = "小区地下车位只售不租"
"""Of one that was answered lately."""


@dataclass(frozen=True)
class Place:
    """A page: its name, which is also its picture's; who opens it (None: nobody is signed in); where; and what is
    done there before it is looked at."""

    name: str
    who: str | None
    where: str | Where
    then: Callable[[Page, Office], None] | None = None
    phone: bool = False
    status: int = 200

    def open(self, page: Page, office: Office) -> None:
        """Goes there and waits until nothing more comes."""
        answer = page.goto(self.where if isinstance(self.where, str) else self.where(office))
        assert answer is not None
        assert answer.status == self.status, f"{answer.status} {answer.url}"
        if self.then is not None:
            self.then(page, office)
        page.wait_for_function(
            "document.readyState === 'complete' && !document.querySelector('.htmx-request')"
        )


def petition(subject: str, rest: str = "") -> Where:
    return lambda office: f"/console/petitions/{office.case(subject)}{rest}"


def item(rest: str = "") -> Where:
    return lambda office: f"/console/supervision-items/{office.of_kind('item')}{rest}"


def reception(rest: str = "") -> Where:
    return lambda office: f"/console/reception/{office.of_kind('reception')}{rest}"


def month(office: Office) -> str:
    return f"/console/negative-lists/{office.of_kind('month')}"


def _looked_up(page: Page, office: Office) -> None:
    number, code = office.receipt(ANSWERED)
    page.get_by_label("信访编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.locator("ol.steps")).to_be_visible()


PLACES = (
    Place("sign-in", None, "/console/sign-in"),
    Place("desk", "office", "/console", phone=True),
    Place("desk-unit", "unit-a-clerk", "/console"),
    Place("desk-leader", "leader", "/console"),
    Place("desk-inspector", "inspector", "/console"),
    Place("desk-auditor", "auditor", "/console"),
    Place("desk-admin", "admin", "/console"),
    Place("capacity", "unit-a-clerk", "/console/capacity"),
    Place("register", "office", "/console/register", phone=True),
    Place("alerts", "office-head", "/console/alerts"),
    Place("account", "office", "/console/account"),
    Place("petition", "unit-a-clerk", petition(HANDLED), phone=True),
    Place("petition-answered", "auditor", petition(ANSWERED)),
    Place("petition-replay", "auditor", petition(ANSWERED, "/replay?step=4"), phone=True),
    Place("petition-act", "unit-a-clerk", petition(HANDLED, "/acts/report")),
    Place("petitions", "office", "/console/petitions", phone=True),
    Place("supervision-items", "inspector", "/console/supervision-items"),
    Place("deadlines", "office-head", "/console/deadlines"),
    Place("negative-lists", "office", "/console/negative-lists"),
    Place("statistics", "leader", "/console/statistics"),
    Place("statistics-report", "leader", "/console/statistics/timeliness"),
    Place("imports", "office", "/console/imports"),
    Place("reception", "office", "/console/reception", phone=True),
    Place("reception-record", "office", reception()),
    Place("reception-replay", "office", reception("/replay")),
    Place("reception-log", "office", "/console/reception/log"),
    Place("reception-rota", "office", "/console/reception/rota"),
    Place("reception-shifts", "office", "/console/reception/shifts"),
    Place("rota-in-public", None, "/reception", phone=True),
    Place("item", "inspector", item()),
    Place("item-replay", "inspector", item("/replay?step=3")),
    Place("item-act", "inspector", item("/acts/urge")),
    Place("item-opening", "inspector", "/console/supervision-items/new"),
    Place("negative-list", "office", month),
    Place("directory", "admin", "/console/directory"),
    Place("directory-unit", "admin", "/console/directory/units/unit-a"),
    Place("directory-officer", "admin", "/console/directory/officers/unit-a-clerk"),
    Place("accounts", "admin", "/console/accounts"),
    Place("account-of", "admin", "/console/accounts/of/office"),
    Place("tokens", "admin", "/console/tokens"),
    Place("rules", "admin", "/console/rules"),
    Place("rulebook", "admin", "/console/rules/books/petition-2022"),
    Place("rulebook-new", "admin", "/console/rules/books/petition-2022/new"),
    Place("calculator", "office", "/console/rules/calculator"),
    Place("calendar", "admin", "/console/rules/calendars/2027"),
    Place("rule-changes", "admin", "/console/rules/changes"),
    Place("rule-change-underway", "admin", lambda office: f"/console/rules/changes/{office.rule_change()}"),
    Place("rule-change", "admin", lambda office: f"/console/rules/changes/{office.recorded_rule_change()}"),
    Place("what-if", "office", "/console/rules/what-if"),
    Place("templates", "admin", "/console/templates"),
    Place("template", "admin", "/console/templates/acceptance"),
    Place("papers", "unit-a-clerk", petition(HANDLED, "/papers")),
    Place("channels", "admin", "/console/channels"),
    Place("readings", "auditor", "/console/readings", phone=True),
    Place("seals", "auditor", "/console/seals", phone=True),
    Place("webhooks", "admin", "/console/webhooks"),
    Place("archives", "office", "/console/archives", phone=True),
    Place("archives-register", "auditor", "/console/archives?view=register"),
    Place("archives-table", "admin", "/console/archives?view=table"),
    Place("no-such-page", "office", "/console/no/such/page", status=404),
    Place("progress", None, "/progress", phone=True),
    Place("progress-result", None, "/progress", then=_looked_up, phone=True),
)
