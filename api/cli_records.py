"""命令行·档案: replay, rebuild and check. Shows no petitioner's data."""

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli_imports import importing
from api.cli_replay import replay
from api.terminal import err, out, services, stop
from projections.catalogue import VIEWS
from projections.rebuild import Rebuilding
from projections.rebuild import rebuild as build_again
from projections.runner import Stalled


def add(main: typer.Typer) -> None:
    """加入命令."""
    main.add_typer(importing, name="import")
    main.command()(replay)
    main.command()(rebuild)
    main.command()(check)


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
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with services() as made, Progress(*columns, console=err, disable=not err.is_terminal) as drawn:
        task = drawn.add_task("重建", total=None)

        def shown(name: str, position: int, head: int) -> None:
            drawn.update(task, completed=position, total=head)

        try:
            results = build_again(
                made.database, made.casework, chosen, switch=not compare_only, progress=shown
            )
        except Rebuilding:
            stop("另一次重建正在进行。")
        except Stalled as error:
            names = "、".join(error.names)
            stop(f"{names}：位置 {error.position} 的事件无法读入（{error.error}，{error.where}），未切换。")
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
