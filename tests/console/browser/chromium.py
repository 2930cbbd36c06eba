"""Debian's chromium, started with the fonts of the papers: no font of the machine is needed or used."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pylopdf_fonts_zh_cn
from playwright.sync_api import Browser, sync_playwright

HOST = "office.test"
"""The name of the served office: no secure place, as little as an office's own server without a certificate."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "apt-get install -y --no-install-recommends chromium"
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>Noto Sans SC</family></prefer></alias>
</fontconfig>
"""


def executable() -> str:
    """Where chromium is. Raises LookupError with what to do where it isn't."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise LookupError(f"no chromium on PATH / 未找到 chromium，请先执行：sudo {INSTALL}")
    return found


@contextmanager
def launched(folder: Path) -> Iterator[Browser]:
    """A browser that reaches nothing but this machine; its fonts' settings and cache lie in the folder."""
    settings = folder / "fonts.conf"
    settings.write_text(FONTCONFIG.format(fonts=FONTS, cache=folder / "fonts"), encoding="utf-8")
    arguments = [
        f"--host-resolver-rules=MAP {HOST} 127.0.0.1, MAP * ~NOTFOUND",
        "--lang=zh-CN",
        "--disable-lcd-text",
        "--font-render-hinting=none",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(settings)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=arguments, env=environment, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()
