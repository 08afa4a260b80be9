"""What is written is read again as it was: a screen changes nothing but what it shows."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from contracts.directory import PostV1, StaffV1
from contracts.values import Role
from services.directory.domain.accounts import NEVER_VOID, Account
from services.directory.domain.calendar_year import with_day
from services.directory.domain.register import Changes, Holdings
from services.directory.importer.accounts import NO_PASSWORDS
from services.directory.importer.changes import import_files
from services.directory.importer.csv_writer import write_calendars, write_people, write_procedures, write_units
from tests.support.directory_world import changed_sample
from tests.support.reference_data import CENTRE, sample_files

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DERIVED = "quan-su,Theo giờ hành chính,hanh-chinh,,,,,,07:30-11:30,,yes\nle,Lễ riêng,hanh-chinh,-,,,,,,,yes\n"


def held(files: dict[str, str] | None = None) -> Holdings:
    changes = import_files(sample_files() if files is None else files, Holdings(), NO_PASSWORDS, NOW)
    return holdings(changes)


def holdings(changes: Changes) -> Holdings:
    return Holdings(
        units={unit.id: unit for unit in changes.units},
        calendars={calendar.id: calendar for calendar in changes.calendars},
        procedures={procedure.id: procedure for procedure in changes.procedures},
        accounts={account.id: account for account in changes.accounts},
    )


def written(register: Holdings) -> dict[str, str]:
    return {
        **write_units([unit.entity for unit in register.units.values()]),
        **write_calendars([calendar.entity for calendar in register.calendars.values()]),
        **write_procedures([procedure.entity for procedure in register.procedures.values()]),
        **write_people([account.staff for account in register.accounts.values()]),
    }


def nothing_changes(register: Holdings) -> bool:
    changes = import_files(written(register), register, NO_PASSWORDS, NOW)
    assert changes.in_files["procedures"] == len(register.procedures)
    return not any(changes.changed().values())


def test_the_sample_written_and_read_again_changes_nothing() -> None:
    assert nothing_changes(held())


def test_limits_rules_halves_and_forms_come_back_as_they_were() -> None:
    files = changed_sample("procedures.csv", "same_day,,0", "same_day,,7")
    heading, rest = files["holidays.csv"].split("\n", 1)
    files["holidays.csv"] = f"{heading},half\n" + "".join(f"{line},\n" for line in rest.splitlines())
    files["holidays.csv"] += ",2027-05-06,holiday,Họp,Meeting,,morning\nbuu-dien,2027-05-07,changed_hours,A,B,08:00-09:00,\n"
    heading, rest = files["calendars.csv"].split("\n", 1)
    rows = "".join(f"{line},mon tue,2028-12-31,yes,14:00,yes,5\n" for line in rest.splitlines())
    files["calendars.csv"] = f"{heading},counted,known_until,refuse_beyond,cutoff,late_moves_start,forwarding_days\n{rows}"
    register = held(files)
    rules = register.calendars["buu-dien"].entity.rules
    assert rules is not None
    assert rules.forwarding_days == 5
    assert nothing_changes(register)


def test_a_calendar_with_a_base_writes_only_what_is_its_own() -> None:
    heading = "id,name,base,mon,tue,wed,thu,fri,sat,sun,sample\n"
    whole = held()
    own = {"calendars.csv": heading + DERIVED, "holidays.csv": "calendar,date,kind,name_vi,name_en\nle,2027-03-01,holiday,A,B\n"}
    changes = import_files(own, whole, NO_PASSWORDS, NOW)
    calendars = {**whole.calendars, **{calendar.id: calendar for calendar in changes.calendars}}
    register = Holdings(units=whole.units, calendars=calendars, procedures=whole.procedures, accounts=whole.accounts)
    text = write_calendars([calendar.entity for calendar in changes.calendars])["holidays.csv"]
    assert text.count("\n") == 2, "the day of its own, not those of its base"
    assert nothing_changes(register)


def test_a_day_more_and_a_day_less_change_that_day_only() -> None:
    register = held()
    calendar = register.calendars["hanh-chinh"]
    closure = {"date": "2027-06-01", "kind": "local_closure", "vi": "Mất điện", "en": "No power", "shifts": []}
    more = with_day(calendar.entity, date(2027, 6, 1), closure)
    changes = import_files(write_calendars([more]), register, NO_PASSWORDS, NOW)
    assert [(item.id, item.version) for item in changes.calendars] == [("hanh-chinh", 2)]
    assert changes.calendars[0].entity.exceptions == more.exceptions
    less = with_day(more, date(2027, 6, 1), None)
    assert less == calendar.entity


@given(name=st.text(alphabet="Nguyễn \",;'\tLê=", min_size=1, max_size=20), fields=st.lists(st.just("dat-dai"), max_size=1))
def test_whatever_a_name_is_written_with_it_comes_back(name: str, fields: list[str]) -> None:
    post = PostV1(unit=CENTRE, role=Role.OFFICER, fields=fields)
    shown = " ".join(name.replace("\t", " ").split()) or "Lê"
    staff = StaffV1(id="x1", username="x1", name=shown, active=True, tokens_valid_from=NEVER_VOID, posts=[post])
    register = held()
    register = Holdings(register.units, register.calendars, register.procedures, {"x1": Account(staff, 1)})
    changes = import_files(write_people([staff]), register, NO_PASSWORDS, NOW)
    assert changes.accounts == []
