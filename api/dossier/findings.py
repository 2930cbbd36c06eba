"""核对结论: what a check found, point by point and in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

State = Literal["ok", "bad", "note"]

MARKS: dict[State, str] = {"ok": "相符", "bad": "不符", "note": "说明"}
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """一项结论 — what was checked, whether it holds, and what is to be said of it."""

    state: State
    what: str
    said: str


@dataclass(slots=True)
class Report:
    """核对报告 — everything that was found; it holds where nothing is wrong."""

    findings: list[Finding] = field(default_factory=list)
    cannot: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """全部相符."""
        return bool(self.findings) and all(one.state != "bad" for one in self.findings)

    def ok(self, what: str, said: str) -> None:
        """相符."""
        self.findings.append(Finding("ok", what, said))

    def bad(self, what: str, said: str) -> None:
        """不符."""
        self.findings.append(Finding("bad", what, said))

    def note(self, what: str, said: str) -> None:
        """说明: what the reader must know, and that is no fault."""
        self.findings.append(Finding("note", what, said))

    def weigh(self, what: str, wrong: list[str], well: str) -> None:
        """权衡: what is wrong, or that all is well."""
        if not wrong:
            self.ok(what, well)
            return
        more = f"；另有 {len(wrong) - MOST_NAMED} 处" if len(wrong) > MOST_NAMED else ""
        self.bad(what, "；".join(wrong[:MOST_NAMED]) + more)

    def lines(self) -> Iterator[str]:
        """逐项说明: as the command line prints it."""
        for one in self.findings:
            yield f"[{MARKS[one.state]}] {one.what}：{one.said}"
        if self.cannot:
            yield "以下各项不能凭本案卷证明："
            yield from (f"  {number}. {one}" for number, one in enumerate(self.cannot, 1))
        yield "结论：各项核对相符。" if self.holds else "结论：有不符之处，本案卷不能作为凭证。"
