"""接待日安排和值班日志 (A10): published with time, place, name and post; what was published stays; a shift hands over."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from msgspec.structs import replace as changed

from domain.errors import Refused
from domain.facts import Fact
from domain.rota import commands as c
from domain.rota import events
from domain.rota.book import Book, fold, place_of, stream_of
from domain.rota.decisions import (
    Desk,
    amend,
    close,
    day_of,
    may_read,
    note,
    open_shift,
    publish,
    shift_of,
    year_of,
)
from tests.builders import (
    DIRECTORY,
    Officer,
    a_clerk,
    a_head,
    act,
    auditor,
    b_clerk,
    clerk,
    handler,
    head,
    leader,
)
from tests.reception_samples import RECORD, a_visit

OFFICE = "petition-office"
DAY = date(2026, 3, 16)
ENTRY = c.RotaEntry(DAY, "08:30", "11:30", "信访大厅一号接待室", "副区长", officer="leader")
SHIFT = c.OpenShift(date(2026, 3, 14), "08:30", "17:30", ("clerk",), leader="leader", place="局办公室")


EMPTY = Book()


def a_desk(book: Book = EMPTY, by: Officer = clerk, on: str = "2026-03-02") -> Desk:
    return Desk(OFFICE, 2026, book, act(by, on), DIRECTORY)


def published(*entries: c.RotaEntry) -> Book:
    return fold(Book(), publish(c.PublishRota(entries or (ENTRY,)), a_desk()))


def on_duty() -> Book:
    return fold(Book(), open_shift(SHIFT, a_desk()))


def the_shift(book: Book):
    return next(iter(book.shifts.values()))


def refused(code: str, decide: Callable[[], Fact]) -> None:
    with pytest.raises(Refused) as refusal:
        decide()
    assert refusal.value.code == code


def test_a10_the_rota_tells_time_place_name_and_post():
    book = published()
    (day,) = book.days.values()
    assert (day.entry.name, day.entry.post, day.entry.place) == ("周明远", "副区长", "信访大厅一号接待室")
    assert place_of(day.id) == (OFFICE, 2026)
    assert day_of(day.id, book) is day
    refused("rota.unknown", lambda: day_of("nothing", book))


def test_a10_a_guest_of_no_post_in_the_house_is_named_and_nobody_is_not():
    guest = replace(ENTRY, officer=None, name="王代表")
    assert [one.entry.name for one in published(guest).days.values()] == ["王代表"]
    refused("rota.nobody", lambda: publish(c.PublishRota((replace(ENTRY, officer=None),)), a_desk()))
    refused("rota.officer_unknown", lambda: publish(c.PublishRota((replace(ENTRY, officer="x"),)), a_desk()))


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (replace(ENTRY, from_time="8:30"), "rota.bad_time"),
        (replace(ENTRY, from_time="11:30", to_time="08:30"), "rota.reversed"),
        (replace(ENTRY, on=date(2027, 1, 4)), "rota.two_years"),
    ],
)
def test_a10_what_can_not_be_right_is_not_published(entry: c.RotaEntry, code: str):
    refused(code, lambda: publish(c.PublishRota((entry,)), a_desk()))
    refused("rota.no_entries", lambda: publish(c.PublishRota(()), a_desk()))


def test_a10_nobody_receives_at_two_places_at_once():
    other = replace(ENTRY, from_time="10:00", to_time="12:00", place="二号接待室")
    refused("rota.overlaps", lambda: publish(c.PublishRota((other,)), a_desk(published())))
    refused("rota.overlaps", lambda: publish(c.PublishRota((ENTRY, other)), a_desk()))
    assert len(published(ENTRY, replace(other, from_time="11:30")).days) == 2


@pytest.mark.parametrize("officer", [a_head, leader, auditor, handler])
def test_a10_the_petition_office_alone_publishes_and_mans(officer: Officer):
    refused("rota.not_yours", lambda: publish(c.PublishRota((ENTRY,)), a_desk(by=officer)))
    refused("rota.not_yours", lambda: open_shift(SHIFT, a_desk(by=officer)))


def test_a10_a_change_has_its_reason_and_what_was_published_stays():
    book = published()
    (day,) = book.days.values()
    moved = fold(book, amend(c.AmendRota("会议冲突", on=date(2026, 3, 18)), day, a_desk(book)))
    (now,) = moved.days.values()
    assert (now.entry.on, now.entry.name) == (date(2026, 3, 18), "周明远")
    assert [one.entry.on for one in now.versions] == [DAY, date(2026, 3, 18)]
    assert now.versions[-1].reason == "会议冲突"
    other = fold(book, amend(c.AmendRota("轮换", officer="head", post="局长"), day, a_desk(book)))
    assert [one.entry.name for one in other.days.values()] == ["陈国平"]
    refused("rota.unchanged", lambda: amend(c.AmendRota("无"), day, a_desk(book)))
    refused("rota.two_years", lambda: amend(c.AmendRota("改", on=date(2027, 1, 4)), day, a_desk(book)))


def test_a10_a_cancelled_day_is_shown_as_such_and_is_over():
    book = published()
    (day,) = book.days.values()
    gone = fold(book, amend(c.AmendRota("会议冲突", cancelled=True), day, a_desk(book)))
    (now,) = gone.days.values()
    assert (now.cancelled, now.entry) == (True, day.entry)
    refused("rota.cancelled", lambda: amend(c.AmendRota("改", place="二号"), now, a_desk(gone)))
    late = a_desk(book, on="2026-03-17")
    refused("rota.over", lambda: amend(c.AmendRota("改", place="二号"), day, late))
    assert len(fold(gone, publish(c.PublishRota((ENTRY,)), a_desk(gone))).days) == 2


def test_a10_a_shift_has_officers_who_serve_and_a_leader():
    shift = the_shift(on_duty())
    assert (shift.officers, shift.leader, shift.ends_on) == (("clerk",), "leader", date(2026, 3, 14))
    night = the_shift(fold(Book(), open_shift(replace(SHIFT, from_time="17:30", to_time="08:30"), a_desk())))
    assert night.ends_on == date(2026, 3, 15)
    assert night.covers(date(2026, 3, 15))
    refused("shift.officer_unknown", lambda: open_shift(replace(SHIFT, officers=()), a_desk()))
    refused("shift.leader_unknown", lambda: open_shift(replace(SHIFT, leader="head"), a_desk()))
    assert year_of(SHIFT, date(2030, 1, 1)) == 2026


def test_a10_who_is_on_duty_and_the_office_write_the_log():
    book = on_duty()
    shift = the_shift(book)
    noted = fold(book, note(c.NoteShift("区政府办来电询问"), shift, a_desk(book, on="2026-03-14")))
    assert [one.text for one in the_shift(noted).notes] == ["区政府办来电询问"]
    assert note(c.NoteShift("已阅"), shift, a_desk(book, leader)) is not None
    refused("shift.not_yours", lambda: note(c.NoteShift("无关"), shift, a_desk(book, a_clerk)))


def test_a10_the_log_is_read_by_the_office_who_oversees_and_who_is_on_duty():
    shift = changed(the_shift(on_duty()), officers=("handler",))
    readers = {o.id for o in DIRECTORY.officers.values() if may_read(shift, act(o, "2026-03-14"))}
    assert readers == {"clerk", "head", "leader", "inspector", "auditor", "handler"}
    refused("shift.unknown", lambda: shift_of(shift.id, on_duty(), act(b_clerk, "2026-03-14")))


def with_matter(book: Book) -> Book:
    shift = the_shift(book)
    made = {"originator_id": stream_of(OFFICE, 2026), "originator_version": book.version + 1}
    fact = events.MatterTaken(
        **made,
        on=date(2026, 3, 14),
        recorded_at=act(clerk, "2026-03-14").at,
        by="clerk",
        unit=OFFICE,
        role="office_clerk",
        shift=shift.id,
        case=RECORD,
        case_number="JF-XF-2026-000001",
    )
    return fold(book, fact)


@pytest.mark.parametrize(
    ("matter", "may_close"),
    [
        (a_visit(), False),
        (a_visit().handed_over(), False),
        (a_visit().handed_over().declined(), False),
        (a_visit().handed_over().confirmed(), True),
        (a_visit("promised"), True),
        (a_visit("settled"), True),
        (a_visit("explained"), True),
    ],
)
def test_a10_a_shift_is_not_closed_while_something_is_unsettled_that_nobody_confirmed(matter, may_close):
    book = with_matter(on_duty())
    shift = the_shift(book)
    desk = replace(a_desk(book, on="2026-03-14"), matters=(matter.state,))
    if not may_close:
        refused("shift.unsettled", lambda: close(c.CloseShift(), shift, desk))
        return
    closed = the_shift(fold(book, close(c.CloseShift("平安"), shift, desk)))
    assert (closed.closed_on, closed.closed_by) == (date(2026, 3, 14), "clerk")
    refused("shift.closed", lambda: note(c.NoteShift("补"), closed, desk))


def test_a10_not_before_it_began():
    book = on_duty()
    refused(
        "shift.not_begun", lambda: close(c.CloseShift(), the_shift(book), a_desk(book, head, "2026-03-13"))
    )


def test_a10_what_was_taken_on_a_shift_is_handed_over_by_its_end():
    taken = a_visit(shift="x", shift_ends_on=date(2026, 3, 2))
    assert taken.due("shift") == "2026-03-02"
    assert taken.handed_over().clock("shift").state == "running"
    assert taken.handed_over().confirmed().clock("shift").state == "stopped"
