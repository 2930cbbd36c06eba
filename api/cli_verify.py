"""命令行·核验: `shixian verify` – the whole store, or a dossier that somebody was handed. Shows no petitioner's data."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api import store_check, terminal
from api.clock import now
from api.terminal import out

MOST = 200
"""Findings that are listed one by one."""


def add(main: typer.Typer) -> None:
    """加入命令."""
    main.command()(verify)


def verify(
    dossier: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help="卷宗 .zip；不写则核验全库。 A dossier."
        ),
    ] = None,
    heads: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, dir_okay=False, readable=True, help="另存的封存头，每行一个。 Heads kept elsewhere."
        ),
    ] = None,
    public_key: Annotated[
        list[str] | None,
        typer.Option(help="所信的公钥（十六进制；核验卷宗时也可以是公钥文件）。 A public key to trust."),
    ] = None,
    write_heads: Annotated[
        bool,
        typer.Option(
            "--write-heads", help="仅库外封存头文件有缺时，据库内重新写出。 Write the file of heads anew."
        ),
    ] = False,
) -> None:
    """核验：日志、封存、附件是否与签名时相同；或者核验一份卷宗，不需要服务和数据库。 Verify the store, or a dossier.

    有任何不符时，退出码为 1；不符的只是库外的封存头文件，并已重新写出的，为 0。 Exit code 1 on any finding that is left.
    """
    if dossier is not None:
        raise typer.Exit(of_dossier(dossier, public_key or (), heads or ()))
    given = terminal.settings()
    columns = (TextColumn("核验日志"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with terminal.plain_errors(), terminal.database(given) as dsn, Progress(*columns, console=out) as bar:
        task = bar.add_task("verify", total=None)
        outcome = store_check.check(
            dsn,
            given,
            public_keys=public_key or (),
            files=heads or (),
            begin=lambda total: bar.update(task, total=total),
            advance=lambda more: bar.advance(task, more),
        )
        written = write_heads and store_check.write_heads(dsn, given, outcome, now())
    code = told(outcome)
    if written:
        out.print("不符的只是库外的封存头文件，已据库内封存头重新写出，原文件（如有）改名留存；请再次核验。")
        code = 0
    raise typer.Exit(code)


def of_dossier(file: Path, public_keys: Sequence[str] = (), heads: Sequence[Path] = ()) -> int:
    """核验卷宗: as told by the checker; the exit code."""
    from api import dossier_check

    report = dossier_check.check(file, public_keys, heads)
    for line in report.lines():
        out.print(line, markup=False)
    return 0 if report.holds else 1


def told(outcome: store_check.Outcome) -> int:
    """说明结论: line by line; the exit code."""
    for said in outcome.holds:
        out.print(f"[相符] {said}", markup=False)
    for said in outcome.notes:
        out.print(f"[提示] {said}", markup=False)
    for one in outcome.findings[:MOST]:
        out.print(f"[不符] {one.said}", markup=False)
    if len(outcome.findings) > MOST:
        left = Counter(one.code for one in outcome.findings[MOST:])
        out.print(f"[不符] 另有 {left.total()} 处未逐条列出。", markup=False)
    if outcome.findings:
        out.print(f"核验未通过：共 {len(outcome.findings)} 处不符。")
        return 1
    out.print("核验通过。")
    return 0
