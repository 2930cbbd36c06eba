"""The page of one case: what it shows to whom, and what it never shows."""

from collections.abc import Callable

from tests.api.conftest import Town
from tests.api.lives import EXTENDED
from tests.console.pages import Pages

Open = Callable[[str], Pages]


def test_a_petitions_page_shows_facts_clocks_and_course(town: Town, town_pages: Open):
    case = town.walker.walk(EXTENDED)
    page = town_pages("office").get(f"/console/petitions/{case}")
    assert page.status == 200, page.text
    assert page.one("//h1").text_content() == "反映小区冬季供暖温度不达标"
