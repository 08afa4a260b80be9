"""What the migrations make is what the code's tables say, for every service; and running them again changes nothing."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from chassis import migration
from chassis.migration import differences, metadata, upgrade
from contracts.services import SERVICES

BEGAN_WITH_OTHER_NAMES = ("intake", "routing", "notify", "reporting", "directory")
CHECKS = text("""
    SELECT conrelid::regclass::text AS "table", conname AS name, pg_get_constraintdef(oid) AS rule FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace ORDER BY 1, 2
""")


def checks_in(url: str) -> list[tuple[str, str, str]]:
    """Alembic neither drafts nor compares them."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rules = [(row.table, row.name, row.rule) for row in connection.execute(CHECKS)]
    engine.dispose()
    return rules


@pytest.mark.parametrize("service", SERVICES)
async def test_database_and_code_agree(postgres, service: str) -> None:
    url = await postgres.create_database(f"migrated_{service}")
    upgrade(url, service)
    assert differences(url, service) == []
    upgrade(url, service)
    assert differences(url, service) == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_check_that_changed_has_its_migration(postgres, service: str) -> None:
    migrated, declared = await postgres.create_database(f"checks_{service}"), await postgres.create_database(f"code_{service}")
    upgrade(migrated, service)
    engine = create_engine(declared)
    metadata(service).create_all(engine)
    engine.dispose()
    assert checks_in(migrated) == checks_in(declared) != []


@pytest.mark.parametrize("service", BEGAN_WITH_OTHER_NAMES)
async def test_what_an_older_release_has_kept_is_still_there_under_the_new_names(postgres, service: str) -> None:
    url = await postgres.create_database(f"older_{service}")
    upgrade(url, service, "0001")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO position (source, subject, last) VALUES ('intake', 'd-1', 7)"))
        connection.execute(text(COPIED_BEFORE))
        connection.execute(text(PARKED_BEFORE))
    upgrade(url, service)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT last FROM inbox WHERE subject = 'd-1'")).scalar_one() == 7
        assert connection.execute(text("SELECT version FROM state_copy WHERE id = 'u'")).scalar_one() == 3
        revised = connection.execute(text("SELECT topic FROM state_revision")).scalars().all()
        assert revised == ["directory.units"], "what has lanes gets no revision"
        parked = connection.execute(text("SELECT id, state FROM parking_lot")).one()
        assert (parked.id, parked.state) == (1, "dead")
        assert connection.execute(text("SELECT last_value FROM parking_lot_id_seq")).scalar_one() == 1
    engine.dispose()


COPIED_BEFORE = """
    INSERT INTO copy (topic, id, version, value)
    VALUES ('directory.units', 'u', 3, '{}'), ('directory.units', 'v', 1, NULL), ('intake.contacts', 'd-1', 1, '{}')
"""
PARKED_BEFORE = """
    INSERT INTO waiting_room (source, subject, sequence, state, reason, topic, partition, "offset", headers, since)
    VALUES ('intake', 'd-2', 1, 'dead', 'unreadable', 'intake.dossiers.post', 0, 0, '[]', now())
"""


async def test_staff_of_an_older_release_are_found_by_their_folded_names(postgres) -> None:
    url = await postgres.create_database("older_staff")
    upgrade(url, "directory", "0005")
    engine = create_engine(url)
    with engine.begin() as connection:
        value = '{"name": "Đặng Thị Bích"}'
        columns = "INSERT INTO account (id, version, value, username, name_key) VALUES ('cb1', 1, :value, 'bich', 'x')"
        connection.execute(text(columns), {"value": value})
    upgrade(url, "directory")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT search_key FROM account")).scalar_one() == " dang thi bich bich"
    engine.dispose()


async def test_people_of_an_older_release_are_marked_to_be_hashed_anew(postgres) -> None:
    url = await postgres.create_database("older_people")
    upgrade(url, "intake", "0004")
    engine = create_engine(url)
    person = text("INSERT INTO person (dossier, sealed, identity_index, secret_sealed, secret_index) VALUES (:d, '', '', '', '')")
    with engine.begin() as connection:
        connection.execute(person, {"d": "d-before"})
    upgrade(url, "intake")
    with engine.begin() as connection:
        connection.execute(person, {"d": "d-of-a-process-of-the-release-before"})
        assert connection.execute(text("SELECT index_form FROM person")).scalars().all() == [0, 0]
    engine.dispose()


CASES_BEFORE = text("""
    INSERT INTO routing_case (id, lane, version, code, receiving_unit, receiving_unit_name, competent_unit, competent_unit_name,
        procedure, papers, accepted_at, promised_at, opened_at, officer, officer_name, assigned_at, outcome, decided_at,
        decided_by, decided_by_name)
    SELECT id, 'district', 1, id, 'u', 'U', 'u', 'U', '{}', '[]', now(), now(), now(), officer, officer,
        CASE WHEN officer IS NOT NULL THEN now() END, CASE WHEN decided THEN 'granted' END, CASE WHEN decided THEN now() END,
        CASE WHEN decided THEN 'a' END, CASE WHEN decided THEN 'a' END
    FROM (VALUES ('1', 'a', false), ('2', 'a', false), ('3', 'a', true), ('4', 'b', false), ('5', NULL, false))
         AS given (id, officer, decided)
""")


async def test_open_cases_of_an_older_release_are_counted(postgres) -> None:
    url = await postgres.create_database("older_cases")
    upgrade(url, "routing", "0007")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(CASES_BEFORE)
    upgrade(url, "routing")
    with engine.begin() as connection:
        numbers = connection.execute(
            text("SELECT unit, officer, field, by_rule, promised_on, cases FROM open_count ORDER BY officer")
        )
        counted = [tuple(row) for row in numbers]
        day = connection.execute(text("SELECT CAST(min(promised_at) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) FROM routing_case"))
        today = day.scalar()
    assert counted == [("u", "", "", True, today, 1), ("u", "a", "", True, today, 2), ("u", "b", "", True, today, 1)]
    engine.dispose()


async def test_a_migration_waits_for_a_table_s_users_and_not_for_ever(postgres, monkeypatch) -> None:
    """Behind a change of a table that waits, everybody else waits too."""
    url = await postgres.create_database("in_use")
    upgrade(url, "routing", "0007")
    monkeypatch.setattr(migration, "_WAIT_SHORTLY", text("SELECT set_config('lock_timeout', '300ms', true)"))
    engine = create_engine(url)
    with engine.begin() as user:
        user.execute(text("LOCK TABLE routing_case IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            upgrade(url, "routing")
    engine.dispose()
    upgrade(url, "routing")
    assert differences(url, "routing") == []


DOSSIER_BEFORE = text("""
    INSERT INTO dossier (id, lane, version, status, returned, submission_number, unit_id, unit_name, procedure, channel,
        hand_over, papers, missing, submitted_at, changed_at, code, competent_id, competent_name, fee, accepted_at,
        promised_at, explanation)
    VALUES (:id, 'district', 2, 2, false, :id, 'u', 'U', '{}', 'counter', 'counter', '[]', '[]', now(), now(), :id, 'u', 'U',
        0, now(), CAST(:promised_at AS timestamptz), '{"calendar": "lich", "calendar_version": 1}')
""")
CALENDAR_BEFORE = text("""
    INSERT INTO state_copy (topic, id, version, value) VALUES ('directory.calendars', 'lich', 1,
        '{"exceptions": [{"date": "2026-02-17"}, {"date": "2027-09-02"}, {"date": "2026-01-01"}]}')
""")


async def test_dossiers_of_an_older_release_are_counted_by_their_status(postgres) -> None:
    url = await postgres.create_database("older_statuses")
    upgrade(url, "intake", "0004")
    engine = create_engine(url)
    with engine.begin() as connection:
        for name in ("first", "second"):
            connection.execute(DOSSIER_BEFORE, {"id": name, "promised_at": "2027-12-31T17:00:00+07:00"})
    upgrade(url, "intake")
    with engine.begin() as connection:
        kept = connection.execute(text("SELECT status, dossiers FROM status_count")).all()
    assert [tuple(row) for row in kept] == [(2, 2)]
    engine.dispose()


async def test_open_dossiers_promised_past_the_end_of_their_calendar_are_marked_provisional(postgres) -> None:
    url = await postgres.create_database("promised_before")
    upgrade(url, "intake", "0004")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(CALENDAR_BEFORE)
        for name, promised_at in (("within", "2027-12-31T17:00:00+07:00"), ("beyond", "2028-01-01T00:00:00+07:00")):
            connection.execute(DOSSIER_BEFORE, {"id": name, "promised_at": promised_at})
    upgrade(url, "intake")
    with engine.begin() as connection:
        marked = connection.execute(
            text("SELECT id, explanation ->> 'known_until' FROM dossier WHERE explanation ? 'provisional'")
        )
        assert [tuple(row) for row in marked] == [("beyond", "2027-12-31")]
    engine.dispose()
