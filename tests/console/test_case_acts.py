"""Acts on the page of a case: every act has its form, and a form that was sent does what the API's route would do."""

from collections.abc import Callable
from typing import Any

import pytest

from projections import runner
from tests.api.conftest import Town
from tests.api.item_lives import ITEM_LIVES, ItemWalker
from tests.api.lives import ACCEPTED, EXTENSION_ASKED, LIVES, REPLIED, TRANSFERRED, Life
from tests.console.pages import Page, Pages

Open = Callable[[str], Pages]


def address(case: str, act: str = "", folder: str = "petitions") -> str:
    return f"/console/{folder}/{case}/acts/{act}" if act else f"/console/{folder}/{case}"


def entered(body: dict[str, Any]) -> dict[str, Any]:
    """A body of the API as a page's form has it."""
    fields: dict[str, Any] = {}
    for name, value in body.items():
        if isinstance(value, bool):
            fields[name] = "true" if value else "false"
        elif isinstance(value, list) and name == "missing":
            fields[name] = "\n".join(value)
        else:
            fields[name] = value
    return fields


def sent(browser: Pages, page_address: str, **fields: Any) -> Page:
    """The form at the address, filled in and sent."""
    form = browser.get(page_address).form(page_address)
    return browser.post(page_address, form | fields)


def last_event(town: Town, case: str, folder: str = "petitions") -> dict[str, Any]:
    return town.walker.as_("auditor").get(f"/v1/{folder}/{case}/history").json()["items"][-1]


def labels_of(page: Page) -> dict[str, str]:
    """The label of every control of the act's form, by the control's name."""
    found: dict[str, str] = {}
    for control in page.all(
        "//div[@class='act-form']//form//*[self::input or self::select or self::textarea]"
    ):
        if control.get("type") == "hidden":
            continue
        named = page.all(f"//label[@for='{control.get('id')}']")
        label = named[0].text_content() if named else control.get("aria-label", "")
        found[control.get("name") or control.get("id")] = label
    return found


@pytest.mark.parametrize("life", LIVES, ids=lambda one: one.act)
def test_every_act_of_a_petition_can_be_done_by_its_form(town: Town, town_pages: Open, life: Life):
    case = town.walker.walk(life.way, **life.fields)
    browser, at = town_pages(life.who), address(case, life.act)
    assert life.act in "".join(browser.get(address(case)).all("//ul[@class='acts']//a/@href"))
    page = browser.get(at)
    assert page.status == 200
    assert [name for name, label in labels_of(page).items() if not any(c >= "\u4e00" for c in label)] == []
    done = browser.post(at, page.form(at) | entered(town.walker.filled(life.body)))
    assert (done.status, done.goes_to) == (303, address(case)), done.text
    assert last_event(town, case)["event"] == life.event


@pytest.mark.parametrize("life", ITEM_LIVES, ids=lambda one: one.act)
def test_every_act_of_an_item_can_be_done_by_its_form(
    town: Town, item_walker: ItemWalker, town_pages: Open, life: Life
):
    case = item_walker.walk(life.way, **life.fields)
    browser, at = town_pages(life.who), address(case, life.act, "supervision-items")
    page = browser.get(at)
    assert page.status == 200
    assert [name for name, label in labels_of(page).items() if not any(c >= "\u4e00" for c in label)] == []
    form = page.form(at)
    decided = {"approve": "true"} if "approve" in form else {}  # what is decided is chosen, never preset
    done = browser.post(at, form | decided | entered(life.body))
    assert (done.status, done.goes_to) == (303, address(case, "", "supervision-items")), done.text
    assert last_event(town, case, "supervision-items")["event"] == life.event


@pytest.mark.parametrize("life", LIVES, ids=lambda one: one.act)
def test_a_closed_act_says_why(town: Town, town_pages: Open, life: Life):
    case = town.walker.walk(life.closed)
    page = town_pages(life.who).get(address(case, life.act))
    assert (page.status, page.all("//form[contains(@action, '/acts/')]")) == (200, [])
    refused = town.walker.do(case, life.who, life.act, town.walker.filled(life.body))
    assert refused.json()["detail"] in page.text


def test_an_instruction_says_yes_or_no_and_neither_by_itself(
    town: Town, item_walker: ItemWalker, town_pages: Open
):
    life = next(one for one in ITEM_LIVES if one.act == "instruct")
    case = item_walker.walk(life.way, **life.fields)
    browser, at = town_pages(life.who), address(case, "instruct", "supervision-items")
    choices = browser.get(at).one("//select[@name='approve']")
    assert choices.get("required") is not None
    assert [one.text_content() for one in choices.findall("option")] == ["请选择", "同意", "不同意"]
    assert choices.find("option[@selected]").get("value") == ""
    form = browser.get(at).form(at) | entered(life.body)
    undecided = browser.post(at, form)
    assert (undecided.status, "请选择" in undecided.text) == (422, True)
    assert browser.post(at, form | {"approve": "false"}).status == 303
    assert last_event(town, case, "supervision-items")["data"]["approve"] is False


def test_a_sign_off_says_which_papers_are_not_done_and_goes_on(town: Town, town_pages: Open):
    life = next(one for one in LIVES if one.act == "sign-off")
    case = town.walker.walk(life.way, **life.fields)
    browser, at = town_pages(life.who), address(case, "sign-off")
    page = browser.get(at)
    assert "尚未出具" in page.one("//div[@role='note']").text_content()
    done = browser.post(at, page.form(at) | entered(life.body))
    assert (done.status, done.goes_to) == (303, address(case)), done.text
    elsewhere = town_pages("unit-a-clerk").get(address(town.walker.walk(ACCEPTED), "reply"))
    assert elsewhere.all("//div[@role='note']") == []


def test_a_refusal_is_said_once_not_in_the_preview_again(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED)
    browser, at = town_pages("unit-a-clerk"), address(case, "request-extension")
    first = browser.get(at).form(at) | {"days": "90", "reason": "案情复杂"}
    warned = browser.post(f"{at}/preview", first)
    assert "申请的90日超出上限" in warned.text
    again = browser.post(at, first).form(at)
    assert "申请的90日超出上限" not in browser.post(f"{at}/preview", again).answer.text
    assert "申请的80日超出上限" in browser.post(f"{at}/preview", again | {"days": "80"}).text


def test_a_petition_goes_its_whole_way_by_forms(town: Town, town_pages: Open):
    case = town.walker.register()
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("office", "classify", {"category": "appeal", "topic": "城乡建设"}),
        ("office", "transfer", {"to_unit": "unit-a"}),
        ("unit-a-clerk", "accept", {}),
        ("unit-a-head", "designate", {"officer": "unit-a-officer"}),
        ("unit-a-clerk", "serve", {"method": "in_person"}),
        ("unit-a-officer", "request-extension", {"reason": "需要检测"}),
        ("leader", "grant-extension", {}),
        ("unit-a-clerk", "reply", {"result": "support", "text": "已责成整改。"}),
        ("unit-a-clerk", "serve", {"method": "post"}),
        ("unit-a-clerk", "serve", {"method": "post", "notice": "opinion"}),
        ("office", "rate", {"about": "unit", "score": "satisfied"}),
        ("office", "sign-off", {"reason": "办理到位"}),
        ("office", "archive", {"reason": "材料齐全"}),
    ]
    for who, act, fields in steps:
        done = sent(town_pages(who), address(case, act), **fields)
        assert done.goes_to == address(case), f"{act}: {done.text}"
    page = town_pages("office").get(address(case))
    assert "已归档" in page.one("//p[@class='case-line']").text_content()
    told = town.walker.as_("office").get(f"/v1/petitions/{case}/history").json()["items"]
    assert [one["data"]["notice"] for one in told if one["event"] == "Served"] == [
        "acceptance",
        "extension",
        "opinion",
    ]


def test_what_was_typed_is_kept_when_something_is_wrong(town: Town, town_pages: Open):
    case = town.walker.walk(REPLIED)
    at, browser = address(case, "serve"), town_pages("unit-a-clerk")
    page = sent(browser, at, notice="opinion", method="post", served_on="2026-02-30", signed_by="王秀兰")
    assert page.status == 422
    assert page.one("//input[@name='served_on']").get("aria-invalid") == "true"
    assert "没有这一天" in page.text
    assert page.one("//input[@name='signed_by']").get("value") == "王秀兰"
    assert page.one("//select[@name='notice']/option[@selected]").get("value") == "opinion"


def test_a_refusal_stands_beside_the_form_with_its_basis(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED)
    page = sent(town_pages("unit-a-clerk"), address(case, "request-extension"), days="90", reason="案情复杂")
    assert page.status == 422
    fault = page.one("//div[@role='alert'][contains(@class, 'fault')]").text_content()
    assert "延长期限累计不得超过30日" in fault
    assert "petition.extension_over_cap" not in fault
    assert page.one("//div[@role='alert']/p[@title]").get("title") == "代码 petition.extension_over_cap"
    assert "《信访工作条例》第三十四条" in fault
    assert page.one("//textarea[@name='reason']").text_content().strip() == "案情复杂"


def test_the_limits_of_the_rule_are_set_and_said_beforehand(town: Town, town_pages: Open):
    asked = town_pages("unit-a-clerk").get(address(town.walker.walk(ACCEPTED), "request-extension"))
    assert asked.one("//input[@name='days']").get("value") == "30"
    assert "最多30日" in asked.text
    granted = town_pages("leader").get(address(town.walker.walk(EXTENSION_ASKED), "grant-extension"))
    assert granted.one("//input[@name='days']").get("value") == "10"


def test_only_what_would_not_be_refused_is_offered(town: Town, town_pages: Open):
    case = town.walker.register(
        category="accusation", against=[{"unit": "unit-b"}], subject="反映单位负责人违规"
    )
    page = town_pages("office").get(address(case, "transfer"))
    assert page.all("//select[@name='to_unit']/option[@value!='']/@value") == ["unit-a"]
    designate = town_pages("unit-a-head").get(address(town.walker.walk(TRANSFERRED), "designate"))
    offered = designate.all("//select[@name='officer']/option[@value!='']/@value")
    assert set(offered) == {"unit-a-head", "unit-a-clerk", "unit-a-officer"}


def test_a_form_made_before_others_recorded_something_shows_what_that_was(town: Town, town_pages: Open):
    case = town.walker.walk(TRANSFERRED)
    at, browser = address(case, "accept"), town_pages("unit-a-clerk")
    old = browser.get(at).form(at)
    town.walker.do(case, "office", "urge", {"method": "phone", "text": "请尽快受理"})
    stale = browser.post(at, old | {"on": "2026-03-02"})
    assert stale.status == 412
    assert "催办" in stale.one("//ol[@class='course']").text_content()
    assert "请尽快受理" in stale.text
    assert stale.one("//input[@name='on']").get("value") == "2026-03-02"
    again = browser.post(at, stale.form(at))
    assert again.goes_to == address(case)
    assert last_event(town, case)["event"] == "Accepted"


def test_a_double_click_does_it_once(town: Town, town_pages: Open):
    case = town.walker.walk(TRANSFERRED)
    at, browser = address(case, "ask-for-more"), town_pages("unit-a-clerk")
    form = browser.get(at).form(at) | {"missing": "房产证复印件\r\n供暖合同"}
    before = last_event(town, case)["version"]
    first, second = browser.post(at, form), browser.post(at, form)
    assert (first.goes_to, second.goes_to) == (address(case), address(case))
    assert last_event(town, case)["version"] == before + 1
    assert last_event(town, case)["data"]["missing"] == ["房产证复印件", "供暖合同"]


def test_a_page_sent_by_htmx_is_answered_with_the_form_alone_or_sends_the_browser_on(
    town: Town, town_pages: Open
):
    case, browser = town.walker.walk(TRANSFERRED), town_pages("unit-a-clerk")
    at, piece = address(case, "accept"), {"HX-Request": "true"}
    page = browser.get(at, headers=piece)
    assert page.all("//nav | //h1") == []
    done = browser.post(at, page.form(at), headers=piece)
    assert (done.status, done.goes_to) == (204, address(case))
    assert "已记录：受理。" in browser.get(address(case)).one("//p[@class='note']").text_content()


def test_what_would_follow_is_shown_before_it_is_done(town: Town, town_pages: Open):
    case = town.walker.walk(TRANSFERRED)
    page = town_pages("unit-a-clerk").post(f"{address(case, 'accept')}/preview", {"on": "2026-03-02"})
    assert "环节变为“办理中”" in page.text
    assert "开始计时，2026-05-06" in page.text
    assert last_event(town, case)["event"] == "Transferred"
    late = town_pages("unit-a-clerk").post(f"{address(case, 'accept')}/preview", {"on": "2026-04-02"})
    assert "按现在填写的内容不能办理" in late.text


def test_an_earlier_petition_is_named_by_its_number(town: Town, town_pages: Open):
    earlier, case = town.walker.register(), town.walker.register()
    town_catches_up(town)
    number = town.walker.as_("office").get(f"/v1/petitions/{earlier}").json()["number"]
    done = sent(town_pages("office"), address(case, "link-repeat"), earlier_petition=number)
    assert done.goes_to == address(case)
    assert last_event(town, case)["data"]["earlier"] == earlier


def test_a_hidden_petitions_number_is_answered_like_an_unknown_one(town: Town, town_pages: Open):
    hidden = town.walker.register(category="accusation", against=[{"person": "林小雨"}], subject="反映林小雨")
    town_catches_up(town)
    number = town.walker.as_("auditor").get(f"/v1/petitions/{hidden}").json()["number"]
    answers = []
    for given in (number, "XF-2026-999999"):
        case = town.walker.register()
        page = sent(town_pages("office"), address(case, "link-repeat"), earlier_petition=given)
        assert page.one("//input[@name='earlier_petition']").get("value") == given
        problem = page.one("//*[@id='act-link-repeat-earlier_petition-problem']")
        answers.append((page.status, problem.text_content()))
    assert answers[0] == answers[1] == (422, "没有查到这个编号的事项，请核对编号。")


def town_catches_up(town: Town) -> None:
    runner.catch_up(town.services.database, town.services.casework)


def test_no_act_opens_for_whom_the_case_is_hidden(town: Town, town_pages: Open):
    case = town.walker.register(category="accusation", against=[{"unit": "unit-b"}])
    for who in ("unit-b-clerk", "unit-a-clerk", "inspector", "admin"):
        browser = town_pages(who)
        unknown = "00000000-0000-4000-8000-000000000009"
        for method in (browser.get, browser.post):
            hidden, absent = method(address(case, "urge")), method(address(unknown, "urge"))
            assert (hidden.status, hidden.text) == (absent.status, absent.text) == (404, absent.text)


def test_an_act_nobody_has_heard_of_is_no_page(town: Town, town_pages: Open):
    case = town.walker.register()
    assert town_pages("office").get(address(case, "explode")).status == 404


def test_paper_and_uploaded_attachments_go_with_the_report(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED)
    at, browser = address(case, "report"), town_pages("unit-a-clerk")
    wrong = sent(browser, at, **{"text": "", "attachments.0.name": "现场测温记录.pdf"})
    assert wrong.status == 422
    assert wrong.one("//input[@name='attachments.0.name']").get("value") == "现场测温记录.pdf"
    done = browser.post(at, wrong.form(at) | {"text": "已测温"})
    assert done.goes_to == address(case)
    page = town_pages("office").get(address(case))
    assert "现场测温记录.pdf（纸质）" in page.one("//ul[@class='attached']").text_content()
