"""How many dossiers have which status, as kept in sums and as counted: always the same, while nobody waits for anybody."""

import asyncio
from collections import Counter
from collections.abc import Mapping

from sqlalchemy import text

from services.intake.reconcile import VIEWS
from services.intake.repository.status_counts import by_status, count_anew, fold
from tests.support.intake_world import Intake
from tests.support.noted_statements import noted_statements

VIEW = {view.name: view.query for view in VIEWS}
WRONG = text("INSERT INTO status_count (status, dossiers) VALUES (10, 7), (4, -1)")


async def counted(intake: Intake) -> Mapping[int, int]:
    return Counter(row.status for row in await intake.rows("SELECT status FROM dossier"))


async def kept(intake: Intake) -> Mapping[int, int]:
    async with intake.database.connect() as connection:
        return await by_status(connection)


async def test_the_sums_are_what_counting_gives_after_every_step(intake: Intake) -> None:
    before = await kept(intake)
    await intake.receive()
    assert await kept(intake) == await counted(intake) != before
    await intake.decided()
    assert sum((await kept(intake)).values()) == sum(before.values()) + 2
    assert await kept(intake) == await counted(intake)
    views = [{row.key: row.value for row in await intake.rows(VIEW[name])} for name in ("statuses", "statuses-kept")]
    assert views[0] == views[1] == {str(status): str(number) for status, number in (await counted(intake)).items()}


async def test_the_summary_reads_no_dossier(intake: Intake) -> None:
    await intake.receive()
    with noted_statements(intake.database) as statements:
        async with intake.database.connect() as connection:
            await by_status(connection)
    ((statement, _),) = statements
    assert "FROM status_count" in statement
    assert "dossier " not in statement


async def test_what_is_received_while_sums_are_folded_is_counted_once(intake: Intake) -> None:
    async def tidy() -> None:
        for _ in range(10):
            async with intake.database.begin() as connection:
                await fold(connection)

    await asyncio.gather(tidy(), tidy(), *(intake.receive() for _ in range(6)))
    assert await kept(intake) == await counted(intake)
    await tidy()
    (rows,) = await intake.rows("SELECT count(*) AS number, count(DISTINCT status) AS statuses FROM status_count")
    assert rows.number == rows.statuses
    assert await kept(intake) == await counted(intake)


async def test_who_folds_waits_for_nobody_who_folds_too(intake: Intake) -> None:
    await intake.receive()
    async with intake.database.connect() as folding, intake.database.connect() as other:
        await fold(folding)
        await other.execute(text("SET LOCAL lock_timeout = '1ms'"))
        await fold(other)
        await other.commit()
        await folding.commit()
    assert await kept(intake) == await counted(intake)


async def test_who_counts_anew_waits_for_nobody_who_saves_and_counts_what_they_saved_once(intake: Intake) -> None:
    """A save that is under way is in neither the rows nor the sums that are compared."""
    await intake.receive()
    async with intake.database.connect() as saving, intake.database.connect() as counting:
        await saving.execute(text("UPDATE dossier SET status = 4 WHERE status = 2"))
        await saving.execute(WRONG)
        await counting.execute(text("SET LOCAL lock_timeout = '1ms'"))
        await count_anew(counting)
        await counting.commit()
        await saving.rollback()
    assert await kept(intake) == await counted(intake)


async def test_what_a_release_before_did_not_count_is_counted_anew(intake: Intake) -> None:
    async with intake.database.begin() as connection:
        await connection.execute(WRONG)
    assert await kept(intake) != await counted(intake)

    async def correct() -> None:
        async with intake.database.begin() as connection:
            await count_anew(connection)

    await asyncio.gather(correct(), intake.receive(), correct())
    assert await kept(intake) == await counted(intake)
