"""Workbooks made to fill the memory: refused in words, whatever they are written like, while the service stays small."""

import resource
import zipfile
from datetime import date, datetime
from io import BytesIO
from time import perf_counter

import pytest
from xlsxwriter import Workbook

from api import ledger_files, sheet_cells
from api.ledger_columns import LedgerColumn
from domain.errors import Invalid

COLUMNS = (LedgerColumn("编号", "", True), LedgerColumn("内容", "", True))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>编号</t></is></c></row>'
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def book(sheet: str | bytes, place: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The least that is a workbook, with this as its sheet."""
    target = place.removeprefix("xl/")
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{relations}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>",
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship'
            f' Id="rId1" Type="{relations}/worksheet" Target="{target}"/></Relationships>',
        )
        packed.writestr(place, sheet)
    return made.getvalue()


def sheet(rows: str, before: str = "") -> str:
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


PREFIXED = (
    f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
    '<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
)
LONG = FAR.replace("<c r=", f'<c s="{"1" * 400}" r=')
WIDE = {
    "nothing after r": book(sheet(HEAD + FAR)),
    "prefixed": book(PREFIXED),
    "elsewhere": book(sheet(HEAD + FAR), "xl/elsewhere/one.xml"),
    "lower case": book(sheet(HEAD + FAR.replace("XFD", "xfd"))),
    "long before r": book(sheet(HEAD + LONG)),
    "UTF-16": book(sheet(HEAD + FAR, '<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16")),
    "many of both": book(
        sheet(HEAD + '<row r="90000"><c r="CZ90000"><v>1</v></c></row>')  # neither too low nor too far right
    ),
}


@pytest.mark.parametrize("content", WIDE.values(), ids=WIDE)
def test_a_cell_far_out_is_refused_however_it_is_written(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        ledger_files.must_be_table(content, COLUMNS)
    assert refused.value.code == "import.too_wide"


def test_what_gets_past_the_look_meets_the_limits_of_its_process() -> None:
    # not well-formed before the far cell, which calamine doesn't mind
    content = book(sheet(HEAD + "<a b=1/>" + FAR + "<row><c r='A1'><v>1</v></c></row>"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Invalid) as refused:
        ledger_files.must_be_table(content, COLUMNS)
    assert refused.value.code in {"import.too_heavy", "import.not_a_workbook"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_entities_are_not_unfolded() -> None:
    laughs = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with pytest.raises(Invalid) as refused:
        ledger_files.must_be_table(book(sheet(HEAD, laughs)), COLUMNS)
    assert refused.value.code == "import.not_a_workbook"


def test_cells_far_out_that_are_only_coloured_do_no_harm() -> None:
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as written:
        page, colour = written.add_worksheet(), written.add_format({"bg_color": "#ff0000"})
        page.write_row(0, 0, ["编号", "内容"])
        page.write_row(1, 0, ["1", "漏水"])
        page.write_blank(1_000_000, 16_000, None, colour)
    assert [one.line for one in ledger_files.rows(made.getvalue(), COLUMNS)] == [2]


def test_cells_keep_their_kinds_and_hidden_sheets_stay_out() -> None:
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as written:
        day = written.add_format({"num_format": "yyyy-mm-dd"})
        moment = written.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        page = written.add_worksheet()
        page.write_row(0, 0, ["甲", 1.5, True])
        page.write_datetime(0, 3, date(2026, 3, 2), day)
        page.write_datetime(0, 4, datetime.fromisoformat("2026-03-02T09:30"), moment)
        page.merge_range(2, 0, 4, 0, "合并")
        written.add_worksheet().hide()
    [(rows, merged)] = [(list(one.rows), one.merged) for one in sheet_cells.sheets(made.getvalue())]
    assert rows[0] == (1, ["甲", 1.5, True, date(2026, 3, 2), datetime.fromisoformat("2026-03-02T09:30")])
    assert merged == {4: 3, 5: 3}


def test_who_stops_reading_leaves_no_process_behind() -> None:
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as written:
        page = written.add_worksheet()
        for row in range(20_000):
            page.write_row(row, 0, ["编号", "内容"])
    for _ in range(2 * sheet_cells.AT_ONCE):
        started = perf_counter()
        ledger_files.must_be_table(made.getvalue(), COLUMNS)
        assert perf_counter() - started < sheet_cells.PATIENCE
