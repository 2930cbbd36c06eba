"""运行基准: `python -m bench` runs all of it, `python -m bench load sweep` those two."""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from functools import partial
from platform import python_version
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench import catching_up, decreeing, importing, ledgers, loading, pages, saving, sweeping, verifying
from bench.measure import Comparison, Result, Spread, measure
from bench.place import Place, place

BENCHMARKS: Mapping[str, Callable[[Place], Generator[Comparison]]] = {
    "save": saving.comparisons,
    "load": loading.comparisons,
    "catch-up": catching_up.comparisons,
    "letters": importing.comparisons,
    "sweep": sweeping.comparisons,
    "decree": decreeing.comparisons,
    "ledgers": ledgers.comparisons,
    "pages": pages.comparisons,
    "verify": verifying.comparisons,
}
ROUNDS = 5
PAPER = 170
"""Columns of a table that goes to a file."""


def main() -> int:
    """运行: the table, then one line of JSON for the machine and one for each result; 130 when interrupted."""
    options = arguments()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    begun = perf_counter()
    try:
        with place() as ground:
            machine = {"python": python_version(), "rounds": options.rounds} | ground.describe()
            benchmarks: dict[str, Callable[[Place], Generator[Comparison]]] = {
                **BENCHMARKS,
                "decree": partial(decreeing.comparisons, cases=options.cases),
                "verify": partial(verifying.comparisons, events=options.events),
            }
            results = run(
                ground, {name: benchmarks[name] for name in options.names or BENCHMARKS}, options.rounds
            )
    except KeyboardInterrupt:
        print("interrupted; the server is stopped and its files are gone", file=sys.stderr)
        return 130
    machine["seconds"] = round(perf_counter() - begun)
    show(results, machine)
    for line in (machine, *(result.as_dict() for result in results)):
        print(json.dumps(line, ensure_ascii=False))
    return 0


def arguments() -> argparse.Namespace:
    """参数: which benchmarks, and how often."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Figures, each beside its comparator."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"any of: {', '.join(BENCHMARKS)} (default: all)"
    )
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="rounds of both sides (default: %(default)s)"
    )
    parser.add_argument(
        "--cases",
        type=int,
        default=decreeing.CASES,
        help="open cases of the benchmark decree (default: %(default)s)",
    )
    parser.add_argument(
        "--events",
        type=int,
        default=verifying.EVENTS,
        help="facts of the benchmark verify (default: %(default)s)",
    )
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown or options.rounds < 1 or options.cases < 1 or options.events < 1:
        parser.error(
            f"no such benchmark: {', '.join(unknown)}" if unknown else "at least one round and one case"
        )
    return options


def run(
    ground: Place, benchmarks: Mapping[str, Callable[[Place], Generator[Comparison]]], rounds: int
) -> list[Result]:
    """逐项: every comparison of the named benchmarks, with the progress shown on the terminal."""
    results: list[Result] = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        for name, comparisons_of in benchmarks.items():
            task = progress.add_task(f"{name}: preparing", total=None)
            with closing(comparisons_of(ground)) as comparisons:
                for comparison in comparisons:
                    progress.update(
                        task, description=comparison.what, total=2 * rounds * comparison.turns, completed=0
                    )
                    results.append(measure(comparison, rounds, partial(progress.advance, task)))
            progress.remove_task(task)
    return results


def show(results: Sequence[Result], machine: Mapping[str, str | int]) -> None:
    """列表: medians and extremes over the rounds, the ratio first."""
    table = Table(
        title="median [min–max] over the rounds; a ratio above 1: ours is the faster", title_justify="left"
    )
    for heading in ("what", "ratio", "goal", "ours", "comparator", "compared with"):
        table.add_column(heading, justify="right" if heading in ("ratio", "goal") else "left")
    for result in results:
        comparison = result.comparison
        table.add_row(
            comparison.what,
            result.ratio.show(0 if result.ratio.median >= 100 else 1, "×"),
            goal(result),
            figures(result.ours, comparison.unit),
            figures(result.theirs, comparison.unit),
            comparison.against,
        )
    console = Console()
    if not console.is_terminal:
        console.width = PAPER
    console.print(table)
    console.print(", ".join(f"{name} {value}" for name, value in machine.items()))


def goal(result: Result) -> str:
    """目标: the promised ratio and whether it was reached."""
    if result.met is None:
        return "–"
    return f"[{'green' if result.met else 'red'}]≥ {result.comparison.goal:g} {'met' if result.met else 'missed'}[/]"


def figures(spread: Spread, unit: str) -> str:
    """数值: rounded to what the size of the figure bears."""
    return f"{spread.show(2 if spread.median < 10 else 0)} {unit}"


if __name__ == "__main__":
    sys.exit(main())
