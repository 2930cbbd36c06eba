"""A dossier that somebody has been at (C4): whatever is changed is found, also where the manifest lists it anew."""

import base64
import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from api import dossier_check
from api.dossier import integrity, layout, proving
from api.dossier.findings import Report
from api.dossier.unpacking import Folder, Unfit
from eventstore import heads, heads_file
from tests.api import files
from tests.api.conftest import Town
from tests.api.dossier_files import (
    Change,
    Files,
    edited,
    files_of,
    foreign,
    forged,
    packed,
    report_on,
    taken,
    told,
    wrong,
)
from tests.api.lives import ACCEPTED
from tests.api.uploading import sent


@pytest.fixture(scope="module")
def dossier(town: Town) -> bytes:
    """Of a petition with two attachments and a paper."""
    walker = town.walker
    case = walker.walk(ACCEPTED)
    unit = walker.as_("unit-a-clerk")
    entries = [
        {"name": "报告.pdf", "sha256": sent(unit)},
        {"name": "记录.txt", "sha256": sent(unit, files.TXT, "记录.txt")},
    ]
    for act, body in (
        ("report", {"text": "已整改", "attachments": entries}),
        ("issue-notice", {"notice": "acceptance"}),
    ):
        assert walker.do(case, "unit-a-clerk", act, body).status_code == 200
    return taken(unit, f"/v1/petitions/{case}")


def event(version: int) -> str:
    return layout.event_path(layout.EVENTS, version)


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x20]) + content[at + 1 :]


def test_a_flipped_byte_in_any_file_is_found_and_the_file_named(dossier: bytes, tmp_path: Path) -> None:
    whole = files_of(dossier)
    drawn = random.Random(5)
    tables = [path for path in whole if path.startswith(("rules/rulebooks", "rules/calendars"))]
    for path in sorted(set(whole) - set(drawn.sample(tables, len(tables) - 2))):
        content = whole[path]
        report = report_on(tmp_path, packed(whole | {path: flipped(content, drawn.randrange(len(content)))}))
        assert not report.holds, path
        if path not in {layout.MANIFEST, layout.SIGNATURE}:
            assert any(f"{path} 已被改动" in one.said for one in report.findings if one.state == "bad"), path


@settings(max_examples=150, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_of_the_package_is_found_or_changes_nothing_in_it(
    dossier: bytes, tmp_path_factory: Any, place: float, bit: int
) -> None:
    at = int(place * len(dossier))
    changed = dossier[:at] + bytes([dossier[at] ^ (1 << bit)]) + dossier[at + 1 :]
    file = tmp_path_factory.getbasetemp() / "flipped.zip"
    file.write_bytes(changed)
    report, was = Report(), files_of(dossier)
    try:
        with Folder(file) as folder:
            integrity.manifest(folder, report)
            now = {path: folder.read(path) for path in folder.paths}
    except Unfit:
        return
    signed = {layout.MANIFEST, layout.SIGNATURE}
    assert not report.holds or all(now[path] == was[path] for path in was if path not in signed)
    assert now == was or not report.holds or not report_on(file.parent, changed).holds


@pytest.mark.parametrize("missing", [1, 2, 3, 5], ids=lambda one: f"event {one}")
def test_no_event_can_be_left_out(dossier: bytes, tmp_path: Path, missing: int) -> None:
    report = report_on(tmp_path, forged(dossier, lambda found: found.__delitem__(event(missing))))
    assert "事件" in wrong(report)
    assert any(f"缺第{missing}号事件" in one.said for one in report.findings)


def _renumbered(found: Files) -> None:
    """Event 3 is left out and the later ones move up."""
    last = max(path for path in found if path.startswith("events/"))
    for version in range(3, int(last[-11:-5])):
        later = told(found[event(version + 1)])
        later["version"] = later["opened"]["originator_version"] = version
        found[event(version)] = layout.written(later)
    found.pop(last)
    edited(layout.CASE, lambda case: case.update(last_version=case["last_version"] - 1))(found)


def _replaced_state(content: dict[str, Any]) -> None:
    state = base64.b64decode(content["state"])
    content["state"] = base64.b64encode(state.replace(b'"unit":"unit-a"', b'"unit":"unit-b"')).decode()
    content["opened"]["unit"] = "unit-b"


def _swapped(found: Files) -> None:
    one, two = (path for path in sorted(found) if path.startswith("attachments/"))
    found[one], found[two] = found[two], found[one]


def _html(found: Files) -> None:
    found[layout.PAGE] = found[layout.PAGE].replace("受理".encode(), "拒收".encode())


def _pdf(found: Files) -> None:
    found[layout.PRINT] += b"\n%%EOF\n"


def _calendar(found: Files) -> None:
    path = "rules/calendars/2026.toml"
    found[path] = found[path].replace(b"to = 2026-05-05", b"to = 2026-05-06")


def _taken_attachment(found: Files) -> None:
    edited(layout.ATTACHMENTS, lambda rows: rows[:1])(found)


FORGERIES: dict[str, tuple[Change, set[str]]] = {
    "an event that says something else": (
        edited(event(2), lambda one: one["opened"].update(to_unit="unit-b")),
        {"事件内容"},
    ),
    "an event replaced as a whole": (edited(event(3), _replaced_state), {"事件的证明"}),
    "an event of another time": (edited(event(3), lambda one: one.update(stored_at=1)), {"事件的证明"}),
    "events renumbered over a gap": (_renumbered, {"事件的证明"}),
    "an event shut that has a key": (
        edited(
            event(2), lambda one: one["closed"].append({"field": "to_unit", "subject": "", "why": "未公开"})
        ),
        {"事件内容"},
    ),
    "a text said to be erased": (
        edited(layout.KEYS, lambda keys: [one for one in keys if one["subject"] != "texts"]),
        {"事件内容"},
    ),
    "another key": (edited(layout.KEYS, lambda keys: keys[0].update(key="00" * 32)), {"事件内容"}),
    "proofs of another tree": (edited(layout.PROOFS, lambda one: one.update(size=3)), {"事件的证明"}),
    "a leaf at another place": (
        edited(layout.PROOFS, lambda one: one["events"][0].update(leaf_index=0)),
        {"事件的证明"},
    ),
    "a forged head": (edited(layout.HEAD, lambda one: one.update(position=999)), {"封存头"}),
    "a head with another root": (
        edited(layout.HEAD, lambda one: one.update(root="00" * 32)),
        {"封存头", "事件的证明"},
    ),
    "another number": (edited(layout.CASE, lambda one: one.update(number="XF-1")), {"案件"}),
    "a limit that was moved": (
        edited(layout.CLOCKS, lambda clocks: clocks[0].update(due_on="2026-12-31")),
        {"期限"},
    ),
    "a calendar that was edited": (_calendar, {"规则"}),
    "a paper of another date": (
        edited(layout.PAPERS, lambda rows: rows[0].update(issued_on="2026-01-01")),
        {"文书"},
    ),
    "a paper left out": (edited(layout.PAPERS, lambda _: []), {"文书"}),
    "a paper served without a record": (
        edited(layout.PAPERS, lambda rows: rows[0].update(served_on="2026-03-02")),
        {"文书"},
    ),
    "attachments swapped": (_swapped, {"附件"}),
    "an attachment left out": (_taken_attachment, {"附件"}),
    "an edited page": (_html, {"读本"}),
    "an edited print": (_pdf, {"读本"}),
    "another name": (
        edited(layout.NAMES, lambda names: names["units"][0].update(name="某局", called=[])),
        {"读本"},
    ),
}


@pytest.mark.parametrize(("change", "found"), FORGERIES.values(), ids=FORGERIES)
def test_what_is_changed_is_found_though_the_manifest_lists_it(
    dossier: bytes, tmp_path: Path, change: Change, found: set[str]
) -> None:
    report = report_on(tmp_path, forged(dossier, change))
    assert found <= wrong(report), list(report.lines())
    assert "目录签名" in wrong(report)
    assert "文件" not in wrong(report)


def test_a_foreign_key_is_found_by_the_offices_own(dossier: bytes, tmp_path: Path) -> None:
    """Whoever signs everything anew has a whole that holds together – and is not the office's."""
    office = files_of(dossier)[layout.PUBLIC_KEY]
    held: list[Any] = []
    signed = forged(dossier, lambda found: held.append(foreign(found)))
    assert wrong(report_on(tmp_path, signed)) == {"目录签名", "读本"}
    known = tmp_path / "office.pem"
    known.write_bytes(office)
    forgery = forged(signed, lambda _: None, held[0])
    assert "公钥" in wrong(report_on(tmp_path, forgery, str(known)))
    alone = report_on(tmp_path, forgery)
    assert wrong(alone) == {"读本"}, "the page still names the office's key"


def test_a_head_that_somebody_kept_is_compared(town: Town, dossier: bytes, tmp_path: Path) -> None:
    """The same log's, of the same size: the same root, or the whole is another's."""
    key = proving.signing_key(town.services)
    head = heads.from_json(told(files_of(dossier)[layout.HEAD]))
    kept, file = tmp_path / "kept.jsonl", tmp_path / "dossier.zip"
    file.write_bytes(dossier)
    found = []
    for one in (
        head,
        replace(head, root=bytes(32)),
        replace(head, size=head.size + 1),
        replace(head, origin="x"),
    ):
        kept.unlink(missing_ok=True)
        heads_file.append(kept, [heads.sign(one, key.private)])
        report = dossier_check.check(file, (), [kept])
        found += [one.state for one in report.findings if one.what == "另存的封存头"]
    assert found == ["ok", "bad", "note", "note"]


def _link(name: str) -> ZipInfo:
    info = ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def _folder_of(*members: tuple[ZipInfo | str, bytes]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as package:
        for name, content in members:
            package.writestr(name, content, ZIP_DEFLATED)
    return made.getvalue()


UNSAFE: dict[str, Callable[[], bytes]] = {
    "a name that leads out": lambda: _folder_of(("../manifest.json", b"{}")),
    "a name from the root": lambda: _folder_of(("/etc/passwd", b"")),
    "a name of another system": lambda: _folder_of(("a\\b", b""), ("c:d", b"")),
    "a name that turns its direction": lambda: _folder_of(("a\u202efdp.exe", b"")),
    "one name in two cases": lambda: _folder_of(("manifest.json", b"{}"), ("Manifest.json", b"{}")),
    "a link": lambda: _folder_of((_link("manifest.json"), b"/etc/passwd")),
    "a folder": lambda: _folder_of(("events/", b"")),
    "a bomb": lambda: _folder_of(("manifest.json", b"\0" * 20_000_000)),
    "no package": lambda: b"%PDF-1.4",
    "an empty file": lambda: b"",
    "no manifest": lambda: _folder_of(("case.json", b"{}")),
    "a manifest of something else": lambda: _folder_of(("manifest.json", b"[]")),
    "deep nesting": lambda: _folder_of(("manifest.json", b"[" * 100_000)),
}


@pytest.mark.parametrize("made", UNSAFE.values(), ids=UNSAFE)
def test_what_is_no_safe_dossier_is_refused(tmp_path: Path, made: Callable[[], bytes]) -> None:
    report = report_on(tmp_path, made())
    assert wrong(report) == {"案卷"}
    assert list(report.lines())[-1] == "结论：有不符之处，本案卷不能作为凭证。"


def test_two_members_of_one_name_are_refused(dossier: bytes, tmp_path: Path) -> None:
    doubled = BytesIO(dossier)
    with ZipFile(doubled, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr(layout.CASE, b"{}")
    assert wrong(report_on(tmp_path, doubled.getvalue())) == {"案卷"}


def test_a_member_beside_the_manifest_is_told(dossier: bytes, tmp_path: Path) -> None:
    more = BytesIO(dossier)
    with ZipFile(more, "a") as package:
        package.writestr("notes.txt", b"")
    assert wrong(report_on(tmp_path, more.getvalue())) == {"文件"}
