"""文书: every paper that can be issued and how it is numbered, read from `tables/notices.toml` and `document_numbers.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from domain.errors import Invalid
from domain.rules.calendar import TABLES

FORMS = ("docx", "typ")
"""模板格式: the editable one, and the one that is printed as PDF."""


@dataclass(frozen=True, slots=True)
class Paper:
    """文书种类 — what it is called, whom it goes to, on which decision it rests, who signs it, which dates it prints.

    `to` is "petitioner" or "unit"; `dates` maps the name of a date to where it comes from; `clocks` are those by whose
    start it is known which rule book judges the decision.
    """

    code: str
    label: str
    basis: str
    aliases: tuple[str, ...]
    case: str
    to: str
    word: str
    after: tuple[str, ...]
    until: tuple[str, ...]
    signer: str
    dates: Mapping[str, str]
    clocks: tuple[str, ...]

    @property
    def personal(self) -> bool:
        """载有身份信息: addressed to a petitioner by name and address."""
        return self.to == "petitioner"


@cache
def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads((TABLES / name).read_text("utf-8"))


@cache
def papers() -> tuple[Paper, ...]:
    """文书种类表: of all kinds of case, in the order of a matter's life."""
    return tuple(
        Paper(
            code=row["code"],
            label=row["label"],
            basis=row["basis"],
            aliases=tuple(row["aliases"]),
            case=row["case"],
            to=row["to"],
            word=row["word"],
            after=tuple(row["after"]),
            until=tuple(row.get("until", ())),
            signer=row["signer"],
            dates=row["dates"],
            clocks=tuple(row.get("clocks", ())),
        )
        for row in _table("notices.toml")["notice"]
    )


def of_case(case: str) -> tuple[Paper, ...]:
    """一类案件的文书: by the name of the kind of case."""
    return tuple(one for one in papers() if one.case == case)


def found(code: str) -> Paper | None:
    """文书种类: by its code; None if there is none."""
    return next((one for one in papers() if one.code == code), None)


def paper(given: str, case: str) -> Paper:
    """文书种类: by code, label or alias, among those of the kind of case. Raises Invalid("notice.unknown")."""
    wanted = given.strip().lower().replace("_", "-")
    for one in of_case(case):
        if wanted in {one.code, one.label, *one.aliases}:
            return one
    known = "、".join(f"{one.code}（{one.label}）" for one in of_case(case))
    raise Invalid("notice.unknown", f"没有这种文书，可用的有：{known}。")


def date_label(name: str, clock: str | None = None) -> str:
    """日期名称: what a printed date is called; a limit by its clock."""
    table = _table("notices.toml")
    limit = table["limits"].get(clock) if name == "due_on" else None
    return str(limit or table["dates"][name])


def abbreviation(name: str, code: str) -> str:
    """机关代字: the place without what kind of place it is, and the word for the organ; else the unit's code."""
    table = _table("document_numbers.toml")
    for organ in table["organ"]:
        if name.endswith(organ["ending"]):
            place = name.removesuffix(organ["ending"])
            general = next((one for one in table["places"] if place.endswith(one)), "")
            short = place.removesuffix(general)
            return f"{short if len(short) > 1 else place}{organ['word']}"
    return code or name


def number(series: str, year: int, serial: int) -> str:
    """文号: unique within its series and year."""
    return f"{series}〔{year}〕{serial}号"


def confidential_number(series: str, year: int, drawn: int) -> str:
    """保密件文号: drawn by chance, lest a gap in the series tell of a case."""
    return f"{series}〔{year}〕J{drawn:08d}号"
