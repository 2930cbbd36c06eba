"""当时与现在的判断: late as judged then, or as judged now, and why (C1, C2)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from api.bootstrap import Services
from domain.acts import envelope, system_act
from domain.rulebase.events import CalendarDecreed
from domain.rulebase.fold import RULEBASE_ID
from projections.runner import catch_up
from tests.api.cases import done, registered
from tests.api.conftest import SignIn
from tests.api.problems import refused
from tests.conftest import Clock

THEN = "2026-03-19T12:00:00+08:00"


def moment(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+08:00").astimezone(UTC)


@pytest.fixture
def petition(sign_in: SignIn, clock: Clock, services: Services) -> str:
    """With unit A since 3 March; accepted on the 9th, which was entered on the 30th."""
    case = registered(sign_in("office"))
    clock.set(moment("2026-03-03"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    clock.set(moment("2026-03-30"))
    done(sign_in("unit-a-clerk"), case, "serve", notice="receipt", method="post", on="2026-03-09")
    catch_up(services.database, services.casework)
    return case


def ask(sign_in: SignIn, who: str = "auditor", **params: str) -> Any:
    answer = sign_in(who).get("/v1/statistics/judged", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_was_entered_later_was_late_then(sign_in: SignIn, petition: str) -> None:
    told = ask(sign_in, known_at=THEN)
    [one] = [item for item in told["items"] if item["clock"] == "notify"]
    assert (one["case"], one["late_then"], one["late_now"]) == (petition, True, False)
    assert (one["then"]["status"], one["now"]["status"]) == ("overdue", "met")
    assert (one["cause"], one["cause_label"]) == ("facts", "事后补录")
    assert told["totals"]["only_then"] == len(told["items"])
    assert ask(sign_in)["items"] == []


def test_a_decree_entered_later_is_the_other_cause(
    sign_in: SignIn, clock: Clock, services: Services, petition: str
) -> None:
    act = system_act(clock())
    days = tuple(date(2026, 3, day) for day in (13, 16, 17, 18, 19, 20))
    decree = {"year": 2026, "source": "补充通知", "published_at": moment("2026-03-20"), "days_off": days}
    services.casework.publish(
        RULEBASE_ID,
        lambda v: [CalendarDecreed(**envelope(RULEBASE_ID, v + 1, act), **decree, make_up_days=())],
        act,
    )
    catch_up(services.database, services.casework)
    [one] = [item for item in ask(sign_in, known_at=THEN)["items"] if item["clock"] == "notify"]
    assert one["cause"] == "both"


def test_only_what_may_be_read_is_judged(sign_in: SignIn, petition: str) -> None:
    assert ask(sign_in, "unit-b-clerk", known_at=THEN)["cases"] == 0
    assert ask(sign_in, "unit-a-clerk", known_at=THEN)["cases"] == 1
    refused(sign_in("admin").get("/v1/statistics/judged"), 403, "statistics.not_yours")


def test_the_future_is_not_judged(sign_in: SignIn) -> None:
    later = {"known_at": "2030-01-01T00:00:00+08:00"}
    refused(sign_in("auditor").get("/v1/statistics/judged", params=later), 422, "statistics.in_future")
