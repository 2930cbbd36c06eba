"""故障演练: `make chaos`, `python -m tests.chaos [--kills N] [--only NAME] [--all] [--json FILE]`.

Every scene runs in a process of its own and is judged by the same promises. Exit code 1 if one is broken, or, with
`--all`, if a scene could not be played here.
"""

import faulthandler
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.chaos.judging import Verdict
from tests.chaos.scenes import SCENES, Asked, Scene
from tests.chaos.tree import ROOT

LONGEST = 1800.0
"""Seconds for a scene; one that never ends says where each of its threads waits."""
out = Console(highlight=False, stderr=False)


def main(
    kills: Annotated[int, typer.Option(min=1, help="SIGKILLs in all of the scene `kills`.")] = 200,
    only: Annotated[list[str] | None, typer.Option(help="Only these scenes.")] = None,
    seconds: Annotated[
        float, typer.Option(min=1, help="Seconds of load in the scenes without kills.")
    ] = 20.0,
    seed: Annotated[int, typer.Option(help="What chance begins with.")] = 0,
    all_: Annotated[
        bool, typer.Option("--all", help="A scene that can't be played here is a failure.")
    ] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Counts and findings as JSON.")] = None,
    log: Annotated[Path | None, typer.Option(help="Keep the log of the services there.")] = None,
    within: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """故障演练：在负载下强杀进程、切断连接、拨动时钟，事后逐项清点。"""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    asked = Asked(kills, seconds, seed, log=log and log.absolute())
    if within is not None:
        [name] = only or []
        play_here(named(name), asked, within)
        return
    results = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        for scene in [named(one) for one in only] if only else SCENES:
            task = bar.add_task(scene.name, total=None)
            results[scene.name] = played(
                scene, asked, lambda done, of, task=task: bar.update(task, completed=done, total=of)
            )
            bar.update(task, completed=1, total=1)
            if json_file is not None:
                json_file.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    table(results)
    broken = [one for one in results.values() if one["findings"] or (all_ and one["not_done"])]
    raise typer.Exit(1 if broken else 0)


def named(name: str) -> Scene:
    """场次: by its name."""
    for scene in SCENES:
        if scene.name == name:
            return scene
    raise typer.BadParameter(f"{name}: {', '.join(one.name for one in SCENES)}")


def played(scene: Scene, asked: Asked, progress: Any) -> dict[str, Any]:
    """演一场: in a process of its own, which tells by lines how far it is, and its verdict in a file."""
    lacking = scene.needs()
    if lacking:
        return {"not_done": f"未做：{lacking}", "counts": {}, "findings": [], "seconds": 0}
    begun = monotonic()
    with tempfile.TemporaryDirectory(prefix="shixian-chaos-") as folder:
        verdict = Path(folder, "verdict.json")
        options = ["--kills", str(asked.kills), "--seconds", str(asked.seconds), "--seed", str(asked.seed)]
        options += ["--log", str(asked.log)] if asked.log else []
        command = [*scene.under, sys.executable, "-m", "tests.chaos", "--only", scene.name, *options]
        with subprocess.Popen(
            [*command, "--within", str(verdict)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            overdue = Timer(LONGEST, process.terminate)
            overdue.start()
            try:
                for line in process.stdout:
                    done, _, of = line.partition("/")
                    if of.strip().isdigit():
                        progress(int(done), int(of))
            finally:
                overdue.cancel()
                process.terminate()  # nothing happens to one that has ended
        told = json.loads(verdict.read_text("utf-8")) if verdict.exists() else {}
    told.setdefault("counts", {})
    told.setdefault(
        "findings", [f"broken off with code {process.returncode} after {monotonic() - begun:.0f} s"]
    )
    return {"not_done": "", **told, "seconds": round(monotonic() - begun)}


def play_here(scene: Scene, asked: Asked, file: Path) -> None:
    faulthandler.register(signal.SIGTERM, chain=True)
    asked.progress = lambda done, of: print_line(f"{done}/{of}")
    try:
        verdict = scene.play(asked)
    except Exception as error:
        traceback.print_exc()
        verdict = Verdict({}, [f"broken off: {type(error).__name__}: {error}"])
    file.write_text(json.dumps({"counts": verdict.counts, "findings": verdict.findings}), "utf-8")


def print_line(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def table(results: dict[str, dict[str, Any]]) -> None:
    """列表: a column a scene, a line a count."""
    shown = Table(title="故障演练", title_justify="left")
    shown.add_column("")
    for name in results:
        shown.add_column(name, justify="right")
    lines: dict[str, None] = {}
    for result in results.values():
        lines |= dict.fromkeys(result["counts"])
    for line in lines:
        shown.add_row(line, *(str(one["counts"].get(line, "")) for one in results.values()))
    shown.add_row("seconds", *(str(one["seconds"]) for one in results.values()))
    shown.add_row("", *(verdict_of(one) for one in results.values()))
    if not out.is_terminal:
        out.width = 200
    out.print(shown)
    for name, result in results.items():
        for line in [*result["findings"], *([result["not_done"]] if result["not_done"] else [])]:
            out.print(f"{name}: {line}", markup=False)


def verdict_of(result: dict[str, Any]) -> str:
    if result["not_done"]:
        return "未做"
    return f"[red]{len(result['findings'])} ✗[/]" if result["findings"] else "[green]✓[/]"


def run(arguments: Sequence[str]) -> None:
    """命令: with these arguments."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app(list(arguments))


if __name__ == "__main__":
    run(sys.argv[1:])
