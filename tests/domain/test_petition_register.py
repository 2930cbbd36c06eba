"""登记 (A1, A2): who may register what; the register's number; representatives of a collective visit."""

from dataclasses import replace

import pytest

from domain import numbering
from domain.directory.fold import Directory
from domain.errors import Invalid, NotNow, NotYours
from domain.petition import registration
from domain.petition.commands import AgainstEntry, PetitionerEntry, Register
from domain.petition.events import Personal
from tests.builders import (
    DIRECTORY,
    OFFICERS,
    UNITS,
    a_clerk,
    a_petition,
    act,
    admin,
    clerk,
    handler,
    inspector,
    known,
    on,
)

LETTER = Register(
    channel="letter",
    category="appeal",
    subject="反映小区供暖不足",
    content="来信全文。",
    petitioners=(PetitionerEntry("王某", phone="13800000000", address="幸福路1号"),),
)


def visit(representatives: int, people: int = 12) -> Register:
    listed = tuple(PetitionerEntry(f"访民{n}", representative=n < representatives) for n in range(people))
    return replace(LETTER, channel="visit", petitioners=listed)


def fields(command: Register, by=clerk) -> dict:
    return registration.registered(command, act(by, "2026-03-02"), DIRECTORY, "XF-2026-000001", "H7K2M9PQRS")


def test_a1_the_register_keeps_what_was_entered():
    command = replace(
        LETTER, purpose="求决", headcount=3, against=(AgainstEntry(unit="清江区住建局"),), urgent=True
    )
    made = fields(command)
    assert made["number"] == "XF-2026-000001"
    assert made["office"] == "petition-office"
    assert made["headcount"] == 3
    assert made["urgent"] is True
    assert made["against"][0].unit == "清江区住建局"
    assert [p.key for p in made["petitioners"]] == ["p1"]


def test_a13_names_and_phones_stand_in_the_personal_part_and_nowhere_else():
    made = fields(LETTER)
    (person,) = made.pop("personal").people
    assert (person.name, person.phone, person.address) == ("王某", "13800000000", "幸福路1号")
    assert not {"王某", "13800000000", "幸福路1号"} & set(str(made).replace("'", " ").split())
    assert "王某" not in str(made)


@pytest.mark.parametrize(
    ("serial", "number"), [(1, "XF-2026-000001"), (123456, "XF-2026-123456"), (1234567, "XF-2026-1234567")]
)
def test_a1_a_number_is_made_of_office_year_and_serial(serial, number):
    assert numbering.number(UNITS[0], 2026, serial) == number


def test_a1_a_unit_registers_what_it_receives_itself():
    assert fields(LETTER)["at_office"] is True
    made = fields(LETTER, a_clerk)
    assert made["at_office"] is False
    assert made["office"] == "petition-office"


def test_a1_only_the_office_and_the_units_heads_and_clerks_register():
    def may(officer) -> bool:
        try:
            return bool(fields(LETTER, officer))
        except NotYours:
            return False

    assert {o.id for o in OFFICERS if may(o)} == {"clerk", "head", "a-head", "a-clerk", "b-head", "b-clerk"}


@pytest.mark.parametrize("officer", [handler, inspector, admin], ids=lambda o: o.id)
def test_a1_others_are_told_who_registers(officer):
    with pytest.raises(NotYours) as refused:
        fields(LETTER, officer)
    assert refused.value.code == "petition.not_yours"
    assert "第二十二条" in (refused.value.basis or "")


def test_a1_without_a_petition_office_nothing_is_registered():
    lonely = Directory(1, {u.id: u for u in UNITS if u.kind == "unit"}, DIRECTORY.officers)
    with pytest.raises(NotNow) as refused:
        registration.registered(LETTER, act(a_clerk, "2026-03-02"), lonely, "1", "q")
    assert refused.value.code == "office.missing"


def test_a2_five_representatives_of_a_collective_visit_are_fine():
    made = fields(visit(5))
    assert sum(p.representative for p in made["petitioners"]) == 5
    assert made["headcount"] == 12


def test_a2_a_sixth_representative_is_refused_with_the_rule_quoted():
    with pytest.raises(Invalid) as refused:
        fields(visit(6))
    assert refused.value.code == "petition.too_many_representatives"
    assert refused.value.basis == "《信访工作条例》第二十条第三款"
    assert "不得超过5人" in refused.value.message
    assert "6人" in refused.value.message


@pytest.mark.parametrize(("people", "refused"), [(4, False), (5, True)])
def test_a2_a_visit_of_five_names_its_representatives(people, refused):
    if not refused:
        assert fields(visit(0, people))["headcount"] == people
        return
    with pytest.raises(Invalid) as refusal:
        fields(visit(0, people))
    assert refusal.value.code == "petition.no_representative"
    assert refusal.value.basis == "《信访工作条例》第二十条第三款"


def test_a2_a_joint_letter_needs_no_representative():
    joint = replace(LETTER, petitioners=tuple(PetitionerEntry(f"户主{n}") for n in range(30)))
    assert fields(joint)["headcount"] == 30


def test_a2_fewer_people_than_petitioners_is_refused():
    with pytest.raises(Invalid) as refused:
        fields(replace(visit(2), headcount=11))
    assert refused.value.code == "petition.headcount_too_small"
    assert fields(replace(visit(2), headcount=40))["headcount"] == 40


def test_a1_an_anonymous_letter_counts_one_person():
    story = a_petition(petitioners=(), personal=Personal())
    assert story.petition.anonymous
    assert fields(replace(LETTER, petitioners=()))["headcount"] == 1


def test_a1_the_day_of_receipt_is_today_or_earlier():
    today = act(clerk, "2026-03-02")
    assert registration.received_on(LETTER, today) == on("2026-03-02")
    assert registration.received_on(replace(LETTER, received_on=on("2026-02-27")), today) == on("2026-02-27")
    with pytest.raises(Invalid) as future:
        registration.received_on(replace(LETTER, received_on=on("2026-03-03")), today)
    assert future.value.code == "date.in_future"


def test_a1_nothing_is_received_before_the_five_day_week():
    today = act(clerk, "2026-03-02")
    assert registration.received_on(replace(LETTER, received_on=on("1995-01-01")), today)
    with pytest.raises(Invalid) as early:
        registration.received_on(replace(LETTER, received_on=on("1994-12-31")), today)
    assert early.value.code == "date.too_early"


def test_b12_a_named_rule_book_must_exist():
    day = on("2026-03-02")
    registration.must_suit("time-limited", "routine", day, known().books)
    for rulebook, limit_class, code in (
        ("no-such-book", None, "rulebook.unknown"),
        ("supervision", None, "rulebook.not_for_petitions"),
        ("time-limited", None, "petition.limit_class"),
        ("time-limited", "zzz", "petition.limit_class"),
    ):
        with pytest.raises(Invalid) as refused:
            registration.must_suit(rulebook, limit_class, day, known().books)
        assert refused.value.code == code


def test_a1_whom_a_petition_is_about_is_named():
    with pytest.raises(Invalid) as nobody:
        AgainstEntry()
    assert nobody.value.code == "petition.against_nobody"
