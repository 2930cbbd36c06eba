"""命令行·密钥: what the key file is and holds, a new generation, what still lies there in plain. No secret is ever shown."""

import typer

from api import key_upkeep
from api.bootstrap import Services
from api.terminal import out, services
from projections.catalogue import VIEWS

LEFT_OUT = (
    "projection_tracking",
    "ledger_searches",
    "saved_views",
    "sessions",
    "sign_in_failures",
    "oidc_logins",
)
"""Where the read models stand, so that a restored database builds them anew; words that officers typed; what is short-lived."""

keys = typer.Typer(help="主密钥：查看、换代。 The key file: show, rotate.", no_args_is_help=True)


def add(main: typer.Typer) -> None:
    """加入命令."""
    main.add_typer(keys, name="keys")


@keys.command()
def show() -> None:
    """查看主密钥文件：编号、代次、已销毁数。 Show the key file: its id, generations, how many keys are destroyed."""
    with services() as made:
        for line in lines(made):
            out.print(line, markup=False)


@keys.command()
def rotate() -> None:
    """换代：以后的内容用新一代密钥加密，以前的照常可读。 Rotate: what is stored from now on is under new keys.

    换代后请把文件复制到每台运行本系统的主机，并另存备份。 Copy the file to every host, and into its backup.
    """
    with services() as made:
        generation = made.keys.rotate()
        out.print(f"现用第 {generation} 代密钥：{made.keys.file}", markup=False)
        out.print("请把该文件复制到每台运行本系统的主机，并更新其备份。", markup=False)


@keys.command("encrypt-contents")
def encrypt_contents() -> None:
    """加密早先存入的附件和导入文件；可以中断后再次执行。 Encrypt contents that were stored before there were keys."""
    with services() as made:
        done = key_upkeep.seal_what_is_plain(made.database, made.keys, said)
        out.print(f"已加密 {done} 份。" if done else "没有未加密的附件或导入文件。", markup=False)


@keys.command("backup-options")
def backup_options() -> None:
    """备份时 pg_dump 应加的选项：不备份可以重建的明文表。 What to give to pg_dump, so that no backup holds texts that can be read.

    pg_dump -Fc $(shixian keys backup-options) "$DATABASE_URL" > shixian.dump
    """
    left = (f"--exclude-table-data=public.{table}" for table in left_out())
    out.print(" ".join(["--schema=public", *left]), markup=False)


def left_out() -> list[str]:
    """不入备份的表: the read models, which hold texts open and are built anew from the log, and what officers looked for."""
    return sorted({*LEFT_OUT, *(table for view in VIEWS for table in view.tables)})


def said(done: int, total: int) -> None:
    """进度."""
    out.print(f"加密早先的附件和导入文件：{done}/{total}", markup=False)


def lines(made: Services) -> list[str]:
    """主密钥概况: for people; nothing in it opens anything."""
    ring = made.keys.ring()
    current = ring.content.current
    found = [f"文件：{made.keys.file}（{made.keys.file.stat().st_size} 字节）", f"编号：{made.keys.id}"]
    found.append(f"算法：{'SM4-GCM' if made.settings.cipher == 'sm4' else 'AES-256-GCM'}")
    for generation, tree in ring.content.trees.items():
        used = "（现用）" if generation == current else ""
        found.append(f"第 {generation} 代{used}：已销毁 {len(tree.gone())} 个密钥，留存 {len(tree)} 个节点")
    found.append(f"未加密的附件和导入文件：{key_upkeep.left_plain(made.database)} 份")
    return found
