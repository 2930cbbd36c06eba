"""案卷正文: what a dossier says in words – cover, catalogue, facts, clocks, course, papers – from its own contents alone.

Page and print are both made of it, and made again by whoever checks them: nothing else may come in here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from api.case_reading import SYSTEM
from api.console import case_clocks, case_facts, case_sections, case_timeline
from api.console.case_words import Line, Words
from api.console.rendering import day
from api.dossier import layout
from api.dossier.forms import CaseFile
from api.dossier.reopening import Enclosed
from domain.acts import SHANGHAI
from domain.alerts.events import AlertAcknowledged, Alerted
from domain.kinds import PETITION, RECEPTION
from domain.rules import retention

Labelled = tuple[str, str]

TITLES: Mapping[str, str] = {PETITION.name: "信访事项案卷", RECEPTION.name: "接访值班案卷"}
USUAL_TITLE = "督查事项案卷"
NOT_SHOWN = "身份信息未公开：本案卷的查阅人不在可以查看身份信息的范围内。"
CLEARED = "身份信息已经依规清除。"
UNFIXED = "尚未确定（归档时确定）"
CANNOT = (
    "事件所记内容在当时是否属实、是否有应当登记而没有登记的事项。",
    "最后一件所列事件之后，该案是否又有新的记录；如需核实，请取得较新的案卷，并核对两份封存头之间的一致性。",
    "载明“未公开”的内容是什么；出具机关持有密钥，可以另行出示。",
    "单位名称、人员姓名和查阅记录：由出具机关在制作案卷时注明，只有编号载入事件。",
    "文书正文的文字：只能核对文书的文号、日期与事件所记一致，以及文件在案卷制成后未被改动。",
    "不另行取得出具机关的公钥时，封存头由何人签署：所附公钥只能证明前后一致。",
)
"""What nobody can prove by the file alone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """卷内目录一行 — a document of the file: its serial, number, whose it is, title, date, and where it lies."""

    serial: int
    number: str
    organ: str
    title: str
    on: str
    place: str
    anchor: str


def of(enclosed: Enclosed) -> dict[str, Any]:
    """案卷正文: JSON-ready."""
    seen, case = enclosed.seen, enclosed.case
    words = Words(seen.directory, seen.known)
    facts = case_facts.of(seen, words)
    told = case_timeline.of(seen, words, newest_first=False)
    return {
        "title": TITLES.get(case.kind, USUAL_TITLE),
        "organ": case.office,
        "number": case.number,
        "subject": facts.subject,
        "cover": _cover(case, facts, told, seen.state),
        "catalogue": [asdict(one) for one in _catalogue(enclosed)],
        "badges": list(facts.badges),
        "people": _people(enclosed),
        "people_remark": _people_remark(enclosed),
        "called": "来访人" if seen.kind is RECEPTION else "信访人",
        "texts": [{"title": one.title, "text": one.text} for one in facts.texts],
        "sections": [
            {"title": one.title, "lines": [_line(line) for line in one.lines]} for one in facts.sections
        ],
        "tables": [
            {
                "title": one.title,
                "headings": list(one.headings),
                "rows": [[piece.text for piece in row] for row in one.rows],
            }
            for one in facts.tables
        ],
        "clocks": _clocks(enclosed),
        "events": [_event(one) for one in told],
        "alerts": _alerts(enclosed, words),
        "papers": [_paper(one, enclosed) for one in enclosed.papers],
        "attachments": [
            {
                "name": one.name,
                "version": str(one.version),
                "sha256": one.sha256 or "纸质，存于承办机关",
                "place": one.path or one.why or "",
            }
            for one in enclosed.attachments
        ],
        "readings": None if enclosed.readings is None else [_reading(one) for one in enclosed.readings],
        "rules": [{"name": one.name, "path": one.path} for one in enclosed.rules if one.used],
        "proof": _proof(enclosed),
        "cannot": list(CANNOT),
    }


def instant(given: datetime) -> str:
    """时刻: in Beijing time, to the second."""
    return f"{given.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _cover(
    case: CaseFile, facts: case_sections.Facts, told: Sequence[case_timeline.Told], state: Any
) -> list[Labelled]:
    made_for = case.made_for
    who = f"{made_for.unit_name} {made_for.name}".strip() or SYSTEM
    return [
        ("案卷编号", case.number),
        ("案件类别", case.kind_label),
        ("承办机关", case.office),
        ("办理环节", facts.stage),
        ("起止日期", f"{day(min(one.on for one in told))}至{day(max(one.on for one in told))}"),
        ("事件", f"{len(told)}件，最后一件为第{case.last_version}号"),
        ("保管期限", _retention(state)),
        ("制作时间", f"{instant(case.made_at)}（北京时间）"),
        ("查阅人", who),
        ("身份信息", "载入" if case.persons else "未载入"),
    ]


def _retention(state: Any) -> str:
    """保管期限: as the archiving fixed it."""
    code = state.custody.retention
    return next((one.label for one in retention.shipped().classes if one.code == code), UNFIXED)


def _catalogue(enclosed: Enclosed) -> list[Entry]:
    """卷内目录: the parts of the file's own text, then papers and attachments in the order of their events."""
    case, made = enclosed.case, day(enclosed.case.made_on)
    clock = "期限计算表"
    rows: list[tuple[str, str, str, str, str, str]] = [
        ("", case.office, "案件情况", made, layout.PRINT, "facts"),
        ("", case.office, clock, made, layout.PRINT, "clocks"),
        ("", case.office, "办理经过", made, layout.PRINT, "course"),
        ("", case.office, "预警记录", made, layout.PRINT, "alerts"),
    ]
    if enclosed.readings is not None:
        rows.append(("", case.office, "查阅记录", made, layout.PRINT, "readings"))
    return [Entry(serial, *row) for serial, row in enumerate([*rows, *_apart(enclosed)], 1)]


def _apart(enclosed: Enclosed) -> list[tuple[str, str, str, str, str, str]]:
    """另附: papers and attachments, which are files of their own."""
    directory, at = enclosed.seen.directory, enclosed.case.made_at
    facts = {one.fact.originator_version: one.fact for one in enclosed.seen.history}
    found = []
    for paper in enclosed.papers:
        organ, place = directory.unit_called(paper.organ, at), paper.pdf or paper.docx or paper.why or ""
        row = (paper.number, organ, paper.label, day(paper.issued_on), place, "")
        found.append((paper.version, row))
    for one in enclosed.attachments:
        if (fact := facts.get(one.version)) is not None:
            unit = directory.unit_called(fact.unit, at)
            found.append((one.version, ("", unit, one.name, day(fact.on), one.path or one.why or "", "")))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def _people(enclosed: Enclosed) -> list[list[str]] | None:
    """Name, id number, phone, address; None where they aren't shown."""
    if not enclosed.case.persons or enclosed.seen.kind not in (PETITION, RECEPTION):
        return None
    people = enclosed.seen.state.personal.people
    return [[one.name, one.id_number or "", one.phone or "", one.address or ""] for one in people]


def _people_remark(enclosed: Enclosed) -> str:
    if enclosed.seen.kind not in (PETITION, RECEPTION):
        return ""
    whys = {one.why for event in enclosed.events for one in event.closed if one.field == "personal"}
    if layout.ERASED in whys:
        return CLEARED
    return NOT_SHOWN if not enclosed.case.persons else ""


def _line(line: Line) -> list[Any]:
    return [line.label, "、".join(piece.text for piece in line.pieces)]


def _clocks(enclosed: Enclosed) -> list[dict[str, Any]]:
    shown = case_clocks.of(enclosed.seen)
    return [
        {
            "label": row.clock.label,
            "status": row.status,
            "unit": row.unit,
            "length": row.length,
            "book": row.rulebook,
            "basis": row.clock.basis,
            "started_on": day(row.clock.started_on),
            "nominal": day(row.clock.nominal_due_on),
            "due_on": day(row.clock.due_on) + ("（暂定）" if row.clock.provisional else ""),
            "stopped_on": day(row.clock.stopped_on),
            "explanation": list(row.clock.explanation),
        }
        for row in (*shown.running, *shown.ended)
    ]


def _event(one: case_timeline.Told) -> dict[str, Any]:
    who = " ".join(part for part in (one.unit, one.post, one.by) if part)
    return {
        "version": str(one.version),
        "term": one.term,
        "event": one.event,
        "on": day(one.on),
        "recorded_at": instant(one.recorded_at),
        "who": f"{who}（代{one.for_whom}）" if one.for_whom else who,
        "basis": one.basis or "",
        "lines": [_line(line) for line in one.lines],
        "quiet": one.quiet,
    }


def _alerts(enclosed: Enclosed, words: Words) -> list[dict[str, str]]:
    facts = [one.fact for one in enclosed.seen.history]
    answered = {one.alert_id: one for one in facts if isinstance(one, AlertAcknowledged)}
    found = []
    for one in facts:
        if isinstance(one, Alerted):
            answer = answered.get(one.alert_id)
            by = "" if answer is None else words.officers([answer.by], answer.recorded_at)[0].text
            recipients = words.officers(one.recipients, one.recorded_at)
            found.append(
                {
                    "label": one.label,
                    "due_on": day(one.due_on),
                    "raised_at": instant(one.recorded_at),
                    "recipients": "、".join(piece.text for piece in recipients),
                    "acknowledged": "" if answer is None else f"{by} {instant(answer.recorded_at)}",
                }
            )
    return found


def _paper(one: Any, enclosed: Enclosed) -> dict[str, str]:
    files = "；".join(part for part in (one.pdf, one.docx) if part)
    return {
        "label": one.label,
        "number": one.number,
        "organ": enclosed.seen.directory.unit_called(one.organ, enclosed.case.made_at),
        "issued_on": day(one.issued_on),
        "served_on": day(one.served_on),
        "place": files or one.why or "",
    }


def _reading(one: Any) -> dict[str, str]:
    return {
        "at": instant(one.at),
        "who": one.officer_name or one.officer,
        "what": one.what,
        "ground": one.ground or "",
    }


def _proof(enclosed: Enclosed) -> list[Labelled]:
    head = enclosed.head
    return [
        ("日志标识", str(head["origin"])),
        ("封存事件数", str(head["size"])),
        ("封存末位", str(head["position"])),
        ("树根", str(head["root"])),
        ("封存时间", str(head["sealed_at"])),
        ("密钥标识", str(head["key"])),
        ("核对方法", "shixian verify 案卷文件；自行编写核对程序的，格式见 docs/verifying.md。"),
    ]
