"""拒绝: every refusal has a stable code, a Chinese sentence and, where a rule refused it, the rule. No HTTP here."""


class Refused(Exception):
    """拒绝 — a command was refused: `code` is stable, `message` is Chinese, `basis` names the article or rule."""

    def __init__(self, code: str, message: str, basis: str | None = None, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.basis = basis
        self.details = details


class Invalid(Refused):
    """填写有误 — what was sent can't be right, whatever the state of the case."""


class NotNow(Refused):
    """当前不可办理 — the case's stage or history doesn't allow the act now."""


class NotYours(Refused):
    """无权办理 — the officer's post or unit doesn't allow the act."""


class Unknown(Refused):
    """查无此件 — there is no such thing, or it is hidden from the officer."""


class Stale(Refused):
    """内容已更新 — somebody recorded something since the version the command was based on."""


class Busy(Refused):
    """系统繁忙 — could not be stored just now; nothing was done."""
