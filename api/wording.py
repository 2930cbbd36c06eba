"""校验用语: what is wrong with a field, in Chinese, without its value."""

import re
from collections.abc import Mapping
from typing import Any

PHRASES: dict[str, str] = {
    "missing": "必填",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文字",
    "string_too_short": "不能少于{min_length}个字",
    "string_too_long": "不能超过{max_length}个字",
    "string_pattern_mismatch": "格式不符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "数值过大",
    "int_from_float": "应为整数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "date_type": "应为日期，如 2026-03-02",
    "date_parsing": "应为日期，如 2026-03-02",
    "date_from_datetime_parsing": "应为日期，如 2026-03-02",
    "date_from_datetime_inexact": "应为日期，如 2026-03-02",
    "datetime_type": "应为带时区的时刻，如 2026-03-02T10:00:00+08:00",
    "datetime_parsing": "应为带时区的时刻，如 2026-03-02T10:00:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时刻，如 2026-03-02T10:00:00+08:00",
    "timezone_aware": "时刻应带时区",
    "uuid_type": "应为编号（UUID）",
    "uuid_parsing": "应为编号（UUID）",
    "literal_error": "不在可选范围内，可选：{expected}",
    "enum": "不在可选范围内，可选：{expected}",
    "greater_than": "应大于{gt}",
    "greater_than_equal": "不能小于{ge}",
    "less_than": "应小于{lt}",
    "less_than_equal": "不能大于{le}",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "too_long": "不能超过{max_length}项",
    "too_short": "不能少于{min_length}项",
    "dict_type": "应为对象",
    "model_type": "应为 JSON 对象",
    "model_attributes_type": "应为 JSON 对象",
    "dataclass_type": "应为 JSON 对象",
    "none_required": "应为空",
    "finite_number": "应为有限的数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
}


def of(error: Mapping[str, Any]) -> str:
    """用语: the phrase for one of pydantic's errors; the validators of `bodies` bring their own."""
    kind, context = error["type"], error.get("ctx") or {}
    if kind.startswith("shixian."):
        return str(error["msg"])
    if "expected" in context:
        context = {**context, "expected": _listed(str(context["expected"]))}
    try:
        return PHRASES[kind].format(**context)
    except KeyError:
        return "格式不符"


def _listed(expected: str) -> str:
    """列举: the values that would do, "'a', 'b' or 'c'" as pydantic has them."""
    return "、".join(re.findall(r"'([^']*)'", expected)) or expected.replace(" or ", "、").replace(", ", "、")
