"""文件以外的内容: what in a .docx would make Word fetch, run or compute something of its own. None of it is printed from.

Only run apart (see `apart`): the parts are parsed here, without their entities.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from api.papers.tasks import Broken

_PARTS = (".xml", ".rels", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".odttf")
_CLOSED_FOLDERS = ("word/embeddings/", "word/activex/", "customui/")
_CLOSED_TYPES = ("macroenabled", "vba", "activex", "oleobject", "ms-office.script")
_CLOSED_RELATIONS = (
    "attachedtemplate", "oleobject", "package", "control", "afchunk", "vbaproject", "frame", "subdocument",
    "mailmergesource", "mailmergeheadersource", "mailmergerecipients", "recipientdata", "ui/extensibility",
)  # fmt: skip
_CLOSED_ELEMENTS = {
    "altChunk": "外部文件的内容",
    "object": "嵌入对象",
    "OLEObject": "嵌入对象",
    "objectEmbed": "嵌入对象",
    "objectLink": "链接对象",
    "control": "控件",
    "ocx": "控件",
    "subDoc": "子文档",
    "mailMerge": "邮件合并",
    "attachedTemplate": "远程模板",
    "frameset": "框架",
    "entryMacro": "宏",
    "exitMacro": "宏",
}
_ADDRESSES = frozenset({"src", "href", "althref", "sourceFileName"})
_FIELD = re.compile(
    r"(PAGE|NUMPAGES|SECTIONPAGES|DATE)"
    r"(\s*\\\*\s*(MERGEFORMAT|CHARFORMAT|Arabic|ArabicDash|DBNUM[1-4]|CHINESENUM[1-4]|ROMAN|roman)"
    r'|\s*\\[@#]\s*("[yMdHhmsAPEeOoWwaW#0,./:年月日时分秒 -]*"|[yMd0#]+)|\s*\\[lhsu])*',
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|\\)", re.IGNORECASE)
_LINK = re.compile(r"^(?:https?://|mailto:)", re.IGNORECASE)


def must_keep_to_itself(content: bytes) -> None:
    """自成一体: Raises Broken("template.reaches_out") and ("template.not_docx")."""
    with ZipFile(BytesIO(content)) as archive:
        found = list(dict.fromkeys(one for name in archive.namelist() for one in _of_part(archive, name)))
    if found:
        raise Broken(
            "模板引用了文件以外的内容（外部链接、远程模板、嵌入对象或者域代码），不能使用", *found,
            code="template.reaches_out",
        )  # fmt: skip


def _of_part(archive: ZipFile, name: str) -> Iterator[str]:
    lower = name.lower()
    if name.endswith("/"):
        return
    if not lower.endswith(_PARTS) or lower.startswith(_CLOSED_FOLDERS) or "vba" in lower:
        yield f"含有“{name}”"
        return
    if not lower.endswith((".xml", ".rels")):
        return
    root = _parsed(archive.read(name))
    if lower == "[content_types].xml":
        yield from _of_types(root)
    elif lower.endswith(".rels"):
        yield from _of_relations(root)
    else:
        yield from _of_elements(root)


def _parsed(part: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Broken("文件不是可用的 .docx 文档", code="template.not_docx") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Broken("文件中定义了实体，不是可用的 .docx 文档", code="template.not_docx")
    return root


def _of_types(root: Any) -> Iterator[str]:
    """Nothing may be a program, and nothing that is read as XML may be called otherwise."""
    for one in root.iter("{*}Override", "{*}Default"):
        kind, name = one.get("ContentType", "").strip().lower(), one.get("PartName", one.get("Extension", ""))
        if any(closed in kind for closed in _CLOSED_TYPES):
            yield f"含有“{name}”"
        if kind.endswith("xml") and not f".{name}".lower().endswith((".xml", ".rels")):
            yield f"含有“{name}”"


def _of_relations(root: Any) -> Iterator[str]:
    for one in root.iter("{*}Relationship"):
        kind, target = one.get("Type", "").strip(), one.get("Target", "").strip()
        mode = one.get("TargetMode", "").strip().lower()
        if kind.lower().endswith(_CLOSED_RELATIONS):
            yield f"引用了“{target[:60]}”"
        elif mode == "external" and kind.endswith("/hyperlink") and _LINK.match(target):
            continue
        elif mode not in {"", "internal"} or (_ELSEWHERE.match(target) and not target.startswith("#")):
            yield f"引用了“{target[:60]}”"


def _of_elements(root: Any) -> Iterator[str]:
    for one in root.iter("*"):
        name = etree.QName(one).localname
        if name in _CLOSED_ELEMENTS:
            yield f"含有{_CLOSED_ELEMENTS[name]}"
        for attribute, value in one.attrib.items():
            if etree.QName(attribute).localname in _ADDRESSES and value.strip():
                yield f"引用了“{value[:60]}”"
    for code in _fields(root):
        if _FIELD.fullmatch(code.strip()) is None:
            yield f"含有域“{code.strip()[:60]}”（只能使用 PAGE、NUMPAGES、SECTIONPAGES 和 DATE）"


def _fields(root: Any) -> Iterator[str]:
    """The instruction of every field, however many runs it is written in; what stands outside of fields counts as one."""
    open_ones: list[list[str]] = []
    stray: list[str] = []
    for one in root.iter("{*}fldChar", "{*}instrText", "{*}delInstrText", "{*}fldSimple"):
        name, told = etree.QName(one).localname, {etree.QName(k).localname: v for k, v in one.attrib.items()}
        if name == "fldSimple":
            yield told.get("instr", "")
        elif name != "fldChar":
            (open_ones[-1] if open_ones else stray).append("".join(one.itertext()))
        elif told.get("fldCharType") == "begin":
            open_ones.append([])
        elif told.get("fldCharType") == "end" and open_ones:
            yield "".join(open_ones.pop())
    yield from ("".join(one) for one in open_ones)
    if stray:
        yield "".join(stray)
