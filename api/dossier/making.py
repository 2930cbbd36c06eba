"""制作案卷: a case's file, put together for one officer and written piece by piece; no more than one content is held at a time."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from threading import BoundedSemaphore
from typing import IO, Any
from uuid import UUID

import msgspec
import structlog

from api import attachments, case_reading, readings
from api.bootstrap import Services
from api.case_reading import Seen
from api.dossier import enclosing, forms, layout, proving, rendering, story
from api.dossier.enclosing import Asker, Keyring
from api.dossier.opening import Row
from api.dossier.packing import Package, undated
from api.dossier.proving import Proven
from api.dossier.reopening import Enclosed
from api.papers import papers as paper_pages
from api.papers import sheets
from domain.acts import Act
from domain.attachments import Attachment
from domain.cases import Kind
from domain.casework import Case
from domain.errors import Busy, Refused
from domain.facts import Fact
from domain.kinds import ITEM, PETITION, RECEPTION
from domain.petition.situation import standing_of as petition_standing
from domain.reception.situation import standing_of as reception_standing
from domain.rulebase.fold import RULEBASE_ID
from domain.rules.authority import may_see_personal_data
from eventstore import attachments as contents
from eventstore import log_rows
from projections.readings import Wanted

AT_ONCE = 2
PATIENCE = 20.0
"""How many dossiers are made at a time, and how many seconds one waits for its turn."""
IN_MEMORY = 8 * 1024 * 1024
"""Up to this a dossier is never written to disk."""
KINDS = (PETITION, ITEM, RECEPTION)
"""Kinds of case that have a file."""
MOST_READINGS = 1000
REASON_LACKING = "未公开：须先说明查阅理由"
NOT_YOURS = "未公开：只对可以查看身份信息的人员开放"
GONE = "内容已依规清除"
DAMAGED = "内容缺失或者损坏，未能载入"
ON_PAPER = "纸质，存于承办机关"
UNPRINTABLE = "paper.not_typeset"
"""A paper whose template fails is left out and said so; one that only has to wait isn't."""
_ROWS = f"SELECT {log_rows.COLUMNS} FROM public.casework_events WHERE originator_id = %s ORDER BY originator_version"

_turns = BoundedSemaphore(AT_ONCE)
log = structlog.get_logger("dossier")


@dataclass(frozen=True)
class Making:
    """制作 — for whom, of which case as the officer sees it, and what may be shown."""

    services: Services
    act: Act
    seen: Seen
    asker: Asker
    papers_closed: str | None

    @property
    def personal(self) -> bool:
        """载有身份信息: whether it may tell who petitioned, by itself or by what lies with it."""
        return self.asker.persons or self.papers_closed is None


def made(making: Making) -> IO[bytes]:
    """制作案卷: as a file that is gone once it is closed. Who hands it out has recorded the reading. Raises Busy."""
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy("dossier.busy", "正在制作的案卷较多，请稍后重试。")
    try:
        return _written(making)
    finally:
        _turns.release()


def _written(making: Making) -> IO[bytes]:
    with ExitStack() as open_files:
        file = open_files.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY, prefix="shixian-dossier-"))
        _write(making, file)
        open_files.pop_all()  # whoever reads it closes it
    return file


def begun(services: Services, act: Act, kind: Kind, case_id: UUID) -> Making:
    """着手: the case as the officer may see it, and what of it may be enclosed. Raises Unknown."""
    seen = case_reading.look(services, act, case_id, kind=kind)
    case = Case(seen.kind, seen.state, seen.history)
    knows = readings.may_know(services, act, case)
    closed = None if knows else REASON_LACKING
    try:
        attachments.must_open_papers(services, act, case)
    except Refused:
        closed = NOT_YOURS
    asker = Asker(knows and _may_see_persons(seen, act), seen.hidden)
    return Making(services, act, seen, asker, closed)


def _may_see_persons(seen: Seen, act: Act) -> bool:
    if seen.kind is PETITION:
        return may_see_personal_data(petition_standing(seen.state, seen.directory), act)
    return seen.kind is RECEPTION and may_see_personal_data(
        reception_standing(seen.state, seen.directory), act
    )


def _write(making: Making, file: IO[bytes]) -> None:
    services, seen = making.services, making.seen
    rows = _rows(services, seen.state.id)[: len(seen.history)]
    rule_rows = _rows(services, RULEBASE_ID)
    proven = proving.proven(services, [*rows, *rule_rows])
    key = proving.signing_key(services)
    ring = Keyring(making.asker, services.keys.secret)
    facts = [one.fact for one in seen.history]
    events = [enclosing.event(row, fact, making.asker, ring) for row, fact in zip(rows, facts, strict=True)]
    everybody = Asker(persons=False)
    published = [
        (enclosing.event(row, fact, everybody, ring), fact)
        for row, fact in zip(rule_rows, _facts(services), strict=True)
    ]
    package = Package(file)
    papers = list(_papers(making, package))
    attached = list(_attachments(making, package))
    names = [one.unit for one in seen.clocks] + [one.organ for one in papers]
    enclosed = Enclosed(
        case=_case(making),
        events=events,
        names=enclosing.names(seen.directory, events, *names, making.act.by, making.act.unit),
        rules=enclosing.rule_files(seen.clocks, published),
        tables={path: content for _, path, content in enclosing.shipped_tables()},
        rule_events=[event for event, _ in published],
        keys=ring.keys,
        papers=papers,
        attachments=attached,
        readings=_readings(making),
        head=msgspec.json.decode(proving.head_file(proven.head)),
    )
    _add_all(package, enclosed, proven)
    told = story.of(enclosed)
    package.add(layout.PAGE, rendering.page(told))
    package.add(layout.PRINT, sheets.in_turn(rendering.task(told, enclosed.case.made_on), apart=False))
    manifest = layout.manifest(_about(enclosed), package.files)
    package.close(manifest, proving.signature(key, manifest))


def _add_all(package: Package, enclosed: Enclosed, proven: Proven) -> None:
    def add(path: str, given: Any) -> None:
        package.add(path, layout.written(msgspec.to_builtins(given)))

    add(layout.CASE, enclosed.case)
    for event in enclosed.events:
        add(layout.event_path(layout.EVENTS, event.version), event)
    add(layout.KEYS, enclosed.keys)
    add(layout.NAMES, enclosed.names)
    add(layout.CLOCKS, enclosed.seen.clocks)
    add(layout.PAPERS, enclosed.papers)
    add(layout.ATTACHMENTS, enclosed.attachments)
    if enclosed.readings is not None:
        add(layout.READINGS, enclosed.readings)
    add(layout.RULES, enclosed.rules)
    for path, content in enclosed.tables.items():
        package.add(path, content)
    for event in enclosed.rule_events:
        add(layout.event_path(layout.RULE_EVENTS, event.version), event)
    add(layout.PROOFS, forms.Proofs(size=proven.head.size, events=proven.proofs))
    package.add(layout.HEAD, proving.head_file(proven.head))
    package.add(layout.PUBLIC_KEY, proving.public_key_file(proven.public_key))


def _about(enclosed: Enclosed) -> dict[str, Any]:
    """What the manifest says of the dossier as a whole."""
    case = enclosed.case
    return {
        "case": str(case.id),
        "number": case.number,
        "kind": case.kind,
        "made_at": msgspec.to_builtins(case.made_at),
        "made_for": case.made_for.officer,
        "persons": case.persons,
    }


def _case(making: Making) -> forms.CaseFile:
    seen, act = making.seen, making.act
    state, directory = seen.state, seen.directory
    office = str(getattr(state, "office", None) or getattr(state, "opened_by_unit", ""))
    return forms.CaseFile(
        kind=seen.kind.name,
        kind_label=seen.kind.label,
        id=state.id,
        number=state.number,
        subject=str(getattr(state, "subject", "") or getattr(state, "content", ""))[:200],
        office=directory.unit_called(office, act.at),
        last_version=seen.last.fact.originator_version,
        made_at=act.at,
        made_on=seen.today,
        made_for=forms.Maker(
            officer=act.by,
            name=case_reading.officer_called(directory, act.by, act.at) or act.by,
            unit=act.unit,
            unit_name=directory.unit_called(act.unit, act.at) if act.role != "system" else "",
            role=act.role,
        ),
        persons=making.asker.persons,
        program=version("shixian"),
    )


def _rows(services: Services, stream: UUID) -> list[Row]:
    """存储行: of a stream, byte by byte."""
    with services.database.transaction() as connection, log_rows.raw(connection) as cursor:
        found = cursor.execute(_ROWS, (stream,)).fetchall()
    return [
        Row(
            position,
            UUID(bytes=bytes(id)),
            version,
            int.from_bytes(at, "big", signed=True) + log_rows.SINCE_1970,
            bytes(topic).decode(),
            bytes(state),
        )
        for position, id, version, at, topic, state in found
    ]


def _facts(services: Services) -> list[Fact]:
    return [services.casework.fact(row) for row in services.casework.store.select_stream(RULEBASE_ID)]


def _papers(making: Making, package: Package) -> Iterator[forms.Paper]:
    """文书: each as it was issued, in both forms, for whoever may open it."""
    if making.seen.kind is RECEPTION:
        return
    file = sheets.opened(making.services, making.act, making.seen.state.id, making.seen.kind)
    issued = [one for one in file.sheets if one.issued is not None]
    for serial, sheet in enumerate(sorted(issued, key=lambda one: one.issued.originator_version), 1):
        paths, why = {}, None
        closed = paper_pages.why_closed(file, sheet) is not None
        if closed or making.papers_closed == REASON_LACKING:
            why = NOT_YOURS if closed else REASON_LACKING
        for ending, template in () if why else paper_pages.FORMS.items():
            path = f"papers/{serial:03d}-{layout.file_name(f'{sheet.paper.label}-{sheet.number}.{ending}')}"
            try:
                content = sheets.made(file, sheet, template)
                package.add(path, undated(content) if ending == "docx" else content)
                paths[ending] = path
            except Busy as busy:
                if busy.code != UNPRINTABLE:
                    raise
                why = busy.message
        yield forms.Paper(
            version=sheet.issued.originator_version,
            kind=sheet.paper.code,
            label=sheet.paper.label,
            number=sheet.number,
            issued_on=sheet.issued.on,
            served_on=sheet.served_on,
            organ=sheet.issued.organ,
            dates=[msgspec.to_builtins(one) for one in sheet.issued.dates],
            docx=paths.get("docx"),
            pdf=paths.get("pdf"),
            why=why,
        )


def _attachments(making: Making, package: Package) -> Iterator[forms.Attached]:
    """附件: every one that an event names; a content is enclosed once."""
    enclosed: dict[str, str] = {}
    for one in making.seen.history:
        named: Sequence[Attachment] = getattr(one.fact, "attachments", ())
        for attachment in named:
            path, why = _attached(making, package, attachment, enclosed)
            yield forms.Attached(
                version=one.fact.originator_version,
                name=attachment.name,
                sha256=attachment.sha256 or None,
                size=attachment.size or None,
                path=path,
                why=why,
            )


def _attached(
    making: Making, package: Package, named: Attachment, enclosed: dict[str, str]
) -> tuple[str | None, str | None]:
    if not named.sha256:
        return None, ON_PAPER
    if making.papers_closed is not None:
        return None, making.papers_closed
    if named.sha256 in enclosed:
        return enclosed[named.sha256], None
    content = _content(making.services, named.sha256)
    if content is None:
        destroyed = not making.services.keys.holds(named.sha256, "attachment")
        return None, GONE if destroyed else DAMAGED
    if sha256(content).hexdigest() != named.sha256:
        log.error("attachment.damaged", sha256=named.sha256, missing=False)
        return None, DAMAGED
    path = f"attachments/{len(enclosed) + 1:03d}-{layout.file_name(named.name)}"
    package.add(path, content)
    enclosed[named.sha256] = path
    return path, None


def _content(services: Services, digest: str) -> bytes | None:
    with services.database.connection() as connection:
        return contents.content_of(connection, services.keys, digest)


def _readings(making: Making) -> list[forms.Reading] | None:
    """查阅记录: for auditors, as their own page lists them."""
    if making.act.role != "auditor":
        return None
    wanted = Wanted(case=making.seen.state.id)
    page = readings.found(making.services, making.act, wanted, None, MOST_READINGS)
    directory = making.seen.directory
    rows = [readings.shown(row, directory) for row in page.items]
    return [
        forms.Reading(
            at=row["at"],
            officer=row["officer"],
            officer_name=row["officer_name"],
            what=row["what_label"],
            ground="；".join(part for part in (row["ground_label"], row["reason"]) if part) or None,
        )
        for row in rows
    ]
