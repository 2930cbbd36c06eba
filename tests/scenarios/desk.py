"""办公桌: how a scenario plays over HTTP alone – on a day, by an officer who signs in, with what came back looked at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from api.bootstrap import Services
from api.sessions import open_session
from domain.acts import SHANGHAI
from tests.api.caller import Caller
from tests.builders import on
from tests.conftest import Clock


@dataclass
class Desk:
    """The office over HTTP: a client that signs in anew for each act, and the clock of the town."""

    services: Services
    client: Caller
    clock: Clock
    catch_up: Callable[[], None]
    minutes: int = field(default=0)

    def signed(self, day: str, who: str) -> Caller:
        """The officer, signed in on that day; each act of the day a minute after the one before."""
        self.minutes = (self.minutes + 1) % 400
        self.clock.set(datetime.combine(on(day), time(9 + self.minutes // 60, self.minutes % 60), SHANGHAI))
        return self.client.signed(open_session(self.services, who)[0])

    def post(self, day: str, who: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """What an act answers."""
        response = self.signed(day, who).post(path, json=body or {}, headers=named(headers))
        assert response.status_code in {200, 201}, f"{path}: {response.text}"
        return dict(response.json())

    def refused(self, day: str, who: str, path: str, body: Any = None, **headers: str) -> str:
        """The code with which an act is refused."""
        response = self.signed(day, who).post(path, json=body or {}, headers=named(headers))
        assert response.status_code in {403, 404, 409, 422}, f"{path}: {response.text}"
        return str(response.json()["code"])

    def get(self, day: str, who: str, path: str, **query: str) -> dict[str, Any]:
        """What there is to read."""
        self.catch_up()
        response = self.signed(day, who).get(path, params=query)
        assert response.status_code == 200, f"{path}: {response.text}"
        return dict(response.json())

    def uploads(self, day: str, who: str, name: str, content: bytes) -> dict[str, str]:
        """A file brought in; what a report names it by."""
        response = self.signed(day, who).post("/v1/attachments", files={"file": (name, content)})
        assert response.status_code == 201, response.text
        return {"name": name, "sha256": response.json()["sha256"]}

    def opens(self, day: str, who: str, path: str, body: dict[str, Any]) -> "Folder":
        """A case is opened."""
        return Folder(self, f"{path}/{self.post(day, who, path, body)['id']}")


def named(headers: dict[str, str]) -> dict[str, str]:
    """acting_for → Acting-For."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True)
class Folder:
    """One case, as its folder on the desk."""

    desk: Desk
    path: str

    @property
    def id(self) -> str:
        return self.path.rsplit("/", 1)[1]

    def on(self, day: str, who: str, act: str, acting_for: str | None = None, **body: Any) -> list[str]:
        """On that day the officer acts; the events that it makes."""
        headers = {} if acting_for is None else {"acting_for": acting_for}
        return list(self.desk.post(day, who, f"{self.path}/{act}", body, **headers)["events"])

    def refused(self, day: str, who: str, act: str, acting_for: str | None = None, **body: Any) -> str:
        """On that day the officer is refused; the code."""
        headers = {} if acting_for is None else {"acting_for": acting_for}
        return self.desk.refused(day, who, f"{self.path}/{act}", body, **headers)

    def reads(self, day: str, who: str, what: str = "") -> dict[str, Any]:
        """What the officer reads of the case."""
        return self.desk.get(day, who, f"{self.path}{what}")

    def hidden_from(self, day: str, who: str) -> bool:
        """Whether the officer is told that there is no such case."""
        return self.desk.signed(day, who).get(self.path).status_code == 404

    def ledger(self, day: str, who: str) -> dict[tuple[str, str], tuple[str, str]]:
        """Each clock of each unit with its due date and status on that day; the latest of its kind."""
        items = self.reads(day, who, "/deadlines")["items"]
        return {(one["clock"], one["unit_responsible"]): (one["due_on"], one["status"]) for one in items}

    def story(self, day: str, who: str) -> list[str]:
        """What happened, by name, alerts aside."""
        events = [one["event"] for one in self.reads(day, who, "/history")["items"]]
        return [event for event in events if event not in {"Alerted", "AlertAcknowledged"}]
