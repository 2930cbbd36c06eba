"""销毁: with the second witness a file is destroyed; what is written of it names nobody who goes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.cases import Draft, Kind
from domain.casework.cases import Case, Key, Prepared
from domain.casework.storing import Storing
from domain.erasure import erasing, files, naming
from domain.erasure.commands import RequestErasure
from domain.erasure.events import Erased, keys_of
from domain.errors import Busy
from domain.facts import Fact


class Destroying(Storing):
    """销毁 — the fact first, the keys right after the commit."""

    def _must_not_name(
        self, command: Any, draft: Draft, state: Any, history: Sequence[Fact], along: Sequence[Case]
    ) -> None:
        """不得写入身份信息: neither what is written of a file, nor texts that stay when a person goes. Raises Invalid."""
        naming.must_name_nobody(naming.written(command), self.people_around(state, along))
        _, _, fields = draft
        if isinstance(command, RequestErasure) and not fields["texts"]:
            plan = erasing.planned(files.the_file(state), state, along, fields["people"], False)
            naming.must_be_free(erasing.still_named(plan, state, history, along))

    def _witnessed(
        self, kind: Kind, draft: Draft, situation: Any, along: Sequence[Case], key: Key
    ) -> Prepared:
        """监销: with the second witness the case is destroyed – the fact first, its keys right after the commit.

        What goes wrong in between is made up for by whoever reads the fact next.
        """
        act, fact = situation.act, self._fact(kind, draft, situation)
        state = kind.project(situation.history)
        file = files.the_file(state)
        if not erasing.completes(file):
            return self._prepared([fact], act, key)
        plan = erasing.asked_for(file, state, along)
        unit = situation.directory.units.get(file.office)
        series = erasing.series(unit.name if unit else file.office, unit.code if unit else "")
        given, numbers = self._paper_number(series, fact.on.year, file.confidential, act)
        lying = self.surroundings.only_in(plan.cases, erasing.hashes_in(plan, situation.history))
        made = erasing.facts(fact, given, act, plan, lying)
        self.surroundings.forget(plan.cases, plan.names)
        extra = (("number", given),)
        return self._prepared([numbers, *made[1:], fact, made[0]], act, key, answer=made[0], extra=extra)

    def _carry_out(self, case_id: UUID) -> None:
        """销毁密钥: of whatever the case's facts say is destroyed, here and in the files that went with it; once more is
        no harm."""
        erased = [fact for fact in self._facts(case_id) if isinstance(fact, Erased)]
        along = [fact for one in erased for linked in one.linked for fact in self._facts(linked.case)]
        pairs = [pair for fact in (*erased, *along) for pair in keys_of(fact)]
        if not pairs:
            return
        try:
            self.keys.destroy(pairs)
        except Busy:
            raise Busy(
                "erasure.keys_busy",
                "销毁记录已经保存，内容不再显示；密钥文件正被其他程序占用，密钥尚未销毁。系统会自动续办，也可稍后以同一请求重试。",
                retry_after=5,
            ) from None
