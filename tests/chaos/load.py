"""负载: writers who note outside what was confirmed to them, and a subscriber who follows the feed of events.

Every command has an idempotency key, which also stands in its text: so a fact in the log tells which command it came of.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

PETITIONS = "/v1/petitions"
ITEMS = "/v1/supervision-items"
PATIENCE = 90.0
"""Seconds after which a writer gives a command up that nobody confirms."""
LEFT = 0.15
"""So many of those whose command went unanswered leave it at that."""
REPEATS = 0.1
"""So many send a confirmed command once more, as a browser does that lost the answer."""
Today = Callable[[], date]


@dataclass
class Command:
    """一个命令 — what was sent, and what came back of it in the end."""

    key: str
    actor: str
    url: str
    body: dict[str, Any]
    receipt: dict[str, Any] | None = None
    refused: str | None = None
    tries: int = 0


@dataclass
class Journal:
    """库外登记 — all commands, and how the service answered."""

    commands: list[Command] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    asked_again: int = 0
    repeats: int = 0
    """Of the commands that were sent again after they were confirmed: how many, and how many were answered as before."""
    expected: frozenset[str] = frozenset()
    """Codes of refusals that are right in the scene."""
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def confirmed(self) -> list[Command]:
        return [one for one in list(self.commands) if one.receipt is not None]

    @property
    def unanswered(self) -> list[Command]:
        return [one for one in list(self.commands) if one.receipt is None and one.refused is None]

    def add(self, command: Command) -> None:
        with self.guard:
            self.commands.append(command)

    def note(self, answer: str) -> None:
        with self.guard:
            self.answers[answer] += 1

    def complain(self, what: str) -> None:
        with self.guard:
            self.odd.append(what)


class Writer(threading.Thread):
    """经办人 — registers petitions, proposes on them and has some of them supervised, without end.

    With several addresses it sends each command to all of them at once.
    """

    def __init__(
        self,
        number: int,
        bases: Sequence[str],
        tokens: dict[str, str],
        journal: Journal,
        today: Today,
        *,
        seed: int = 0,
        pause: float = 0.0,
        proposals: int = 3,
    ) -> None:
        super().__init__(name=f"writer-{number}", daemon=True)
        self.bases = tuple(bases)
        self.tokens = tokens
        self.journal = journal
        self.today = today
        self.chance = random.Random(f"{seed} {number}")
        self.pause = pause
        self.proposals = proposals
        self.stopping = threading.Event()
        self.clients = [httpx.Client(base_url=one, timeout=15, trust_env=False) for one in self.bases]

    def run(self) -> None:
        for turn in count():
            if self.stopping.is_set():
                break
            try:
                self.one_case(turn)
            except Exception as error:
                self.journal.complain(f"{self.name}: {type(error).__name__}: {error}")
                return
        for client in self.clients:
            client.close()

    def stop(self) -> None:
        self.stopping.set()

    def one_case(self, turn: int) -> None:
        """A petition received weeks ago, whose limits have run out; then what comes after."""
        key = new_key()
        received = self.today() - timedelta(days=self.chance.choice((1, 12, 30, 75)))
        body = {
            "channel": "letter",
            "category": "appeal",
            "subject": f"反映供暖不足 {key}",
            "content": f"来信 {key}",
            "petitioners": [{"name": "王建国"}],
            "received_on": received.isoformat(),
        }
        made = self.send(Command(key, "office", PETITIONS, body))
        if made is None:
            return
        for _ in range(self.proposals):
            key = new_key()
            self.send(Command(key, "office", f"{PETITIONS}/{made['id']}/propose", {"opinion": f"拟办 {key}"}))
        if turn % 3 == 0:
            key = new_key()
            item = {
                "source": "区政府常务会议",
                "category": "decision",
                "subject": f"供暖管网改造 {key}",
                "requirements": "采暖季开始前完成。",
                "due_on": (self.today() + timedelta(days=40)).isoformat(),
                "opened_by_unit": "supervision",
                "petition": made["id"],
            }
            self.send(Command(key, "inspector", ITEMS, item))

    def send(self, command: Command) -> dict[str, Any] | None:
        """Until it is confirmed or refused, patience runs out, or the writer leaves it at that."""
        self.journal.add(command)
        pause, waited = 0.1, 0.0
        while waited < PATIENCE and not self.stopping.is_set():
            answers = self.everywhere(command)
            confirmed = [one for one in answers if one is not None and one.is_success]
            if confirmed:
                command.receipt = self.agreed(command, confirmed)
                if self.chance.random() < REPEATS:
                    self.repeat(command)
                self.stopping.wait(self.pause)
                return command.receipt
            refusals = [one for one in answers if one is not None and one.status_code < 500]
            if refusals and all(one is not None and one.status_code < 500 for one in answers):
                command.refused = refusals[0].json().get("code", "")
                if command.refused not in self.journal.expected:
                    self.journal.complain(f"{refusals[0].status_code} {command.refused} {command.url}")
                return None
            if self.chance.random() < LEFT:
                return None
            self.stopping.wait(pause)
            waited += pause
            pause = min(pause * 1.5, 1.0)
        return None

    def everywhere(self, command: Command) -> list[httpx.Response | None]:
        if len(self.clients) == 1:
            return [self.post(self.clients[0], command)]
        found: list[httpx.Response | None] = [None] * len(self.clients)

        def ask(number: int) -> None:
            found[number] = self.post(self.clients[number], command)

        threads = [threading.Thread(target=ask, args=[n]) for n in range(len(self.clients))]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        return found

    def post(self, client: httpx.Client, command: Command) -> httpx.Response | None:
        command.tries += 1
        headers = {
            "Authorization": f"Bearer {self.tokens[command.actor]}",
            "Idempotency-Key": command.key,
        }
        try:
            answer = client.post(command.url, json=command.body, headers=headers)
        except httpx.HTTPError as error:
            self.journal.note(f"no answer: {type(error).__name__}")
            return None
        self.journal.note(str(answer.status_code))
        if answer.status_code == 503 and "Retry-After" not in answer.headers:
            self.journal.complain("503 without Retry-After")
        if answer.status_code >= 500 and answer.status_code != 503:
            self.journal.complain(f"{answer.status_code} {command.url}")
        return answer

    def agreed(self, command: Command, confirmed: Sequence[httpx.Response]) -> dict[str, Any]:
        receipts: list[dict[str, Any]] = [one.json() for one in confirmed]
        told = {(one["id"], one["version"], one["position"]) for one in receipts}
        if len(told) > 1:
            self.journal.complain(f"{command.key} was confirmed in two ways: {told}")
        return receipts[0]

    def repeat(self, command: Command) -> None:
        self.journal.asked_again += 1
        again = self.post(self.clients[0], command)
        if again is not None and again.is_success:
            self.journal.repeats += 1
            assert command.receipt is not None
            first, second = command.receipt, again.json()
            if any(first[name] != second[name] for name in ("id", "version", "position")):
                self.journal.complain(f"{command.key} repeated is answered otherwise: {first} {second}")


class Follower(threading.Thread):
    """订阅者 — asks the feed for what follows, again and again, and keeps what it is given."""

    def __init__(self, base: str, token: str) -> None:
        super().__init__(name="follower", daemon=True)
        self.client = httpx.Client(
            base_url=base, timeout=15, trust_env=False, headers={"Authorization": f"Bearer {token}"}
        )
        self.after = 0
        self.got: list[tuple[int, str]] = []
        self.failures = 0
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            if not self.ask():
                self.stopping.wait(0.3)

    def ask(self) -> bool:
        """One page; whether there was anything new."""
        before = self.after
        try:
            answer = self.client.get("/v1/events", params={"after": self.after, "limit": 100})
        except httpx.HTTPError:
            self.failures += 1
            return False
        if not answer.is_success:
            self.failures += 1
            return False
        page = answer.json()
        self.got += [(one["position"], f"{one['stream']}.{one['version']}") for one in page["items"]]
        self.after = page["next"]
        return self.after > before


def new_key() -> str:
    """幂等键: found again in texts by its form."""
    return f"k{uuid4().hex[:12]}"
