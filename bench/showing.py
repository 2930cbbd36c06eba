"""列示结果: the table on the terminal, and the page `docs/speed/README.md` with its drawings."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import plots
from bench.keeping import PUBLISHED, Kept, published

PAPER = 190
"""Columns of a table that goes to a file."""
HEADINGS = ("what", "ratio", "goal", "ours", "comparator", "compared with")
PAGE = """# Speed

Drawn by `make bench` from `results/`; how to read it: [bench/README.md](../../bench/README.md). Median [min–max] over the
rounds. A *ratio* says how many times faster ours is; where the goal is “≤”, how many times dearer. *Load* is how many
processes wanted the machine's two cores meanwhile: above two, absolute figures are worse than a quiet machine's.
"""


def table(results: Sequence[Kept], machine: Mapping[str, Any]) -> None:
    """列表: medians and extremes over the rounds, the ratio first."""
    shown = Table(
        title=r"median \[min–max] over the rounds; goal ≥: times faster, ≤: times dearer",
        title_justify="left",
    )
    for heading in HEADINGS:
        shown.add_column(heading, justify="right" if heading in ("ratio", "goal") else "left")
    for result in results:
        colour = {True: "green", False: "red", None: "default"}[result["met"]]
        what, ratio, goal, *rest = cells(result)
        shown.add_row(what, ratio, f"[{colour}]{goal}[/]", *rest)
    console = Console()
    if not console.is_terminal:
        console.width = PAPER
    console.print(shown)
    console.print(", ".join(f"{name} {value}" for name, value in machine.items()))


def cells(result: Kept) -> tuple[str, ...]:
    """一行: as on the terminal, so on the page."""
    unit = result["unit"]
    return (
        result["what"] + (f" ({result['note']})" if result["note"] else ""),
        spread(result["ratio"], 0 if result["ratio"]["median"] >= 100 else 2, "×"),
        promise(result),
        f"{spread(result['ours'], 2 if result['ours']['median'] < 10 else 0)} {unit}",
        f"{spread(result['theirs'], 2 if result['theirs']['median'] < 10 else 0)} {unit}",
        result["against"],
    )


def promise(result: Kept) -> str:
    """目标: what was promised and whether it was kept."""
    if result["met"] is None:
        return "–"
    promised = []
    if result["goal"] is not None:
        promised.append(f"{'≤' if result['at_most'] else '≥'} {result['goal']:g}")
    if result["ceiling"] is not None:
        promised.append(f"≤ {result['ceiling']:g} {result['unit']}")
    return f"{', '.join(promised)} {'met' if result['met'] else 'missed'}"


def spread(values: Mapping[str, float], digits: int, sign: str = "") -> str:
    """分布: median [least–most]."""
    middle, least, most = (f"{values[name]:,.{digits}f}" for name in ("median", "min", "max"))
    return f"{middle}{sign} [{least}–{most}]"


def drawings(results: Iterable[Kept], folder: Path) -> list[str]:
    """各图: every figure among the results, drawn into the folder; their names."""
    figures: dict[str, list[Kept]] = {}
    for result in results:
        if result["figure"] is not None:
            figures.setdefault(result["figure"]["name"], []).append(result)
    for name, points in figures.items():
        (folder / f"{name}.svg").write_text(plots.draw(points), encoding="utf-8")
    return list(figures)


def page(names: Sequence[str], folder: Path = PUBLISHED) -> None:
    """公布页: all that is published, a section a benchmark, beside the drawings."""
    parts = [PAGE]
    for name, kept in published(names, folder).items():
        parts.append(
            f"\n## {name}\n\n| {' | '.join((*HEADINGS, 'load', 'code'))} |\n|{'---|' * (len(HEADINGS) + 2)}\n"
        )
        for result in kept["results"]:
            row = (*cells(result), str(result["load"]), result["commit"])
            parts.append(" | ".join(("", *(cell.replace("|", r"\|") for cell in row), "")).strip() + "\n")
        parts.extend(f"\n![{figure}]({figure}.svg)\n" for figure in drawings(kept["results"], folder))
        machine = ", ".join(f"{what} {value}" for what, value in kept["machine"].items())
        parts.append(f"\nMachine: {machine}.\n")
    (folder / "README.md").write_text("".join(parts), encoding="utf-8")
