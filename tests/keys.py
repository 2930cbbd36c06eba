"""密钥: the run's key store, which all its databases share – also those of processes that a test starts."""

import os
from functools import cache
from pathlib import Path

from eventstore.keys import Keys

RUN = "SHIXIAN_TEST_RUN"


@cache
def run_keys() -> Keys:
    """What one test destroys is of no other test: owners are drawn by chance."""
    return Keys.open(Path(os.environ[RUN], "keys"))
