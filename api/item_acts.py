"""督查事项的办理: the opening, and the acts of the item's table."""

from typing import Any

from fastapi import APIRouter, Response

from api.acting import Conditioned, Done, add_acts, body_of, done
from api.bodies import command_of, form_of
from api.errors import WRITES
from api.identity import Held, Signed
from api.logs import bind
from domain.facts import term_of
from domain.kinds import ITEM
from domain.supervision.commands import Open

router = APIRouter(prefix="/v1/supervision-items", tags=["督查事项办理"])


class ItemOpened(Done):
    """立项结果 — with the item's number."""

    number: str


def _add_open() -> None:
    form = form_of(Open)

    def open_item(services: Held, act: Signed, sent: Conditioned, response: Response, body: Any) -> Any:
        bind(command="open")
        key = sent.keyed(router.prefix, body)
        receipt = services.casework.open_item(command_of(body), act, key=key)
        bind(item=receipt.id)
        return done(receipt, response)

    open_item.__annotations__["body"] = body_of(form)
    router.post(
        "",
        status_code=201,
        response_model=ItemOpened,
        responses=WRITES,
        summary=term_of(Open),
        description=Open.__doc__,
        operation_id="item-open",
    )(open_item)


_add_open()
add_acts(router, ITEM, "item-")
