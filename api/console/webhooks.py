"""事件推送页: which webhooks are told of which events, how they are doing, and what was given up and is sent again."""

from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import webhooks
from api.bodies import Form, Short
from api.console import slips
from api.console.forms import Choices, Entered, Unfilled, form_data
from api.console.slips import Slip, field
from api.console.visitors import Paged, Visiting, Visitor, then
from api.webhooks import WebhookForm, WebhooksForm
from domain.acts import Act
from domain.errors import Refused, Unknown
from scheduler.delivery import MASK

HOME = "/console/webhooks"
GROUPS = {
    "item": "督查事项",
    "month": "否定报备",
    "petition": "信访事项",
    "reception": "接访",
    "review": "复查复核",
    "rulebase": "规则日历",
    "seal": "存证",
}
router = APIRouter(prefix=HOME, route_class=Paged, include_in_schema=False)
Given = Annotated[FormData, Depends(form_data)]
Shown = dict[str, Any]


class PushSlip(Form):
    """事件推送."""

    id: Short
    url: str
    secret: str = ""
    kinds: list[Short]
    allow_private: bool = False
    enabled: bool = False
    position: int | None = None

    def webhook(self, held: Shown | None) -> WebhookForm:
        """推送设置: an empty secret is the one that is kept."""
        kept = MASK if held is not None else ""
        return WebhookForm(**{**self.model_dump(), "secret": self.secret or kept})


@router.get("")
def webhooks_page(visitor: Visiting) -> HTMLResponse:
    """事件推送."""
    return _page(visitor)


@router.post("/new")
def add(request: Request, visitor: Visiting, given: Given) -> Response:
    """新增推送."""
    return _save(request, visitor, given, "new", "")


@router.post("/of/{id}")
def change(id: str, request: Request, visitor: Visiting, given: Given) -> Response:
    """修改推送."""
    return _save(request, visitor, given, f"webhook-{id}", id)


@router.post("/of/{id}/remove")
def remove(id: str, request: Request, visitor: Visiting) -> Response:
    """删除推送."""
    act, held, _ = _held(visitor)
    if id not in {one["id"] for one in held}:
        raise _unknown()
    _put(visitor, act, [_as_form(one) for one in held if one["id"] != id])
    return then(request, HOME, "推送已删除。")


@router.post("/of/{id}/test")
def test(id: str, request: Request, visitor: Visiting) -> Response:
    """测试推送: a test event is sent now."""
    answer = webhooks.test(visitor.services, webhooks.administrator(visitor.act), id)
    said = "测试事件已送达。" if answer["delivered"] else f"测试事件未能送达（{answer['error']}）。"
    return then(request, HOME, f"推送 {id}：{said}")


@router.post("/dead-letters/{id}/resend")
def resend(id: UUID, request: Request, visitor: Visiting) -> Response:
    """重新推送."""
    answer = webhooks.resend(visitor.services, webhooks.administrator(visitor.act), id)
    return then(
        request, HOME, "已重新推送。" if answer["delivered"] else f"仍未能送达（{answer['error']}）。"
    )


def _save(request: Request, visitor: Visitor, given: FormData, slug: str, id: str) -> Response:
    act, held, kinds = _held(visitor)
    slip = next((one for one in _slips(held, kinds) if one.slug == slug), None)
    if slip is None:
        raise _unknown()
    before = next((one for one in held if one["id"] == id), None)
    try:
        made = slip.read(given)
        assert isinstance(made, PushSlip)
        if before is not None:
            made = made.model_copy(update={"id": id})
        others = [_as_form(one) for one in held if one["id"] != id]
        _put(visitor, act, [*others, made.webhook(before)])
    except Unfilled as faults:
        return _page(visitor, slip.refused(given, (), faults.problems), 422)
    except Refused as refused:
        return _page(visitor, slip.refused(given, (slips.said(refused),), {}), slips.status_of(refused))
    return then(request, HOME, "推送已保存，可以发送测试事件。")


def _held(visitor: Visitor) -> tuple[Act, list[Shown], Choices]:
    act = webhooks.administrator(visitor.act)
    found = webhooks.webhooks(visitor.services, act)
    offered: list[tuple[str, str]] = []
    for group, ones in groupby(found["kinds"], lambda one: one["kind"].partition(".")[0]):
        name = GROUPS.get(group, group)
        offered.append((f"{group}.*", f"{name}：全部"))
        offered += [(one["kind"], f"{name}：{one['label']}") for one in ones]
    return act, found["items"], tuple(offered)


def _put(visitor: Visitor, act: Act, chosen: list[WebhookForm]) -> None:
    webhooks.set_webhooks(visitor.services, act, WebhooksForm(items=chosen))


def _as_form(one: Shown) -> WebhookForm:
    names = ("id", "url", "secret", "kinds", "allow_private", "enabled")
    return WebhookForm(**{name: one[name] for name in names})


def _page(visitor: Visitor, marked: Slip | None = None, status: int = 200) -> HTMLResponse:
    act, held, kinds = _held(visitor)
    dead = webhooks.dead_letters(visitor.services, act, None, 50)
    offered = [(marked if marked and marked.slug == one.slug else one).shown() for one in _slips(held, kinds)]
    return visitor.page(
        "webhooks.html",
        status=status,
        webhooks=list(zip(held, offered[:-1], strict=True)),
        new=offered[-1],
        kinds=dict(kinds),
        dead=dead["items"],
    )


def _slips(held: list[Shown], kinds: Choices) -> list[Slip]:
    found = [
        Slip(
            f"webhook-{one['id']}",
            f"修改 {one['id']}",
            f"{HOME}/of/{one['id']}",
            _fields(one, kinds),
            PushSlip,
            "保存",
        )
        for one in held
    ]
    return [*found, Slip("new", "新增推送", f"{HOME}/new", _fields(None, kinds), PushSlip, "新增")]


def _fields(held: Shown | None, kinds: Choices) -> tuple[Entered, ...]:
    now: Shown = held or {"enabled": True}
    secret = "留空则沿用原来的。" if held else "至少8个字符，用于签名（HMAC-SHA256）。"
    place = "留空则接着推送。" if held else "留空则从新发生的事件开始。"
    return (
        field("id", "编号", value=now.get("id", ""), help="小写字母、数字、连字符；已有推送的编号不能更改。"),
        field("url", "网址", value=now.get("url", "")),
        field("secret", "密钥", required=held is None, help=secret),
        field("kinds", "事件种类", "choices", choices=kinds, value=tuple(now.get("kinds", ()))),
        field(
            "allow_private",
            "允许推送到内网地址",
            "check",
            required=False,
            value="true" if now.get("allow_private") else "",
            help="未勾选时，解析到本机或内网的网址一律不发送。",
        ),
        field("enabled", "启用", "check", required=False, value="true" if now.get("enabled") else ""),
        field("position", "从此位置之后重新推送", "number", required=False, help=place),
    )


def _unknown() -> Unknown:
    return Unknown("webhook.unknown", "没有该事件推送。")
