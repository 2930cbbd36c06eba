"""任免: officers are appointed, given further posts and dismissed; nobody by himself, and never the last administrator."""

import pytest

from domain.directory.decisions import appoint, dismiss, give_post, take_on, take_post
from domain.directory.duty import name_stand_ins, record_absence
from domain.directory.events import OfficerAppointed, OfficerDismissed, PostGiven, PostTaken
from domain.directory.people import Post
from domain.errors import Invalid, NotNow, NotYours, Unknown
from tests.builders import at, on
from tests.directories import TOWN

SECOND = ("admin-2", "王管", "system", "admin")


@pytest.mark.parametrize("by", ["admin", "inspector", "system"])
def test_somebody_new_is_taken_on(by: str):
    TOWN.when(take_on, "new", "吴新", "unit-a", "unit_officer", by=by).then(
        OfficerAppointed, officer="new", unit_id="unit-a", post="unit_officer", by=by
    )


def test_an_id_is_one_persons_for_ever():
    gone = TOWN.having(dismiss, "handler", "退休")
    TOWN.when(take_on, "handler", "吴新", "unit-a", "unit_officer").refused(
        "directory.officer_exists", Invalid
    )
    gone.when(take_on, "handler", "吴新", "unit-a", "unit_officer").refused(
        "directory.officer_exists", Invalid
    )


def test_an_officer_moves_to_another_post_and_the_stand_ins_stay_behind():
    told = TOWN.having(name_stand_ins, "a-clerk", ("handler", "a-head"))
    same = told.having(appoint, "a-clerk", "钱二改", "unit-a", "unit_clerk")
    assert same.directory.officers["a-clerk"].stand_ins == ("handler", "a-head")
    moved = told.having(appoint, "a-clerk", "钱二", "unit-b", "unit_clerk")
    assert moved.directory.officers["a-clerk"].stand_ins == ()
    assert moved.directory.holders("unit-b", ("unit_clerk",)) == ["a-clerk", "b-clerk"]
    assert moved.directory.holders("unit-a", ("unit_clerk",)) == []


def test_a_former_name_of_an_officer_stays_with_what_was_done_then():
    told = TOWN.having(appoint, "a-clerk", "钱二改", "unit-a", "unit_clerk", day="2026-03-10")
    assert told.directory.officer_called("a-clerk", at("2026-03-09")) == "钱二"
    assert told.directory.officer_called("a-clerk", at("2026-03-11")) == "钱二改"
    assert told.directory.officer_called("nobody", at("2026-03-11")) == "nobody"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("new", "吴新", "nowhere", "unit_officer"), "unit.unknown"),
        (("new", "吴新", "unit-a", "king"), "directory.unknown_post"),
        (("New", "吴新", "unit-a", "unit_officer"), "directory.bad_id"),
        (("system", "吴新", "unit-a", "unit_officer"), "directory.bad_id"),
        (("new", "", "unit-a", "unit_officer"), "directory.bad_name"),
        (("handler", "孙三", "unit-a", "unit_officer"), "directory.already_appointed"),
    ],
)
def test_an_appointment_that_cannot_be(given: tuple[str, ...], code: str):
    TOWN.when(appoint, *given).refused(code, Invalid)


def test_nobody_changes_his_own_post():
    told = TOWN.having(take_on, *SECOND)
    for by in ("admin", "inspector"):
        told.when(appoint, by, "某某", "leadership", "leader", by=by).refused("directory.own_post", NotYours)
        told.when(give_post, by, "leadership", "leader", by=by).refused("directory.own_post", NotYours)
        told.when(dismiss, by, "", by=by).refused("directory.own_post", NotYours)
    further = told.having(give_post, "inspector", "unit-a", "unit_head")
    further.when(take_post, "inspector", "unit-a", "unit_head", by="inspector").refused(
        "directory.own_post", NotYours
    )


def test_nor_does_the_stand_in_change_that_of_the_absent():
    told = TOWN.having(name_stand_ins, "inspector", ("a-head", "b-head"))
    told = told.having(record_absence, "inspector", on("2026-03-02"), None, "公差")
    by = "a-head for inspector"
    told.when(appoint, "inspector", "郑督", "unit-a", "unit_officer", by=by).refused(
        "directory.own_post", NotYours
    )
    told.when(give_post, "a-head", "leadership", "leader", by=by).refused("directory.own_post", NotYours)
    told.when(give_post, "b-head", "unit-a", "unit_clerk", by=by).then(
        PostGiven, officer="b-head", by="a-head", for_whom="inspector", role="inspector"
    )


def test_nor_does_who_stands_in_for_somebody_give_that_one_posts_to_use():
    further = TOWN.having(give_post, "a-head", "unit-b", "unit_head")
    told = further.having(name_stand_ins, "a-head", ("b-clerk", "inspector"))
    told = told.having(name_stand_ins, "admin", ("b-clerk",))
    told = told.having(record_absence, "admin", on("2026-03-02"), None, "公差")
    for by in ("inspector", "b-clerk for admin"):
        for decide, given in (
            (give_post, ("leadership", "leader")),
            (take_post, ("unit-b", "unit_head")),
            (appoint, ("赵一", "leadership", "leader")),
        ):
            told.when(decide, "a-head", *given, by=by).refused("directory.stands_in", NotYours)
    told.having(name_stand_ins, "a-head", ("b-clerk",)).when(
        give_post, "a-head", "leadership", "leader", by="inspector"
    ).then(PostGiven)
    told.having(name_stand_ins, "a-head", ("admin",), by="inspector").when(
        give_post, "a-head", "leadership", "leader", by="b-clerk for admin"
    ).refused("directory.stands_in", NotYours)


def test_who_gave_the_posts_held_now_is_known():
    told = TOWN.having(take_on, "new", "吴新", "unit-a", "unit_officer", by="inspector")
    assert told.directory.officers["new"].givers == {"inspector"}
    told = told.having(appoint, "new", "吴新新", "unit-a", "unit_officer", by="admin")
    assert told.directory.officers["new"].givers == {"inspector"}, "a new name is no new post"
    both = told.having(give_post, "new", "unit-b", "unit_officer", by="admin")
    assert both.directory.officers["new"].givers == {"inspector", "admin"}
    one = both.having(take_post, "new", "unit-b", "unit_officer", by="admin")
    assert one.directory.officers["new"].givers == {"inspector"}
    main = both.having(appoint, "new", "吴新新", "unit-b", "unit_officer", by="system")
    assert main.directory.officers["new"].givers == {"admin", "system"}
    gone = both.having(dismiss, "new", "", day="2026-03-04").directory.officers["new"]
    assert (gone.givers, gone.left_at) == (frozenset(), at("2026-03-04"))
    told = TOWN.having(name_stand_ins, "inspector", ("b-head",))
    told = told.having(record_absence, "inspector", on("2026-03-02"), None, "公差")
    told = told.having(take_on, "new", "吴新", "unit-a", "unit_officer", by="b-head for inspector")
    assert told.directory.officers["new"].givers == {"b-head", "inspector"}


@pytest.mark.parametrize("by", ["head", "leader", "auditor", "a-head", "handler"])
def test_others_appoint_nobody(by: str):
    for decide, given in (
        (take_on, ("new", "吴新", "unit-a", "unit_officer")),
        (appoint, ("b-clerk", "周六", "unit-a", "unit_clerk")),
        (give_post, ("b-clerk", "unit-a", "unit_clerk")),
        (take_post, ("b-clerk", "unit-a", "unit_clerk")),
        (dismiss, ("b-clerk", "")),
    ):
        TOWN.when(decide, *given, by=by).refused("directory.not_yours", NotYours)


def test_further_posts_are_held_beside_the_main_one():
    TOWN.when(give_post, "leader", "unit-b", "unit_head").then(PostGiven, unit_id="unit-b", post="unit_head")
    told = TOWN.having(give_post, "leader", "unit-b", "unit_head")
    assert told.directory.posts("leader") == (Post("leadership", "leader"), Post("unit-b", "unit_head"))
    assert told.directory.holders("unit-b", ("unit_head",)) == ["leader", "b-head"]
    assert told.directory.with_post(("unit_head",)) == ["leader", "a-head", "b-head"]
    told.when(give_post, "leader", "unit-b", "unit_head").refused("directory.already_appointed", Invalid)
    told.when(give_post, "leader", "leadership", "leader").refused("directory.already_appointed", Invalid)


def test_a_further_post_is_taken_away_and_may_become_the_main_one():
    told = TOWN.having(give_post, "b-clerk", "unit-a", "unit_clerk")
    told.when(take_post, "b-clerk", "unit-a", "unit_clerk").then(PostTaken, officer="b-clerk")
    assert told.having(take_post, "b-clerk", "unit-a", "unit_clerk").directory.posts("b-clerk") == (
        Post("unit-b", "unit_clerk"),
    )
    main = told.having(appoint, "b-clerk", "周六", "unit-a", "unit_clerk")
    assert main.directory.posts("b-clerk") == (Post("unit-a", "unit_clerk"),)
    told.when(take_post, "b-clerk", "unit-b", "unit_clerk").refused("directory.post_not_further", NotNow)


def test_there_is_an_end_to_further_posts():
    told = TOWN
    posts = ("office_clerk", "office_head", "unit_head", "unit_clerk", "unit_officer")
    for unit in ("unit-a", "unit-b", "county", "unit-a-1"):
        for post in posts:
            told = told.having(give_post, "leader", unit, post)
    told.when(give_post, "leader", "system", "admin").refused("directory.too_many_posts", NotNow)


def test_who_is_dismissed_keeps_the_name_and_nothing_else():
    told = TOWN.having(give_post, "handler", "unit-b", "unit_officer")
    told = told.having(name_stand_ins, "a-clerk", ("handler", "a-head"))
    told = told.having(record_absence, "handler", on("2026-03-05"), None, "病假")
    told.when(dismiss, "handler", "退休").then(OfficerDismissed, officer="handler", reason="退休")
    after = told.having(dismiss, "handler", "退休").directory
    assert after.officer_called("handler", at("2026-04-01")) == "孙三"
    assert after.posts("handler") == ()
    assert not after.is_serving("handler")
    assert after.with_post(("unit_officer",)) == []
    assert after.officers["a-clerk"].stand_ins == ("a-head",)
    assert not after.is_absent("handler", on("2026-03-06"))


def test_who_comes_back_has_the_new_post_only():
    told = TOWN.having(name_stand_ins, "a-clerk", ("handler", "a-head")).having(dismiss, "handler", "")
    back = told.having(appoint, "handler", "孙三", "unit-b", "unit_officer").directory
    assert back.posts("handler") == (Post("unit-b", "unit_officer"),)
    assert back.officers["a-clerk"].stand_ins == ("a-head",)


def test_nothing_is_done_to_somebody_dismissed_or_unknown():
    told = TOWN.having(dismiss, "handler", "")
    for decide, given in (
        (give_post, ("unit-b", "unit_officer")),
        (take_post, ("unit-b", "unit_officer")),
        (dismiss, ("",)),
    ):
        told.when(decide, "handler", *given).refused("directory.dismissed", NotNow)
        told.when(decide, "nobody", *given).refused("officer.unknown", Unknown)


def test_the_last_administrator_stays():
    for by in ("inspector", "system"):
        TOWN.when(dismiss, "admin", "", by=by).refused("directory.last_admin", NotNow)
        TOWN.when(appoint, "admin", "管理员", "unit-a", "unit_officer", by=by).refused(
            "directory.last_admin", NotNow
        )
    two = TOWN.having(take_on, *SECOND)
    two.when(dismiss, "admin", "", by="admin-2").then(OfficerDismissed, officer="admin")
    further = TOWN.having(give_post, "b-clerk", "system", "admin").having(
        dismiss, "admin", "", by="inspector"
    )
    assert further.directory.with_post(("admin",)) == ["b-clerk"]
    further.when(take_post, "b-clerk", "system", "admin", by="inspector").refused(
        "directory.last_admin", NotNow
    )
