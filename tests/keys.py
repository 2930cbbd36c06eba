"""密钥: the run's key store, which all its databases share – also those of processes that a test starts."""

import os
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from eventstore.keys import Keys

RUN = "SHIXIAN_TEST_RUN"


@cache
def run_keys() -> Keys:
    """What one test destroys is of no other test: owners are drawn by chance."""
    return Keys.open(Path(os.environ[RUN], "keys"))


def own_keys() -> Keys:
    """Of one store alone: for lives that are told again and again of the same case, and may end in its destruction."""
    return Keys.open(Path(mkdtemp(dir=os.environ[RUN]), "keys"))
