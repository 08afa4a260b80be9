"""Who may do what where: every route of every service, asked by everybody, answers as tests/support/rights.toml says."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from http import HTTPStatus
from typing import Final

import httpx
import pytest

from contracts.services import SERVICES
from tests.support.rights_table import STRANGER, Asker, Right, askers, table_of
from tests.support.rights_world import STARTS, Served, ask
from tests.support.servers import PostgresServer

# Where the unit matters, another unit's may be answered like one that does not exist.
UNKNOWN: Final = {"dossier": f"d-{'0' * 32}", "case": f"d-{'0' * 32}", "message": f"m-{'0' * 32}"}
REFUSED: Final = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


@pytest.fixture(scope="module", params=SERVICES)
async def served(
    request: pytest.FixtureRequest, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[str, Served]]:
    async with AsyncExitStack() as stack:
        start = STARTS[request.param](postgres, tmp_path_factory.mktemp("rights"))
        yield request.param, await stack.enter_async_context(start)


async def test_every_route_has_its_line_in_the_table(served: tuple[str, Served]) -> None:
    service, world = served
    lines = {line.split(" (")[0] for line in table_of(service)}
    assert world.routes() - lines == set(), "say in tests/support/rights.toml who may"
    assert lines - world.routes() == set(), "no such route"
    assert world.questions.keys() <= table_of(service).keys()


async def test_everybody_may_what_the_table_says_and_nothing_else(served: tuple[str, Served]) -> None:
    service, world = served
    unexpected = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world.app), base_url="http://motcua.test") as http:
        for line, right in table_of(service).items():
            for asker in askers():
                answer = await ask(http, world, line, asker.headers(world.app.state.process.clock()))
                looks_for = world.questions[line].looks_for if right.shows is not None else ""
                fault = _fault(right, asker, answer, looks_for)
                if fault:
                    unexpected.append(f"{line}: {asker.name} {fault}")
    assert unexpected == []


async def test_another_units_dossier_is_answered_like_an_unknown_one_on_every_route(served: tuple[str, Served]) -> None:
    """To whoever is somebody at BESIDE, which has nothing to do with the dossier."""
    service, world = served
    unknown = replace(world, path={**world.path, **UNKNOWN})
    told_apart = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world.app), base_url="http://motcua.test") as http:
        for line in [line for line in table_of(service) if any(f"{{{name}}}" in line for name in UNKNOWN)]:
            for asker in [asker for asker in askers() if asker.name.endswith(" beside")]:
                now = world.app.state.process.clock()
                answers = [await ask(http, which, line, asker.headers(now)) for which in (world, unknown)]
                if len({answer.status_code for answer in answers}) > 1 or (
                    "/api/" in line and answers[0].json() != answers[1].json()
                ):
                    told_apart.append(f"{line}: {asker.name} gets {[answer.status_code for answer in answers]}")
    assert told_apart == []


def _fault(right: Right, asker: Asker, answer: httpx.Response, looks_for: str) -> str:
    """What is wrong with the answer; empty if it is as it should be."""
    status = answer.status_code
    if asker.name not in right.may:
        refused = _asked_to_sign_in(answer) if asker.name == STRANGER else _refused(right, status)
        return "" if refused else f"may not, and gets {status}"
    if right.may >= {STRANGER}:
        return f"gets {status}" if status in {401, 403} or _broken(status) or _asked_to_sign_in(answer) else ""
    if not right.exists:
        return "" if status == HTTPStatus.NOT_FOUND else f"may, and gets {status} for what is not there"
    if status in {401, 403, 404} or _broken(status) or _asked_to_sign_in(answer):
        return f"may, and gets {status}"
    if right.shows is not None and (looks_for in answer.text) != (asker.name in right.shows):
        return "finds it" if looks_for in answer.text else "does not find it"
    return ""


def _asked_to_sign_in(answer: httpx.Response) -> bool:
    return answer.status_code == HTTPStatus.UNAUTHORIZED or answer.headers.get("location", "").startswith("/sign-in")


def _refused(right: Right, status: int) -> bool:
    return status in REFUSED if right.exists else status == HTTPStatus.FORBIDDEN


def _broken(status: int) -> bool:
    """Kafka is away: "not ready" is an honest answer."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.SERVICE_UNAVAILABLE
