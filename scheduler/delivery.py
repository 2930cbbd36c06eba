"""送达结果: what a sending answers, what a refused channel setting says, and how settings are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.errors import Invalid

MASK = "********"
"""What is shown in place of a secret; sent back unchanged it means "as before"."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """送达结果 — delivered only by the receiver's own answer; `error` is a code without personal data.

    `taken` are the mail addresses that the server took the message for this time; they don't get it again.
    `hopeless` means that sending again as things stand would change nothing.
    """

    ok: bool
    error: str | None = None
    taken: tuple[str, ...] = ()
    hopeless: bool = False


class ChannelError(Invalid):
    """渠道设置有误 — the settings of an alert channel can't be used."""


def missing(name: str) -> ChannelError:
    """缺少设置."""
    return ChannelError("alert_channel.setting_missing", f"缺少设置项“{name}”。", setting=name)


def invalid(name: str, why: str) -> ChannelError:
    """设置有误."""
    return ChannelError("alert_channel.setting_invalid", f"设置项“{name}”{why}。", setting=name)


class Settings:
    """设置读取 — reads named values out of raw settings and refuses what is left over."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = {name: value for name, value in raw.items() if value is not None}
        self._asked: set[str] = set()

    def raw(self, name: str) -> Any:
        """原值: the value as sent, or None."""
        self._asked.add(name)
        return self._raw.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        """文本: one line of text."""
        value = self.raw(name)
        if value is None or value == "":
            if default is None:
                raise missing(name)
            return default
        if not isinstance(value, str):
            raise invalid(name, "应为文本")
        if any(ord(character) < 32 or ord(character) == 127 for character in value):
            raise invalid(name, "含有控制字符")
        return value.strip()

    def flag(self, name: str) -> bool:
        """是否: true or false, false when not given."""
        value = self.raw(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise invalid(name, "应为 true 或 false")
        return value

    def port(self, name: str, default: int) -> int:
        """端口: a TCP port."""
        value = self.raw(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 65536:
            raise invalid(name, "应为 1 至 65535 的整数")
        return value

    def refuse_others(self) -> None:
        """多余设置: an unknown name is more likely a slip than an intention."""
        for name in sorted(set(self._raw) - self._asked):
            raise ChannelError("alert_channel.setting_unknown", f"没有设置项“{name}”。", setting=name)
