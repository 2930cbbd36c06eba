"""遮盖: how a person's name is shown to those who need not know who it is."""


def masked_name(text: str) -> str:
    """姓名: the surname and a star; a name of one character would be shown whole, so it is a star."""
    return f"{text[:1]}*" if len(text) > 1 else "*"
