"""The browser of these tests draws Chinese with our own fonts, rare names too."""

import pytest

from tests.console.browser.conftest import Open

WIDTHS = """text => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.font = "40px 'Noto Sans SC'";
  const drawn = character => {
    const own = document.createElement("canvas");
    own.width = own.height = 48;
    const context = own.getContext("2d");
    context.font = "40px 'Noto Sans SC'";
    context.fillText(character, 2, 40);
    return own.toDataURL();
  };
  const missing = drawn(String.fromCodePoint(0x10FFFE));
  return [...text].filter(one => drawn(one) === missing || canvas.measureText(one).width < 39);
}"""


@pytest.mark.parametrize("text", ["信访事项时限管理", "龙𬱖", "䶮㛃㭎"])
def test_every_character_is_drawn(open_page: Open, text: str):
    page = open_page()
    page.goto("/progress")
    assert page.evaluate(WIDTHS, text) == []
