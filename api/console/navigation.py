"""导航: which pages there are, in which order, and for whose work. Who may read what is decided elsewhere."""

from typing import NamedTuple

from domain.rules.authority import CASELESS_POSTS, OFFICE_POSTS, READ_ALL_POSTS

CASES = READ_ALL_POSTS | {"unit_head", "unit_clerk", "unit_officer"}
"""Posts that work on cases or oversee them."""


class Entry(NamedTuple):
    """栏目 — a page's name, address, and the posts in whose work it has a place (None: everybody's)."""

    label: str
    href: str
    posts: frozenset[str] | None = None


ENTRIES = (
    Entry("工作台", "/console"),
    Entry("登记", "/console/register", OFFICE_POSTS),
    Entry("信访事项", "/console/petitions", CASES),
    Entry("督查事项", "/console/supervision-items", CASES),
    Entry("期限", "/console/deadlines", CASES),
    Entry("预警", "/console/alerts", CASES),
    Entry("接访值班", "/console/reception", CASES),
    Entry("否定报备", "/console/negative-lists", READ_ALL_POSTS),
    Entry("统计", "/console/statistics", CASES),
    Entry("档案", "/console/archives", READ_ALL_POSTS | CASELESS_POSTS),
    Entry("查阅留痕", "/console/readings", frozenset({"auditor"})),
    Entry("日志封存", "/console/seals", frozenset({"admin", "inspector", "auditor"})),
    Entry("导入", "/console/imports", OFFICE_POSTS | {"inspector", "auditor"}),
    Entry("文书模板", "/console/templates", OFFICE_POSTS | CASELESS_POSTS),
    Entry("机构人员", "/console/directory"),
    Entry("规则日历", "/console/rules"),
    Entry("系统管理", "/console/accounts", CASELESS_POSTS | {"inspector"}),
)


def entries(post: str) -> list[Entry]:
    """栏目: those of a post."""
    return [one for one in ENTRIES if one.posts is None or post in one.posts]


def current(path: str) -> str | None:
    """当前栏目: the address of the entry that the page at this path belongs to."""
    found = [one.href for one in ENTRIES if path == one.href or path.startswith(f"{one.href}/")]
    return max(found, key=len, default=None)
