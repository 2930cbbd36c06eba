"""假设办理: the clocks of a petition if these acts were done – real commands, decided on a copy of its history. Stores nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, ValidationError

from api.bodies import Form, FreeForm, command_of, form_of
from api.bootstrap import Services
from api.case_reading import look
from api.errors import READS
from api.identity import Held, Signed
from api.shapes import deadline_item
from domain.acts import SHANGHAI, Act, envelope
from domain.directory.fold import Directory
from domain.errors import Invalid, NotYours
from domain.facts import Fact, name_of
from domain.kinds import PETITION
from domain.petition import commands
from domain.rules.authority import OFFICE_POSTS, UNIT_POSTS

router = APIRouter(prefix="/v1/petitions", tags=["信访事项"], responses=READS)

SLUGS = (
    "accept", "transfer", "designate", "reply", "serve", "decline", "switch-track", "open-hearing", "close-hearing",
    "request-extension", "grant-extension",
)  # fmt: skip
FORMS = {slug: form_of(PETITION.commands[slug]) for slug in SLUGS}
LONGEST = 3660


class Supposed(Form):
    """假设办理 — the acts in their order, each as {act: what is filled in}; {"extend": days} and {"pause": days} for short."""

    acts: Annotated[list[FreeForm], Field(min_length=1, max_length=20)]


@router.post("/{id}/what-if", summary="假设办理")
def what_if(id: UUID, body: Supposed, services: Held, act: Signed) -> dict[str, Any]:
    """假设依次办理这些事项后各项期限为何日；不作任何记录，也不论由谁办理."""
    seen = look(services, act, id)
    copy = _Copy(services, act, [one.fact for one in seen.history])
    done: list[dict[str, Any]] = []
    for one in body.acts:
        for command in _commands(one, copy.today):
            fact = copy.do(command)
            done.append({"event": name_of(fact), "on": fact.on, "role": fact.role})
    known, directory = services.casework.known(act.at), services.casework.directory()
    clocks = PETITION.clocks(copy.history, copy.state, known, copy.today)
    items = [deadline_item(clock, copy.today, known.calendar, directory) for clock in clocks]
    return {"items": items, "acts": done, "on": copy.today}


class _Copy:
    """副本 — the history of a case and what is supposed to happen next; time moves on with the acts."""

    def __init__(self, services: Services, act: Act, history: list[Fact]) -> None:
        self.services = services
        self.act = act
        self.history = history

    @property
    def state(self) -> Any:
        """状态: after all that is supposed."""
        return PETITION.project(self.history)

    @property
    def today(self) -> date:
        """当日: of the last act, not before today."""
        return max(self.act.today, self.history[-1].on)

    def do(self, command: Any) -> Fact:
        """办理: by the asker if the asker may, else by whoever may. Raises Refused."""
        on = getattr(command, "on", None) or self.today
        at = self.act.at if on <= self.act.today else datetime.combine(on, time(17), SHANGHAI)
        refused: NotYours | None = None
        for doer in self._doers(at):
            try:
                return self._decided(command, doer)
            except NotYours as error:
                refused = refused or error
        raise refused or NotYours("petition.not_yours", "没有可以办理该操作的人员。")

    def _decided(self, command: Any, doer: Act) -> Fact:
        casework, state = self.services.casework, self.state
        situation = PETITION.situation(
            state, self.history, doer, casework.directory(), casework.known(self.act.at)
        )
        made, on, fields = PETITION.decide(command, situation)
        basis = PETITION.basis_of(made, on, fields, situation)
        fact = made(**envelope(state.id, len(self.history) + 1, doer, basis, on), **fields)
        self.history = [*self.history, fact]
        return fact

    def _doers(self, at: datetime) -> Iterator[Act]:
        yield replace(self.act, at=at)
        directory, state = self.services.casework.directory(), self.state
        if state.handler is not None:
            yield Act(state.handler, state.holder, "unit_officer", at)
        for unit in dict.fromkeys((state.holder, state.office)):
            for post in sorted(OFFICE_POSTS if directory.is_office(unit) else UNIT_POSTS):
                yield from _of(unit, post, directory, at)
        for officer in directory.with_post(("leader",)):
            yield Act(officer, directory.officers[officer].unit, "leader", at)


def _of(unit: str, post: str, directory: Directory, at: datetime) -> Iterator[Act]:
    for officer in directory.holders(unit, (post,)):
        yield Act(officer, unit, post, at)


def _commands(given: Mapping[str, Any], today: date) -> list[Any]:
    """所指操作: one act, or the two that it is short for. Raises Invalid."""
    if len(given) != 1:
        raise Invalid("what_if.one_act", '每一步写一项操作，如 {"accept": {}}、{"extend": 30}。')
    [(slug, value)] = given.items()
    if slug in {"extend", "pause"}:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LONGEST:
            raise Invalid("what_if.bad_days", f"{slug} 应为天数，1 至 {LONGEST} 的整数。")
        if slug == "extend":
            return [commands.RequestExtension(value, "试算"), commands.GrantExtension(value)]
        return [commands.OpenHearing(today), commands.CloseHearing(today + timedelta(days=value - 1))]
    if slug not in FORMS:
        raise Invalid("what_if.unknown_act", f"可以试算的操作：extend、pause、{'、'.join(SLUGS)}。")
    try:
        return [command_of(FORMS[slug].model_validate(value if isinstance(value, dict) else {}))]
    except ValidationError as error:
        where = "、".join(str(part) for part in error.errors()[0]["loc"])
        raise Invalid("what_if.bad_act", f"{slug} 的 {where} 填写有误。") from None
