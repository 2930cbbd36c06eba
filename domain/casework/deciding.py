"""办理: a command on a case – load, authorise, decide, save."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.acts import Act, Receipt
from domain.alerts import plan as alerts
from domain.alerts.commands import AcknowledgeAlert
from domain.alerts.events import QUIET, AlertAcknowledged
from domain.cases import Draft, Kind, State
from domain.casework.at_hand import AtHand
from domain.casework.cases import Asked, Case, Key, Prepared
from domain.casework.destroying import Destroying
from domain.erasure import files
from domain.erasure.commands import COMMANDS as CUSTODY_COMMANDS
from domain.erasure.commands import RequestErasure, WitnessErasure
from domain.facts import Fact, name_of
from domain.kinds import PETITION
from domain.papers import templates as paper_templates
from domain.papers.commands import IssueNotice
from domain.papers.shapes import TemplateUsed
from domain.petition.commands import LinkRepeat
from domain.reception.commands import RegisterPetition
from domain.rules import papers

CUSTODY = tuple(CUSTODY_COMMANDS.values())
"""Commands whose words outlive what the file held."""


class Deciding(Destroying):
    """办理 — every command of a kind's table."""

    def _decided(self, asked: Asked, key: Key, at_hand: AtHand) -> Prepared:
        """决定: what the command makes of the case, ready to be stored. Raises Refused of every kind."""
        command, act = asked.command, asked.act
        kind, situation = self.situation(asked.case, act, asked.kind, at_hand)
        _must_be_fresh(asked.expects, kind, situation.history)
        if isinstance(command, LinkRepeat | RegisterPetition):
            named = command.petition if isinstance(command, RegisterPetition) else command.earlier_petition
            situation = replace(situation, earlier=self._readable_petition(named, act))
        along: list[Case] = []
        if isinstance(command, RequestErasure | WitnessErasure) and kind is PETITION:
            along = self.linked(situation.petition, situation.history)
            situation = replace(situation, linked=files.files_of(one.state for one in along))
        draft = kind.decide(command, situation)
        if isinstance(command, CUSTODY):
            self._must_not_name(command, draft, kind.project(situation.history), situation.history, along)
        if isinstance(command, WitnessErasure):
            return self._witnessed(kind, draft, situation, along, key)
        if isinstance(command, IssueNotice):
            return self._issued(kind, draft, situation, key)
        fact = self._fact(kind, draft, situation)
        return self._prepared([*self._consequences(fact, situation), fact], act, key, answer=fact)

    def _issued(self, kind: Kind, draft: Draft, situation: Any, key: Key) -> Prepared:
        """出具文书: the paper's number is taken from its register in the same transaction; the receipt carries it.

        What it is printed from is recorded with it, so that a reprint is the same paper.
        """
        made, on, fields = draft
        act, state = situation.act, kind.project(situation.history)
        series, notice = fields["number"], fields["notice"]
        given, numbers = self._paper_number(series, on.year, state.confidential, act)
        office = paper_templates.office_of(state)
        own = {"number": given, "templates": self._used(office, notice)}
        fact = self._fact(kind, (made, on, fields | own), situation)
        return self._prepared([numbers, fact], act, key, answer=fact, extra=(("number", given),))

    def _used(self, office: str, notice: str) -> tuple[TemplateUsed, ...]:
        templates, shelf = self.templates(), self._shelf
        found = [
            (form, templates.used(office, notice, form) or (shelf.shipped(notice, form) if shelf else None))
            for form in papers.FORMS
        ]
        return tuple(TemplateUsed(form, digest) for form, digest in found if digest is not None)

    def acknowledge(
        self,
        case_id: UUID,
        command: AcknowledgeAlert,
        act: Act,
        *,
        expects: int | None = None,
        key: Key | None = None,
    ) -> Receipt:
        """签收预警: by one of its recipients, once."""

        def attempt(own: Key) -> Prepared:
            kind, situation = self.situation(case_id, act)
            _must_be_fresh(expects, kind, situation.history)
            closed = kind.refusal(situation, "acknowledge-alert")
            if closed is not None:
                raise closed
            alert = alerts.find(situation.history, command.alert_id)
            case: State = kind.project(situation.history)
            alerts.must_be_acknowledgeable(alert, case, situation)
            own_fields = {"alert_id": command.alert_id, "remark": command.remark}
            fact = self._fact(kind, (AlertAcknowledged, act.today, own_fields), situation)
            return self._prepared([fact], act, own)

        with self._alone(case_id):
            return self._once(act, key, attempt)


def _must_be_fresh(expects: int | None, kind: Kind, history: Sequence[Fact]) -> None:
    if expects is None:
        return
    between = [f for f in history[expects:] if not isinstance(f, QUIET)]
    if expects > len(history) or between:
        names = [name_of(f) for f in between]
        raise kind.stale(names, len(history))
