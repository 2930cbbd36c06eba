"""A20 C4: heads, proofs and consistency over HTTP, checked as an outsider would; heads of other offices are kept."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import psycopg
import pytest

from api import sealing
from eventstore import heads, merkle, sealkey
from eventstore.leaves import Leaf, micros
from scheduler import publishing
from scheduler.delivery import Delivery
from tests.api.item_lives import ItemWalker
from tests.api.problems import refused

URL = "/v1/seals"


@pytest.fixture
def sealed(services, walker):
    """Three petitions, a head after each."""
    made = sealing.of(services)
    made.catch_up()
    ids = []
    for _ in range(3):
        ids.append(walker.register())
        made.catch_up()
    return ids


@pytest.fixture
def other(tmp_path):
    """Another office's key."""
    return sealkey.make(tmp_path / "other")


def stored(services, case):
    """The rows of a case, hashed from what a plain query answers."""
    with services.database.connection() as connection:
        rows = connection.execute(
            "SELECT notification_id AS p, originator_version AS v, stored_at, topic, state FROM casework_events"
            " WHERE originator_id = %s ORDER BY originator_version",
            (case,),
        ).fetchall()
    return [
        Leaf(row["p"], UUID(case), row["v"], micros(row["stored_at"]), row["topic"], bytes(row["state"]))
        for row in rows
    ]


def test_heads_newest_first_with_the_key_to_check_them(sealed, services, sign_in):
    listed = sign_in("auditor").get(URL, params={"limit": 3}).json()
    (key,) = listed["public_keys"]
    found = [heads.from_json(one) for one in listed["items"]]
    assert [one.size for one in found] == sorted((one.size for one in found), reverse=True)
    assert all(heads.is_signed_by(one, bytes.fromhex(key["public_key"])) for one in found)
    assert listed["status"]["said"].startswith("已全部封存")
    rest = sign_in("auditor").get(URL, params={"cursor": listed["next_cursor"]}).json()
    assert [one["size"] for one in rest["items"]] == [min(one["size"] for one in rest["items"])]
    assert rest["next_cursor"] is None
    one = sign_in("unit-a-clerk").get(f"{URL}/{found[0].size}").json()
    assert heads.from_json(one["head"]) == found[0]
    assert one["public_key"] == key["public_key"]
    assert set(sign_in("unit-a-clerk").get(URL).json()["status"]) == {"in_order"}


@pytest.mark.parametrize("change", ["DELETE FROM seal_keys", "UPDATE seal_keys SET public_key = sha256('x')"])
def test_the_key_that_is_given_comes_from_outside_the_database(sealed, services, sign_in, change):
    own = sealkey.load(services.settings.keys_folder)
    assert own is not None
    with psycopg.connect(services.settings.database_url) as hand:
        hand.execute("SET session_replication_role = replica")
        hand.execute(change.encode())
    listed = sign_in("auditor").get(URL).json()
    assert listed["public_keys"] == [{"key": own.id, "public_key": own.public.hex()}]
    assert (
        sign_in("auditor").get(f"{URL}/{listed['items'][0]['size']}").json()["public_key"] == own.public.hex()
    )
    assert sign_in("office").get(f"/v1/petitions/{sealed[0]}/proof").json()["public_key"] == own.public.hex()


def test_nobody_unknown_and_no_head_unknown(sealed, client, sign_in):
    refused(client.get(URL), 401, "session.missing")
    for size in (0, 999_999, 2**70):
        refused(sign_in("auditor").get(f"{URL}/{size}"), 404, "seal.unknown")


def test_any_head_extends_any_earlier_one(sealed, sign_in):
    auditor = sign_in("auditor")
    found = [heads.from_json(one) for one in auditor.get(URL).json()["items"]][::-1]
    for older in found:
        for newer in found[found.index(older) :]:
            answer = auditor.get(f"{URL}/consistency", params={"from": older.size, "to": newer.size}).json()
            path = [bytes.fromhex(one) for one in answer["path"]]
            assert merkle.consistent(older.size, newer.size, older.root, newer.root, path)
    ends = {"from": found[-1].size, "to": found[0].size}
    refused(auditor.get(f"{URL}/consistency", params=ends), 422, "seal.order")
    ends = {"from": found[0].size, "to": found[-1].size + 1}
    refused(auditor.get(f"{URL}/consistency", params=ends), 404, "seal.unknown")


def test_each_event_of_a_petition_is_proven(sealed, services, walker, sign_in):
    case = walker.register()
    proof = sign_in("office").get(f"/v1/petitions/{case}/proof").json()
    assert proof["events"] == []
    assert proof["unsealed"] == [one.version for one in stored(services, case)]
    sealing.of(services).catch_up()
    proof = sign_in("office").get(f"/v1/petitions/{case}/proof").json()
    assert proof["unsealed"] == []
    head = heads.from_json(proof["head"])
    assert heads.is_signed_by(head, bytes.fromhex(proof["public_key"]))
    rows = stored(services, case)
    assert [one["version"] for one in proof["events"]] == [one.version for one in rows]
    for one, row in zip(proof["events"], rows, strict=True):
        assert one["leaf_hash"] == row.hash().hex() == sha256(b"\x00" + row.data()).hexdigest()
        path = [bytes.fromhex(step) for step in one["path"]]
        assert merkle.root_of_inclusion(one["leaf_index"], head.size, row.hash(), path) == head.root


def test_proofs_of_items_for_who_may_read_them(services, sign_in):
    item = ItemWalker(sign_in).open()
    refused(sign_in("inspector").get(f"/v1/supervision-items/{item}/proof"), 503, "seal.none_yet")
    sealing.of(services).catch_up()
    proof = sign_in("inspector").get(f"/v1/supervision-items/{item}/proof").json()
    assert [one["version"] for one in proof["events"]] == [1]
    refused(sign_in("inspector").get(f"/v1/petitions/{item}/proof"), 404)


def test_a_proof_is_as_hidden_as_its_case(sealed, sign_in):
    for who in ("unit-b-clerk", "admin"):
        refused(sign_in(who).get(f"/v1/petitions/{sealed[0]}/proof"), 404, "petition.unknown")


def test_broken_tables_give_no_proof(sealed, services, sign_in):
    with services.database.connection() as connection:
        tables = connection.execute("SELECT size FROM seal_heads ORDER BY size").fetchall()
    assert tables
    with psycopg.connect(services.settings.database_url) as own:
        own.execute("SET session_replication_role = replica")
        own.execute("DELETE FROM seal_leaves WHERE first = 0")
    refused(sign_in("office").get(f"/v1/petitions/{sealed[2]}/proof"), 503, "seal.broken")


class TestWitnessed:
    """代存外机关封存头."""

    def head(self, other, size=5, root=bytes(32), **more):
        at = datetime(2026, 3, 2, tzinfo=UTC)
        made = heads.Head(origin=other.origin, size=size, root=root, position=size, sealed_at=at, key="")
        return {
            "head": heads.to_json(heads.sign(made, other.private)),
            "public_key": other.public.hex(),
            **more,
        }

    def send(self, caller, body):
        return caller.post(f"{URL}/witnessed", json=body)

    def test_kept_once_and_shown(self, services, sign_in, other):
        admin = sign_in("admin")
        for _ in range(2):
            answer = self.send(admin, self.head(other))
            assert answer.status_code == 201, answer.text
            assert answer.json()["contradicts"] is False
        (one,) = admin.get(f"{URL}/witnessed").json()["items"]
        assert one["head"]["origin"] == other.origin
        refused(sign_in("office").get(f"{URL}/witnessed"), 403, "seal.not_yours")
        refused(self.send(sign_in("office"), self.head(other)), 403, "seal.not_yours")

    def test_two_stories_are_both_kept(self, services, sign_in, other):
        admin = sign_in("admin")
        self.send(admin, self.head(other))
        assert self.send(admin, self.head(other, root=bytes(31) + b"x")).json()["contradicts"] is True
        assert len(admin.get(f"{URL}/witnessed").json()["items"]) == 2

    def test_what_extends_an_earlier_head_and_what_does_not(self, sign_in, other):
        admin = sign_in("admin")
        leaves = [merkle.leaf_hash(bytes([one])) for one in range(9)]

        def hash_of(level, index):
            return merkle.root(leaves[index << level : (index + 1) << level])

        path = [one.hex() for one in merkle.consistency(4, 9, hash_of)]
        self.send(admin, self.head(other, 4, merkle.root(leaves[:4])))
        proven = self.head(other, 9, merkle.root(leaves), previous_size=4, consistency=path)
        assert self.send(admin, proven).json() == {"head": proven["head"], "extends": 4, "contradicts": False}
        forked = self.head(other, 12, bytes(32), previous_size=4, consistency=path)
        assert self.send(admin, forked).json()["contradicts"] is True

    def test_another_key_for_the_same_log_is_told(self, sign_in, other, tmp_path):
        admin = sign_in("admin")
        self.send(admin, self.head(other))
        thief = sealkey.SealKey(other.origin, sealkey.make(tmp_path / "thief").private)
        assert self.send(admin, self.head(thief, 6)).json()["contradicts"] is True

    def test_what_is_no_signed_head_is_not_kept(self, sign_in, other, tmp_path):
        admin = sign_in("admin")
        body = self.head(other)
        body["head"]["size"] = 6
        refused(self.send(admin, body), 422, "seal.bad_signature")
        body["head"]["root"] = "zz"
        refused(self.send(admin, body), 422, "seal.malformed")
        refused(self.send(admin, {}), 422)


class TestPublishing:
    """发布封存头."""

    def receiver(self, **more):
        given = {
            "id": "city",
            "url": "https://city.example/v1/seals/witnessed",
            "token": "sxt_secret",
            "enabled": True,
        }
        return {"items": [given | more]}

    def test_only_the_administrator_sets_receivers_and_no_token_is_shown(self, sign_in):
        refused(sign_in("auditor").get(f"{URL}/receivers"), 403, "seal.receivers_not_yours")
        admin = sign_in("admin")
        (one,) = admin.put(f"{URL}/receivers", json=self.receiver()).json()["items"]
        assert one["token"] == "********"
        assert admin.put(f"{URL}/receivers", json=self.receiver(token="********")).status_code == 200
        elsewhere = self.receiver(token="********", url="https://thief.example/")
        refused(admin.put(f"{URL}/receivers", json=elsewhere), 422, "seal.receiver_token")
        twice = {"items": self.receiver()["items"] * 2}
        refused(admin.put(f"{URL}/receivers", json=twice), 422, "seal.receiver_twice")
        refused(admin.put(f"{URL}/receivers", json=self.receiver(url="ftp://x")), 422)

    def test_the_newest_head_goes_out_until_it_is_confirmed_then_the_next_with_its_proof(
        self, sealed, services, sign_in, clock, walker
    ):
        admin = sign_in("admin")
        admin.put(f"{URL}/receivers", json=self.receiver())
        answers = [Delivery(False, "timeout"), Delivery(True), Delivery(True)]
        sent = []

        def send(url, body, headers):
            assert url == "https://city.example/v1/seals/witnessed"
            assert headers["Authorization"] == "Bearer sxt_secret"
            sent.append((headers["X-Shixian-Id"], body))
            return answers[len(sent) - 1]

        def publish():
            return publishing.publish(services.database, clock, send=send)

        assert publish() == 0
        assert publish() == 0  # not before its time
        assert len(sent) == 1
        clock.set(clock() + timedelta(hours=1))
        assert publish() == 1
        assert sent[0] == sent[1]
        assert publish() == 0
        admin = sign_in("admin")
        (one,) = admin.get(f"{URL}/receivers").json()["items"]
        assert (one["error"], one["attempts"]) == (None, 0)
        walker.register()
        sealing.of(services).catch_up()
        assert publish() == 1
        # the other office, with a store of its own in reality, takes what was sent
        for _, body in sent[1:]:
            answer = admin.post(
                f"{URL}/witnessed", content=body, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code == 201, answer.text
        assert answer.json()["extends"] == one["sent_size"]
