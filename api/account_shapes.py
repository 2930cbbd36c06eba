"""账户的表单与说明: what is sent about accounts, and what is shown of them. No password and no hash is ever shown."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from api.bodies import Form, Short, ShortOrNone
from api.passwords import NewPassword

CHANGES = {
    "founded": "设立首个账户",
    "opened": "开户",
    "reset_asked": "申请重设口令",
    "reset": "重设口令",
    "password_set": "凭设置码设置口令",
    "password_changed": "本人修改口令",
    "locked": "锁定",
    "unlocked": "解锁",
    "link_asked": "申请绑定统一身份认证",
    "linked": "绑定统一身份认证",
    "unlinked": "解除统一身份认证绑定",
    "sessions_ended": "结束全部会话",
    "token_asked": "申请发放令牌",
    "token_made": "发放令牌",
}
"""What is done to accounts, and what it is called."""

Username = Annotated[str, Field(pattern=r"^\w[\w.@+-]{0,63}$", description="字母、汉字、数字和 . @ + - _")]
"""登录名: one that fits into an address."""


class Opening(Form):
    """开户 — for an officer in post; the username is the officer's id unless another is given."""

    officer: Short
    username: Username | None = None


class Setup(Form):
    """设置口令 — with the one-time code that was handed over."""

    code: Short
    password: NewPassword


class NewOwnPassword(Form):
    """修改口令 — the present one and the new one."""

    current: NewPassword
    new: NewPassword


class Subject(Form):
    """统一身份认证标识 — the `sub` by which the provider knows the officer; null ends the link."""

    subject: ShortOrNone


class ConfirmedSubject(Form):
    """统一身份认证标识 — the `sub` as the confirming manager has it from the provider."""

    subject: Short


class SetUp(BaseModel):
    """已设置 — the name to sign in with."""

    username: str


class Code(BaseModel):
    """一次性设置码 — shown this once; `page` is where it is used."""

    username: str
    officer: str
    code: str
    page: str
    expires_at: AwareDatetime


class Asked(BaseModel):
    """待确认 — what was asked for is done when another manager confirms it by then."""

    status: Literal["pending"] = "pending"
    username: str
    officer: str
    asked_by: str
    asked_until: AwareDatetime


ASKED: dict[int | str, dict[str, Any]] = {202: {"model": Asked, "description": "待另一名管理人员确认"}}
"""待确认: what a route declares that may have to wait for another manager."""


class AccountShown(BaseModel):
    """账户 — whose, and how its owner can sign in."""

    username: str
    officer: str
    name: str
    unit: str
    post: str
    locked: bool
    has_password: bool
    password_set_at: AwareDatetime | None
    linked: bool
    code_expires_at: AwareDatetime | None
    sessions: int
    created_at: AwareDatetime


class AccountList(BaseModel):
    """账户列表 — by username."""

    items: list[AccountShown]
    next_cursor: str | None


class Change(BaseModel):
    """账户变动."""

    at: AwareDatetime
    by: str
    for_whom: str | None
    account: str
    what: str
    label: str


class ChangeList(BaseModel):
    """账户变动记录 — newest first."""

    items: list[Change]
    next_cursor: str | None
