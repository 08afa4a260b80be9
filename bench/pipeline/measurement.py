"""The course of one run: lives through a running installation, round by round; then what the last round wrote, bare."""

import asyncio
import random
import time
from collections.abc import Mapping
from typing import Final

from bench.bare import produce
from bench.installation import Installation, agrees, installation
from bench.keys import intake_keys
from bench.lifecycle.cast import Desk, desks_by_post
from bench.lifecycle.drain import Drain
from bench.options import Options
from bench.outcome import Rate, median_rate
from bench.pipeline.clerks import accept, decide
from bench.pipeline.outcome import Pipeline
from bench.pipeline.written import Written, empty, ends, next_transaction, write_again, written
from bench.postal import cipher_of, collections
from bench.servers import servers
from chassis.migration import upgrade
from cli.console import say
from contracts.services import SERVICES
from contracts.topics import TOPICS
from deploy.local.kafka_users import ADMIN
from messaging.kafka_access import Brokers
from messaging.producer import Outgoing
from messaging.topic_creation import create_topics

LIVES: Final = 2000
WARM_UP_SHARE: Final = 10
Lives = Mapping[str, tuple[Desk, Outgoing]]
Round = tuple[Rate, Rate]
"""Until all cases are decided, and until nothing is under way: between them mails are sent and facts counted."""


def run(options: Options) -> Pipeline:
    """Raises Stopped when something does not start or does not come to its end."""
    with installation(options.data) as made:
        rounds, wrote, agreed = measure(made, options)
    decided, ours = (median_rate(rates) for rates in zip(*rounds, strict=True))
    lives = options.size or LIVES
    bare = _floor(wrote, lives, options)
    return Pipeline(ours=ours, decided=decided, bare=bare, wrote=wrote, lives=lives, agrees=agreed)


def measure(made: Installation, options: Options) -> tuple[list[Round], Written, bool]:
    """Each round's rates, what the last one wrote, and whether the services agree in the end."""
    rounds, wrote = asyncio.run(_rounds(made, options.size or LIVES, options.rounds))
    return rounds, wrote, agrees(made)


async def _rounds(made: Installation, lives: int, number: int) -> tuple[list[Round], Written]:
    plan = made.session.plan
    databases = {name: url.replace("+psycopg", "") for name, url in plan.database_urls().items()}
    cipher, desks, chance = cipher_of(made.session.site), desks_by_post(), random.SystemRandom()
    rounds = []
    async with Drain(made.session) as drain:
        await _live(made, drain, collections(cipher, desks, max(1, lives // WARM_UP_SHARE), chance))
        for _ in range(number):
            of_round = collections(cipher, desks, lives, chance)
            since = await next_transaction(databases["intake"]), await ends(plan.kafka.access(ADMIN))
            decided, done = await _live(made, drain, of_round)
            rounds.append((Rate("Một Cửa, until all are decided", lives, decided), Rate("Một Cửa", lives, done)))
            say(f"  {lives / done:.1f} vòng đời/s.", f"  {lives / done:.1f} lives/s.")
    return rounds, await written(databases, plan.kafka.access(ADMIN), *since)


async def _live(made: Installation, drain: Drain, lives: Lives) -> tuple[float, float]:
    """Seconds from the first record until the last case is decided, and until nothing is under way."""
    plan, desks = made.session.plan, {dossier: desk for dossier, (desk, _) in lives.items()}
    intake, routing = plan.database_url("intake"), plan.database_url("routing")
    keys, records = intake_keys(made), [record for _, record in lives.values()]
    began = time.perf_counter()
    await asyncio.gather(produce(plan.kafka.access(ADMIN), records), accept(intake, keys, desks), decide(routing, desks))
    decided = time.perf_counter() - began
    await drain.wait()
    return decided, time.perf_counter() - began


def _floor(wrote: Written, lives: int, options: Options) -> Rate:
    with servers(options.data) as running:
        databases = {service: running.database(service) for service in SERVICES}
        return floor(databases, running.kafka, wrote, lives, options.rounds)


def floor(databases: Mapping[str, str], kafka: Brokers, wrote: Written, lives: int, rounds: int) -> Rate:
    """The median of so many rounds, each on empty tables with all their indexes, in fresh databases."""
    for service, url in databases.items():
        upgrade(url.replace("postgresql://", "postgresql+psycopg://"), service)
    return median_rate(asyncio.run(_write_rounds(databases, kafka, wrote, lives, rounds)))


async def _write_rounds(databases: Mapping[str, str], kafka: Brokers, wrote: Written, lives: int, rounds: int) -> list[Rate]:
    await create_topics(kafka, TOPICS)
    rates = []
    for _ in range(rounds):
        await empty(databases, wrote)
        rates.append(Rate("the same rows by COPY, the same records produced", lives, await write_again(databases, kafka, wrote)))
    return rates
