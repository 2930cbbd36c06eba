"""实质核对: what the dossier says of the case – limits, papers, attachments, its own page and print – against its events."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from api.dossier import enclosing, forms, layout, rendering, reopening, story
from api.dossier.findings import Report
from api.dossier.reopening import Enclosed
from api.dossier.unpacking import Folder, Unfit
from api.papers.tasks import Broken
from api.papers.typesetting import typeset
from domain.attachments import Attachment
from domain.facts import name_of
from domain.rules.deadlines import Clock


def case(enclosed: Enclosed, manifest: forms.Manifest, report: Report) -> None:
    """案件: what the cover says is what the events say. Raises Unfit."""
    told, state = enclosed.case, enclosed.seen.state
    wrong = []
    if (told.id, told.number) != (state.id, state.number):
        wrong.append(f"案卷所注的编号 {told.number} 与事件所载的 {state.number} 不符")
    about = (manifest.case, manifest.number, manifest.kind, manifest.made_at, manifest.persons)
    if about != (str(told.id), told.number, told.kind, told.made_at, told.persons):
        wrong.append("目录所注的案件与案件文件不符")
    made_for = told.made_for.name or told.made_for.officer
    report.weigh(
        "案件",
        wrong,
        f"{told.kind_label} {told.number}，{story.instant(told.made_at)}为{made_for}制作，"
        f"身份信息{'载入' if told.persons else '未载入'}。",
    )


def rules(enclosed: Enclosed, report: Report) -> None:
    """规则: as the catalogue of rules lists them; tables that came with the program are compared with this program's."""
    own = {path: layout.digest(content) for _, path, content in enclosing.shipped_tables()}
    wrong, others = [], []
    for one in enclosed.rules:
        content = enclosed.tables.get(one.path)
        if one.source != "event" and (content is None or layout.digest(content) != one.sha256):
            wrong.append(f"{one.path} 与规则目录所列的摘要不符")
        elif one.source != "event" and own.get(one.path) != one.sha256:
            others.append(one.path)
    listed = {one.path: one.sha256 for one in enclosed.rules if one.source == "event"}
    for event in enclosed.rule_events:
        path = layout.event_path(layout.RULE_EVENTS, event.version)
        if listed.pop(path, None) != layout.digest(layout.written(msgspec.to_builtins(event))):
            wrong.append(f"{path} 与规则目录所列的摘要不符")
    wrong += [f"规则目录所列的 {one} 不在案卷内" for one in listed]
    same = len(own) - len(others)
    report.weigh(
        "规则", wrong, f"随附规则表 {same} 份与本程序的相同，发布的规则 {len(enclosed.rule_events)} 件。"
    )
    if others:
        report.note("规则", f"{'、'.join(others)} 与本程序随附的不同（版本不同），期限按案卷所附的计算。")


def clocks(enclosed: Enclosed, told: Sequence[Clock], report: Report) -> None:
    """期限: counted again from the events and the rules that are enclosed. Raises Unfit."""
    try:
        counted = enclosed.seen.clocks
    except Exception as error:
        raise Unfit(f"期限不能计算（{type(error).__name__}）") from None
    wrong = []
    if len(counted) != len(told):
        wrong.append(f"案卷列有 {len(told)} 个期限，重新计算得 {len(counted)} 个")
    for mine, theirs in zip(counted, told, strict=False):
        if mine != theirs:
            differing = [name for name, value in _fields(mine).items() if _fields(theirs).get(name) != value]
            wrong.append(
                f"{theirs.label}：案卷记 {theirs.due_on}，重新计算得 {mine.due_on}（{'、'.join(differing)}）"
            )
    report.weigh("期限", wrong, f"{len(counted)} 个期限按所附事件、规则和日历重新计算，结果相同。")


def _fields(clock: Clock) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(clock)
    return found


def papers(enclosed: Enclosed, folder: Folder, report: Report) -> None:
    """文书: number, dates and organ of each as the event of its issue has them."""
    facts: dict[int, Any] = {one.fact.originator_version: one.fact for one in enclosed.seen.history}
    issued = {number for number, fact in facts.items() if name_of(fact) == "NoticeIssued"}
    served: dict[str, set[Any]] = {}
    for fact in facts.values():
        if name_of(fact) == "Served":
            served.setdefault(fact.notice, set()).add(fact.on)
    told = [one.version for one in enclosed.papers]
    wrong = [f"第{one}号事件出具的文书没有列入" for one in sorted(issued - set(told))]
    wrong += [f"列入了没有出具记录的文书（第{one}号事件）" for one in told if one not in issued]
    for one in enclosed.papers:
        if one.version not in issued:
            continue
        fact = facts[one.version]
        dates = [msgspec.to_builtins(date) for date in fact.dates]
        recorded = (fact.notice, fact.number, fact.on, fact.organ, dates)
        if (one.kind, one.number, one.issued_on, one.organ, one.dates) != recorded:
            wrong.append(f"{one.label}（{one.number}）的文号、日期或者机关与第{one.version}号事件不符")
        if one.served_on is not None and one.served_on not in served.get(one.kind, set()):
            wrong.append(f"{one.label}（{one.number}）的送达日期没有送达记录")
        wrong += [f"缺少文书文件 {path}" for path in (one.docx, one.pdf) if path and path not in folder]
    report.weigh("文书", wrong, f"{len(told)} 份文书的文号、日期、出具机关与事件所记相同。")


def attachments(enclosed: Enclosed, folder: Folder, report: Report) -> None:
    """附件: those that the events name, no others; each content has the hash that the event gave it."""
    named = [
        (one.fact.originator_version, attachment.name, attachment.sha256 or None, attachment.size or None)
        for one in enclosed.seen.history
        for attachment in _named(one.fact)
    ]
    told = [(one.version, one.name, one.sha256, one.size) for one in enclosed.attachments]
    wrong = [] if named == told else ["附件目录与事件所列的附件不符"]
    there = 0
    for one in enclosed.attachments:
        if one.path is None:
            continue
        there += 1
        try:
            same = layout.digest(folder.read(one.path)) == one.sha256
        except Unfit as unfit:
            wrong.append(str(unfit))
            continue
        if not same:
            wrong.append(f"附件 {one.name} 的内容与第{one.version}号事件所记的 SHA-256 不符")
    left = len(told) - there
    absent = f"另有 {left} 份没有载入内容。" if left else ""
    report.weigh("附件", wrong, f"{there} 份附件的内容与事件所记的 SHA-256 相符。{absent}")


def _named(fact: Any) -> Sequence[Attachment]:
    found: Sequence[Attachment] = getattr(fact, "attachments", ())
    return found


def readable(enclosed: Enclosed, folder: Folder, report: Report) -> None:
    """读本: page and print made again from what is enclosed. Another release's words may differ; then it is said."""
    told = story.of(enclosed)
    for path, made in ((layout.PAGE, _page), (layout.PRINT, _print)):
        again = made(told, enclosed)
        if again == folder.read(path):
            report.ok("读本", f"{path} 与按所附事件重新生成的逐字节相同。")
        elif enclosed.case.program == version("shixian"):
            report.bad("读本", f"{path} 不是由所附事件生成的，内容已被改动。")
        else:
            report.note(
                "读本",
                f"{path} 由 {enclosed.case.program} 版程序生成，与本程序生成的不同，无法逐字节核对；以事件为准。",
            )


def _page(told: dict[str, Any], _: Enclosed) -> bytes:
    return rendering.page(told)


def _print(told: dict[str, Any], enclosed: Enclosed) -> bytes:
    try:
        return typeset(rendering.task(told, enclosed.case.made_on))
    except Broken:
        return b""


def read_clocks(folder: Folder) -> list[Clock]:
    """案卷所列的期限. Raises Unfit."""
    return reopening.form(list[Clock], folder.read(layout.CLOCKS), layout.CLOCKS)
