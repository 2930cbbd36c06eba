"""文件检查的拒绝: the refusals that several checks share, each said once."""

from domain.errors import Invalid


def malformed() -> Invalid:
    """不完整: the file ends too early or contradicts itself."""
    return Invalid("attachment.malformed", "文件不完整或者已损坏，请核对后重新上传。")


def polyglot() -> Invalid:
    """夹带内容: the file is also something else."""
    return Invalid("attachment.polyglot", "文件中夹带有其他格式的内容，不能接收。")


def bomb(reason: str) -> Invalid:
    """压缩异常: unpacking the file would take more than any honest file needs."""
    return Invalid("attachment.zip_bomb", f"压缩内容异常：{reason}，不能接收。")


def macro() -> Invalid:
    """含宏: the file brings a program along."""
    return Invalid("attachment.macro", "文件含有宏，请另存为不含宏的文件后上传。")


def encrypted() -> Invalid:
    """已加密: nobody could look into it."""
    return Invalid("attachment.encrypted", "文件已加密，请解除密码后上传。")


def not_allowed() -> Invalid:
    """类型不符: not one of the kinds that are taken in."""
    return Invalid(
        "attachment.type_not_allowed",
        "不接收这种文件；可上传 pdf、ofd、docx、xlsx、pptx、doc、xls、wps、et、png、jpg、tif、txt、csv。",
    )


def empty() -> Invalid:
    """空文件."""
    return Invalid("attachment.empty", "文件是空的。")
