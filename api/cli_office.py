"""命令行·机构: units, officers and passwords of an office that begins empty."""

from typing import Annotated

import typer

from api.bootstrap import Services
from api.terminal import out, services, stop
from domain.acts import system_act
from domain.directory import decisions
from domain.directory.fold import DIRECTORY_ID
from domain.facts import Fact


def add(main: typer.Typer) -> None:
    """加入命令."""
    main.command("found-unit")(found_unit)
    main.command("appoint")(appoint)
    main.command("set-password")(set_password)


def found_unit(
    id: Annotated[str, typer.Argument(help="单位标识，小写字母、数字、连字符。 The unit's id.")],
    name: Annotated[str, typer.Argument(help="单位名称。 Its name.")],
    kind: Annotated[str, typer.Option(help=f"类别。 One of: {', '.join(decisions.KINDS)}")] = "unit",
    code: Annotated[str, typer.Option(help="代码，用于编号，如 XF。 Code that numbers begin with.")] = "",
    parent: Annotated[str, typer.Option(help="上级单位标识。 The id of the unit above.")] = "",
) -> None:
    """设立单位。 Found a unit; the first one should be a petition_office with a code."""
    with services() as made:
        act = system_act(made.clock())

        def drafts(_: int) -> list[Fact]:
            return [decisions.found_unit(id, name, kind, code, made.casework.directory(), act, parent)]

        made.casework.publish(DIRECTORY_ID, drafts, act)
    out.print(f"已设立 {name}（{id}）。", markup=False)


def appoint(
    officer: Annotated[str, typer.Argument(help="人员标识，也是登录名。 The officer's id and username.")],
    name: Annotated[str, typer.Argument(help="姓名。 Name.")],
    unit: Annotated[str, typer.Option(help="单位标识。 The unit's id.")],
    post: Annotated[str, typer.Option(help=f"职务。 One of: {', '.join(decisions.POSTS)}")],
) -> None:
    """任职；随后设置登录口令。 Appoint an officer to a post; asks for the password."""
    with services() as made:
        act = system_act(made.clock())

        def drafts(_: int) -> list[Fact]:
            return [decisions.appoint(officer, name, unit, post, made.casework.directory(), act)]

        decisions.appoint(officer, name, unit, post, made.casework.directory(), act)
        secret = _password(officer, name)
        made.casework.publish(DIRECTORY_ID, drafts, act)
        _open_account(made, officer, secret)
    out.print(f"{name}（{officer}）已任 {decisions.POSTS[post]}。", markup=False)


def set_password(officer: Annotated[str, typer.Argument(help="人员标识。 The officer's id.")]) -> None:
    """重设登录口令，已登录的会话随之失效。 Set an officer's password and end the officer's sessions."""
    with services() as made:
        found = made.casework.directory().officers.get(officer)
        if found is None or not found.serving:
            stop("没有这个在任人员。")
        _open_account(made, officer, _password(officer, found.name))
    out.print("口令已重设。")


def _open_account(made: Services, officer: str, secret: str) -> None:
    """Under the name the officer has an account by; the officer's id for a first one."""
    from api import account_records
    from api.sessions import create_account

    with made.database.connection() as connection:
        row = connection.execute("SELECT username FROM accounts WHERE officer = %s", (officer,)).fetchone()
    username = row["username"] if row is not None else officer
    create_account(made.database, username, officer, secret)
    with made.database.transaction() as connection:
        account_records.note(connection, system_act(made.clock()), username, "reset" if row else "opened")


def _password(*names: str) -> str:
    from api.passwords import weaknesses

    secret: str = typer.prompt("登录口令 / password", hide_input=True, confirmation_prompt=True)
    found = weaknesses(secret, *names)
    if found:
        stop(f"口令不够安全：{'；'.join(found.values())}。 The password is too weak.")
    return secret
