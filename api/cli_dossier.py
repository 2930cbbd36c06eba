"""命令行·案卷: one case's file for whoever runs the service – as an officer may have it, or without any persons."""

from pathlib import Path
from typing import Annotated

import typer

from api import readings
from api.cli_replay import case_of
from api.dossier import making, packing
from api.terminal import out, services, stop
from domain.acts import Act, system_act
from domain.directory.capacity import act_of


def add(main: typer.Typer) -> None:
    """加入命令."""
    main.command()(dossier)


def dossier(
    number: Annotated[str, typer.Argument(help="案件编号。 The case's number.")],
    out_file: Annotated[Path, typer.Option("--out", help="写到此文件。 The file to write.")],
    for_officer: Annotated[
        str | None,
        typer.Option(
            "--for",
            help="为此人员制作，所见以其权限为限；不写则不载入身份信息。 For this officer, as far as they may see.",
        ),
    ] = None,
) -> None:
    """制作案卷：事件、文书、附件、规则和证明，可以离线核对。 Make a case's file, to be verified offline.

    制作案卷留有查阅记录。 The reading is recorded.
    """
    if out_file.exists():
        stop(f"{out_file} 已经存在，不覆盖。", 2)
    with services() as made:
        at, directory = made.clock(), made.casework.directory()
        act: Act = system_act(at)
        if for_officer is not None:
            if not directory.is_serving(for_officer):
                stop(f"没有在任人员 {for_officer}。", 2)
            act = act_of(directory, for_officer, at)
        case = case_of(made, number)
        kind = None if case is None else made.casework.case(case)
        if case is None or kind is None or kind.kind not in making.KINDS:
            stop("没有这个编号的案件，或者这类案件没有案卷。")
        begun = making.begun(made, act, kind.kind, case)
        readings.note(made, act, case, "dossier", personal=begun.personal)
        with out_file.open("xb") as written:
            for piece in packing.pieces(making.made(begun)):
                written.write(piece)
    out.print(f"案卷已写到 {out_file}，可用 shixian verify 核对。", markup=False)
