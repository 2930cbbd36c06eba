"""页面生成: templates to pages, with the policy that lets a page load nothing but our own files.

Templates escape everything and know every name they use; a missing one is a fault, not a blank.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.console import statics
from api.sheets import ENDED
from domain.acts import SHANGHAI

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY}
LIGHTS = {"green": "正常", "yellow": "临期", "red": "超期", "grey": "无期限"}
"""信号灯用语: a colour never stands alone."""
_WEEKDAYS = "一二三四五六日"


def day(given: date | None) -> str:
    """日期: as written in an office, empty for none."""
    return "" if given is None else given.isoformat()


def weekday(given: date) -> str:
    """星期."""
    return f"星期{_WEEKDAYS[given.weekday()]}"


def instant(given: datetime | None) -> str:
    """时刻: in Beijing time to the minute, empty for none."""
    return "" if given is None else given.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": day, "weekday": weekday, "instant": instant}
    made.globals |= {"static": statics.address, "LIGHTS": LIGHTS, "ENDED": ENDED}
    return made


ENVIRONMENT = _environment()


def page(template: str, /, *, status: int = 200, **context: Any) -> HTMLResponse:
    """页面: a template with what it shows."""
    return HTMLResponse(ENVIRONMENT.get_template(template).render(context), status, HEADERS)
