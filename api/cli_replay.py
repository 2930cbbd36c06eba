"""命令行·重放: one case step by step, or every read model as it stood at an instant. Shows no petitioner's data."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api import case_shapes
from api.bootstrap import Services
from api.case_reading import Seen, in_full
from api.console.case_places import in_beijing
from api.terminal import err, out, services, stop
from domain.acts import SHANGHAI
from projections import replay as whole
from projections.catalogue import VIEWS
from projections.ledger import Ledger
from projections.runner import Stalled, catch_up

INDENT = " " * 8
LOOKING = "查找截止位置"

Number = Annotated[
    str | None, typer.Argument(help="案件编号；整库重放时不写。 The case's number; none for the whole store.")
]
Until = Annotated[
    str | None,
    typer.Option(
        metavar="时刻",
        help="整库重放截至何时，如 2026-03-02 或 2026-03-02T10:00（北京时间）。 Until when; Beijing time unless it has an offset.",
    ),
]
Into = Annotated[
    str | None,
    typer.Option(metavar="模式", help="建在哪个数据库模式（schema）中。 The schema to build it in."),
]
Drop = Annotated[
    str | None,
    typer.Option(metavar="模式", help="删除以前重放所建的模式。 Drop a schema that a replay made."),
]


def replay(number: Number = None, until: Until = None, into: Into = None, drop: Drop = None) -> None:
    """重放一件案件，或者把全部读模型重放到某一时刻。 Replay a case, or every read model as it stood at an instant.

    一件：每个事件之后的环节和期限，按各步当时的法定日期判断，最后一步按今天。
    整库：--until 时刻 --into 模式，把截至该时刻已经记录的全部事件重新建成各台账，放在单独的模式中，现用数据不动；
    中断后再次运行同一命令即继续。
    """
    if drop is not None and number is until is into is None:
        _drop(drop)
    elif number is not None and until is into is drop is None:
        _one(number)
    elif until is not None and into is not None and number is drop is None:
        _whole(_instant(until), into)
    else:
        stop("请写案件编号，或者 --until 时刻 --into 模式，或者 --drop 模式。", 2)


def _instant(given: str) -> datetime:
    try:
        return datetime.fromisoformat(str(in_beijing(given))).astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        stop("截止时刻应写成 2026-03-02 或 2026-03-02T10:00（北京时间），也可带时区。", 2)


def _whole(until: datetime, schema: str) -> None:
    with services() as made, _kept(schema), _progress() as (looking, building):
        if until > made.clock():
            stop("截止时刻还没有到。", 2)
        head = made.casework.store.max_notification_id() or 0
        found = whole.replay(
            made.database,
            made.casework,
            until,
            schema,
            looking=lambda position: looking(position, head),
            progress=building,
        )
    again = "（以前已经建好）" if found.was_done else "（继续以前中断的重放）" if found.resumed else ""
    out.print(
        f"{schema}：截至 {until:%Y-%m-%d %H:%M:%S} 已经记录的 {found.within.facts} 个事件，"
        f"最后一个在位置 {found.within.last}，共 {len(VIEWS)} 个视图{again}。",
        markup=False,
    )


def _drop(schema: str) -> None:
    with services() as made, _kept(schema):
        was_there = whole.drop(made.database, schema)
    out.print(f"{schema}：已删除。" if was_there else f"{schema}：没有这个模式。", markup=False)


@contextmanager
def _kept(schema: str) -> Iterator[None]:
    """What can't be replayed into is said in a sentence."""
    try:
        yield
    except whole.BadName:
        stop(f"{schema} 不能用作模式名：应为小写字母、数字和下划线，且不是系统或本系统自用的名称。", 2)
    except whole.Foreign:
        stop(f"模式 {schema} 不是重放所建，不会改动；请换一个名称。")
    except whole.Replaying:
        stop(f"另一次重放正在写入 {schema}。")
    except Stalled as error:
        stop(f"位置 {error.position} 的事件无法读入（{error.error}，{error.where}）。")


@contextmanager
def _progress() -> Iterator[tuple[Callable[[int, int], None], Callable[[str, int, int], None]]]:
    """A bar for the look through the log and one for each view, by positions; where nobody looks, nothing is drawn."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal) as drawn:
        tasks: dict[str, TaskID] = {}

        def move(name: str, position: int, head: int) -> None:
            if name not in tasks:
                tasks[name] = drawn.add_task(name, total=head)
            drawn.update(tasks[name], completed=position, total=head)

        yield lambda position, head: move(LOOKING, position, head), move


def _one(number: str) -> None:
    with services() as made:
        case = case_of(made, number)
        if case is None:
            stop("没有这个编号。")
        seen = in_full(made, case, made.clock())
        out.print(f"{seen.kind.label} {number}", markup=False)
        for then in seen.steps():
            for line in _step(then):
                out.print(line, markup=False)


def case_of(made: Services, number: str) -> UUID | None:
    """按编号查件: the id of the case of this number, of whatever kind."""
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
