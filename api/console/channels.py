"""预警渠道页: how alerts leave the house, tried out from the page; secrets go in and never come out."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import alert_channels
from api.alert_channels import ChannelForm, ChannelsForm
from api.bodies import Form, Short
from api.console import slips
from api.console.forms import Entered, Unfilled, form_data
from api.console.slips import Slip, field
from api.console.visitors import Paged, Visiting, Visitor, then
from domain.acts import Act
from domain.errors import Refused, Unknown
from scheduler.delivery import MASK

HOME = "/console/channels"
KINDS = {"mail": "邮件", "webhook": "网络回调"}
KEPT = "留空则沿用原来的。"
router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)
Given = Annotated[FormData, Depends(form_data)]
Shown = dict[str, Any]


class MailSlip(Form):
    """邮件渠道."""

    id: Short
    host: Short
    port: int | None = None
    safety: str = "none"
    login: str = ""
    password: str = ""
    sender: Short
    recipients: list[Short]
    enabled: bool = False

    def channel(self, held: Shown | None) -> ChannelForm:
        """渠道设置: an empty password is the one that is kept, as long as there is a name to sign in with."""
        kept = MASK if held is not None and self.login else ""
        settings: Shown = {
            "host": self.host,
            "port": self.port,
            "ssl": self.safety == "ssl",
            "starttls": self.safety == "starttls",
            "username": self.login,
            "password": self.password or kept,
            "sender": self.sender,
            "recipients": _recipients(self.recipients),
        }
        return ChannelForm(id=self.id, kind="mail", settings=settings, enabled=self.enabled)


class WebhookSlip(Form):
    """网络回调渠道."""

    id: Short
    url: Short
    secret: str = ""
    enabled: bool = False

    def channel(self, held: Shown | None) -> ChannelForm:
        """渠道设置: an empty secret is the one that is kept."""
        settings: Shown = {"url": self.url, "secret": self.secret or (MASK if held is not None else "")}
        return ChannelForm(id=self.id, kind="webhook", settings=settings, enabled=self.enabled)


@router.get("")
def channels_page(visitor: Visiting) -> HTMLResponse:
    """预警渠道."""
    return _page(visitor)


@router.post("/new/{kind}")
def add(kind: str, request: Request, visitor: Visiting, given: Given) -> Response:
    """新增渠道."""
    return _save(request, visitor, given, f"new-{kind}", "")


@router.post("/of/{id}")
def change(id: str, request: Request, visitor: Visiting, given: Given) -> Response:
    """修改渠道."""
    return _save(request, visitor, given, f"channel-{id}", id)


@router.post("/of/{id}/remove")
def remove(id: str, request: Request, visitor: Visiting) -> Response:
    """删除渠道."""
    act, held = _held(visitor)
    if id not in {one["id"] for one in held}:
        raise _unknown()
    _put(visitor, act, [_as_form(one) for one in held if one["id"] != id])
    return then(request, HOME, "渠道已删除。")


@router.post("/of/{id}/test")
def test(id: str, request: Request, visitor: Visiting) -> Response:
    """测试渠道: a message is sent now."""
    answer = alert_channels.test(visitor.services, alert_channels.administrator(visitor.act), id)
    said = "测试消息已送达。" if answer["delivered"] else f"测试消息未能送达（{answer['error']}）。"
    return then(request, HOME, f"渠道 {id}：{said}")


@router.post("/dead-letters/{id}/revive")
def revive(id: UUID, request: Request, visitor: Visiting) -> Response:
    """重新发送."""
    alert_channels.revive(visitor.services, alert_channels.administrator(visitor.act), id)
    return then(request, HOME, "已排队重新发送。")


def _save(request: Request, visitor: Visitor, given: FormData, slug: str, id: str) -> Response:
    act, held = _held(visitor)
    slip = next((one for one in _slips(held) if one.slug == slug), None)
    if slip is None:
        raise _unknown()
    before = next((one for one in held if one["id"] == id), None)
    try:
        made = slip.read(given)
        assert isinstance(made, MailSlip | WebhookSlip)
        if before is not None:
            made = made.model_copy(update={"id": id})
        chosen = made.channel(before)
        others = [_as_form(one) for one in held if one["id"] != id]
        _put(visitor, act, [*others, chosen])
    except Unfilled as faults:
        return _page(visitor, slip.refused(given, (), faults.problems), 422)
    except Refused as refused:
        return _page(visitor, slip.refused(given, (slips.said(refused),), {}), slips.status_of(refused))
    return then(request, HOME, "渠道已保存，可以发送测试消息。")


def _held(visitor: Visitor) -> tuple[Act, list[Shown]]:
    act = alert_channels.administrator(visitor.act)
    return act, alert_channels.channels(visitor.services, act)["items"]


def _put(visitor: Visitor, act: Act, chosen: list[ChannelForm]) -> None:
    alert_channels.set_channels(visitor.services, act, ChannelsForm(items=chosen))


def _as_form(one: Shown) -> ChannelForm:
    return ChannelForm(id=one["id"], kind=one["kind"], settings=one["settings"], enabled=one["enabled"])


def _page(visitor: Visitor, marked: Slip | None = None, status: int = 200) -> HTMLResponse:
    act, held = _held(visitor)
    dead = alert_channels.dead_letters(visitor.services, act, None, 50)
    offered = [(marked if marked and marked.slug == one.slug else one).shown() for one in _slips(held)]
    return visitor.page(
        "channels.html",
        status=status,
        channels=[(one, slip) for one, slip in zip(held, offered, strict=False)],
        new=offered[len(held) :],
        kinds=KINDS,
        dead=dead["items"],
    )


def _slips(held: list[Shown]) -> list[Slip]:
    made: dict[str, Callable[[Shown | None], tuple[Entered, ...]]] = {"mail": _mail, "webhook": _webhook}
    forms: dict[str, type[Form]] = {"mail": MailSlip, "webhook": WebhookSlip}
    found = [
        Slip(
            f"channel-{one['id']}",
            f"修改 {one['id']}",
            f"{HOME}/of/{one['id']}",
            made[one["kind"]](one),
            forms[one["kind"]],
            "保存",
        )
        for one in held
    ]
    for kind, name in KINDS.items():
        title = f"新增{name}渠道"
        found.append(Slip(f"new-{kind}", title, f"{HOME}/new/{kind}", made[kind](None), forms[kind], "新增"))
    return found


def _id(held: Shown | None) -> Entered:
    value = held["id"] if held is not None else ""
    return field("id", "编号", value=value, help="小写字母、数字、连字符；已有渠道的编号不能更改。")


def _on(held: Shown | None) -> Entered:
    on = held is None or held["enabled"]
    return field("enabled", "启用", "check", required=False, value="true" if on else "")


def _mail(held: Shown | None) -> tuple[Entered, ...]:
    now = held["settings"] if held is not None else {}
    recipients = now.get("recipients", [])
    lines = [f"{id} {to}" for id, to in recipients.items()] if isinstance(recipients, dict) else recipients
    safety = "ssl" if now.get("ssl") else "starttls" if now.get("starttls") else "none"
    ways = (("ssl", "SSL/TLS"), ("starttls", "STARTTLS"), ("none", "不加密"))
    return (
        _id(held),
        field("host", "邮件服务器", value=now.get("host", "")),
        field("port", "端口", "number", required=False, value=now.get("port", "")),
        field("safety", "加密方式", "choice", choices=ways, value=safety),
        field("login", "登录名", required=False, value=now.get("username", "")),
        field("password", "口令", required=False, help=KEPT if held is not None else ""),
        field("sender", "发件地址", value=now.get("sender", "")),
        field(
            "recipients",
            "收件地址",
            "lines",
            value=tuple(lines),
            help="每行一个地址；或者每行“人员标识 地址”，预警只发给有关人员，“*”为其余人员。",
        ),
        _on(held),
    )


def _webhook(held: Shown | None) -> tuple[Entered, ...]:
    now = held["settings"] if held is not None else {}
    told = KEPT if held is not None else "至少8个字符，用于签名。"
    return (
        _id(held),
        field("url", "网址", value=now.get("url", "")),
        field("secret", "密钥", required=held is None, help=told),
        _on(held),
    )


def _recipients(lines: list[str]) -> list[str] | dict[str, str]:
    pairs = [line.split() for line in lines]
    if pairs and all(len(pair) == 2 for pair in pairs):
        return dict(pairs)
    return lines


def _unknown() -> Unknown:
    return Unknown("alert_channel.unknown", "没有这个渠道。")
