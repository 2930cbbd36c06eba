"""An older register of petitions: every good line becomes a case with its past, every bad one is named."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from xlsxwriter import Workbook

from api import ledger_files
from api.bootstrap import Services
from api.imports import ImportWorker
from tests.api.caller import Caller
from tests.api.ledgers import as_csv, as_xlsx, line
from tests.api.test_imports import counted, send, work_off

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]


def taken_in(services: Services, officer: Caller, content: bytes, kind: str = "petitions") -> dict[str, Any]:
    """What an import of this file came to."""
    answer = send(officer, content, kind, "旧台账.xlsx")
    assert answer.status_code == 202, answer.text
    work_off(services)
    found: dict[str, Any] = officer.get(f"/v1/imports/{answer.json()['id']}").json()
    return found


def only_case(office: Caller) -> str:
    (listed,) = office.get("/v1/petitions").json()["items"]
    return str(listed["id"])


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_line_becomes_a_case_with_its_whole_past(
    services: Services, sign_in: SignIn, catch_up: CatchUp, write: Callable[..., bytes]
) -> None:
    office = sign_in("office")
    assert counted(taken_in(services, office, write(line()))) == ("done", 1, 1, 1, 0)
    catch_up()
    case = only_case(office)
    told = [
        (one["event"], one["on"], one["basis"])
        for one in office.get(f"/v1/petitions/{case}/history").json()["items"]
    ]
    assert told == [
        ("Registered", "2025-09-01", "历史台账导入"),
        ("Transferred", "2025-09-01", "历史台账导入；台账未载转办日期，按收到日期推定"),
        ("Accepted", "2025-09-05", "历史台账导入"),
        ("Served", "2025-09-05", "历史台账导入；台账未载受理告知日期和方式，按受理日期、邮寄推定"),
        ("Replied", "2025-10-10", "历史台账导入；台账未载办理结果，按解释说明录入"),
        ("Served", "2025-10-12", "历史台账导入；台账未载送达方式，按邮寄录入"),
        ("SignedOff", "2025-10-20", "历史台账导入"),
    ]
    clocks = {
        one["clock"]: one["status"] for one in office.get(f"/v1/petitions/{case}/deadlines").json()["items"]
    }
    assert clocks["finish"] == "met"
    people = office.get(f"/v1/petitions/{case}/petitioners").json()
    assert "330102197001011234" in str(people)
    assert "0571-8765432" in str(people)


def test_an_open_case_gets_the_clocks_of_its_rules(
    services: Services, sign_in: SignIn, catch_up: CatchUp
) -> None:
    office = sign_in("office")
    running = line(答复日期="", 送达日期="", 办结日期="")
    taken_in(services, office, as_csv(running))
    catch_up()
    clocks = {
        one["clock"]: (one["due_on"], one["status"])
        for one in office.get(f"/v1/petitions/{only_case(office)}/deadlines").json()["items"]
    }
    assert clocks["finish"] == ("2025-11-04", "overdue")


@pytest.mark.parametrize("told", [{}, {"受理告知日期": "2025-09-12"}])
def test_who_was_accepted_in_time_was_told_in_time(
    services: Services, sign_in: SignIn, catch_up: CatchUp, told: dict[str, str]
) -> None:
    office = sign_in("office")
    taken_in(services, office, as_csv(line(**told)))
    catch_up()
    clocks = {
        one["clock"]: (one["status"], one["stopped_on"])
        for one in office.get(f"/v1/petitions/{only_case(office)}/deadlines").json()["items"]
    }
    assert clocks["notify"] == ("met", told.get("受理告知日期", "2025-09-05"))


def test_what_the_ledger_leaves_out_is_assumed_and_said(
    services: Services, sign_in: SignIn, catch_up: CatchUp
) -> None:
    office = sign_in("office")
    taken_in(services, office, as_csv(line(受理日期="", 送达日期="", 责任单位="")))
    catch_up()
    told = {
        one["event"]: (one["on"], one["basis"])
        for one in office.get(f"/v1/petitions/{only_case(office)}/history").json()["items"]
    }
    assert told["Accepted"] == ("2025-09-01", "历史台账导入；台账未载受理日期，按收到日期推定")
    assert told["Served"] == ("2025-10-10", "历史台账导入；台账未载送达日期和方式，按答复日期、邮寄推定")


def test_the_same_file_again_adds_nothing_in_either_format(services: Services, sign_in: SignIn) -> None:
    office = sign_in("office")
    lines = [line(编号=f"旧-{n}") for n in range(1, 6)] + [line(编号="", 信访人="李无号")]
    assert counted(taken_in(services, office, as_csv(*lines))) == ("done", 6, 6, 6, 0)
    assert counted(taken_in(services, office, as_xlsx(*lines))) == ("done", 6, 6, 0, 6)
    changed = taken_in(services, office, as_csv(line(编号="旧-1", 内容摘要="另一件事")))
    assert counted(changed) == ("done", 1, 1, 0, 0)
    assert changed["refused"] == [{"line": 2, "reason": "该编号已导入但内容不同，未作更改"}]


@pytest.mark.parametrize(
    ("changed", "column", "says"),
    [
        ({"信访形式": "飞鸽"}, "信访形式", "来信"),
        ({"类别": ""}, "类别", "没有填写"),
        ({"收到日期": "2025-02-30"}, "收到日期", "没有这一天"),
        ({"收到日期": "去年"}, "收到日期", "无法识别"),
        ({"受理日期": "2025-08-01"}, "受理日期", "早于收到日期"),
        ({"办结日期": "2030-01-01"}, "办结日期", "将来"),
        ({"收到日期": "1990-01-01"}, "收到日期", "早于1995年"),
        ({"答复日期": ""}, "答复日期", "应当填写答复日期"),
        ({"证件号": "3.30102E+17"}, "证件号", "科学计数法"),
        ({"信访人": ""}, "信访人", "应当填写信访人"),
        ({"类别": "检举控告"}, "被反映单位", "保密"),
        ({"责任单位": "没有的单位"}, "责任单位", "没有这个单位"),
        ({"受理告知日期": "2025-09-04"}, "受理告知日期", "早于受理日期"),
        ({"受理告知日期": "2025-09-06", "受理日期": ""}, "受理日期", "应当填写受理日期"),
        ({"内容摘要": "长" * 201}, "内容摘要", "超过200个字"),
    ],
)
def test_a_bad_line_is_named_with_column_and_reason_and_no_value(
    services: Services, sign_in: SignIn, changed: dict[str, str], column: str | None, says: str
) -> None:
    found = taken_in(services, sign_in("office"), as_csv(line(编号="旧-0"), line(**changed)))
    assert counted(found)[:4] == ("done", 2, 2, 1)
    (refused,) = found["refused"]
    assert (refused["line"], refused.get("column")) == (3, column)
    assert says in refused["reason"]
    typed = [value for name, value in changed.items() if value and name not in {"类别", "信访形式"}]
    assert not [value for value in typed if value in refused["reason"]]


def test_numbers_in_a_workbook_that_have_lost_digits_are_refused(services: Services, sign_in: SignIn) -> None:
    content = as_xlsx(
        line(编号=1, 收到日期=date(2025, 9, 1)),
        line(编号=2, 证件号=330102197001011234),
        line(编号=3, 电话=13800001111),
        line(编号=4, 收到日期=45000),
        line(编号=5, 电话=10**15),
    )
    found = taken_in(services, sign_in("office"), content)
    assert counted(found)[:4] == ("done", 5, 5, 2)
    assert [(one["line"], one["column"]) for one in found["refused"]] == [
        (3, "证件号"),
        (5, "收到日期"),
        (6, "电话"),
    ]
    assert all("文本" in one["reason"] for one in found["refused"])


def test_a_title_above_the_head_and_another_sheet_before_it_do_no_harm(
    services: Services, sign_in: SignIn
) -> None:
    content = as_xlsx({"序号": 1} | line(), above=["清江区2025年信访台账", "单位：区信访局"], before=["封面"])
    assert counted(taken_in(services, sign_in("office"), content)) == ("done", 1, 1, 1, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_of_any_usual_encoding(services: Services, sign_in: SignIn, encoding: str) -> None:
    found = taken_in(services, sign_in("office"), as_csv(line(), encoding=encoding))
    assert counted(found) == ("done", 1, 1, 1, 0)


def other_book(change: Callable[[Any], None]) -> bytes:
    made = BytesIO()
    with Workbook(made) as book:
        sheet = book.add_worksheet("台账")
        for place, name in enumerate(line()):
            sheet.write_string(0, place, name)
        change(sheet)
    return made.getvalue()


def test_merged_cells_below_the_head_are_refused_line_by_line(services: Services, sign_in: SignIn) -> None:
    def merge(sheet: Any) -> None:
        for row, one in ((1, line()), (2, line(编号="旧-2"))):
            for place, value in enumerate(one.values()):
                sheet.write_string(row, place, value)
        sheet.merge_range(1, 5, 2, 5, "清江区和平路3号")

    found = taken_in(services, sign_in("office"), other_book(merge))
    assert counted(found)[:4] == ("done", 2, 2, 1)
    assert "合并单元格" in found["refused"][0]["reason"]
    assert found["refused"][0]["line"] == 3


def test_a_formula_counts_as_what_it_showed_when_saved(services: Services, sign_in: SignIn) -> None:
    def write(sheet: Any) -> None:
        for place, (name, value) in enumerate(line().items()):
            if name == "内容摘要":
                sheet.write_formula(1, place, '="楼顶"&"漏水"', None, "楼顶漏水")
            elif name == "编号":
                sheet.write_formula(1, place, "=1/0", None, "#DIV/0!")
            else:
                sheet.write_string(1, place, value)

    assert counted(taken_in(services, sign_in("office"), other_book(write)))[:4] == ("done", 1, 1, 1)


def empty_book() -> bytes:
    made = BytesIO()
    with Workbook(made) as book:
        book.add_worksheet()
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (empty_book(), "import.no_head"),
        (b"a,b\n1,2\n", "import.no_head"),
        (as_csv({"编号": 1, "信访形式": "来信"}), "import.bad_header"),
        (as_csv(line(领导意见="阅")), "import.unknown_column"),
        (as_csv(line()).splitlines()[0], "import.no_lines"),
        (other_book(lambda sheet: None), "import.no_lines"),
        (as_csv(line(登记日期="2025-09-01")), "import.column_twice"),
        (b"PK\x03\x04 not a book", "import.not_a_workbook"),
        (as_xlsx(line())[:-200], "import.not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "import.old_workbook"),
        (b"\xff\xfe\xfd\xfc\x81", "import.not_utf8"),
        (other_book(lambda sheet: sheet.write_string(1_048_575, 16_383, "x")), "import.too_wide"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(sign_in: SignIn, content: bytes, code: str) -> None:
    answer = send(sign_in("office"), content, "petitions")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_an_accusation_stays_from_whom_it_accuses(
    services: Services, sign_in: SignIn, catch_up: CatchUp
) -> None:
    office = sign_in("office")
    accusing = line(类别="检举控告", 被反映单位="清江区住房和城乡建设局")
    refused = taken_in(services, office, as_csv(accusing))
    assert "被检举控告的单位" in refused["refused"][0]["reason"]
    other = accusing | {"责任单位": "清江区人力资源和社会保障局"}
    assert counted(taken_in(services, office, as_csv(other))) == ("done", 1, 1, 1, 0)
    catch_up()
    (listed,) = office.get("/v1/petitions").json()["items"]
    assert "-J" in listed["number"]
    assert sign_in("unit-a-head").get(f"/v1/petitions/{listed['id']}").status_code == 404


def test_cancelled_after_the_batch_and_run_again(services: Services, sign_in: SignIn) -> None:
    office = sign_in("office")
    lines = [line(编号=f"旧-{n}") for n in range(250)]
    id = send(office, as_csv(*lines), "petitions").json()["id"]
    assert office.post(f"/v1/imports/{id}/resume").json()["code"] == "import.wrong_state"
    worker, take_in = ImportWorker(services), services.casework.take_in

    def cancelling(*given: Any) -> Any:
        assert office.post(f"/v1/imports/{id}/cancel").json()["state"] == "cancelled"
        return take_in(*given)

    services.casework.take_in = cancelling  # type: ignore[method-assign]  # the clerk cancels in the midst of a batch
    worker.run_once()
    services.casework.take_in = take_in  # type: ignore[method-assign]  # as it was
    assert counted(office.get(f"/v1/imports/{id}").json()) == ("cancelled", 250, 100, 100, 0)
    assert not worker.run_once()
    assert office.post(f"/v1/imports/{id}/resume").json()["state"] == "waiting"
    work_off(services)
    assert counted(office.get(f"/v1/imports/{id}").json()) == ("done", 250, 250, 250, 0)
    assert office.post(f"/v1/imports/{id}/cancel").status_code == 409


def test_the_refused_lines_can_be_taken_home(services: Services, sign_in: SignIn) -> None:
    office = sign_in("office")
    found = taken_in(services, office, as_csv(line(类别="")))
    report = office.get(f"/v1/imports/{found['id']}/refused.csv")
    assert report.content.decode("utf-8-sig").splitlines() == ["行号,列,原因", "2,类别,没有填写"]
    assert office.get(f"/v1/imports/{found['id']}/refused.xlsx").content.startswith(b"PK")
    assert sign_in("unit-a-head").get(f"/v1/imports/{found['id']}/refused.csv").status_code == 403


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["petitions", "supervision-items", "letters"])
def test_a_template_is_known_again_and_has_no_lines_yet(
    sign_in: SignIn, client: Caller, kind: str, ending: str
) -> None:
    address = f"/v1/import-templates/{kind}.{ending}"
    assert client.get(address).status_code == 401
    office = sign_in("inspector" if kind == "supervision-items" else "office")
    template = office.get(address)
    assert template.status_code == 200
    if (kind, ending) != ("letters", "xlsx"):
        answer = send(office, template.content, kind)
        empty = (202, None) if kind == "letters" else (422, "import.no_lines")
        assert (answer.status_code, answer.json().get("code")) == empty


@pytest.mark.parametrize("username", ["leader", "inspector", "unit-a-head", "auditor", "admin"])
def test_only_the_office_imports_petitions(sign_in: SignIn, username: str) -> None:
    answer = send(sign_in(username), as_csv(line()), "petitions")
    assert (answer.status_code, answer.json()["code"]) == (403, "import.not_yours")


def test_a_control_character_is_no_text(services: Services, sign_in: SignIn) -> None:
    found = taken_in(services, sign_in("office"), as_csv(line(内容摘要="漏\x07水")))
    assert found["refused"] == [{"line": 2, "column": "内容摘要", "reason": "含有控制字符"}]


def test_a_file_of_too_many_lines_fails_and_says_so(
    services: Services, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_files, "MOST_ROWS", 2)
    found = taken_in(services, sign_in("office"), as_csv(*(line(编号=f"旧-{n}") for n in range(3))))
    assert (found["state"], found["landed"]) == ("failed", 0)
    assert "拆成几个文件" in found["refused"][0]["reason"]
