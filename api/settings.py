"""设置: the only reader of the environment. Every setting has a default that suits one office on one machine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

PORT = 8000
HOST = "127.0.0.1"


class SettingError(ValueError):
    """设置有误 — a variable holds what cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Oidc:
    """统一身份认证 — the OpenID Connect provider, what we are to it, and the claim that may hold a username of ours."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    claim: str | None = "preferred_username"
    """按此声明首次绑定: None where only an administrator links accounts."""


@dataclass(frozen=True, slots=True)
class Settings:
    """设置 — where the data lies, where to listen, and how much may go on at once."""

    home: Path
    host: str = HOST
    port: int = PORT
    database_url: str | None = None
    replica_url: str | None = None
    """副本库地址: a streaming standby that lists and statistics may be read from."""
    trusted_proxy: str | None = None
    """反向代理地址: the one place whose word on where a request came from is taken; without it nobody's is."""
    empty: bool = False
    """空库启动: without the demo office and its accounts."""
    log_level: str = "info"
    pool_size: int = 12
    beat: float = 0.025
    """答复节拍（秒）: answers of 404 leave on it; 0 lets them leave at once."""
    password_checks: int = 2
    """同时核验口令数: each takes 64 MiB for a moment."""
    oidc: Oidc | None = None
    """统一身份认证: None without one."""
    keys: Path | None = None
    """主密钥目录: where it isn't in the home."""
    cipher: str = "aes"
    """加密算法: "aes" for AES-256-GCM, "sm4" for SM4-GCM; what is stored is read whatever it was."""

    @property
    def keys_folder(self) -> Path:
        """主密钥目录: of the key file and of the key that seals are signed with; never inside the database."""
        return self.keys or self.home / "keys"

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Self:
        """读取: SHIXIAN_HOME, SHIXIAN_HOST, SHIXIAN_PORT, SHIXIAN_TRUSTED_PROXY, SHIXIAN_EMPTY,
        SHIXIAN_LOG_LEVEL, SHIXIAN_KEYS, SHIXIAN_CIPHER, DATABASE_URL, SHIXIAN_REPLICA_URL and SHIXIAN_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET, _CLAIM.

        Raises SettingError.
        """
        given = os.environ if environ is None else environ
        return cls(
            home=Path(given.get("SHIXIAN_HOME") or _usual_home(given)).expanduser().absolute(),
            host=given.get("SHIXIAN_HOST") or HOST,
            port=_port(given.get("SHIXIAN_PORT") or str(PORT)),
            database_url=_database_url("DATABASE_URL", given.get("DATABASE_URL", "")),
            replica_url=_database_url("SHIXIAN_REPLICA_URL", given.get("SHIXIAN_REPLICA_URL", "")),
            trusted_proxy=_proxy(given.get("SHIXIAN_TRUSTED_PROXY", "").strip()),
            empty=_flag("SHIXIAN_EMPTY", given.get("SHIXIAN_EMPTY", "")),
            log_level=_level(given.get("SHIXIAN_LOG_LEVEL") or "info"),
            oidc=_oidc(given),
            keys=Path(given["SHIXIAN_KEYS"]).expanduser().absolute() if given.get("SHIXIAN_KEYS") else None,
            cipher=_cipher(given.get("SHIXIAN_CIPHER", "")),
        )


def _usual_home(given: Mapping[str, str]) -> Path:
    """Root's own home is closed to the account which the database steps down to."""
    if os.geteuid() == 0:
        return Path("/var/lib/shixian")
    return Path(given.get("XDG_DATA_HOME") or "~/.local/share") / "shixian"


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:6]) < 65536:
        raise SettingError("SHIXIAN_PORT 应为 1 至 65535 之间的整数。")
    return int(text)


def _database_url(name: str, text: str) -> str | None:
    """The address as it was given; what is wrong with it is said without repeating it, for it holds a password."""
    try:
        if "://" in text and not text.startswith(("postgresql://", "postgres://")):
            raise SettingError(f"{name} 应以 postgresql:// 开头。 {name} must begin with postgresql://.")
        conninfo_to_dict(text)
    except (psycopg.Error, UnicodeError):
        raise SettingError(
            f"{name} 无法识别，口令中的特殊字符应写成 %XX。"
            f" {name} cannot be read; write special characters of the password as %XX."
        ) from None
    return text or None


def _proxy(text: str) -> str | None:
    try:
        return str(ip_network(text)) if text else None
    except ValueError:
        raise SettingError("SHIXIAN_TRUSTED_PROXY 应为反向代理的 IP 地址或网段，如 10.0.0.5。") from None


def _oidc(given: Mapping[str, str]) -> Oidc | None:
    issuer = given.get("SHIXIAN_OIDC_ISSUER", "").strip()
    if not issuer:
        return None
    if not is_private(issuer):
        raise SettingError("SHIXIAN_OIDC_ISSUER 应为 https:// 开头的地址（本机可用 http://）。")
    client_id = given.get("SHIXIAN_OIDC_CLIENT_ID", "").strip()
    if not client_id:
        raise SettingError("使用统一身份认证时，应设置 SHIXIAN_OIDC_CLIENT_ID。")
    claim = given.get("SHIXIAN_OIDC_CLAIM", "").strip() or "preferred_username"
    return Oidc(
        issuer=issuer,
        client_id=client_id,
        client_secret=given.get("SHIXIAN_OIDC_CLIENT_SECRET", ""),
        claim=None if claim == "none" else claim,
    )


def is_private(address: str) -> bool:
    """不经外人: nobody on the way can read along – https, or this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        local = host == "localhost" or ((host[:1].isdigit() or ":" in host) and ip_address(host).is_loopback)
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username)
    return bool(host) and plain and (parts.scheme == "https" or (parts.scheme == "http" and local))


def _flag(name: str, text: str) -> bool:
    if text.lower() not in {"", "0", "1", "no", "yes", "false", "true"}:
        raise SettingError(f"{name} 应为 0 或 1。")
    return text.lower() in {"1", "yes", "true"}


def _cipher(text: str) -> str:
    if text.lower() not in {"", "aes", "sm4"}:
        raise SettingError("SHIXIAN_CIPHER 应为 aes 或 sm4。")
    return text.lower() or "aes"


def _level(text: str) -> str:
    if text.lower() not in {"debug", "info", "warning", "error"}:
        raise SettingError("SHIXIAN_LOG_LEVEL 应为 debug、info、warning 或 error。")
    return text.lower()
