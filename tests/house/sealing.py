"""密封样例: what facts with marked fields look like in the database, under keys and nonces that are known to everybody.

`python -m tests.house.sealing` stores an example of every fact that has none yet, and never changes one that is there.
"""

from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path
from shutil import copyfile
from tempfile import mkdtemp

from domain.facts import UPCASTERS, Fact
from eventstore import keyfile
from eventstore.ciphers import NAMES
from eventstore.envelope import is_sealed, seal
from eventstore.keyfile import Content
from eventstore.keys import Keys
from eventstore.keytree import Tree
from eventstore.mapper import read
from tests.house.facts import FACTS

HERE = Path(__file__).parent
STORED = HERE / "events"
SEALED = HERE / "sealed"
KEYS = SEALED / keyfile.NAME
IN_SM4 = "petition.registered.1"
"""Of this topic there is an example by the other algorithm, too."""


def known_keys(folder: Path, algorithm: str = "aes") -> Keys:
    """The examples' keys, copied to where they may be opened."""
    folder.mkdir(mode=0o700, exist_ok=True)
    copyfile(KEYS, folder / keyfile.NAME)
    keys = Keys.open(folder)
    keys.algorithm = NAMES[algorithm]
    return keys


def nonces() -> Callable[[int], bytes]:
    """The examples' nonces."""
    numbers = count()
    return lambda size: sha256(str(next(numbers)).encode()).digest()[:size]


def example(topic: str) -> Fact:
    """The plain example of a fact."""
    return read(topic, (STORED / f"{topic}.json").read_bytes())


def file_of(topic: str, algorithm: str = "aes") -> Path:
    """Where the sealed example lies."""
    return SEALED / f"{topic}.{algorithm}.sealed"


def topics() -> list[str]:
    """What is stored today and has a plain example."""
    return sorted(t for t in FACTS.keys() - UPCASTERS.keys() if (STORED / f"{t}.json").exists())


def main() -> None:
    """Stores what is missing."""
    if not KEYS.exists():
        trees = {1: Tree.grown(bytes(range(32))), 2: Tree.grown(bytes(range(32, 64)))}
        named = {"likeness": bytes(32), "receipts": bytes(32)}
        KEYS.write_bytes(Content("examples", trees, named).data())
    for algorithm, those in (("aes", topics()), ("sm4", [IN_SM4])):
        keys = known_keys(Path(mkdtemp()), algorithm)
        for topic in those:
            state = seal(example(topic), keys, nonces=nonces())
            if is_sealed(state) and not file_of(topic, algorithm).exists():
                file_of(topic, algorithm).write_bytes(state)


if __name__ == "__main__":
    main()
