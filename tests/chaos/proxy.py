"""断线代理: stands on a socket in front of the database and cuts connections, before or after what was asked is done.

"Before": what the client sent is thrown away. "After": the server gets it and its answer is thrown away – so what was
committed goes unconfirmed. Frozen, it neither passes anything on nor says so: a line that is half open.
"""

import random
import select
import socket
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

PIECE = 1 << 16
STORES = (b"COMMIT", b"append_", b"INSERT", b"UPDATE")
"""What stands in a statement that stores something."""
LARGE = 250
"""Bytes of a message that brings more than a question: a prepared statement shows its values alone."""


class Proxy:
    """断线代理 — for any number of clients; `often` is how probable a cut is at a message that may store something."""

    def __init__(self, folder: Path, server: Path, *, often: float = 0.0, seed: int = 0) -> None:
        self.server = server
        self.often = often
        self.cuts: Counter[str] = Counter()
        self.flowing = threading.Event()
        self.flowing.set()
        self._chance = random.Random(seed)
        self._guard = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        folder.mkdir(mode=0o700)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / ".s.PGSQL.5432"))
        self._listening.listen(200)
        self.folder = folder
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()
        self.flowing.set()
        with self._guard:
            pairs = list(self._pairs)
        for pair in pairs:
            shut(*pair)

    def cut_all(self) -> int:
        """全部断开: every connection there is."""
        with self._guard:
            pairs = list(self._pairs)
        for pair in pairs:
            shut(*pair)
        self.cuts["all at once"] += len(pairs)
        return len(pairs)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self.server))
            except OSError:
                shut(client, server)
                continue
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        pair = (client, server)
        with self._guard:
            self._pairs.add(pair)
        with suppress(OSError, ValueError):
            self._carry(client, server)
        with self._guard:
            self._pairs.discard(pair)
        shut(*pair)

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            ready, _, _ = select.select([client, server], [], [])
            self.flowing.wait()
            for one in ready:
                piece = one.recv(PIECE)
                if not piece:
                    return
                if one is server:
                    client.sendall(piece)
                    continue
                verdict = self._verdict(piece)
                if verdict == "before":
                    return
                server.sendall(piece)
                if verdict == "after":
                    server.recv(PIECE)
                    return

    def _verdict(self, piece: bytes) -> str | None:
        if not self.often or not (len(piece) > LARGE or any(word in piece for word in STORES)):
            return None
        with self._guard:
            drawn = self._chance.random()
            verdict = "before" if drawn < self.often / 2 else "after" if drawn < self.often else None
            if verdict is not None:
                self.cuts[verdict] += 1
        return verdict


def shut(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
