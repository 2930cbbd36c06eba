"""The frame of the benchmarks: what a ratio says, what an interrupted run keeps, what is drawn."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench import plots, showing
from bench.__main__ import BENCHMARKS, STOPPING, Stop, comparisons_of
from bench.keeping import Run
from bench.measure import Comparison, Figure, measure

FIGURE = Figure("decree", "A decree", "open cases")
SETTINGS: dict[str, Any] = {"names": ["one", "two"], "rounds": 2, "quick": False, "sizes": []}


def comparison(**fields: Any) -> Comparison:
    """Ours takes two seconds where the other takes one."""
    usual: dict[str, Any] = {
        "name": "some",
        "what": "something",
        "against": "something else",
        "unit": "ms",
        "ours": lambda: 2.0,
        "theirs": lambda: 1.0,
        "figure": FIGURE,
        "size": 1000,
    }
    return Comparison(**usual | fields)


def taken(**fields: Any) -> dict[str, Any]:
    """The comparison, measured in two rounds."""
    return measure(comparison(**fields), 2, lambda: None).as_dict()


@pytest.mark.parametrize(
    ("fields", "ratio", "met"),
    [
        pytest.param({}, 0.5, None, id="nothing promised"),
        pytest.param({"goal": 0.5}, 0.5, True, id="half as fast is enough"),
        pytest.param({"goal": 1}, 0.5, False, id="not as fast"),
        pytest.param({"goal": 4, "at_most": True}, 2, True, id="twice as dear, four times allowed"),
        pytest.param({"goal": 1.5, "at_most": True}, 2, False, id="too dear"),
        pytest.param({"ceiling": 2000}, 0.5, True, id="two seconds allowed"),
        pytest.param(
            {"goal": 4, "at_most": True, "ceiling": 1999}, 2, False, id="cheap enough, but too slow"
        ),
        pytest.param({"unit": "MB", "ceiling": 3}, 0.5, True, id="megabytes as they are"),
    ],
)
def test_what_was_promised_is_judged(fields: dict[str, Any], ratio: float, met: bool | None) -> None:
    result = taken(**fields)
    assert (result["ratio"]["median"], result["met"]) == (ratio, met)
    assert ("met" in showing.promise(result), "missed" in showing.promise(result)) == (
        met is True,
        met is False,
    )


def test_long_trials_are_taken_less_often() -> None:
    times: list[float] = []
    measure(comparison(rounds=1, turns=3), 5, lambda: times.append(1))
    assert len(times) == 2 * 3


def test_an_interrupted_run_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    run = Run.open(SETTINGS, ["one", "two"], fresh=False, runs=tmp_path)
    run.keep("one", taken(), {"cores": 2})
    run.finish("one")
    run.keep("two", taken(name="first"), {"cores": 2})
    again = Run.open(SETTINGS, ["one", "two"], fresh=False, runs=tmp_path)
    assert again.folder == run.folder
    assert (again.finished("one"), again.finished("two")) == (True, False)
    assert (again.measured("two", "first"), again.measured("two", "second")) == (True, False)
    assert Run.open(SETTINGS | {"rounds": 3}, ["one", "two"], fresh=False, runs=tmp_path).folder != run.folder
    assert Run.open(SETTINGS, ["one", "two"], fresh=True, runs=tmp_path / "runs").folder != run.folder
    run.finish("two")
    assert Run.open(SETTINGS, ["one", "two"], fresh=False, runs=tmp_path).folder != run.folder


def test_the_same_results_are_the_same_drawing(tmp_path: Path) -> None:
    results = [taken(size=size, goal=4, at_most=True) for size in (1_000_000, 10_000)]
    assert showing.drawings([*results, taken(figure=None)], tmp_path) == ["decree"]
    drawn = (tmp_path / "decree.svg").read_text("utf-8")
    assert drawn == plots.draw(results[::-1])
    texts = [text.text for text in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert {"A decree", "open cases", "10,000", "1,000,000", "2×", "ratio (cost, goal ≤ 4)"} <= set(texts)


def test_what_is_published_is_a_page_of_tables_and_drawings(tmp_path: Path) -> None:
    run = Run.open(SETTINGS, ["one", "two"], fresh=True, runs=tmp_path / "runs")
    run.keep("two", taken(what="a decree | all of it"), {"cores": 2})
    run.publish("two", tmp_path)
    showing.page(["one", "two"], tmp_path)
    page = (tmp_path / "README.md").read_text("utf-8")
    assert "## two" in page
    assert "## one" not in page
    assert "![decree](decree.svg)" in page
    assert "a decree \\| all of it" in page
    assert (tmp_path / "decree.svg").exists()


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_has_its_comparisons(name: str) -> None:
    assert callable(comparisons_of(name))


def test_who_is_told_to_stop_stops_whatever_the_broken_connection_says() -> None:
    """A connection cut in the middle complains in place of Ctrl-C (issue 6)."""

    def broken() -> None:
        raise OSError("the disk is gone")

    def interrupted() -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            raise ConnectionError("the connection is lost") from None

    def deaf() -> None:
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)

    before = {one: signal.getsignal(one) for one in STOPPING}
    try:
        stop = Stop()
        assert (stop.succeeds(lambda: None), stop.succeeds(broken), stop.told) == (True, False, False)
        with pytest.raises(ConnectionError):
            stop.succeeds(interrupted)
        with pytest.raises(KeyboardInterrupt):
            Stop().succeeds(deaf)
        assert stop.told
        stop.close()
        os.kill(os.getpid(), signal.SIGTERM)  # tidying up goes on
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
