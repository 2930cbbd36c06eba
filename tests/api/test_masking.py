"""What of a name and a number is shown to those who need not know who it is."""

import pytest

from api import masking
from domain.masking import masked_name


@pytest.mark.parametrize(
    ("name", "shown"), [("李", "*"), ("李四", "李*"), ("欧阳长风", "欧*"), ("", "*"), ("𠮷", "*")]
)
def test_of_a_name_the_surname_is_shown_and_never_the_whole(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [(None, None), ("13800001234", "*******1234"), ("12345678", "********"), ("123456789", "*****6789")],
)
def test_of_a_number_the_last_digits_are_shown(number: str | None, shown: str | None) -> None:
    assert masking.number(number) == shown
