"""Known weaknesses of what we run and test with, asked of an OSV server by package URL.

Who cannot reach it is told so, and the audit does not pass: silence is no clean bill.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Final

import httpx

from deploy.audit.answers import Answers, has_ended
from deploy.audit.component import Component

SOURCE: Final = "https://api.osv.dev"
ASKED_AT_ONCE: Final = 500
SECONDS: Final = 30.0


class Unreachable(Exception):  # noqa: N818 -- of the network, not of what was audited
    """The source did not answer, or not as OSV does."""


@dataclass(frozen=True)
class Advisory:
    """`id` as the source names it."""

    id: str
    component: Component


def source() -> str:
    """Where to ask: `MOTCUA_ADVISORIES`, for a mirror of one's own."""
    return os.environ.get("MOTCUA_ADVISORIES", SOURCE)


def asked(components: Sequence[Component]) -> list[Component]:
    """Those that an ecosystem of OSV knows. A plain file or a server built by a wheel's maker is in none."""
    return [component for component in components if component.purl.type in {"pypi", "maven", "golang"}]


def advisories(components: Sequence[Component], address: str) -> list[Advisory]:
    """Raises Unreachable."""
    with httpx.Client(base_url=address, timeout=SECONDS) as client:
        return [*chain.from_iterable(_ask(client, part) for part in _parts(asked(components)))]


def findings(known: Sequence[Advisory], answers: Answers, today: date) -> list[str]:
    """A sentence for each that has no answer, or one whose day is past."""
    said: list[str] = []
    for advisory in known:
        answer = answers.find("advisory", id=advisory.id, key=advisory.component.key)
        if answer is None:
            said.append(f"{advisory.component}: {advisory.id}")
        elif has_ended(answer, today):
            said.append(f"{advisory.component}: {advisory.id}, whose answer held until {answer['until']}")
    return said


def _parts(components: Sequence[Component]) -> Iterator[tuple[Component, ...]]:
    yield from (tuple(components[at : at + ASKED_AT_ONCE]) for at in range(0, len(components), ASKED_AT_ONCE))


def _ask(client: httpx.Client, components: Sequence[Component]) -> Iterator[Advisory]:
    queries = [{"package": {"purl": component.purl.to_string()}} for component in components]
    try:
        answer = client.post("/v1/querybatch", json={"queries": queries}).raise_for_status().json()
        results: list[dict[str, Any]] = answer["results"]
        pairs = list(zip(components, results, strict=True))
        for component, result in pairs:
            if "next_page_token" in result:
                raise Unreachable(f"{component} has more advisories than one page; ask for it alone")
            yield from (Advisory(known["id"], component) for known in result.get("vulns", ()))
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        raise Unreachable(f"{client.base_url}: {error!r}") from error
