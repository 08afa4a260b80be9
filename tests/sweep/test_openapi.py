"""Every route of every OpenAPI document, asked by a stranger and by somebody who may, with what fits the document and what does
not: no 5xx but 503, no answer over 64 kB, and status, media type, headers and body as the document says.

`make test` draws a few examples for each route, for those who may beside all borders of the document; `make test-faults` goes
through all borders for the stranger too, and draws hundreds.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from cli.directory_import import SAMPLE_PASSWORD
from cli.session import Session
from contracts.services import SERVICES
from tests.support.installation import Installation
from tests.support.rights_table import OPERATOR, STRANGER, table_of
from tests.support.sweep import Sweep, operations

pytestmark = pytest.mark.timeout(3600)
FEW, MANY = 2, 300
DRAWN = "examples,fuzzing"
PEOPLE = {"clerk": "minh", "officer": "minh", "leader": "son", "admin": "quantri"}
UNIT = "000.00.21.H99"
LEAVING, SIGN_OUT = "thao", "POST /api/directory/sign-out"
"""Who signs out is nobody else: every token of the person is void then."""


@pytest.fixture(scope="module")
def tokens(installation: Installation) -> dict[str, str]:
    """`GET /path` -> the token of somebody who may, from the table of rights; public routes take none."""
    session = Session(installation.data)
    of = {name: session.token(name, SAMPLE_PASSWORD) for name in {*PEOPLE.values(), LEAVING}}
    operator = session.token()
    chosen = {SIGN_OUT: of[LEAVING]}
    for line, right in (pair for service in SERVICES for pair in table_of(service).items()):
        if STRANGER not in right.may:
            role = next((role for role in PEOPLE if any(name.startswith(role) for name in right.may)), "clerk")
            chosen.setdefault(
                line.partition(" (")[0], operator if OPERATOR in right.may and role == "clerk" else of[PEOPLE[role]]
            )
    return chosen


@pytest.fixture(scope="module")
def known(installation: Installation) -> dict[str, str]:
    """Something of each kind that is there, and that a clerk may change."""
    with Session(installation.data).client(PEOPLE["clerk"], SAMPLE_PASSWORD) as clerk:
        listed = clerk.get("/api/intake/dossiers", params={"unit": UNIT}).raise_for_status().json()["dossiers"]
        messages = clerk.get("/api/notify/messages").raise_for_status().json()["messages"]
    return {"dossier": listed[0]["id"], "case": listed[0]["id"], "message": messages[0]["id"]}


def sweep(installation: Installation, service: str, folder: Path, **asked: Any) -> None:
    with Session(installation.data).client() as client:
        document = client.get(f"/api/{service}/openapi.json").raise_for_status().json()
    made = Sweep(address=installation.address, document=document, folder=folder, **asked)
    finished = made.run(fixed=settings().derandomize)
    assert finished.returncode == 0, finished.stdout[-20_000:] + finished.stderr[-3000:]
    assert f"Tested: {len(operations(document))}\n" in finished.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_a_stranger_is_answered_as_the_document_says(
    installation: Installation, known: dict[str, str], service: str, tmp_path: Path
) -> None:
    sweep(installation, service, tmp_path, tokens={}, known=known, examples=FEW, phases=DRAWN)


@pytest.mark.parametrize("service", SERVICES)
def test_who_may_is_answered_as_the_document_says(
    installation: Installation, tokens: dict[str, str], known: dict[str, str], service: str, tmp_path: Path
) -> None:
    sweep(installation, service, tmp_path, tokens=tokens, known=known, examples=FEW)


@pytest.mark.faults
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("who", ["stranger", "who may"])
def test_hundreds_of_examples_find_no_more(
    installation: Installation, tokens: dict[str, str], known: dict[str, str], service: str, who: str, tmp_path: Path
) -> None:
    sweep(installation, service, tmp_path, tokens=tokens if who == "who may" else {}, known=known, examples=MANY)


def test_afterwards_everything_still_agrees(installation: Installation) -> None:
    assert installation.reconcile()["agree"]
