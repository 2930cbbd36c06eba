"""命令行·导入: what the console imports in the background, here at once and with a bar. Shows no petitioner's data."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.bootstrap import Services
from api.import_kinds import KINDS
from api.terminal import out, services, stop
from domain.acts import Act, legal_date
from domain.errors import NotNow
from domain.petition import registration

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV 或者 .xlsx。 The table.")
]

importing = typer.Typer(help="导入。 Imports.", no_args_is_help=True)


@importing.command("letters")
def import_letters(file: File) -> None:
    """导入已答复的来信；重复导入不会增加任何内容，中断后可再次执行。 Import answered letters; again adds nothing.

    有未导入的行时，退出码为 1。 Exit code 1 if any line was refused.
    """
    _bring_in("letters", file, "导入来信")


@importing.command("petitions")
def import_petitions(file: File) -> None:
    """导入信访台账；重复导入不会增加任何内容，中断后可再次执行。 Import a register of petitions; again adds nothing.

    有未导入的行时，退出码为 1。 Exit code 1 if any line was refused.
    """
    _bring_in("petitions", file, "导入信访台账")


@importing.command("supervision-items")
def import_items(file: File) -> None:
    """导入督查台账；重复导入不会增加任何内容，中断后可再次执行。 Import supervision items; again adds nothing.

    有未导入的行时，退出码为 1。 Exit code 1 if any line was refused.
    """
    _bring_in("supervision-items", file, "导入督查台账")


def _bring_in(name: str, file: Path, title: str) -> None:
    kind = KINDS[name]
    with services() as made:
        reading = kind.read(file.read_bytes(), legal_date(made.clock()))
        unit = _unit(made, name)
        landed, present, refused = 0, reading.repeated, list(reading.refused)

        def act() -> Act:
            return Act(by="system", unit=unit, role="system", at=made.clock())

        columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        try:
            with Progress(*columns, console=out) as bar:
                task = bar.add_task(name, total=len(reading.lines))
                for landing in kind.land(made.casework, reading, 0, act):
                    landed += landing.landed
                    present += landing.present
                    refused.extend(landing.refused)
                    bar.advance(task, landing.done)
        except KeyboardInterrupt:
            stop(f"已中断：新导入 {landed} 件；其余未动，可再次执行。", 130)
    for one in sorted(refused, key=lambda one: one.line):
        where = f"“{one.column}”：" if one.column is not None else ""
        out.print(f"第 {one.line} 行未导入：{where}{one.reason}", markup=False)
    out.print(f"新导入 {landed} 件，原已导入 {present} 件，未导入 {len(refused)} 行。")
    raise typer.Exit(1 if refused else 0)


def _unit(made: Services, name: str) -> str:
    """登记单位: the petition office, or for supervision items the unit that supervises."""
    directory = made.casework.directory()
    if name != "supervision-items":
        return registration.office_of(Act("system", "system", "system", made.clock()), directory).id
    found = next((one.id for one in directory.units.values() if one.kind == "supervision"), None)
    if found is None:
        raise NotNow("office.missing", "尚未设立督查部门，请管理员先建立单位目录。")
    return found
