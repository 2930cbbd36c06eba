"""销毁状态机 (A20, C4): a closed petition's file through any acts on it, in any order, by anybody."""

from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from domain.erasure import commands as custody
from domain.petition.events import Against, Petitioner
from tests.builders import a_petition
from tests.domain.machine import BOUNDED, CaseMachine, machine_of

TWO = (Petitioner("p1"), Petitioner("p2"))


class Closed(CaseMachine):
    """A petition whose file is kept."""

    onward: ClassVar = {*custody.COMMANDS} - {"refuse-erasure", "lend-file"}
    named: ClassVar = CaseMachine.named | {"ground": st.just("petitioner-request"), "texts": st.booleans()}

    @initialize(
        archived=st.booleans(),
        petitioners=st.sampled_from([(), TWO[:1], TWO]),
        against=st.sampled_from([(), (Against(unit="清江区住建局"),), (Against(person="赵一"),)]),
    )
    def closed_file(self, archived, petitioners, against):
        story = a_petition("2026-01-05", petitioners=petitioners, against=against).declined()
        self.begin(story.archived() if archived else story)


TestErasure = machine_of(Closed, "ErasureMachine", set(custody.COMMANDS)).TestCase
TestErasure.settings = settings(BOUNDED, max_examples=12, stateful_step_count=30)
