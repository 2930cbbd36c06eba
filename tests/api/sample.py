"""Tables of invented letters for the tests of the import."""

HEADER = "留言编号,留言用户,留言主题,留言时间,留言详情,答复意见,答复时间"


def line(number: int | str, **changed: str) -> str:
    """One good line, or one that is good but for what was changed."""
    fields = {
        "user": f"U{number}",
        "subject": f"第{number}封来信",
        "written": "2026-01-05 09:32:09",
        "content": "路灯坏了三天。",
        "reply": "已经修好。",
        "replied": "2026/1/12 9:32",
    } | changed
    return ",".join((str(number), *fields.values()))


def table(*lines: str, encoding: str = "utf-8") -> bytes:
    """A file of these lines under the header."""
    return "\r\n".join((HEADER, *lines, "")).encode(encoding)


def good(count: int, start: int = 1) -> bytes:
    """A file of so many good lines."""
    return table(*(line(number) for number in range(start, start + count)))
