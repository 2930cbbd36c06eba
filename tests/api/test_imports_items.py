"""An older list of supervision items: opened, allocated and ended, as far as the ledger tells."""

from collections.abc import Callable
from typing import Any

import pytest

from api.bootstrap import Services
from tests.api.caller import Caller
from tests.api.ledgers import as_csv, as_xlsx, item
from tests.api.test_imports import counted, send
from tests.api.test_imports_petitions import taken_in

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]
KIND = "supervision-items"


def history(inspector: Caller) -> list[tuple[str, str]]:
    (listed,) = inspector.get("/v1/supervision-items").json()["items"]
    events = inspector.get(f"/v1/supervision-items/{listed['id']}/history").json()["items"]
    return [(one["event"], one["on"]) for one in events]


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_line_becomes_an_item_with_its_end(
    services: Services, sign_in: SignIn, catch_up: CatchUp, write: Callable[..., bytes]
) -> None:
    inspector = sign_in("inspector")
    assert counted(taken_in(services, inspector, write(item()), KIND)) == ("done", 1, 1, 1, 0)
    catch_up()
    assert history(inspector) == [
        ("Opened", "2025-09-01"),
        ("Allocated", "2025-09-01"),
        ("SignedOff", "2025-10-20"),
    ]
    (listed,) = inspector.get("/v1/supervision-items").json()["items"]
    clocks = inspector.get(f"/v1/supervision-items/{listed['id']}/deadlines").json()["items"]
    assert {one["clock"]: (one["due_on"], one["status"]) for one in clocks}["item"] == ("2025-10-31", "met")


def test_an_open_item_is_late_like_any_other(services: Services, sign_in: SignIn, catch_up: CatchUp) -> None:
    inspector = sign_in("inspector")
    running = item(状态="承办中", 办结日期="", 协办单位="清江区人力资源和社会保障局")
    taken_in(services, inspector, as_csv(running), KIND)
    catch_up()
    assert history(inspector)[-1] == ("Allocated", "2025-09-01")
    clocks = inspector.get("/v1/deadlines", params={"rulebook": "supervision"}).json()["items"]
    assert ("item", "2025-10-31", "overdue") in {
        (one["clock"], one["due_on"], one["status"]) for one in clocks
    }


def test_the_same_file_again_adds_nothing(services: Services, sign_in: SignIn) -> None:
    inspector = sign_in("inspector")
    lines = [item(编号=f"督-{n}") for n in range(3)]
    assert counted(taken_in(services, inspector, as_csv(*lines), KIND)) == ("done", 3, 3, 3, 0)
    assert counted(taken_in(services, inspector, as_xlsx(*lines), KIND)) == ("done", 3, 3, 0, 3)
    changed = taken_in(services, inspector, as_csv(item(编号="督-1", 事项="另一件")), KIND)
    assert "内容不同" in changed["refused"][0]["reason"]


@pytest.mark.parametrize(
    ("changed", "column", "says"),
    [
        ({"期限": "2025-08-01"}, "期限", "早于立项日期"),
        ({"办结日期": ""}, "办结日期", "应当填写办结日期"),
        ({"状态": "承办中"}, "状态", "在办"),
        ({"状态": "不详"}, "状态", "承办中"),
        ({"来源": ""}, "来源", "没有填写"),
        ({"牵头单位": "清江区领导"}, "牵头单位", "不承办"),
        ({"牵头单位": "没有的单位"}, "牵头单位", "没有这个单位"),
        ({"协办单位": "没有的单位"}, "协办单位", "没有这个单位"),
        (
            {"牵头单位": "", "状态": "", "办结日期": "", "协办单位": "清江区人力资源和社会保障局"},
            "牵头单位",
            "牵头单位",
        ),
        ({"协办单位": "清江区住房和城乡建设局"}, "协办单位", "重复"),
    ],
)
def test_a_bad_line_is_named(
    services: Services, sign_in: SignIn, changed: dict[str, Any], column: str | None, says: str
) -> None:
    lines = as_csv(item(编号="督-0", 协办单位=""), item(**changed))
    found = taken_in(services, sign_in("inspector"), lines, KIND)
    assert counted(found)[:4] == ("done", 2, 2, 1)
    (refused,) = found["refused"]
    assert (refused["line"], refused.get("column")) == (3, column)
    assert says in refused["reason"]


def test_who_sends_and_who_sees(services: Services, sign_in: SignIn) -> None:
    found = taken_in(services, sign_in("inspector"), as_csv(item()), KIND)
    assert sign_in("auditor").get(f"/v1/imports/{found['id']}").status_code == 200
    assert sign_in("auditor").post(f"/v1/imports/{found['id']}/cancel").status_code == 403
    assert sign_in("office").get(f"/v1/imports/{found['id']}").status_code == 404
    assert send(sign_in("office"), as_csv(item()), KIND).json()["code"] == "import.not_yours"
    assert sign_in("office").get("/v1/imports").json()["items"] == []
