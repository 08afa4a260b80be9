"""A bad event in the middle of a good batch holds its own aggregate, and nothing else; a person lets it through or lets it go."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from contracts.envelope import Attributes
from messaging import dead_letters
from messaging.clock import system_clock
from tests.support.eventually import eventually
from tests.support.tally_service import MENDED, Deposited, Named
from tests.support.tally_world import TallyWorld, names, tally_world

GOOD = 15
"""Accounts around the bad one."""
EACH = 20
BAD = 10
"""The number of the bad event."""
Bad = Callable[[TallyWorld, str], Awaitable[None]]


@pytest.fixture(scope="module")
async def world(kafka_bootstrap, postgres) -> AsyncIterator[TallyWorld]:
    async with tally_world(kafka_bootstrap, postgres) as made:
        yield made


def envelope(account: str, kind: str = Deposited.TYPE, sequence: int = BAD, source: str = "bank") -> list[tuple[str, bytes]]:
    return Attributes(id="e", source=source, type=kind, subject=account, time=system_clock(), sequence=sequence).headers()


def deposited(amount: int = 1, note: str = "") -> bytes:
    return Deposited(amount=amount, note=note).model_dump_json().encode()


async def undecodable_bytes(world: TallyWorld, account: str) -> None:
    await world.send_raw(world.amounts.deposits.base, account.encode(), b"\xff\xfe{", envelope(account))


async def no_data(world: TallyWorld, account: str) -> None:
    await world.send_raw(world.amounts.deposits.base, account.encode(), None, envelope(account))


async def type_of_nobody(world: TallyWorld, account: str) -> None:
    kind = "org.example.money.vanished"
    await world.send_raw(world.amounts.deposits.base, account.encode(), b"{}", envelope(account, kind))


async def of_another_topic(world: TallyWorld, account: str) -> None:
    kind = "vn.motcua.bank.name.changed.v1"
    await world.send_raw(world.amounts.deposits.base, account.encode(), b'{"name": "x"}', envelope(account, kind))


async def refused_by_its_handler(world: TallyWorld, account: str) -> None:
    await world.deposit(account, BAD, -1)


async def handler_raises(world: TallyWorld, account: str) -> None:
    await world.deposit(account, BAD, note="bug")


async def nul_in_text(world: TallyWorld, account: str) -> None:
    await world.deposit(account, BAD, note="a\x00b")


async def beyond_64_bits(world: TallyWorld, account: str) -> None:
    await world.deposit(account, BAD, 2**63)


async def violates_a_check(world: TallyWorld, account: str) -> None:
    await world.deposit(account, BAD, note="forbidden")


async def violates_a_check_by_a_lone_surrogate(world: TallyWorld, account: str) -> None:
    """JSON may name one by its escape; it can be neither encoded nor stored."""
    value = b'{"amount": 1, "note": "\\ud800"}'
    await world.send_raw(world.amounts.deposits.base, account.encode(), value, envelope(account))


async def prepare_raises(world: TallyWorld, account: str) -> None:
    await world.deposit(account, BAD, note="unprepared")


async def load_raises(world: TallyWorld, account: str) -> None:
    await world.deposit(account, BAD, credited="a\x00b")


async def moment_that_no_row_gives_back(world: TallyWorld, account: str) -> None:
    """PostgreSQL keeps it as one of the year 10000, which Python does not have."""
    value = b'{"amount": 1, "at": "9999-12-31T23:59:59-12:00"}'
    await world.send_raw(world.amounts.deposits.base, account.encode(), value, envelope(account))


NUMBERED = [
    undecodable_bytes,
    no_data,
    type_of_nobody,
    of_another_topic,
    refused_by_its_handler,
    handler_raises,
    nul_in_text,
    beyond_64_bits,
    violates_a_check,
    violates_a_check_by_a_lone_surrogate,
    prepare_raises,
    load_raises,
    moment_that_no_row_gives_back,
]


async def undecodable_headers(world: TallyWorld, account: str) -> None:
    headers = [(name, b"\xff\xfe" if name == "ce_time" else value) for name, value in envelope(account)]
    await world.send_raw(world.amounts.deposits.base, account.encode(), deposited(), headers)


async def envelope_of_the_year_1(world: TallyWorld, account: str) -> None:
    headers = [(name, b"0001-01-01T00:00:00+14:00" if name == "ce_time" else value) for name, value in envelope(account)]
    await world.send_raw(world.amounts.deposits.base, account.encode(), deposited(), headers)


async def no_headers(world: TallyWorld, account: str) -> None:
    await world.send_raw(world.amounts.deposits.base, account.encode(), deposited(), [])


async def header_name_with_nul(world: TallyWorld, account: str) -> None:
    await world.send_raw(world.amounts.deposits.base, account.encode(), deposited(), [("a\x00b", b"c\x00d")])


async def of_another_publisher(world: TallyWorld, account: str) -> None:
    await world.send_raw(world.amounts.deposits.base, account.encode(), deposited(), envelope(account, source="intake"))


async def about_somebody_else(world: TallyWorld, account: str) -> None:
    await world.send_raw(world.amounts.deposits.base, account.encode(), deposited(), envelope(f"not-{account}"))


async def subject_too_long_for_any_index(world: TallyWorld, account: str) -> None:
    subject = "".join(map(chr, range(0x4E00, 0x4E00 + 9000)))
    await world.send_raw(world.amounts.deposits.base, account.encode(), deposited(), envelope(subject))


UNNUMBERED = [
    undecodable_headers,
    envelope_of_the_year_1,
    no_headers,
    header_name_with_nul,
    of_another_publisher,
    about_somebody_else,
    subject_too_long_for_any_index,
]


async def in_the_middle(world: TallyWorld, bad: Bad, *, more: int = 0) -> tuple[str, list[str]]:
    """A few hundred good deposits, and the bad event in the middle of them; what follows it is of the same account too."""
    account, *others = names(bad.__name__.replace("_", "-"), GOOD + 1)
    await world.good([account, *others], BAD - 1)
    await bad(world, account)
    await world.good(others, EACH, start=BAD)
    await world.good([account], EACH, start=BAD + 1)
    await world.producer.flush()
    return account, others


async def holds_only_its_own(world: TallyWorld, account: str, others: list[str]) -> None:
    await world.was_applied_effectively_once(dict.fromkeys(others, EACH) | {account: BAD - 1})
    behind = [(account, number, "behind") for number in range(BAD + 1, EACH + 1)]
    await world.comes_to_parking_lot((account, BAD, "dead"), *behind)


@pytest.mark.parametrize("bad", [*NUMBERED, *UNNUMBERED], ids=lambda bad: bad.__name__)
async def test_it_holds_its_own_account_until_it_is_skipped(world: TallyWorld, bad: Bad) -> None:
    account, others = await in_the_middle(world, bad)
    world.gate.largest = 0
    async with world.ready():
        await holds_only_its_own(world, account, others)
        assert world.gate.largest > 100, "it was to be one batch"
        await announced_once(world, account)
        await world.skip(account)
        await world.has({account: (EACH - 1, EACH - 1)})
        published = await world.published(account)
        assert published == {account: [(n, n) for n in range(1, EACH)]}
    assert await world.parked(account) == []
    audit = await world.rows("SELECT sequence, actor, why FROM skipped WHERE subject = :id", id=account)
    assert audit == [(BAD, "s-1", "thử")]


async def announced_once(world: TallyWorld, account: str) -> None:
    await world.outbox_empty()
    addresses = [record.key.decode() for record in await world.everything(world.amounts.dead_letters)]
    letters = [json.loads(record.value) for record in await world.everything(world.amounts.dead_letters)]
    mine = [letter for letter in letters if letter["subject"] == account]
    assert [(letter["source"], letter["sequence"]) for letter in mine] == [("bank", BAD)]
    assert mine[0]["record"] in addresses
    assert set(mine[0]) == {"source", "subject", "sequence", "record", "reason"}
    assert "secret" not in mine[0]["reason"]
    assert "forbidden" not in mine[0]["reason"]


@pytest.mark.parametrize(
    "bad", [refused_by_its_handler, handler_raises, nul_in_text, prepare_raises, load_raises], ids=lambda bad: bad.__name__
)
async def test_mended_and_retried_it_goes_through_in_order(world: TallyWorld, bad: Bad) -> None:
    account, others = await in_the_middle(world, bad)
    async with world.ready():
        await holds_only_its_own(world, account, others)
        await world.retry(account)
        await eventually(lambda: died_twice(world, account), describe="tried again in vain")
        MENDED.add(account)
        await world.retry(account)
        total = EACH - 2 if bad is refused_by_its_handler else EACH
        await world.has({account: (total, EACH)})
        published = (await world.published(account))[account]
        assert [number for number, _ in published] == list(range(1, EACH + 1))
    assert await world.parked(account) == []


async def died_twice(world: TallyWorld, account: str) -> bool:
    await world.outbox_empty()
    letters = [json.loads(record.value) for record in await world.everything(world.amounts.dead_letters)]
    return len([letter for letter in letters if letter["subject"] == account]) >= 2


async def test_several_bad_ones_in_one_batch(world: TallyWorld) -> None:
    bads = {bad: names(f"many-{bad.__name__.replace('_', '-')}", 1)[0] for bad in (*NUMBERED, *UNNUMBERED)}
    others = names("among", GOOD)
    await world.good([*bads.values(), *others], BAD - 1)
    for bad, account in bads.items():
        await bad(world, account)
        await world.good([account], BAD + 2, start=BAD + 1)
    await world.good(others, EACH, start=BAD)
    async with world.ready():
        await world.was_applied_effectively_once(dict.fromkeys(others, EACH) | dict.fromkeys(bads.values(), BAD - 1))
        for account in bads.values():
            await world.comes_to_parking_lot((account, BAD, "dead"), (account, BAD + 1, "behind"), (account, BAD + 2, "behind"))
            await world.skip(account)
        await world.has(dict.fromkeys(bads.values(), (BAD + 1, BAD + 1)))


async def test_a_bad_one_among_parked_ones(world: TallyWorld) -> None:
    """The events before it go through, one by one where they must, and it is found although its batch holds one record."""
    account, witness = names("parked", 2)
    for number in (2, 3, 4, 6):
        await world.deposit(account, number)
    await nul_in_text_at(world, account, 5)
    async with world.ready():
        await world.comes_to_parking_lot(*[(account, number, "early") for number in range(2, 7)])
        await world.deposit(account, 1)
        await world.has({account: (4, 4)})
        await world.comes_to_parking_lot((account, 5, "dead"), (account, 6, "behind"))
        await world.good([witness], 3)
        await world.skip(account)
        await world.has({account: (5, 5), witness: (3, 3)})
        assert (await world.published(account))[account] == [(n, n) for n in range(1, 6)]


async def nul_in_text_at(world: TallyWorld, account: str, number: int) -> None:
    await world.deposit(account, number, note="a\x00b")


async def test_a_stray_record_that_is_skipped_takes_no_number_from_the_account(world: TallyWorld) -> None:
    """It could not tell its number, and was none of the account's events: the next one must not be taken for seen."""
    (account,) = names("stray", 1)
    async with world.ready():
        await world.good([account], 3)
        await no_headers(world, account)
        await world.comes_to_parking_lot((account, 4, "dead"))
        await world.skip(account)
        await world.comes_to_parking_lot((account, 4, "skipped"))
        await world.good([account], 6, start=4)
        await world.was_applied_effectively_once({account: 6})
    assert await world.parked(account) == []


async def test_a_bad_state_record_holds_no_fact_of_the_same_id(world: TallyWorld) -> None:
    """A contact and its dossier share publisher and id. Skipping the one must not skip events of the other."""
    (account,) = names("namesake", 1)
    async with world.ready():
        await world.good([account], 2)
        for version, kind, value in (
            (7, Named.TYPE, '{"name": ""}'),
            (8, Deposited.TYPE, '{"amount": 1}'),
            (9, Named.TYPE, '{"name": "x", "later": NaN}'),
        ):
            await world.send(account, version, value, topic=world.amounts.names, kind=kind)
        await world.comes_to_parking_lot((account, 7, "dead"), (account, 8, "dead"), (account, 9, "dead"))
        await world.good([account], 5, start=3)
        await world.was_applied_effectively_once({account: 5})
        await world.retry(account)
        await world.skip(account)
        await world.skip(account)
        await eventually(lambda: world.rows("SELECT 1 FROM parking_lot WHERE subject = :id AND state = 'dead'", id=account))
        await world.skip(account)
        await world.good([account], 10, start=6)
        await world.was_applied_effectively_once({account: 10})


async def test_a_header_whose_name_is_no_text_stops_nobody(world: TallyWorld) -> None:
    """Kafka keeps any bytes, and aiokafka gives up the poll. What it had taken from other partitions must not be gone."""
    others = names("header", 12)
    await world.good(others, 10)
    await world.producer.flush()
    await send_a_header_name_that_is_no_text(world)
    await world.good(others, 20, start=11)
    await world.producer.flush()
    async with world.ready():
        await world.was_applied_effectively_once(dict.fromkeys(others, 20))
    bare = await world.rows("SELECT key, headers, state FROM parking_lot WHERE key IS NULL")
    assert bare == [(None, [], "dead")]
    await world.execute("DELETE FROM parking_lot WHERE key IS NULL")


class NotText(str):
    __slots__ = ()

    def encode(self, *_: str) -> bytes:
        return b"\xff\xfe"


async def send_a_header_name_that_is_no_text(world: TallyWorld) -> None:
    """Written by the slow half of aiokafka, which asks the name itself for its bytes."""
    producer = AIOKafkaProducer(bootstrap_servers=world.kafka)
    await producer.start()
    batch = producer.create_batch()
    batch._builder = _DefaultRecordBatchBuilderPy(
        2, 0, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=0, batch_size=10_000
    )
    batch.append(timestamp=None, key=b"k", value=deposited(), headers=[(NotText("--"), b"x")])
    await (await producer.send_batch(batch, world.amounts.deposits.base, partition=0))
    await producer.stop()


async def test_operators_see_what_died_and_what_it_holds(world: TallyWorld) -> None:
    account, _ = await in_the_middle(world, handler_raises)
    async with world.ready():
        await world.comes_to_parking_lot((account, BAD, "dead"), *[(account, n, "behind") for n in range(BAD + 1, EACH + 1)])
        async with world.database.connect() as connection:
            letters = {letter.subject: letter for letter in await dead_letters.listed(connection)}
            shown = await dead_letters.show(connection, letters[account].id)
            counts = await dead_letters.counts(connection)
        assert letters[account].behind == EACH - BAD
        assert "the secret" in shown["reason"]
        assert json.loads(shown["value"])["note"] == "bug"
        assert counts["dead"][0] >= 1
        await world.skip(account)
