"""登记: cases that begin – registered, opened, received, imported – each with its number."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4, uuid5

from domain.acts import Act, Receipt, envelope
from domain.arrivals import Arrival
from domain.cases import legal_date_of
from domain.casework.cases import Key, Prepared
from domain.casework.queued import Queued, Taken
from domain.directory.capacity import must_have_been_away
from domain.directory.fold import NAMESPACE
from domain.directory.people import Unit
from domain.facts import Fact
from domain.kinds import ITEM, PETITION, RECEPTION
from domain.petition import events, registration
from domain.petition.commands import Register
from domain.petition.fold import Petition
from domain.reception import events as reception_events
from domain.reception import opening as receiving
from domain.reception.commands import Receive
from domain.rota import book as rota
from domain.rota import decisions as duty_log
from domain.rota.events import MatterTaken
from domain.supervision import events as item_events
from domain.supervision import opening
from domain.supervision.commands import Open


class Entering(Queued):
    """登记 — what is new on a register."""

    def register(self, command: Register, act: Act, *, key: Key | None = None) -> Receipt:
        """登记: put a petition on the register; the receipt also carries its number and query code."""

        def attempt(own: Key, lately: Taken) -> Prepared:
            directory = self.directory()
            on = registration.received_on(command, act)
            known = self.known(act.at)
            registration.must_suit(command.rulebook, command.limit_class, on, known.books)
            office = registration.office_of(act, directory)
            given, numbers = self._number(office, on.year, command.category == "accusation", act, lately)
            case_id = uuid4()
            fields = registration.registered(command, act, directory, given, registration.query_code())
            fact = events.Registered(
                **envelope(
                    case_id,
                    1,
                    act,
                    registration.basis_of_registration(command.rulebook, on, known.books),
                    on,
                ),
                **fields,
            )
            made = [fact, *registration.put_to_leaders(fact, act, directory)]
            extra = (("number", given), ("query_code", fact.query_code))
            return self._prepared([numbers, *made], act, own, answer=made[-1], extra=extra)

        return self._entered(act, key, attempt)

    def open_item(self, command: Open, act: Act, *, key: Key | None = None) -> Receipt:
        """立项: open a supervision item, numbered by the register of the unit that opens it.

        One made from a petition is noted on the petition in the same transaction. The receipt also carries its number.
        """

        def attempt(own: Key, lately: Taken) -> Prepared:
            directory = self.directory()
            unit, on = opening.opening_unit(command, act, directory), opening.opened_on(command, act)
            petition = self._readable_petition(command.petition, act)
            if petition is not None and petition.supervision_item is not None:
                earlier = self.case(petition.supervision_item)
                opening.must_be_first(earlier.state if earlier is not None else None)
            secret = petition is not None and petition.category == "accusation"
            register = opening.register_of(directory.units[unit])
            given, numbers = self._number(register, on.year, secret, act, lately)
            fields = opening.opened(command, act, directory, given, petition)
            made = envelope(uuid4(), 1, act, ITEM.basis_of(item_events.Opened, on, fields, None), on)
            fact = item_events.Opened(**made, **fields)
            facts: list[Fact] = [numbers]
            if petition is not None:
                facts.append(_put_under_supervision(petition, fact, act))
            return self._prepared([*facts, fact], act, own, answer=fact, extra=(("number", given),))

        return self._entered(act, key, attempt)

    def receive(self, command: Receive, act: Act, *, key: Key | None = None) -> Receipt:
        """接访登记: log a reception, numbered by its office's reception register; one on a shift is noted in the duty log.

        The receipt also carries its number.
        """

        def attempt(own: Key, lately: Taken) -> Prepared:
            directory = self.directory()
            office, on = receiving.office_of(act, directory), receiving.received_on(command, act)
            petition = self._readable_petition(command.petition, act)
            stream, book, shift = self._shift_of(command.shift, act)
            register, secret = receiving.register_of(office), bool(command.against)
            given, numbers = self._number(register, on.year, secret, act, lately)
            fields = receiving.received(command, act, directory, given, petition, shift)
            basis = RECEPTION.basis_of(reception_events.Received, on, fields, None)
            fact = reception_events.Received(**envelope(uuid4(), 1, act, basis, on), **fields)
            must_have_been_away(directory, act, on)
            facts: list[Fact] = [numbers]
            if shift is not None:
                made = envelope(stream, book.version + 1, act, basis)
                facts.append(MatterTaken(**made, shift=shift.id, case=fact.originator_id, case_number=given))
            return self._prepared([*facts, fact], act, own, answer=fact, extra=(("number", given),))

        return self._entered(act, key, attempt)

    def enter(
        self,
        office: str,
        year: int,
        decide: Callable[[duty_log.Desk], Fact],
        act: Act,
        *,
        shift: str | None = None,
        key: Key | None = None,
    ) -> Receipt:
        """记入值班簿: what is decided on an office's book; with a shift, on the matters that were logged on it, too."""

        def attempt(own: Key) -> Prepared:
            book = self.book(office, year)
            taken = book.shifts[shift].matters if shift in book.shifts else ()
            matters = [one.state for one in self.cases([m.case for m in taken]).values()]
            desk = duty_log.Desk(office, year, book, act, self.directory(), matters)
            return self._prepared([decide(desk)], act, own)

        with self._alone(rota.stream_of(office, year)):
            return self._once(act, key, attempt)

    def _shift_of(self, shift: str | None, act: Act) -> tuple[UUID, rota.Book, rota.Shift | None]:
        """班次: with its book, if the officer may read it. Raises Unknown."""
        office, year = (rota.place_of(shift) if shift is not None else None) or ("", 0)
        book = self.book(office, year) if shift is not None else rota.Book()
        found = duty_log.shift_of(shift, book, act) if shift is not None else None
        return rota.stream_of(office, year), book, found

    def take_in(self, arrivals: Sequence[Arrival], act: Act) -> list[UUID]:
        """导入: cases with their whole past, in one transaction; those already there are left alone.

        Returns the ids of the cases that were new. Raises Busy if others kept registering meanwhile.
        """

        def attempt() -> list[UUID]:
            ids = [uuid5(NAMESPACE, f"{i.source.kind}:{i.source.key}") for i in arrivals]
            present = self.store.select_streams(ids)
            fresh = [(id, i) for id, i in zip(ids, arrivals, strict=True) if not present.get(id)]
            directory = self.directory()
            units: dict[str, Unit] = {}
            registers: dict[tuple[str, int, bool], list[tuple[UUID, Arrival]]] = {}
            for id, one in fresh:
                register = one.register(act, directory)
                units[register.id] = register
                place = (register.id, one.received_on.year, one.confidential)
                registers.setdefault(place, []).append((id, one))
            facts: list[Fact] = []
            for (unit, year, confidential), those in sorted(registers.items(), key=lambda pair: pair[0]):
                given, taken = self._block(units[unit], year, len(those), confidential, act)
                facts.extend(taken)
                for (id, one), own in zip(those, given, strict=True):
                    facts.extend(one.facts(id, own, registration.query_code(), directory, act))
            if facts:
                self.save(*facts)
            return [id for id, _ in fresh]

        with self._registering:
            return self._retry(attempt)

    def sources(self, kind: str, keys: Sequence[str]) -> dict[str, events.Source]:
        """导入来源: of the imported records among these keys, the source recorded for each."""
        ids = {uuid5(NAMESPACE, f"{kind}:{key}"): key for key in keys}
        firsts = self.facts([rows[0] for rows in self.store.select_streams(ids).values() if rows])
        known = {first.originator_id: _source_of(first) for first in firsts}
        return {ids[id]: source for id, source in known.items() if source is not None}


def _source_of(first: Fact) -> events.Source | None:
    """导入来源: what the first fact of an imported case was made from."""
    match first:
        case events.Registered():
            return first.source
        case item_events.Opened():
            return first.imported
        case _:
            return None


def _put_under_supervision(petition: Petition, opened: item_events.Opened, act: Act) -> Fact:
    """列入督查: what is noted on the petition; not before it was received. Raises Invalid."""
    on = legal_date_of(opened.on, act, petition.received_on, "信访事项的收到日期")
    own: dict[str, Any] = {"item": opened.originator_id, "item_number": opened.number}
    basis = PETITION.basis_of(events.PutUnderSupervision, on, own, None)
    return events.PutUnderSupervision(**envelope(petition.id, petition.version + 1, act, basis, on), **own)
