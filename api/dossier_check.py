"""核对案卷: whether a dossier holds, told in words. Needs no service, no database and no keys but those enclosed.

What it checks is written down for others in docs/verifying.md.
"""

from collections.abc import Sequence
from pathlib import Path

from api.dossier import forms, integrity, layout, reopening, story, substance
from api.dossier.findings import Report
from api.dossier.unpacking import Folder, Unfit
from domain.rulebase.fold import RULEBASE_ID

__all__ = ["Report", "check"]


def check(path: Path, public_keys: Sequence[str] = (), kept_heads: Sequence[Path] = ()) -> Report:
    """核对: of the file at the path; public keys obtained elsewhere are given in hexadecimal or as names of files, heads
    that somebody kept as files of one a line."""
    report = Report(cannot=story.CANNOT)
    try:
        with Folder(path) as folder:
            _check(folder, public_keys, kept_heads, report)
    except Unfit as unfit:
        report.bad("案卷", f"{unfit}，不能继续核对。")
    except Exception as error:  # whatever a crooked file makes of us, it doesn't hold
        report.bad("案卷", f"内容不合常规（{type(error).__name__}），不能继续核对。")
    return report


def _check(folder: Folder, trusted: Sequence[str], kept: Sequence[Path], report: Report) -> None:
    """Each step says what it found; one that can't be taken ends the check."""
    manifest = integrity.manifest(folder, report)
    key = integrity.public_key(folder, trusted, report)
    integrity.signature(folder, key, report)
    head = integrity.head(folder, key, report)
    integrity.kept_heads(head, key, kept, report)
    enclosed = reopening.read(folder.read, folder.paths)
    case = enclosed.case
    integrity.versions(case.id, case.last_version, enclosed.events, "事件", report)
    integrity.versions(RULEBASE_ID, len(enclosed.rule_events), enclosed.rule_events, "规则事件", report)
    proofs = reopening.form(forms.Proofs, folder.read(layout.PROOFS), layout.PROOFS)
    integrity.inclusion(enclosed.events, proofs, head, "事件的证明", report)
    integrity.inclusion(enclosed.rule_events, proofs, head, "规则事件的证明", report)
    integrity.openings(enclosed.events, enclosed.keys, "事件内容", report)
    integrity.openings(enclosed.rule_events, enclosed.keys, "规则事件内容", report)
    substance.case(enclosed, manifest, report)
    substance.rules(enclosed, report)
    substance.clocks(enclosed, substance.read_clocks(folder), report)
    substance.papers(enclosed, folder, report)
    substance.attachments(enclosed, folder, report)
    substance.readable(enclosed, folder, report)
    report.note("名称", "单位名称和人员姓名由出具机关注明，只有编号载入事件。")
    report.note(
        "止于",
        f"本案卷止于第{case.last_version}号事件；其后是否有新的记录，须凭较新的案卷或者封存头核对。",
    )
