"""Older ledgers as files, for the tests of their import: petitions and supervision items, as .csv and as .xlsx."""

import csv
from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

GOOD: dict[str, Any] = {
    "编号": "旧-1",
    "信访形式": "来信",
    "信访人": "王大山",
    "证件号": "330102197001011234",
    "电话": "0571-8765432",
    "住址": "清江区和平路3号",
    "类别": "申诉求决",
    "内容摘要": "楼顶漏水无人维修",
    "信访内容": "房屋漏水三年，多次反映无人维修。",
    "收到日期": "2025-09-01",
    "受理日期": "2025-09-05",
    "受理告知日期": "",
    "责任单位": "清江区住房和城乡建设局",
    "答复日期": "2025-10-10",
    "送达日期": "2025-10-12",
    "办结日期": "2025-10-20",
}
ITEM: dict[str, Any] = {
    "编号": "督-1",
    "来源": "区政府常务会议纪要第3期",
    "类别": "领导批示",
    "事项": "老旧小区供暖改造",
    "要求": "供暖季前完成。",
    "立项日期": "2025-09-01",
    "期限": "2025-10-31",
    "牵头单位": "清江区住房和城乡建设局",
    "状态": "已核销",
    "办结日期": "2025-10-20",
}


def line(**changed: Any) -> dict[str, Any]:
    """A good line of the petitions' ledger, or one that is good but for what was changed."""
    return GOOD | changed


def item(**changed: Any) -> dict[str, Any]:
    """The same of the ledger of supervision items."""
    return ITEM | changed


def as_csv(*lines: dict[str, Any], encoding: str = "utf-8-sig") -> bytes:
    """A file of these lines under the head of the first."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(lines[0])
    writer.writerows([one.get(name, "") for name in lines[0]] for one in lines)
    return text.getvalue().encode(encoding)


def as_xlsx(*lines: dict[str, Any], above: Sequence[str] = (), before: Sequence[str] = ()) -> bytes:
    """A workbook of these lines; a day is a day's cell, a number a number's."""
    made = BytesIO()
    with Workbook(made, {"strings_to_numbers": False}) as book:
        for name in before:
            book.add_worksheet(name).write_string(0, 0, "说明")
        sheet, day = book.add_worksheet("台账"), book.add_format({"num_format": "yyyy-mm-dd"})
        for row, title in enumerate(above):
            sheet.merge_range(row, 0, row, 5, title)
        for place, name in enumerate(lines[0]):
            sheet.write_string(len(above), place, name)
        for row, one in enumerate(lines, len(above) + 1):
            for place, name in enumerate(lines[0]):
                value = one.get(name, "")
                if isinstance(value, date):
                    sheet.write_datetime(row, place, value, day)
                else:
                    sheet.write(row, place, value)
    return made.getvalue()
