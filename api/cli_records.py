"""命令行·档案: replay, rebuild and check. Shows no petitioner's data."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated
from uuid import UUID

import typer

from api import case_shapes
from api.bootstrap import Services
from api.case_reading import Seen, in_full
from api.cli_imports import importing
from api.terminal import out, services, stop
from domain.acts import SHANGHAI
from projections.catalogue import VIEWS
from projections.ledger import Ledger
from projections.rebuild import Rebuilding
from projections.rebuild import rebuild as build_again
from projections.runner import Stalled, catch_up

INDENT = " " * 8


def add(main: typer.Typer) -> None:
    """加入命令."""
    main.add_typer(importing, name="import")
    main.command()(replay)
    main.command()(rebuild)
    main.command()(check)


def replay(number: Annotated[str, typer.Argument(help="案件编号。 The case's number.")]) -> None:
    """重放一件案件：每个事件之后的环节和期限。 Replay a case of any kind: stage and clocks after every event.

    期限按各步当时的法定日期判断，最后一步按今天。 Clocks are judged on the legal date of each step, the last today.
    """
    with services() as made:
        case = _case(made, number)
        if case is None:
            stop("没有这个编号。")
        seen = in_full(made, case, made.clock())
        out.print(f"{seen.kind.label} {number}", markup=False)
        for then in seen.steps():
            for line in _step(then):
                out.print(line, markup=False)


def _case(made: Services, number: str) -> UUID | None:
    with suppress(Stalled):
        catch_up(made.database, made.casework, [Ledger()])
    with made.database.connection() as connection:
        row = connection.execute("SELECT case_id FROM ledger WHERE number = %s", (number,)).fetchone()
    return row["case_id"] if row is not None else None


def _step(then: Seen) -> Iterator[str]:
    """The event – its place, legal date, name, unit and instant –, then the stage and the clocks after it."""
    shown = case_shapes.step(then)
    event, state = shown["event"], shown["state"]
    unit, at = event["unit_name"], event["recorded_at"].astimezone(SHANGHAI)
    named = f"{event['label']} {event['event']}（{unit}，{at:%Y-%m-%d %H:%M} 记录）"
    yield f"{event['version']:>4}  {event['on']}  {named}"
    yield f"{INDENT}环节：{state['stage_label']}；期限按 {shown['as_of']} 判断"
    for clock in shown["deadlines"]:
        stopped = f"，{clock['stopped_on']} 止" if clock["stopped_on"] else ""
        loose = "，暂定" if clock["provisional"] else ""
        whose = f"，{clock['unit_name']}" if clock["part"] else ""
        yield (
            f"{INDENT}{clock['clock']}（{clock['label']}{whose}）：{clock['started_on']} 起，{clock['due_on']} 到期"
            f"{loose}{stopped}，{clock['status']}"
        )


def rebuild(
    view: Annotated[str | None, typer.Argument(help="视图；不写则全部。 The view; all if left out.")] = None,
    compare_only: Annotated[
        bool, typer.Option("--compare-only", help="只比较，不切换。 Compare, change nothing.")
    ] = False,
) -> None:
    """从事件重建读模型并与现用的比较。 Build read models again from the events and compare them with the live ones."""
    chosen = [one for one in VIEWS if view in {None, one.name}]
    if not chosen:
        stop(f"没有这个视图，可选：{'、'.join(one.name for one in VIEWS)}。", 2)
    with services() as made:
        try:
            results = build_again(made.database, made.casework, chosen, switch=not compare_only)
        except Rebuilding:
            stop("另一次重建正在进行。")
    for one in results:
        said = "一致" if one.agrees else f"不一致：{one.wrong} 行有误，{one.missing} 行缺失"
        out.print(f"{one.name}：位置 {one.position}，与现用的{said}")
    if compare_only and not all(one.agrees for one in results):
        raise typer.Exit(1)


def check() -> None:
    """检查：数据库、结构版本、规则表、读模型和定时任务。 Check database, schema, tables, read models and scheduler."""
    from api import checks

    with services(migrated=False) as made:
        found = checks.run(made)
    for one in found:
        mark = {"ok": "正常", "note": "提示", "bad": "异常"}[one.state]
        out.print(f"[{mark}] {one.what}：{one.said}", markup=False)
    if any(one.state == "bad" for one in found):
        raise typer.Exit(1)
