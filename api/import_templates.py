"""导入模板: for each kind of import an empty table with its head, and what every column holds."""

from io import BytesIO
from typing import Literal

from fastapi import APIRouter, Response
from xlsxwriter import Workbook

from api import sheets
from api.errors import READS
from api.identity import Signed
from api.import_kinds import KINDS, ImportKind, KindName
from api.ledger_columns import LedgerColumn
from api.sheets import Column

router = APIRouter(prefix="/v1/import-templates", tags=["导入"], responses=READS)
SHAPES = {"text": "文本", "digits": "文本（单元格须为文本格式）", "phone": "文本", "day": "日期"}
ROWS = 5000
"""So many rows of the sheet are prepared: texts as texts, days as days."""


@router.get("/{kind}.{ending}", response_class=Response, summary="导入模板")
def template(kind: KindName, ending: Literal["xlsx", "csv"], _: Signed) -> Response:
    """表头和填写说明；来信只能用 CSV 导入."""
    chosen = KINDS[kind]
    name = f"{chosen.label}导入模板.{ending}"
    if ending == "csv":
        head = [Column(one.name) for one in chosen.columns]
        return sheets.download(name, sheets.CSV, "".join(sheets.csv_lines(head, ())).encode())
    return sheets.download(name, sheets.XLSX, workbook(chosen))


def workbook(kind: ImportKind) -> bytes:
    """模板文件: the table to fill in, and a sheet of notes; its head is the file's first row."""
    made = BytesIO()
    book = Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    formats = {
        "text": book.add_format({"num_format": "@"}),
        "digits": book.add_format({"num_format": "@"}),
        "phone": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    head = book.add_format({"bold": True, "bg_color": "#F1EDEA", "border": 1})
    must = book.add_format({"bold": True, "bg_color": "#F1EDEA", "border": 1, "font_color": "#8B1A1A"})
    sheet = book.add_worksheet(kind.label)
    for place, column in enumerate(kind.columns):
        sheet.set_column(place, place, 30 if column.lines else 15, formats[column.kind])
        sheet.write_string(0, place, column.name, must if column.needed else head)
        if column.choices is not None:
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": _offered(column)})
    sheet.freeze_panes(1, 1)
    notes = book.add_worksheet("填写说明")
    notes.set_column(0, 0, 14)
    notes.set_column(1, 2, 22)
    notes.set_column(3, 3, 90)
    for place, text in enumerate(("列", "必填", "格式", "说明")):
        notes.write_string(0, place, text, head)
    for line, column in enumerate(kind.columns, 1):
        texts = (column.name, "必填" if column.needed else "", SHAPES[column.kind], column.note)
        for place, text in enumerate(texts):
            notes.write_string(line, place, text)
    book.close()
    return made.getvalue()


def _offered(column: LedgerColumn) -> list[str]:
    """Each choice under its first name."""
    names: dict[str, str] = {}
    for name, value in (column.choices or {}).items():
        names.setdefault(value, name)
    return list(names.values())
