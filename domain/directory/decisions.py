"""机构人员的决定: founding a unit, appointing an officer."""

from datetime import UTC
from re import compile as pattern
from typing import Any

from domain.acts import Act
from domain.directory.events import OfficerAppointed, UnitFounded
from domain.directory.fold import DIRECTORY_ID, Directory
from domain.errors import Invalid

KINDS = ("petition_office", "supervision", "leadership", "unit", "service")
POSTS = {
    "office_clerk": "信访工作机构工作人员",
    "office_head": "信访工作机构负责人",
    "inspector": "督查员",
    "leader": "领导",
    "unit_head": "承办单位负责人",
    "unit_clerk": "承办单位信访专员",
    "unit_officer": "承办人",
    "auditor": "审计人员",
    "admin": "系统管理员",
}

_ID = pattern(r"[a-z0-9]+([-_.][a-z0-9]+)*")
_CODE = pattern(r"[A-Z0-9]{1,12}")
_LONGEST_ID, _LONGEST_NAME = 64, 100


def found_unit(unit_id: str, name: str, kind: str, code: str, directory: Directory, act: Act) -> UnitFounded:
    """设立单位: raises Invalid for a known or unusable id, kind, name or code."""
    _must_be_id(unit_id)
    _must_be_name(name)
    if kind not in KINDS:
        raise Invalid("directory.unknown_kind", f"单位类别应为：{'、'.join(KINDS)}。")
    if unit_id in directory.units:
        raise Invalid("directory.unit_exists", "该单位标识已经使用。")
    if any(unit.name == name for unit in directory.units.values()):
        raise Invalid("directory.name_taken", "已有同名单位。")
    if (code or kind == "petition_office") and not _CODE.fullmatch(code):
        raise Invalid("directory.bad_code", "单位代码应为1至12位大写字母或数字；信访工作机构必须填写。")
    if code and any(unit.code == code for unit in directory.units.values()):
        raise Invalid("directory.code_taken", "该单位代码已经使用。")
    return UnitFounded(**_envelope(directory, act), unit_id=unit_id, name=name, kind=kind, code=code)


def appoint(
    officer: str, name: str, unit_id: str, post: str, directory: Directory, act: Act
) -> OfficerAppointed:
    """任职: of a new officer, or to another post. Raises Invalid for an unknown unit or post."""
    _must_be_id(officer)
    if officer == "system":
        raise Invalid("directory.bad_id", "标识 system 留作系统自身使用。")
    _must_be_name(name)
    if unit_id not in directory.units:
        raise Invalid("unit.unknown", "没有这个单位，请从单位目录中选择。")
    if post not in POSTS:
        raise Invalid("directory.unknown_post", f"职务应为：{'、'.join(POSTS)}。")
    held = directory.officers.get(officer)
    if held is not None and (held.name, held.unit, held.post) == (name, unit_id, post):
        raise Invalid("directory.already_appointed", "该人员已任此职。")
    return OfficerAppointed(
        **_envelope(directory, act), officer=officer, name=name, unit_id=unit_id, post=post
    )


def _must_be_id(id: str) -> None:
    if not _ID.fullmatch(id) or len(id) > _LONGEST_ID:
        raise Invalid("directory.bad_id", "标识只能用小写英文字母、数字、连字符，最长64个字符。")


def _must_be_name(name: str) -> None:
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise Invalid("directory.bad_name", f"请填写名称，最长{_LONGEST_NAME}个字。")


def _envelope(directory: Directory, act: Act) -> dict[str, Any]:
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
