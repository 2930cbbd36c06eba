"""统一身份认证方: what is asked of an OpenID Connect provider, and what of its answers is believed.

Authorization code with PKCE. An identity token counts only when signed with a published key and an asymmetric
algorithm, for us, by this issuer, for this very sign-in, and still in time. Its secret and its tokens stay in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.settings import Oidc, is_private
from scheduler.webhook import trust

SCOPE = "openid profile"
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
LEEWAY = 60
"""Seconds by which the provider's clock may differ from ours."""
TIMEOUT = 10.0
LONGEST = 255
"""Characters of a subject, by the standard."""


class Away(Exception):
    """认证方不可用 — it doesn't answer, or not as a provider does."""


class Disbelieved(Exception):
    """不予采信 — the provider refused, or its identity token doesn't hold."""


@dataclass(frozen=True, slots=True)
class Begun:
    """已开始的登录 — where to send the browser, and what is kept until it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """统一身份认证方 — one, as it is set; asked anew for each sign-in, so that its changed keys are known."""

    def __init__(self, set_as: Oidc) -> None:
        self._set = set_as

    def begin(self, redirect_uri: str) -> Begun:
        """开始登录. Raises Away."""
        with _client() as client:
            metadata = self._metadata(client)
        state, nonce, verifier = token_urlsafe(32), token_urlsafe(32), token_urlsafe(48)
        url: str = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self._set.client_id,
            "code",
            redirect_uri=redirect_uri,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Begun(url, state, nonce, verifier)

    def finish(
        self, code: str, nonce: str, verifier: str, redirect_uri: str, now: datetime
    ) -> dict[str, Any]:
        """完成登录: the claims of who signed in, `sub` among them. Raises Away and Disbelieved."""
        with _client() as client:
            metadata = self._metadata(client)
            answer = self._exchange(client, metadata, code, verifier, redirect_uri)
            keys = _json(client, metadata["jwks_uri"])
        return self._believed(answer, keys, metadata, nonce, now)

    def _metadata(self, client: httpx.Client) -> dict[str, Any]:
        metadata = _json(client, f"{self._set.issuer.rstrip('/')}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if metadata.get("issuer") != self._set.issuer:
            raise Away("another issuer")
        if not all(isinstance(metadata.get(one), str) and is_private(metadata[one]) for one in needed):
            raise Away("no usable endpoints")
        return metadata

    def _exchange(
        self, client: httpx.Client, metadata: Mapping[str, Any], code: str, verifier: str, redirect_uri: str
    ) -> dict[str, Any]:
        """The tokens for a code; the secret goes into the header unless the provider only reads the form."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self._set.client_id,
        }
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        secret, auth = self._set.client_secret, httpx.Auth()
        if secret and "client_secret_basic" in methods:
            auth = httpx.BasicAuth(quote(self._set.client_id, safe=""), quote(secret, safe=""))
        elif secret:
            form["client_secret"] = secret
        try:
            answer = client.post(metadata["token_endpoint"], data=form, auth=auth)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Away(type(error).__name__) from None
        if answer.status_code in {400, 401, 403}:
            raise Disbelieved("the code was refused")
        return _object(answer)

    def _believed(
        self,
        answer: Mapping[str, Any],
        keys: Mapping[str, Any],
        metadata: Mapping[str, Any],
        nonce: str,
        now: datetime,
    ) -> dict[str, Any]:
        used = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        try:
            token = jwt.decode(
                answer["id_token"],
                KeySet.import_key_set({"keys": list(keys["keys"])}),
                algorithms=[one for one in ALGORITHMS if one in used],
            )
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self._set.issuer},
                    "aud": {"essential": True, "value": self._set.client_id},
                },
                {
                    "nonce": nonce,
                    "client_id": self._set.client_id,
                    "access_token": answer.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise Disbelieved(type(error).__name__) from None
        subject = claims["sub"]
        if not 0 < len(subject) <= LONGEST or not subject.isprintable():
            raise Disbelieved("no usable subject")
        return dict(claims)


def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT, trust_env=False, verify=trust())


def _json(client: httpx.Client, address: str) -> dict[str, Any]:
    try:
        return _object(client.get(address))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Away(type(error).__name__) from None


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        value = answer.json() if answer.is_success else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Away(f"status {answer.status_code}")
    return value
