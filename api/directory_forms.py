"""机构人员的表单. A form may name a post only as what somebody else is given; who acts comes from the session."""

from typing import Annotated

from pydantic import Field

from api.bodies import Day, Form, LongOrNone, Short, ShortOrNone

MOST_NAMED = 100


class FoundUnit(Form):
    """设立单位."""

    id: Short
    name: Short
    kind: Short
    code: ShortOrNone = None
    parent: ShortOrNone = None


class RenameUnit(Form):
    """更名."""

    name: Short


class MoveUnit(Form):
    """调整隶属 — under no unit if `parent` is left out."""

    parent: ShortOrNone = None


class TakeOn(Form):
    """任职 — of somebody new."""

    id: Short
    name: Short
    unit: Short
    post: Short


class Appoint(Form):
    """任职 — to another main post, or under another name."""

    unit: Short
    post: Short
    name: ShortOrNone = None


class FurtherPost(Form):
    """兼任、免兼 — of which post in which unit."""

    unit: Short
    post: Short


class Dismiss(Form):
    """离任."""

    reason: LongOrNone = None


class NameStandIns(Form):
    """指定顶岗人员 — in their order."""

    stand_ins: Annotated[list[Short], Field(max_length=MOST_NAMED)]


class RecordAbsence(Form):
    """离岗 — both days included; until the return if `to_on` is left out."""

    from_on: Day
    to_on: Annotated[Day | None, Field(description="不填则至办理返岗之日")] = None
    reason: Annotated[Short, Field(description="事由")]


class EndAbsence(Form):
    """返岗 — back from this day on; today if left out."""

    on: Day | None = None
