"""信访事项状态机: any petition, under any rule book that petitions use, through any acts in any order."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from domain.petition.events import Against, Petitioner
from domain.petition.petition import COMMANDS
from tests.builders import a_clerk, a_petition, clerk
from tests.domain.machine import BOUNDED, CaseMachine, machine_of

BOOKS = (
    None, None, None, "petition-summary", "petition-zhejiang-2016", "letters-grain-bureau", "letters-cppcc",
    "time-limited",
)  # fmt: skip


class Register(CaseMachine):
    """A petition comes in."""

    @initialize(
        category=st.sampled_from(["appeal", "appeal", "suggestion", "accusation"]),
        channel=st.sampled_from(["letter", "assigned"]),
        rulebook=st.sampled_from(BOOKS),
        limit_class=st.sampled_from([None, "routine"]),
        by=st.sampled_from([clerk, clerk, a_clerk]),
        anonymous=st.booleans(),
        far=st.integers(0, 4),
        against=st.sampled_from([(), (Against(unit="清江区住建局"),), (Against(person="赵一"),)]),
    )
    def registered(self, category, channel, rulebook, limit_class, by, anonymous, far, against):
        story = a_petition(
            "2026-01-05",
            by=by,
            category=category,
            channel=channel,
            rulebook=rulebook,
            limit_class=limit_class,
            petitioners=() if anonymous else (Petitioner("p1"),),
            against=against,
        )
        to = "unit-b" if category == "accusation" or by is a_clerk else "unit-a"
        if by is clerk and far:
            story = story.transferred(to)
        for step in (story.accepted, story.replied, story.served)[: far - 1 if far else 0]:
            story = getattr(story, step.__name__)()
        self.begin(story)


TestPetition = machine_of(Register, "PetitionMachine", set(COMMANDS)).TestCase
TestPetition.settings = BOUNDED
