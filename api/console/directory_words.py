"""机构人员变动的说法: each recorded change in one sentence, with the names of that time."""

from collections.abc import Mapping
from typing import Any

from domain.directory.decisions import POSTS


def told(event: Mapping[str, Any]) -> str:
    """一句话: what changed."""
    own, names = event["data"], event["names"]
    who, unit = names.get("officer", ""), names.get("unit_id", "")
    post = POSTS.get(own.get("post", ""), own.get("post", ""))
    match event["event"]:
        case "UnitFounded":
            return f"设立{own['name']}"
        case "UnitRenamed":
            return f"更名为{own['name']}"
        case "UnitMoved":
            return f"{unit}隶属{names.get('parent', '')}" if own.get("parent") else f"{unit}不再隶属其他单位"
        case "OfficerAppointed":
            return f"{own['name']}任{unit}{post}"
        case "PostGiven":
            return f"{who}兼任{unit}{post}"
        case "PostTaken":
            return f"{who}不再兼任{unit}{post}"
        case "OfficerDismissed":
            return f"{who}离任{'：' + own['reason'] if own.get('reason') else ''}"
        case "StandInsNamed":
            return f"{who}的顶岗人员：{'、'.join(names.get('stand_ins', ())) or '无'}"
        case "AbsenceRecorded":
            return f"{who}离岗，{own['from_on']}至{own.get('to_on') or '返岗之日'}"
        case "AbsenceEnded":
            return f"{who}于{own['back_on']}返岗"
        case _:
            return ""
