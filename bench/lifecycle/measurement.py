"""The course of one run: an installation up, measured, found in agreement and down; then the floor; a yardstick around each."""

import asyncio
from pathlib import Path

from bench.growth import population
from bench.installation import Installation, agrees, count_dossiers, installation
from bench.lifecycle.cast import Cast, sign_in, with_online
from bench.lifecycle.drain import Drain
from bench.lifecycle.figures import Figures
from bench.lifecycle.floor.process import floor
from bench.lifecycle.outcome import Lifecycle
from bench.lifecycle.target import Target, closed_name, usual
from bench.machine import loop_seconds
from bench.options import Options


def run(options: Options) -> Lifecycle:
    """On an empty installation, or on one with `size` dossiers. Raises Stopped when something does not start or does not end."""
    loops = [loop_seconds()]
    with population.grown(options.size, options.data) if options.size else installation(options.data) as made:
        cast, before = with_online(sign_in(made.session), options.online), count_dossiers(made)
        ours, received = asyncio.run(_ours(made, cast, options))
        agreed = agrees(made) and count_dossiers(made) == before + received
    loops.append(loop_seconds())
    peer = _floor(cast, options, options.data)
    loops.append(loop_seconds())
    at = closed_name(usual(options.clients))
    return Lifecycle(
        ours=ours, peer=peer, at=at, agrees=agreed, loop_seconds=tuple(loops), online=options.online, dossiers=before
    )


async def _ours(made: Installation, cast: Cast, options: Options) -> tuple[dict[str, list[Figures]], int]:
    """The figures, and how many dossiers were taken in."""
    session = made.session
    async with Drain(session) as drain:
        port = session.plan.state.port
        target = Target(name="Một Cửa", port=port, cast=cast, pids=made.pids, drained=drain.wait)
        return await target.measure(options)


def _floor(cast: Cast, options: Options, data: Path | None) -> dict[str, list[Figures]]:
    with floor(cast, data) as bare:
        return asyncio.run(bare.target.measure(options))[0]
