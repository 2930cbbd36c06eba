"""文书记录的组成: what the fact of an issued paper keeps besides its number. Shapes only."""

from datetime import date

import msgspec


class PrintedDate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """所载日期 — a date that the paper prints; of a limit also which clock it is: its name, start and part.

    `provisional` if the calendar of that year was not published when it was printed.
    """

    name: str
    on: date
    clock: str | None = None
    since: int | None = None
    part: str = ""
    provisional: bool = False


class TemplateUsed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """所用模板 — its form and the digest of its content."""

    form: str
    sha256: str
