"""An OpenID Connect provider in a process of its own that gives whatever token it is told to: the code is what to give.

It prints its address once it listens. Its keys are made anew each time; PKCE and the client's secret are checked.
"""

import hmac
import json
import sys
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "shixian at office", "s3cret/+&"
OWN = RSAKey.generate_key(2048, {"kid": "own", "use": "sig"}, auto_kid=False)
CURVE = ECKey.generate_key("P-256")
OTHER = RSAKey.generate_key(2048, {"kid": "own"}, auto_kid=False)


def encoded(order: dict[str, Any]) -> str:
    """The code for an order: `claims`, `challenge`, and perhaps `alg`, `key`, `answer`, `status`."""
    return urlsafe_b64encode(json.dumps(order).encode()).decode()


def signed(order: dict[str, Any]) -> str:
    header = {"alg": order.get("alg", "RS256"), "kid": "own"}
    claims = order["claims"]
    if header["alg"] in {"none", "HS256"}:
        text = ".".join(part(json.dumps(one).encode()) for one in (header, claims))
        secret = OWN.as_pem(private=False)
        return f"{text}." + (
            part(hmac.digest(secret, text.encode(), sha256)) if header["alg"] != "none" else ""
        )
    keys = {"own": OWN, "other": OTHER, "curve": CURVE}
    return jwt.encode(header, claims, keys[order.get("key", "own")], algorithms=[header["alg"]])


def part(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


class Provider(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        here = f"http://127.0.0.1:{self.server.server_address[1]}"
        if self.path == "/jwks":
            self.give(200, {"keys": [OWN.as_dict(private=False)]})
            return
        known = {"issuer": here, "authorization_endpoint": f"{here}/authorize", "jwks_uri": f"{here}/jwks"}
        known |= {
            "token_endpoint": f"{here}/token",
            "id_token_signing_alg_values_supported": ["RS256", "HS256"],
        }
        if self.path.startswith("/mallory/"):
            known["issuer"] = "https://mallory.example"
        if self.path.startswith("/plain/"):
            known |= {"issuer": f"{here}/plain", "token_endpoint": "http://token.example/"}
        if self.path.startswith("/broken/"):
            self.give(200, ["no", "metadata"])
            return
        self.give(200, known)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        order = json.loads(urlsafe_b64decode(sent["code"][0]))
        given = urlsafe_b64encode(sha256(sent["code_verifier"][0].encode()).digest()).decode().rstrip("=")
        who = b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if given != order["challenge"] or who != "shixian%20at%20office:s3cret%2F%2B%26":
            self.give(400, {"error": "invalid_grant"})
            return
        answer = {"access_token": "opaque", "token_type": "Bearer", "id_token": signed(order)}
        self.give(order.get("status", 200), order.get("answer", answer))

    def give(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
