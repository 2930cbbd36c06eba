"""留存结果: what a run measured, on disk after every comparison, so that an interrupted run goes on where it stopped.

`bench/results/<began>/` holds a run: `run.json` says how it was started, `<benchmark>.json` what was measured. Published
results are files of the same shape under `docs/speed/results/`, one a benchmark, from which the page and the drawings
are made.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from api.clock import now

ROOT = Path(__file__).parent.parent
RUNS = ROOT / "bench" / "results"
PUBLISHED = ROOT / "docs" / "speed"
RUN = "run.json"

Kept = dict[str, Any]
"""A result as `Result.as_dict` gives it, or a benchmark's file: finished, machine, results."""


class Run:
    """一次运行 — a folder; each benchmark's file is replaced as a whole, so that a kill leaves the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def open(
        cls, settings: Mapping[str, Any], names: Sequence[str], *, fresh: bool, runs: Path = RUNS
    ) -> "Run":
        """开始或继续: the newest run of the same settings that has something left to do, unless told to begin anew."""
        if not fresh:
            for folder in sorted(runs.glob(f"*/{RUN}"), reverse=True):
                run = cls(folder.parent)
                if _read(folder) == {**settings} and not all(run.finished(name) for name in names):
                    return run
        run = cls(runs / now().strftime("%Y%m%d-%H%M%S-%f"))
        run.folder.mkdir(parents=True)
        _write(run.folder / RUN, {**settings})
        return run

    def of(self, name: str) -> Kept:
        """已测: what is kept of a benchmark."""
        path = self.folder / f"{name}.json"
        return _read(path) if path.exists() else {"finished": False, "machine": {}, "results": []}

    def finished(self, name: str) -> bool:
        """测完: whether all comparisons of the benchmark are there."""
        return bool(self.of(name)["finished"])

    def measured(self, name: str, comparison: str) -> bool:
        """已有: whether this comparison needn't be taken again."""
        return any(result["name"] == comparison for result in self.of(name)["results"])

    def keep(self, name: str, result: Kept, machine: Mapping[str, Any]) -> None:
        """留存: one more result, beside the machine and the state of the code that it was taken on."""
        kept = self.of(name)
        stamped = {**result, "commit": commit(), "at": now().isoformat(timespec="seconds")}
        _write(
            self.folder / f"{name}.json",
            {**kept, "machine": {**machine}, "results": [*kept["results"], stamped]},
        )

    def finish(self, name: str) -> None:
        """完成: the benchmark is done."""
        _write(self.folder / f"{name}.json", {**self.of(name), "finished": True})

    def publish(self, name: str, page: Path = PUBLISHED) -> None:
        """公布: the benchmark's file becomes the one of which the page tells."""
        folder = page / "results"
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"{name}.json", self.of(name))


def published(names: Sequence[str], page: Path) -> dict[str, Kept]:
    """已公布: each benchmark's file, in the order of the names."""
    paths = {name: page / "results" / f"{name}.json" for name in names}
    return {name: _read(path) for name, path in paths.items() if path.exists()}


def commit() -> str:
    """代码版本: as the repository names it, with a plus if files differ from it; empty outside a repository."""
    told = subprocess.run(
        ["git", "describe", "--always", "--exclude=*", "--dirty=+"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()


def _read(path: Path) -> Kept:
    kept: Kept = json.loads(path.read_text(encoding="utf-8"))
    return kept


def _write(path: Path, kept: Kept) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)
