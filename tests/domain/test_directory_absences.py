"""离岗返岗: whoever is away is recorded as away, by himself or by those who manage the unit or the directory."""

from datetime import date

import pytest

from domain.directory.decisions import dismiss
from domain.directory.duty import end_absence, name_stand_ins, record_absence
from domain.directory.events import AbsenceEnded, AbsenceRecorded, OfficerDismissed
from domain.errors import Invalid, NotNow, NotYours, Unknown
from tests.builders import on
from tests.directories import TOWN

THIRD, FIFTH, NINTH = on("2026-03-03"), on("2026-03-05"), on("2026-03-09")
AWAY = TOWN.having(record_absence, "handler", THIRD, NINTH, "学习")


@pytest.mark.parametrize("by", ["handler", "a-head", "admin", "inspector", "system"])
def test_who_records_an_absence_and_a_return(by: str):
    TOWN.when(record_absence, "handler", THIRD, NINTH, "学习", by=by).then(
        AbsenceRecorded, officer="handler", from_on=THIRD, to_on=NINTH, reason="学习"
    )
    AWAY.when(end_absence, "handler", FIFTH, by=by, day="2026-03-05").then(AbsenceEnded, back_on=FIFTH)


@pytest.mark.parametrize("by", ["a-clerk", "b-head", "head", "leader", "auditor"])
def test_others_do_not(by: str):
    TOWN.when(record_absence, "handler", THIRD, None, "学习", by=by).refused("duty.not_yours", NotYours)
    AWAY.when(end_absence, "handler", FIFTH, by=by).refused("duty.not_yours", NotYours)


def test_a_stand_in_gives_himself_no_turn():
    told = TOWN.having(name_stand_ins, "leader", ("inspector", "a-head"), by="admin")
    told.when(record_absence, "leader", THIRD, None, "公差", by="inspector").refused(
        "duty.would_gain", NotYours
    )
    told.when(record_absence, "leader", THIRD, None, "公差", by="admin").then(AbsenceRecorded)
    away = TOWN.having(name_stand_ins, "a-head", ("handler", "a-clerk"))
    away = away.having(record_absence, "a-head", THIRD, THIRD, "公差")
    longer = away.when(
        record_absence, "a-head", FIFTH, None, "公差", by="handler for a-head", day="2026-03-03"
    )
    longer.refused("duty.would_gain", NotYours)


def test_nor_by_what_is_recorded_of_who_comes_before():
    """The second stand-in would be the first if that one were away, or gone."""
    told = TOWN.having(name_stand_ins, "leader", ("a-head", "inspector", "b-head"))
    told.when(record_absence, "a-head", THIRD, None, "公差", by="inspector").refused(
        "duty.would_gain", NotYours
    )
    told.when(dismiss, "a-head", "", by="inspector").refused("duty.would_gain", NotYours)
    away = told.having(record_absence, "a-head", THIRD, NINTH, "公差")
    away.when(end_absence, "a-head", FIFTH, by="inspector").refused("duty.would_gain", NotYours)
    told.when(record_absence, "b-head", THIRD, None, "公差", by="inspector").then(AbsenceRecorded)
    told.when(dismiss, "b-head", "", by="inspector").then(OfficerDismissed)
    told.when(record_absence, "a-head", THIRD, None, "公差", by="a-head").then(AbsenceRecorded)
    told.when(dismiss, "a-head", "").then(OfficerDismissed)


def test_nor_through_whom_one_stands_in_for():
    told = TOWN.having(name_stand_ins, "leader", ("b-head", "inspector"))
    told = told.having(name_stand_ins, "inspector", ("a-clerk",)).having(
        record_absence, "inspector", THIRD, NINTH, "公差"
    )
    told.when(
        record_absence, "b-head", THIRD, None, "公差", by="a-clerk for inspector", day="2026-03-03"
    ).refused("duty.would_gain", NotYours)


def test_a_head_may_in_person_what_is_within_the_unit_but_no_one_in_the_heads_place():
    told = TOWN.having(name_stand_ins, "handler", ("a-clerk", "a-head", "b-clerk"))
    told.when(record_absence, "handler", THIRD, None, "病假", by="a-head").then(AbsenceRecorded)
    told.when(record_absence, "a-clerk", THIRD, None, "病假", by="a-head").then(AbsenceRecorded)
    beyond = told.having(name_stand_ins, "leader", ("a-clerk", "a-head"))
    beyond.when(record_absence, "a-clerk", THIRD, None, "病假", by="a-head").refused(
        "duty.would_gain", NotYours
    )
    instead = told.having(name_stand_ins, "a-head", ("b-clerk",)).having(
        record_absence, "a-head", THIRD, NINTH, "公差"
    )
    instead.when(
        record_absence, "handler", THIRD, None, "病假", by="b-clerk for a-head", day="2026-03-03"
    ).refused("duty.would_gain", NotYours)


def test_an_absence_may_lie_ahead_or_in_the_past_and_be_open():
    TOWN.when(record_absence, "handler", on("2026-12-01"), None, "产假", by="handler").then(AbsenceRecorded)
    TOWN.when(record_absence, "handler", on("2026-02-01"), on("2026-02-03"), "病假", by="handler").then(
        AbsenceRecorded
    )
    told = TOWN.having(record_absence, "handler", THIRD, None, "产假")
    assert not told.directory.is_absent("handler", on("2026-03-02"))
    assert told.directory.is_absent("handler", on("2030-01-01"))
    assert not told.directory.is_absent("nobody", THIRD)


@pytest.mark.parametrize(
    ("from_on", "to_on", "reason", "code"),
    [
        (NINTH, THIRD, "学习", "duty.reversed"),
        (THIRD, NINTH, " ", "duty.reason_missing"),
        (THIRD, NINTH, "长" * 501, "duty.reason_missing"),
    ],
)
def test_an_absence_that_cannot_be(from_on: date, to_on: date, reason: str, code: str):
    TOWN.when(record_absence, "handler", from_on, to_on, reason).refused(code, Invalid)


@pytest.mark.parametrize(
    ("from_on", "to_on"),
    [(THIRD, NINTH), (NINTH, None), (on("2026-03-01"), THIRD), (FIFTH, FIFTH), (on("2026-03-01"), None)],
)
def test_absences_do_not_overlap(from_on: date, to_on: date | None):
    AWAY.when(record_absence, "handler", from_on, to_on, "病假").refused("duty.overlaps", NotNow)


@pytest.mark.parametrize(
    ("from_on", "to_on"), [(on("2026-03-10"), None), (on("2026-03-02"), on("2026-03-02"))]
)
def test_absences_may_adjoin(from_on: date, to_on: date | None):
    AWAY.when(record_absence, "handler", from_on, to_on, "病假").then(AbsenceRecorded)


def test_a_return_cuts_an_absence_short():
    after = AWAY.having(end_absence, "handler", FIFTH, day="2026-03-05").directory
    assert [after.is_absent("handler", on(f"2026-03-0{day}")) for day in (3, 4, 5, 9)] == [
        True,
        True,
        False,
        False,
    ]


def test_a_return_on_the_first_day_cancels_it():
    after = AWAY.having(end_absence, "handler", THIRD)
    assert after.directory.officers["handler"].absences == ()
    after.when(record_absence, "handler", THIRD, NINTH, "学习").then(AbsenceRecorded)


def test_a_return_without_an_absence():
    TOWN.when(end_absence, "handler", THIRD).refused("duty.not_absent", NotNow)
    AWAY.when(end_absence, "handler", on("2026-03-02")).refused("duty.not_absent", NotNow)
    AWAY.when(end_absence, "handler", on("2026-03-10")).refused("duty.not_absent", NotNow)


def test_nobody_dismissed_or_unknown_is_away():
    told = TOWN.having(dismiss, "handler", "")
    told.when(record_absence, "handler", THIRD, None, "学习").refused("directory.dismissed", NotNow)
    told.when(end_absence, "handler", THIRD).refused("directory.dismissed", NotNow)
    TOWN.when(record_absence, "nobody", THIRD, None, "学习").refused("officer.unknown", Unknown)
