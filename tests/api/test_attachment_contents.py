"""What a file is, by its content alone; and files that are more than one thing, or more than they say."""

import zipfile
from io import BytesIO

import pytest

from api.contents import archives
from api.contents.checking import media_type_of
from domain import attachments as kinds
from domain.errors import Invalid
from tests.api import files

ARCHIVE = files.zipped({"a.txt": b"a"})
HTML = b"<html><script>alert(1)</script></html>"

DISGUISED = {
    "program": b"MZ\x90\0",
    "program of Linux": b"\x7fELF\x02\x01",
    "program of macOS": b"\xcf\xfa\xed\xfe",
    "script": b"#!/bin/sh\nrm -rf ~",
    "disguised page": b"\n <!DOCTYPE html><p>",
    "wide page": "\ufeff<html>".encode("utf-16-le"),
    "page as xml": b'<?xml version="1.0"?>\n<!-- x -->\n<html xmlns="http://www.w3.org/1999/xhtml">',
    "disguised application": b"<hta:application>",
    "php": b"<?php system($_GET[0]); ?>",
}
HONEST = [
    pytest.param(
        files.office(
            word__media__image1=b'<svg xmlns="http://www.w3.org/2000/svg"/>',
            word__theme=b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><a:theme/>',
            word__settings="\ufeffM\0Z".encode("utf-16-le"),
        ),
        kinds.DOCX,
        id="docx with a drawing",
    ),
    pytest.param(
        files.PDF.replace(b"\n1 0", b"\nPK\x05\x06" + bytes(70_000) + b"\n1 0"),
        kinds.PDF,
        id="pdf with four bytes that mean nothing",
    ),
    pytest.param(
        "正文\n".encode() * 500 + "网页含有 <html> 标签和 javascript: 链接。".encode(),
        kinds.TEXT,
        id="text about pages",
    ),
    pytest.param(files.PDF, kinds.PDF, id="pdf"),
    pytest.param(files.office("docx"), kinds.DOCX, id="docx"),
    pytest.param(files.office("xlsx"), kinds.XLSX, id="xlsx"),
    pytest.param(files.office("pptx"), kinds.PPTX, id="pptx"),
    pytest.param(
        files.office("pptx", **{"ppt__embeddings__sheet1.xlsx": files.office("xlsx")}),
        kinds.PPTX,
        id="a chart's table",
    ),
    pytest.param(files.ofd(), kinds.OFD, id="ofd"),
    pytest.param(files.compound("WordDocument", "1Table"), kinds.DOC, id="doc, wps"),
    pytest.param(files.compound("Workbook"), kinds.XLS, id="xls, et"),
    pytest.param(
        files.compound("WordDocument", "ObjectPool", nested=("Workbook",)), kinds.DOC, id="embedded"
    ),
    pytest.param(files.png(), kinds.PNG, id="png"),
    pytest.param(files.jpeg(), kinds.JPEG, id="jpg"),
    pytest.param(files.jpeg() + b"\0\0SEFH" + bytes(40) + b"SEFT", kinds.JPEG, id="a phone's photo"),
    pytest.param(files.jpeg() + files.jpeg(), kinds.JPEG, id="a photo with its preview"),
    pytest.param(files.tiff(), kinds.TIFF, id="tif"),
    pytest.param(files.TXT, kinds.TEXT, id="txt"),
    pytest.param(files.CSV, kinds.TEXT, id="csv in GB18030"),
    pytest.param("表头\t值\n".encode("utf-16"), kinds.TEXT, id="txt in UTF-16"),
    pytest.param("MM 市场 BM 说明".encode(), kinds.TEXT, id="text that begins like something else"),
    pytest.param("I I 是什么".encode(), kinds.TEXT, id="text that begins like a picture"),
]


@pytest.mark.parametrize(("content", "kind"), HONEST)
def test_an_honest_file_is_known(content: bytes, kind: str) -> None:
    assert media_type_of(content) == kind


def with_comment(content: bytes, comment: bytes) -> bytes:
    """A zip archive with a comment behind its end."""
    return content[:-2] + len(comment).to_bytes(2, "little") + comment


def nested_twice() -> bytes:
    inner = files.office("xlsx", **{"xl__embeddings__deep.docx": files.office("docx")})
    return files.office("docx", **{"word__embeddings__sheet.xlsx": inner})


def encrypted() -> bytes:
    content = bytearray(files.office())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := content.find(mark, place + 1)) >= 0:
            content[place + at] |= 1
    return bytes(content)


def told_twice() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", b"wordprocessingml.document.main+xml")
        archive.writestr("word/document.xml", b"one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("word/document.xml", b"another")
    return made.getvalue()


def with_link() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", b"wordprocessingml.document.main+xml")
        link = zipfile.ZipInfo("word/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, b"/etc/passwd")
    return made.getvalue()


def other_name_inside() -> bytes:
    """The directory names the part one way, its own head another."""
    content = bytearray(files.office(word__one=b"1"))
    at = content.find(b"word/one")
    content[at : at + 8] = b"word/two"
    return bytes(content)


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


REFUSED = [
    pytest.param(b"", "attachment.empty", id="nothing"),
    # bombs
    pytest.param(files.bomb(), "attachment.zip_bomb", id="a bomb"),
    pytest.param(files.lying_bomb(), "attachment.zip_bomb", id="a bomb that says it is small"),
    pytest.param(files.overlapping(), "attachment.zip_bomb", id="entries that overlap"),
    pytest.param(files.office(word__x=ARCHIVE), "attachment.zip_bomb", id="an archive in it"),
    pytest.param(files.office(word__x=b"\x1f\x8b\x08" + bytes(20)), "attachment.zip_bomb", id="a gzip in it"),
    pytest.param(nested_twice(), "attachment.zip_bomb", id="nested twice"),
    pytest.param(
        files.office("pptx", **{"ppt__embeddings__a.xlsx": files.bomb()}),
        "attachment.zip_bomb",
        id="a bomb inside",
    ),
    # more than one thing
    pytest.param(files.PDF + ARCHIVE, "attachment.polyglot", id="pdf and zip"),
    pytest.param(files.PDF + HTML, "attachment.polyglot", id="pdf and page"),
    pytest.param(
        files.PDF.replace(b"\n1 0", b"\n" + HTML + b"\n1 0"), "attachment.polyglot", id="page in a pdf's head"
    ),
    pytest.param(files.PDF + b"#!/bin/sh\nrm -rf ~\n", "attachment.polyglot", id="pdf and script"),
    pytest.param(files.png() + ARCHIVE, "attachment.polyglot", id="png and zip"),
    pytest.param(files.png() + b"\n", "attachment.polyglot", id="png and a line"),
    pytest.param(
        files.png((b"tEXt", b"a\0<?php system($_GET[0]); ?>")), "attachment.polyglot", id="php in a png"
    ),
    pytest.param(files.jpeg() + ARCHIVE, "attachment.polyglot", id="jpg and zip"),
    pytest.param(
        files.jpeg() + b"\0" * 70_000 + ARCHIVE + bytes(70_000), "attachment.polyglot", id="zip further in"
    ),
    pytest.param(files.jpeg() + b"Rar!\x1a\x07\x01\x00", "attachment.polyglot", id="jpg and rar"),
    pytest.param(files.jpeg() + b"MZ\x90\x00", "attachment.polyglot", id="jpg and program"),
    pytest.param(files.jpeg() + HTML, "attachment.polyglot", id="jpg and page"),
    pytest.param(files.jpeg(b"<svg onload=alert(1)>"), "attachment.polyglot", id="svg in a comment"),
    pytest.param(files.jpeg(b"%PDF-1.4 "), "attachment.polyglot", id="jpg that a reader takes for a pdf"),
    pytest.param(files.tiff() + ARCHIVE, "attachment.polyglot", id="tif and zip"),
    pytest.param(files.compound("WordDocument") + ARCHIVE, "attachment.polyglot", id="doc and zip"),
    pytest.param(files.compound("WordDocument") + bytes(80_000), "attachment.polyglot", id="doc and more"),
    pytest.param(files.compound("WordDocument", "Workbook"), "attachment.polyglot", id="doc and xls"),
    pytest.param(with_comment(files.office(), HTML), "attachment.polyglot", id="page behind a docx"),
    pytest.param(files.office() + files.PDF, "attachment.polyglot", id="docx and pdf"),
    pytest.param(b"PK\x03\x04" + HTML + files.office(), "attachment.polyglot", id="page before a docx"),
    pytest.param(told_twice(), "attachment.polyglot", id="a part that is there twice"),
    pytest.param(other_name_inside(), "attachment.polyglot", id="two names for one part"),
    pytest.param("说明 %PDF-1.4 ".encode(), "attachment.polyglot", id="text and pdf"),
    pytest.param("正文 <script>alert(1)</script>".encode(), "attachment.polyglot", id="text and script"),
    pytest.param(
        files.PDF.replace(b"\n1 0", b"\n" + ARCHIVE + bytes(70_000) + b"\n1 0"),
        "attachment.polyglot",
        id="zip in the midst of a pdf",
    ),
    pytest.param(
        files.png((b"prVt", ARCHIVE), (b"prVt", bytes(70_000))),
        "attachment.polyglot",
        id="zip in the midst of a png",
    ),
    pytest.param(
        files.png((b"tEXt", b"a\0<hta:application>")), "attachment.polyglot", id="application in a png"
    ),
    pytest.param(
        files.png((b"tEXt", b"a\0" + bytes(3000) + b"JavaScript:alert(1)")),
        "attachment.polyglot",
        id="link that runs in a png",
    ),
    pytest.param(
        files.jpeg(b"<img src=x onerror=alert(1)>"), "attachment.polyglot", id="handler in a comment"
    ),
    pytest.param(
        "正文\n".encode() * 500 + b"<SCRIPT>alert(1)", "attachment.polyglot", id="script far into a text"
    ),
    pytest.param(
        ("正文\n" * 900 + "<hta:application>").encode("utf-16"),
        "attachment.polyglot",
        id="application far into a wide text",
    ),
    # kinds that are not taken in
    pytest.param(HTML, "attachment.type_not_allowed", id="page"),
    pytest.param(b"  \n<!DOCTYPE html>", "attachment.polyglot", id="page after blanks"),
    pytest.param(b"<svg xmlns='x' onload='alert(1)'/>", "attachment.type_not_allowed", id="svg"),
    pytest.param(b'<?xml version="1.0"?><svg/>', "attachment.type_not_allowed", id="svg as xml"),
    pytest.param(b"#!/bin/sh\n", "attachment.type_not_allowed", id="script"),
    pytest.param(b"{\\rtf1\\ansi}", "attachment.type_not_allowed", id="rtf"),
    pytest.param(b"%!PS-Adobe-3.0\n", "attachment.type_not_allowed", id="postscript"),
    pytest.param(b"MZ\x90\x00" + bytes(60), "attachment.type_not_allowed", id="program"),
    pytest.param(
        b"\x7fELF\x02\x01" + bytes(60), "attachment.type_not_allowed", id="program of another system"
    ),
    pytest.param(b"GIF89a" + bytes(60), "attachment.type_not_allowed", id="gif"),
    pytest.param(ARCHIVE, "attachment.type_not_allowed", id="zip"),
    pytest.param(files.zipped({"a.class": b"\xca\xfe\xba\xbe"}), "attachment.type_not_allowed", id="jar"),
    pytest.param(
        files.office(**{"word__run.exe": b"MZ"}), "attachment.type_not_allowed", id="program in a docx"
    ),
    *(
        pytest.param(
            files.office(word__media__image1=begins + bytes(80)),
            "attachment.type_not_allowed",
            id=f"{id} in a docx",
        )
        for id, begins in DISGUISED.items()
    ),
    pytest.param(
        files.office("pptx", **{"ppt__embeddings__a.xlsx": files.office("xlsx", xl__media__image1=b"MZ")}),
        "attachment.type_not_allowed",
        id="disguised program within what is embedded",
    ),
    pytest.param(files.compound("Contents"), "attachment.type_not_allowed", id="another compound file"),
    pytest.param(bytes(100), "attachment.type_not_allowed", id="zeroes"),
    # macros and passwords
    pytest.param(files.office(**{"word__vbaProject.bin": b"x"}), "attachment.macro", id="macro"),
    pytest.param(
        files.office("xlsx", **{"xl__macrosheets__sheet1.xml": b"x"}), "attachment.macro", id="old macro"
    ),
    pytest.param(
        files.zipped({"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"}),
        "attachment.macro",
        id="docm",
    ),
    pytest.param(
        files.compound("WordDocument", "Macros", nested=("VBA",)), "attachment.macro", id="macro in a doc"
    ),
    pytest.param(files.compound("Workbook", "_VBA_PROJECT_CUR"), "attachment.macro", id="macro in an xls"),
    pytest.param(
        files.office(**{"word__embeddings__o.bin": files.compound("Workbook", "_VBA_PROJECT_CUR")}),
        "attachment.macro",
        id="macro in what is embedded",
    ),
    pytest.param(encrypted(), "attachment.encrypted", id="encrypted entries"),
    pytest.param(files.compound("EncryptedPackage"), "attachment.encrypted", id="docx with a password"),
    # where it would unpack to
    pytest.param(files.office(**{"..__..__etc__passwd": b"x"}), "attachment.bad_name", id="path upwards"),
    pytest.param(files.office(__etc__passwd=b"x"), "attachment.bad_name", id="path from the root"),
    pytest.param(files.office(**{"word\\..\\a": b"x"}), "attachment.bad_name", id="path of Windows"),
    pytest.param(files.office(**{"C:a": b"x"}), "attachment.bad_name", id="path with a drive"),
    pytest.param(with_link(), "attachment.bad_name", id="link"),
    # broken
    pytest.param(truncated(files.office()), "attachment.malformed", id="half a docx"),
    pytest.param(truncated(files.png()), "attachment.malformed", id="half a png"),
    pytest.param(truncated(files.jpeg()), "attachment.malformed", id="half a jpg"),
    pytest.param(files.PDF[:-7], "attachment.malformed", id="pdf without its end"),
    pytest.param(truncated(files.compound("WordDocument")), "attachment.malformed", id="half a doc"),
    pytest.param(files.tiff()[:9], "attachment.malformed", id="half a tif"),
]


@pytest.mark.parametrize(("content", "code"), REFUSED)
def test_what_is_none_of_these_or_more_than_that_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        media_type_of(content)
    assert caught.value.code == code
    assert any("\u4e00" <= one <= "\u9fff" for one in caught.value.message)


def test_too_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 10)
    with pytest.raises(Invalid) as caught:
        media_type_of(files.office(**{f"word__{number}": b"" for number in range(20)}))
    assert caught.value.code == "attachment.zip_bomb"


def known_or_refused(content: bytes) -> str:
    try:
        return media_type_of(content)
    except Invalid as refused:
        return refused.code


@pytest.mark.parametrize("content", [one.values[0] for one in HONEST], ids=[one.id for one in HONEST])
def test_a_file_broken_anywhere_is_refused_or_known_but_never_an_error(content: bytes) -> None:
    for place in range(0, len(content), max(1, len(content) // 400)):
        for broken in (content[:place], content[:place] + b"\xff" + content[place + 1 :]):
            found = known_or_refused(broken)
            assert found in kinds.EXTENSIONS or found.startswith("attachment.")
