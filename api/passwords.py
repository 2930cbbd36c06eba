"""口令: how passwords are hashed and compared, and which ones are too weak to be taken.

What is too weak is told by what is missing, never by repeating any of it.
"""

import unicodedata
from functools import cache
from secrets import token_urlsafe
from typing import Annotated

from pwdlib import PasswordHash
from pydantic import Field
from zxcvbn import zxcvbn

from domain.errors import Invalid

SHORTEST, LONGEST = 10, 1000
JUDGED = 72
"""The judge of common passwords looks at so many characters; what is longer isn't common."""
EASILY_GUESSED = 2
"""Scores below this are had in less than a million guesses."""
KNOWN = ("shixian-demo",)
"""What everybody can read in our own pages."""
OURS = ("shixian", "xinfang", "ducha", "时限", "信访", "督查")
"""Words that anybody would try first here."""

NewPassword = Annotated[str, Field(min_length=1, max_length=LONGEST, description="不少于 10 个字符")]

hasher = PasswordHash.recommended()


@cache
def _nobody() -> str:
    """A hash that no password has, checked where there is none."""
    return hasher.hash(token_urlsafe())


def hashed(password: str) -> str:
    """口令摘要: argon2id, a random salt each; takes a moment and 64 MiB."""
    return hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """核对口令: costs the same whether or not there is one."""
    same = hasher.verify(password, stored if stored is not None else _nobody())
    return same and stored is not None


def weaknesses(password: str, *names: str) -> dict[str, str]:
    """不足之处: what is wrong with a new password, by code and in Chinese; names are the account's and the officer's."""
    found: dict[str, str] = {}
    plain = _plain(password)
    if len(password) < SHORTEST:
        found["length"] = f"应不少于 {SHORTEST} 个字符"
    if any(len(name) > 1 and _plain(name) in plain for name in names):
        found["name"] = "不能含有登录名或姓名"
    if plain in KNOWN or _score(password, names) < EASILY_GUESSED:
        found["common"] = "不能是常见口令、连续或重复的字符、日期等容易猜到的组合"
    return found


def must_be_strong(password: str, *names: str) -> None:
    """口令强度: raises Invalid, saying what is missing."""
    found = weaknesses(password, *names)
    if found:
        raise Invalid(
            "password.too_weak", f"口令不够安全：{'；'.join(found.values())}。", missing=list(found)
        )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _score(password: str, names: tuple[str, ...]) -> int:
    score: int = zxcvbn(password[:JUDGED], user_inputs=[*names, *OURS])["score"]
    return score
