"""`motcua keys` on a whole installation: who is signed in stays so over a rotation, and is out after a revocation."""

import json
from http import HTTPStatus

from cli import http
from cli.directory_import import SAMPLE_PASSWORD
from cli.session import Session
from contracts.services import SERVICES
from tests.support.eventually import eventually
from tests.support.installation import Installation


def signing(installation: Installation) -> str:
    """The id of the key that signs."""
    (kid,) = [key["kid"] for key in listed(installation) if key["signs"]]
    return str(kid)


def listed(installation: Installation) -> list[dict[str, object]]:
    keys: list[dict[str, object]] = json.loads(installation.run("keys", "list", "--json").stdout)["keys"]
    return keys


def signed_in(installation: Installation, token: str) -> set[str]:
    """The services that know whose token it is. Dead letters are the operator's: 403 says that a clerk is known."""
    with http.client(installation.address, token=token) as client:
        answers = {service: client.get(f"/api/{service}/dead-letters").status_code for service in SERVICES}
    assert {*answers.values()} <= {HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED}
    return {service for service, status in answers.items() if status == HTTPStatus.FORBIDDEN}


async def test_keys_are_rotated_and_revoked_while_everything_runs(installation: Installation) -> None:
    session = Session(installation.data)
    first, before = signing(installation), session.token("hoa", SAMPLE_PASSWORD)
    installation.run("keys", "rotate")
    second, between = signing(installation), session.token("hoa", SAMPLE_PASSWORD)
    assert second != first
    assert signed_in(installation, before) == signed_in(installation, between) == {*SERVICES}
    installation.run("keys", "revoke", second)
    assert signing(installation) not in {first, second}, "what is revoked no longer signs"

    async def out() -> bool:
        return signed_in(installation, between) == set()

    await eventually(out)
    assert signed_in(installation, before) == {*SERVICES}
    assert [key["revoked"] for key in listed(installation) if key["kid"] == second] == [True]
    refused = installation.run("keys", "revoke", "no-such-key", check=False)
    assert refused.returncode == 2
