"""令牌权限: which scope a token for another system needs, by method and address. What isn't listed is closed to tokens:
accounts, sessions, tokens, settings. Who petitioners are has a scope of its own.
"""

from typing import NamedTuple

SCOPES = {
    "read:cases": "查询事项、期限、规则、日历和机构人员",
    "read:personal-data": "查询信访人身份信息和信访事项的附件",
    "write:cases": "登记和办理事项",
    "read:statistics": "查询统计",
    "read:events": "读取事件流",
    "imports": "导入文件",
    "alerts": "查询和签收预警",
    "seals": "查询日志封存、送存外机关的封存头",
}

PERSONAL = "read:personal-data"
NEVER_PERSONAL = frozenset({"auditor"})
"""Posts that read everybody's personal data, which no machine is to do."""


class Opening(NamedTuple):
    """开放 — a method at an address and everything below it, and the scope it needs; "*" stands for any one part."""

    method: str
    prefix: str
    scope: str


OPENINGS = (
    Opening("GET", "/v1/petitions/*/petitioners", PERSONAL),
    Opening("GET", "/v1/petitions/*/attachments", PERSONAL),
    Opening("GET", "/v1/petitions/*/notices", PERSONAL),
    Opening("POST", "/v1/petitions/*/readings", PERSONAL),
    Opening("POST", "/v1/reception/*/readings", PERSONAL),
    Opening("POST", "/v1/supervision-items/*/readings", PERSONAL),
    Opening("GET", "/v1/petitions/*/dossier.zip", PERSONAL),
    Opening("GET", "/v1/reception/*/dossier.zip", PERSONAL),
    Opening("GET", "/v1/reception/*/visitors", PERSONAL),
    Opening("GET", "/v1/reception", "read:cases"),
    Opening("POST", "/v1/reception", "write:cases"),
    Opening("GET", "/v1/petitions", "read:cases"),
    Opening("POST", "/v1/petitions/similar", PERSONAL),
    Opening("POST", "/v1/petitions", "write:cases"),
    Opening("GET", "/v1/supervision-items", "read:cases"),
    Opening("POST", "/v1/supervision-items", "write:cases"),
    Opening("GET", "/v1/negative-lists", "read:cases"),
    Opening("POST", "/v1/negative-lists", "write:cases"),
    Opening("GET", "/v1/attachments", "read:cases"),
    Opening("POST", "/v1/attachments", "write:cases"),
    Opening("GET", "/v1/deadlines", "read:cases"),
    Opening("POST", "/v1/deadline-preview", "read:cases"),
    Opening("GET", "/v1/rulebooks", "read:cases"),
    Opening("GET", "/v1/rule-changes", "read:cases"),
    Opening("GET", "/v1/archives", "read:cases"),
    Opening("GET", "/v1/grounds", "read:cases"),
    Opening("GET", "/v1/calendars", "read:cases"),
    Opening("GET", "/v1/directory", "read:cases"),
    Opening("GET", "/v1/exports", "read:cases"),
    Opening("GET", "/v1/statistics", "read:statistics"),
    Opening("GET", "/v1/events", "read:events"),
    Opening("GET", "/v1/imports", "imports"),
    Opening("POST", "/v1/imports", "imports"),
    Opening("GET", "/v1/import-templates", "imports"),
    Opening("GET", "/v1/seals", "seals"),
    Opening("POST", "/v1/seals/witnessed", "seals"),
    Opening("GET", "/v1/alerts", "alerts"),
    Opening("POST", "/v1/alerts", "alerts"),
)


def needed(method: str, path: str) -> str | None:
    """所需权限: None where no scope opens anything."""
    found = (one for one in OPENINGS if one.method == method and _is_below(path, one.prefix))
    return next((one.scope for one in found), None)


def _is_below(path: str, prefix: str) -> bool:
    wanted, given = prefix.split("/"), path.split("/")
    return len(wanted) <= len(given) and all(
        one in {"*", other} for one, other in zip(wanted, given, strict=False)
    )
