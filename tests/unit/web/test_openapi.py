"""The document says who must be signed in and what the headers of commands look like, as the routes check them."""

import re
from typing import Any

import pytest

from tests.support.web_world import sample_app
from web import conditional, idempotency
from web.openapi import SCHEME

PATHS = sample_app().openapi()["paths"]


def header(operation: Any, name: str) -> dict[str, Any]:
    return next(parameter for parameter in operation["parameters"] if parameter["name"] == name)


def test_a_route_that_needs_somebody_says_so_and_a_public_one_does_not() -> None:
    assert PATHS["/api/sample/me"]["get"]["security"] == PATHS["/api/sample/admins"]["get"]["security"] == [{SCHEME: []}]
    assert "security" not in PATHS["/api/sample/things/{thing}"]["get"]
    assert sample_app().openapi()["components"]["securitySchemes"][SCHEME]["scheme"] == "bearer"


@pytest.mark.parametrize(
    ("operation", "name", "good", "bad"),
    [
        (
            PATHS["/api/sample/submissions"]["post"],
            idempotency.HEADER,
            ("12345678", "!" * 128),
            ("1234567", "a b c d e", "ẽ" * 9),
        ),
        (PATHS["/api/sample/things/{thing}"]["put"], conditional.HEADER, ('"7"', 'W/"7"', '"7-gzip"'), ("7", "*", '"x"', "")),
    ],
    ids=["Idempotency-Key", "If-Match"],
)
def test_the_headers_of_commands_are_required_and_shown_as_they_are_checked(
    operation: Any, name: str, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    declared = header(operation, name)
    assert declared["required"]
    assert all(re.fullmatch(declared["schema"]["pattern"], value) for value in good)
    assert not any(re.fullmatch(declared["schema"]["pattern"], value) for value in bad)
