"""维护机构人员的权限: who may change units, posts, stand-ins and absences. Nobody gives powers to himself.

The system administrator runs the service; the inspector is named its manager by Article 10 (系统维护权). Both are bound
by the same limits, and everything they do stays in the directory's history.
"""

from datetime import UTC
from typing import Any

from domain.acts import Act
from domain.directory.fold import DIRECTORY_ID, Directory
from domain.directory.people import Officer
from domain.errors import NotNow, NotYours, Unknown

ARTICLE_10 = "《单位督查督办工作制度》第十条"
MANAGERS = frozenset({"admin", "inspector", "system"})
HEADS = frozenset({"unit_head", "office_head"})
OVERSEEING = frozenset({"leader", "auditor", "inspector", "admin"})
"""Posts that see or set what others don't: nobody gets at one of them by one manager alone."""
OF_A_UNIT = frozenset({"office_clerk", "office_head", "unit_head", "unit_clerk", "unit_officer"})
"""Posts whose holders' stand-ins and absences their own head may manage."""


def must_manage(act: Act) -> None:
    """系统维护权: raises NotYours("directory.not_yours")."""
    if act.role not in MANAGERS:
        raise NotYours("directory.not_yours", "机构和人员由系统管理员或者督查员维护。", ARTICLE_10)


def must_not_be_own(officer: str, act: Act) -> None:
    """不得自任: neither the acting officer's post nor that of the officer stood in for. Raises NotYours."""
    if officer in {act.by, act.for_whom}:
        raise NotYours("directory.own_post", "本人的职务不得由本人或者其顶岗人员任免，请由他人办理。")


def must_not_stand_in(officer: Officer, act: Act) -> None:
    """顶岗人员不得任免: who stands in for an officer uses all of that one's posts. Raises NotYours."""
    if {act.by, act.for_whom} & set(officer.stand_ins):
        raise NotYours(
            "directory.stands_in", "您是该人员的顶岗人员，其职务请由其他管理人员任免。", ARTICLE_10
        )


def must_not_gain(officer: str, directory: Directory, act: Act, *, own_turn: bool = True) -> None:
    """不得自得顶岗: nobody comes nearer to standing in for somebody by what is recorded of another.

    `own_turn` counts the officer's own order too, not only those in which the officer stands in for others. A head
    acting in person may, where the head minds the duties of the one stood in for anyway. Raises NotYours.
    """
    hands = {act.by, act.for_whom}
    in_person = act.role in HEADS and act.for_whom is None
    for one in directory.officers.values():
        line = (one.id, *one.stand_ins)
        if officer not in line or (one.id == officer and not own_turn):
            continue
        gains = hands & set(line[line.index(officer) + 1 :])
        if gains and not (in_person and may_manage_duty(one, directory, act)):
            raise NotYours(
                "duty.would_gain", "您在顶岗顺序中列于该人员之后，其离岗、返岗、离任请由本人或者他人登记。"
            )


def may_manage_duty(officer: Officer, directory: Directory, act: Act) -> bool:
    """管理顶岗离岗: managers for everybody, a head for those all of whose posts are within the head's own unit, its
    sections included."""
    if act.role in MANAGERS:
        return True
    if act.role not in HEADS or not officer.serving:
        return False
    own = own_units(directory, act)
    return all(one.unit in own and one.post in OF_A_UNIT for one in officer.posts)


def own_units(directory: Directory, act: Act) -> frozenset[str]:
    """本单位: the unit acted in, and its sections on all levels."""
    return directory.below(act.unit) | {act.unit}


def must_manage_duty(officer: Officer, directory: Directory, act: Act) -> None:
    """管理顶岗离岗: raises NotYours("duty.not_yours")."""
    if not may_manage_duty(officer, directory, act):
        raise NotYours(
            "duty.not_yours", "顶岗、离岗由本人所在单位负责人、系统管理员或者督查员登记。", ARTICLE_10
        )


def serving(officer: str, directory: Directory) -> Officer:
    """在任人员: raises Unknown("officer.unknown") and NotNow("directory.dismissed")."""
    found = known(officer, directory)
    if not found.serving:
        raise NotNow("directory.dismissed", "该人员已经离任。")
    return found


def known(officer: str, directory: Directory) -> Officer:
    """在册人员: raises Unknown("officer.unknown")."""
    found = directory.officers.get(officer)
    if found is None:
        raise Unknown("officer.unknown", "没有这个人员。")
    return found


def envelope(directory: Directory, act: Act) -> dict[str, Any]:
    """信封: of the directory's next fact."""
    return {
        "originator_id": DIRECTORY_ID,
        "originator_version": directory.version + 1,
        "on": act.today,
        "recorded_at": act.at.astimezone(UTC),
        "by": act.by,
        "unit": act.unit,
        "role": act.role,
        "for_whom": act.for_whom,
    }
