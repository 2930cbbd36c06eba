"""文书模板的折叠与决定: facts → which template each office prints each kind of paper from."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid5

import msgspec
from msgspec.structs import replace

from domain.acts import Act, envelope
from domain.directory.fold import NAMESPACE
from domain.errors import NotNow, NotYours, Unknown
from domain.facts import Fact
from domain.papers.events import TemplateReplaced, TemplateRestored
from domain.papers.shapes import TemplateUsed
from domain.rules import papers
from domain.rules.papers import Paper

TEMPLATES_ID = uuid5(NAMESPACE, "notice-templates")
EVERYWHERE = ""
"""The office of a template that holds for all which have none of their own."""
KEEPERS = frozenset({"office_head", "admin"})
"""可以更换模板: the head of a petition office for that office, the administrator for all."""

Place = tuple[str, str, str]
"""Office, kind of paper, form."""


class Templates(msgspec.Struct, frozen=True):
    """文书模板 — the digests of the templates that take the place of shipped ones, after `version` facts."""

    version: int = 0
    own: Mapping[Place, str] = {}

    def used(self, office: str, notice: str, form: str) -> str | None:
        """所用模板: the digest of the office's own, or of the one that holds everywhere; None if it is the shipped one."""
        return self.own.get((office, notice, form)) or self.own.get((EVERYWHERE, notice, form))


def fold(templates: Templates, fact: Fact) -> Templates:
    """折叠: the templates after the fact."""
    own = dict(templates.own)
    match fact:
        case TemplateReplaced():
            own[fact.office, fact.notice, fact.form] = fact.sha256
        case TemplateRestored():
            own.pop((fact.office, fact.notice, fact.form), None)
    return replace(templates, version=fact.originator_version, own=own)


def project(facts: Iterable[Fact]) -> Templates:
    """折叠全部: the templates after all of these facts."""
    templates = Templates()
    for fact in facts:
        templates = fold(templates, fact)
    return templates


def office_of(state: Any) -> str:
    """模板适用机关: the petition office whose register a case is on, or the unit that opened it."""
    found: str = getattr(state, "office", "") or getattr(state, "opened_by_unit", EVERYWHERE)
    return found


def keeper(act: Act) -> str:
    """模板所属机关: whose templates the officer keeps. Raises NotYours("template.not_yours")."""
    if act.role not in KEEPERS:
        raise NotYours("template.not_yours", "文书模板由信访工作机构负责人或者系统管理员更换。")
    return EVERYWHERE if act.role == "admin" else act.unit


def a_paper(notice: str) -> Paper:
    """文书种类: by its code. Raises Unknown("template.unknown")."""
    found = papers.found(notice)
    if found is None:
        raise Unknown("template.unknown", "没有这种文书。")
    return found


def replaced(templates: Templates, act: Act, notice: str, form: str, used: TemplateUsed, size: int) -> Fact:
    """更换: the fact. Raises NotYours and NotNow("template.same")."""
    office = keeper(act)
    if templates.own.get((office, notice, form)) == used.sha256:
        raise NotNow("template.same", "上传的模板与现用模板相同。")
    made = envelope(TEMPLATES_ID, templates.version + 1, act)
    return TemplateReplaced(**made, office=office, notice=notice, form=form, sha256=used.sha256, size=size)


def restored(templates: Templates, act: Act, notice: str, form: str) -> Fact:
    """恢复: the fact. Raises NotYours and NotNow("template.not_replaced")."""
    office = keeper(act)
    if (office, notice, form) not in templates.own:
        raise NotNow("template.not_replaced", "现用的就是原有模板。")
    made = envelope(TEMPLATES_ID, templates.version + 1, act)
    return TemplateRestored(**made, office=office, notice=notice, form=form)
