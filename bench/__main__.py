"""运行基准: `python -m bench` runs all of it and goes on where it was interrupted, `python -m bench load sweep` those two."""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from functools import partial
from importlib import import_module
from platform import python_version
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bench import showing
from bench.keeping import Kept, Run
from bench.measure import Comparison, measure, trials
from bench.place import Place, place

BENCHMARKS: Mapping[str, str] = {
    "save": "saving",
    "commands": "commands",
    "append": "appending",
    "load": "loading",
    "log": "reading",
    "catch-up": "catching_up",
    "letters": "importing",
    "sweep": "sweeping",
    "decree": "decreeing",
    "ledgers": "ledgers",
    "pages": "pages",
    "million": "million",
    "verify": "verifying",
}
"""Each one's module, which is asked for its `comparisons` when its turn has come."""
ROUNDS, QUICK_ROUNDS = 5, 2
STOPPING = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """运行: the table, then one line of JSON for the machine and one for each result; 130 when interrupted, 1 if one failed."""
    options = arguments()
    stop = Stop()
    names, whole = options.names or list(BENCHMARKS), not options.names
    settings = {
        "names": options.names,
        "rounds": options.rounds,
        "quick": options.quick,
        "sizes": options.sizes,
    }
    run = Run.open(settings, names, fresh=options.fresh or not whole)
    publishing = options.publish or (whole and not options.quick and not options.sizes)
    machine: dict[str, Any] = {"python": python_version(), "rounds": options.rounds}
    interrupted, failed = False, []
    try:
        with place(quick=options.quick, told=options.sizes) as ground, closing(stop):
            machine |= ground.describe()
            for name in names:
                if not stop.succeeds(partial(perform, ground, name, run, machine, stop.heed)):
                    failed.append(name)
                elif publishing:
                    run.publish(name)
                    showing.page(list(BENCHMARKS))
    except BaseException:
        if not stop.told:
            raise
        print("interrupted; the server is stopped and its files are gone", file=sys.stderr)
        interrupted = True
    results: list[Kept] = [result for name in names for result in run.of(name)["results"]]
    showing.drawings(results, run.folder)
    showing.table(results, machine)
    for line in (machine, *results):
        print(json.dumps(line, ensure_ascii=False))
    print(f"kept in {run.folder}", file=sys.stderr)
    if failed:
        print(f"failed: {', '.join(failed)}; started again, a whole run goes on with them", file=sys.stderr)
    return 130 if interrupted else int(bool(failed))


class Stop:
    """中断 — Ctrl-C or SIGTERM: breaks off whatever runs. What that says on its way out – of a connection cut in the middle –
    hides nothing: who was told to stop knows. Tidying up isn't broken off."""

    def __init__(self) -> None:
        self.told = False
        for one in STOPPING:
            signal.signal(one, self._tell)

    def close(self) -> None:
        """收场: from now on nothing breaks off."""
        for one in STOPPING:
            signal.signal(one, signal.SIG_IGN)

    def succeeds(self, work: Callable[[], None]) -> bool:
        """完成: whether the work succeeded; one that fails is shown. Raises whatever came of breaking it off."""
        try:
            work()
        except Exception:
            if self.told:
                raise
            Console(stderr=True).print_exception()
            return False
        self.heed()
        return True

    def heed(self) -> None:
        """听从: where the interruption was swallowed on its way, as it is inside a finaliser, it comes now."""
        if self.told:
            raise KeyboardInterrupt

    def _tell(self, *_: object) -> None:
        self.told = True
        raise KeyboardInterrupt


def arguments() -> argparse.Namespace:
    """参数: which benchmarks, how often, at which sizes."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Figures, each beside its comparator."
    )
    known = ", ".join(BENCHMARKS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {known} (default: all)")
    parser.add_argument("--rounds", type=int, help=f"rounds of both sides ({ROUNDS}; quick: {QUICK_ROUNDS})")
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds: does it run?")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[], metavar="N", help="measure at these sizes"
    )
    parser.add_argument("--fresh", action="store_true", help="begin anew instead of going on")
    parser.add_argument(
        "--publish", action="store_true", help="into docs/speed (a whole run at full sizes: always)"
    )
    options = parser.parse_intermixed_args()
    options.rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)} (there are {known})")
    if min(options.rounds, *options.sizes, 1) < 1:
        parser.error("at least one round, and sizes of at least one")
    return options


def perform(ground: Place, name: str, run: Run, machine: Mapping[str, Any], heed: Callable[[], None]) -> None:
    """一项基准: what of it is not yet kept, with the progress shown on the terminal; `heed` breaks it off."""
    if run.finished(name):
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    rounds = int(machine["rounds"])
    with (
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
        closing(comparisons_of(name)(ground)) as comparisons,
    ):
        task = progress.add_task(f"{name}: preparing", total=None)
        for comparison in comparisons:
            if run.measured(name, comparison.name):
                continue
            progress.update(
                task, description=comparison.what, total=2 * trials(comparison, rounds), completed=0
            )
            result = measure(comparison, rounds, partial(progress.advance, task))
            heed()
            run.keep(name, result.as_dict(), machine)
            progress.update(task, description=f"{name}: preparing", total=None)
    run.finish(name)


def comparisons_of(name: str) -> Callable[[Place], Generator[Comparison]]:
    """基准: what a benchmark compares."""
    found: Callable[[Place], Generator[Comparison]] = import_module(f"bench.{BENCHMARKS[name]}").comparisons
    return found


if __name__ == "__main__":
    sys.exit(main())
