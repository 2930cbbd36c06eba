"""Real files, made here: honest ones of every kind, and ones that are more than they say."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\nxref\n0 3\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000058 00000 n \ntrailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n109\n%%EOF\n"
)
TXT = "现场检查记录：室温十七度。\r\n".encode()
CSV = "户号,温度\n101,17\n".encode("gb18030")

_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*more: tuple[bytes, bytes]) -> bytes:
    """One grey dot."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        *more,
        (b"IDAT", zlib.compress(b"\0\x80")),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in parts) + _chunk(b"IEND", b"")


def jpeg(comment: bytes = b"", scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56") -> bytes:
    """The frame of a photo: segments, a comment, a scan with stuffed bytes and a restart, the end."""
    told = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    start = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return start + told + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + scan + b"\xff\xd9"


def tiff() -> bytes:
    return b"II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"


def zipped(entries: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in entries.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return made.getvalue()


def office(kind: str = "docx", **more: bytes) -> bytes:
    """An Office file; further entries by name, with `__` for a slash."""
    part, sort = _MAIN[kind]
    types = (
        '<?xml version="1.0"?><Types><Override PartName="/' + part + '" ContentType="application/'
        f'vnd.openxmlformats-officedocument.{sort}.main+xml"/></Types>'
    )
    entries = {"[Content_Types].xml": types.encode(), part: b"<w:document/>"}
    return zipped(entries | {name.replace("__", "/"): content for name, content in more.items()})


def ofd() -> bytes:
    return zipped({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<ofd:Document/>"})


def compound(*streams: str, nested: tuple[str, ...] = ()) -> bytes:
    """A compound file of old Office: a head, the allocation table, the directory; its streams are empty."""
    names = ("Root Entry", *streams, *nested)
    entries = []
    for place, name in enumerate(names):
        raw = (name + "\0").encode("utf-16-le")
        is_folder = place == 0 or (nested and place == len(streams))
        right = place + 1 if 0 < place < len(streams) else 0xFFFFFFFF
        child = 1 if place == 0 else len(streams) + 1 if is_folder else 0xFFFFFFFF
        kind = 5 if place == 0 else 1 if is_folder else 2
        tail = struct.pack("<III", 0xFFFFFFFF, right, child)
        entries.append(
            (raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1) + tail).ljust(128, b"\0")
        )
    directory = b"".join(entries)
    directory += bytes(-len(directory) % 512)
    sectors = len(directory) // 512
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head = head.ljust(44, b"\0") + struct.pack("<IIII", 1, 1, 0, 4096)
    head += struct.pack("<IIII", 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return head + table + directory


def bomb() -> bytes:
    """Forty megabytes of nothing in forty kilobytes."""
    return office(word__media__image1=bytes(40 * 1024 * 1024))


def lying_bomb() -> bytes:
    """The same, but its directory says that there is nearly nothing in it."""
    content, told = bytearray(bomb()), struct.pack("<I", 40 * 1024 * 1024)
    while (at := content.find(told)) >= 0:
        content[at : at + 4] = struct.pack("<I", 4096)
    return bytes(content)


def overlapping() -> bytes:
    """Two names in the directory for the same data."""
    content = bytearray(office(word__a=b"a" * 100, word__b=b"b" * 100))
    at, places = content.find(b"PK\x01\x02"), []
    while content[at : at + 4] == b"PK\x01\x02":
        places.append(at)
        name, extra, comment = struct.unpack("<HHH", content[at + 28 : at + 34])
        at += 46 + name + extra + comment
    first, second = places[-2:]
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    return bytes(content)
