"""The contract as OpenAPI tells it: a change of it is a change that somebody meant, and sees in the diff."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.app import put_together
from api.errors import MEDIA
from domain.petition.petition import COMMANDS

GOLDEN = Path(__file__).with_name("openapi.json")
UPDATE = ".venv/bin/python -m tests.api.test_openapi"
OPEN_TO_STRANGERS = {
    ("post", "/v1/sessions"),
    ("post", "/v1/accounts/setup"),
    ("get", "/v1/oidc/start"),
    ("get", "/v1/oidc/callback"),
    ("post", "/v1/progress"),
    ("post", "/v1/progress/rating"),
    ("post", "/v1/progress/notices/{kind}.pdf"),
    ("get", "/healthz"),
    ("get", "/readyz"),
}


def made() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(json.dumps(put_together(0.0).openapi()))
    return schema


SCHEMA = made()
OPERATIONS = [
    pytest.param(method, path, operation, id=f"{method} {path}")
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
]


def test_it_is_the_one_that_was_agreed():
    golden = json.loads(GOLDEN.read_text("utf-8"))
    changed = sorted(
        f"{kind}: {name}"
        for kind, before, now in (
            ("path", golden["paths"], SCHEMA["paths"]),
            ("schema", golden["components"]["schemas"], SCHEMA["components"]["schemas"]),
        )
        for name in before.keys() | now.keys()
        if before.get(name) != now.get(name)
    )
    assert golden == SCHEMA, f"OpenAPI changed ({changed}). If that was meant: {UPDATE}, and look at the diff"


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_every_operation_tells_its_errors_and_who_may_call_it(
    method: str, path: str, operation: dict[str, Any]
):
    responses = operation["responses"]
    if (method, path) in OPEN_TO_STRANGERS:
        assert "security" not in operation
    else:
        assert operation["security"] == [{"HTTPBearer": []}]
        assert {"401", "403", "404", "422", "503"} <= responses.keys()
    for status, response in responses.items():
        if int(status) >= 400:
            assert response == {"$ref": f"#/components/responses/{status}"}


@pytest.mark.parametrize("status", SCHEMA["components"]["responses"])
def test_every_error_has_one_shape(status: str):
    content = SCHEMA["components"]["responses"][status]["content"]
    assert content == {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.mark.parametrize("slug", COMMANDS)
def test_every_command_is_told_with_its_term_and_a_strict_form(slug: str):
    operation = SCHEMA["paths"][f"/v1/petitions/{{id}}/{slug}"]["post"]
    term = (COMMANDS[slug].__doc__ or "").split(" — ")[0].rstrip(".")
    assert operation["summary"].rstrip(".") == term
    content = operation["requestBody"]["content"]["application/json"]["schema"]
    form = SCHEMA["components"]["schemas"][content.get("$ref", "").rsplit("/", 1)[-1]]
    assert form["additionalProperties"] is False
    assert form["description"].startswith(term)


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(SCHEMA, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
