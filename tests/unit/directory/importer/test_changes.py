"""What an import comes to: nothing twice, the next version of what differs, and a refusal with all that is wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from services.directory.domain.accounts import Account
from services.directory.importer.accounts import NO_PASSWORDS, FirstPasswords
from services.directory.importer.changes import Changes, Holdings, import_files, initial_passwords
from services.directory.importer.faults import ImportRefused
from tests.support.reference_data import CENTRE, PASSWORD, people, sample_files

NOW = datetime(2026, 2, 16, 8, 0, tzinfo=UTC)


def after(changes: Changes, held: Holdings) -> Holdings:
    return Holdings(
        units={**held.units, **{unit.id: unit for unit in changes.units}},
        calendars={**held.calendars, **{calendar.id: calendar for calendar in changes.calendars}},
        procedures={**held.procedures, **{procedure.id: procedure for procedure in changes.procedures}},
        accounts={**held.accounts, **{account.id: account for account in changes.accounts}},
    )


def sample_held() -> Holdings:
    return after(import_files(sample_files(), Holdings(), NO_PASSWORDS, NOW), Holdings())


def test_a_second_import_of_the_same_changes_nothing() -> None:
    changes = import_files(sample_files(), sample_held(), NO_PASSWORDS, NOW + timedelta(days=1))
    assert changes.changed() == {"calendars": 0, "units": 0, "procedures": 0, "staff": 0}
    assert changes.unchanged() == {"calendars": 3, "units": 6, "procedures": 8, "staff": 14}


def test_a_difference_is_the_next_version_of_that_entity_alone() -> None:
    files = sample_files()
    procedures = files["procedures.csv"].replace("135000", "140000")
    changes = import_files(files | {"procedures.csv": procedures}, sample_held(), NO_PASSWORDS, NOW)
    assert [(procedure.id, procedure.version) for procedure in changes.procedures] == [("1.900041", 2)]
    assert changes.changed() == {"calendars": 0, "units": 0, "procedures": 1, "staff": 0}


def test_units_alone_may_refer_to_what_is_there_already() -> None:
    files = {"units.csv": sample_files()["units.csv"]}
    assert import_files(files, sample_held(), NO_PASSWORDS, NOW).unchanged()["units"] == 6
    with pytest.raises(ImportRefused):
        import_files(files, Holdings(), NO_PASSWORDS, NOW)


def test_a_user_name_that_somebody_outside_the_file_has_is_refused() -> None:
    files = {"staff.csv": "id,username,name\ncb999,lan,Người Mới\n", "posts.csv": "staff,unit,role\n"}
    with pytest.raises(ImportRefused) as refused:
        import_files(files, sample_held(), NO_PASSWORDS, NOW)
    assert [(fault.file, fault.line, fault.column) for fault in refused.value.faults] == [("staff.csv", 2, "username")]


def test_only_the_first_fifty_faults_are_named_and_their_number_is() -> None:
    rows = "".join(f"x{number},y\n" for number in range(1000))
    with pytest.raises(ImportRefused, match="1000 places") as refused:
        import_files(
            {"units.csv": f"id,name,tier,valid_from,calendar\n{rows.replace(',y', ',y,province,2020-01-01,c')}"},
            Holdings(),
            NO_PASSWORDS,
            NOW,
        )
    assert len(refused.value.faults) == 50


def test_initial_passwords_are_read_even_from_files_with_faults() -> None:
    assert set(initial_passwords(sample_files()).values()) == {PASSWORD}
    assert initial_passwords({"staff.csv": "nonsense"}) == {}


def test_a_first_password_is_set_once() -> None:
    held = Holdings(accounts={"cb001": Account(people()["lan"], 4, None), "cb002": Account(people()["quang"], 7, "own")})
    files = {name: text for name, text in sample_files().items() if name in {"units.csv", "calendars.csv", "holidays.csv"}}
    files |= {
        "staff.csv": "id,username,name,initial_password,sample\n"
        f"cb001,lan,Lê Thị Ngọc Lan,{PASSWORD},yes\n"
        f"cb002,quang,Phạm Đan Quang,{PASSWORD},yes\n",
        "posts.csv": f"staff,unit,role\ncb001,{CENTRE},clerk\ncb002,{CENTRE},leader\n",
    }
    changes = import_files(files, held, FirstPasswords({PASSWORD: "hashed"}), NOW)
    assert [(account.id, account.version, account.password_hash) for account in changes.accounts] == [("cb001", 4, "hashed")]
