"""信访事项的办理: registration, and the acts of the petition's table."""

from typing import Any

from fastapi import APIRouter, Response

from api.acting import Conditioned, Done, add_acts, body_of, done
from api.bodies import command_of, form_of
from api.errors import WRITES
from api.identity import Held, Signed
from api.logs import bind
from domain.kinds import PETITION
from domain.petition.commands import Register

router = APIRouter(prefix="/v1/petitions", tags=["信访事项办理"])


class Entered(Done):
    """登记结果 — with the petition's number and the petitioner's query code."""

    number: str
    query_code: str


def _add_register() -> None:
    form = form_of(Register)

    def register(services: Held, act: Signed, sent: Conditioned, response: Response, body: Any) -> Any:
        bind(command="register")
        key = sent.keyed("/v1/petitions", body)
        receipt = services.casework.register(command_of(body), act, key=key)
        bind(petition=receipt.id)
        return done(receipt, response)

    register.__annotations__["body"] = body_of(form)
    router.post(
        "", status_code=201, response_model=Entered, responses=WRITES, summary="登记", operation_id="register"
    )(register)


_add_register()
add_acts(router, PETITION)
