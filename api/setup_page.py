"""设置口令页: the page behind a one-time link. It loads nothing and is framed nowhere; its script and style are known by
their digests. Every visitor gets the same page, whatever the code: only using a code tells whether it is good.
"""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

router = APIRouter()

PAGE = Path(__file__).with_suffix(".html").read_text("utf-8")


def _digests(tag: str) -> str:
    inner = re.findall(rf"<{tag}>(.*?)</{tag}>", PAGE, re.DOTALL)
    return " ".join(f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in inner)


POLICY = (
    f"default-src 'none'; script-src {_digests('script')}; style-src {_digests('style')}; connect-src 'self';"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@router.get("/setup", response_class=HTMLResponse, include_in_schema=False)
def setup_page() -> HTMLResponse:
    """设置口令页."""
    # the code of a link that somebody took for an address of ours goes nowhere, not even to ourselves
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return HTMLResponse(PAGE, headers=headers)
