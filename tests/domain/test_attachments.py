"""附件: what a file may be called, and that only what the officer sent in can be named."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from domain.attachments import (
    DOCX,
    PDF,
    TEXT,
    Attachment,
    AttachmentEntry,
    Held,
    lying_with,
    resolve,
    safe_name,
    settled,
)
from domain.errors import Invalid
from domain.petition import events
from eventstore.mapper import read

A, B = "a" * 64, "b" * 64
HELD = {A: Held(120, DOCX), B: Held(3, TEXT)}
STORED = Path(__file__).parents[1] / "house/events"


@pytest.mark.parametrize(
    "name",
    [
        "整改报告.docx",
        "关于供暖问题的说明（第2稿）.pdf",
        "村民联名信原件一份",
        "report v1.2.final.pdf",
        "contact.txt",
        "ＡＢ／甲乙.pdf",
        "字" * 200,
    ],
)
def test_a_name_as_offices_use_them(name: str):
    assert safe_name(name) == name


def test_a_name_is_kept_in_composed_form():
    assert safe_name("lu\u0308.pdf") == "lü.pdf"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "字" * 201,
        "../密码.txt",
        "..\\密码.txt",
        "/etc/passwd",
        "C:\\a.pdf",
        "a:b.pdf",
        "..",
        ".",
        ".htaccess",
        "a.pdf.",
        "a.pdf ",
        " a.pdf",
        "\u3000a.pdf",
        "a\x00.pdf",
        "a\nb.pdf",
        "a\x7f.pdf",
        "整改\u202efdp.exe",
        "a\u200b.pdf",
        "a\ufeff.pdf",
        "a\u2028b.pdf",
        "a\ud800.pdf",
        "a?.pdf",
        'a".pdf',
        "a<b>.pdf",
        "a|b.pdf",
        "a*.pdf",
        "CON",
        "con.pdf",
        "Aux.txt",
        "nul .txt",
        "COM1.docx",
        "lpt9",
        "com¹.txt",
    ],
)
def test_a_name_that_is_none_is_refused_and_not_mended(name: str):
    with pytest.raises(Invalid) as caught:
        safe_name(name)
    assert caught.value.code == "attachment.bad_name"
    with pytest.raises(Invalid):
        AttachmentEntry(name)


@pytest.mark.parametrize(
    "given", ["", "a" * 63, "A" * 64, "g" * 64, "a" * 65, "a" * 64 + "\n", "../" + "a" * 61]
)
def test_a_hash_that_is_none_is_refused(given: str):
    with pytest.raises(Invalid) as caught:
        AttachmentEntry("a.pdf", given)
    assert caught.value.code == "attachment.bad_hash"


def test_what_was_sent_in_is_kept_with_its_size_and_kind_and_paper_by_its_name():
    entries = (
        AttachmentEntry("整改报告.docx", A),
        AttachmentEntry("收据原件"),
        AttachmentEntry("台账.CSV", B),
    )
    assert resolve(entries, HELD) == (
        Attachment("整改报告.docx", A, 120, DOCX),
        Attachment("收据原件"),
        Attachment("台账.CSV", B, 3, TEXT),
    )


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ((AttachmentEntry("a.docx", "c" * 64),), "attachment.unknown"),
        ((AttachmentEntry("a.docx", A), AttachmentEntry("b.docx", A)), "attachment.named_twice"),
        ((AttachmentEntry("a.docx", A), AttachmentEntry("A.docx")), "attachment.named_twice"),
        ((AttachmentEntry("收据"), AttachmentEntry("收据")), "attachment.named_twice"),
        ((AttachmentEntry("a.exe", A),), "attachment.wrong_extension"),
        ((AttachmentEntry("a.docx.txt", A),), "attachment.wrong_extension"),
        ((AttachmentEntry("docx", A),), "attachment.wrong_extension"),
    ],
)
def test_what_cannot_be_named(entries: tuple[AttachmentEntry, ...], code: str):
    with pytest.raises(Invalid) as caught:
        resolve(entries, HELD)
    assert caught.value.code == code


def test_only_what_has_a_hash_is_looked_up():
    asked: list[list[str]] = []

    def uploads(hashes: Sequence[str]) -> dict[str, Held]:
        asked.append(list(hashes))
        return HELD

    assert settled({"text": "x"}, uploads) == {"text": "x"}
    assert settled({"attachments": ()}, uploads) == {"attachments": ()}
    assert settled({"attachments": (AttachmentEntry("纸"),)}, uploads) == {"attachments": (Attachment("纸"),)}
    assert asked == []
    settled({"attachments": (AttachmentEntry("纸"), AttachmentEntry("a.docx", A))}, uploads)
    assert asked == [[A]]


def test_a_report_of_before_named_papers():
    stored = msgspec.json.decode((STORED / "petition.reported.1.json").read_bytes())
    old = read("petition.reported.1", msgspec.json.encode(stored))
    assert isinstance(old, events.Reported)
    assert (old.text, old.attachments) == (stored["text"], ())
    named = read(
        "petition.reported.1", msgspec.json.encode(stored | {"attachments": ["现场照片.jpg", "a/b"]})
    )
    assert isinstance(named, events.Reported)
    assert named.attachments == (Attachment("现场照片.jpg"), Attachment("a/b"))
    assert msgspec.json.decode(msgspec.json.encode(named))["attachments"] == [
        {"name": "现场照片.jpg"},
        {"name": "a/b"},
    ]
    assert named.TOPIC == "petition.reported.2"


def test_what_lies_with_the_case_may_be_named_again_by_whoever_acts_on_it():
    paper, scan = Attachment("原件"), Attachment("报告.pdf", "a" * 64, 12, PDF)
    reported = SimpleNamespace(attachments=(paper, scan))
    held = lying_with([SimpleNamespace(), reported])
    assert held == {"a" * 64: Held(12, PDF)}
    assert resolve([AttachmentEntry("报告.pdf", "a" * 64)], held) == (scan,)
