"""Clocks for trying the counting on: one of each unit, with everything allowed."""

from dataclasses import replace

from domain.rules.rulebook import ClockSpec

PLAIN = ClockSpec(
    clock="plain",
    label="试算",
    starts=("registered",),
    stops=("replied",),
    cancels=(),
    length=15,
    unit="day",
    first_day=False,
    roll=True,
    backwards=False,
    extension_cap=30,
    suspension=("hearing",),
    answerable="unit",
    only={},
    scope="case",
    basis="《试行办法》第一条",
)
WORKING = replace(PLAIN, length=5, unit="working_day", roll=False)
SET = replace(PLAIN, length=None, unit="date", roll=False)
MONTHLY = replace(PLAIN, length=1, unit="month")
BACKWARDS = replace(WORKING, length=3, backwards=True, suspension=())
