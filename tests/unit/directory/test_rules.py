"""Accounts, guessing, jurisdiction, the order of names: the rules of directory, without database or clock of their own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.directory import PostV1, StaffV1
from contracts.values import Role
from services.directory.domain.accounts import NEVER_VOID, Account, OwnAccount, as_imported, operator, sign_out, switch
from services.directory.domain.alphabet import name_key, sort_key
from services.directory.domain.building import StaffRow, build
from services.directory.domain.faults import ImportRefused
from services.directory.domain.jurisdiction import administers, reach
from services.directory.domain.reading import read
from services.directory.handlers import Change, Holdings, Versioned, import_files, initial_passwords
from tests.support.reference_data import (
    CENTRE,
    COMMUNE,
    DEPARTMENT,
    DISTRICT,
    INSURANCE,
    PASSWORD,
    POST_OFFICE,
    people,
    sample_files,
)

NOW = datetime(2026, 2, 16, 8, 0, tzinfo=UTC)


def row(**changes: object) -> StaffRow:
    given = {
        "id": "cb001",
        "username": "lan",
        "name": "Lê Thị Ngọc Lan",
        "posts": (PostV1(unit=CENTRE, role=Role.CLERK),),
        "active": None,
        "initial_password": None,
        "sample": True,
        "line": 2,
    }
    return StaffRow(**{**given, **changes})  # type: ignore[arg-type]


def account(**changes: object) -> Account:
    return Account(as_imported(row(**changes), None, NOW), 1, "hash")


# --- import ---------------------------------------------------------------------------------------------


def after(change: Change, held: Holdings) -> Holdings:
    return Holdings(
        units={**held.units, **{each.entity.id: each for each in change.units}},
        calendars={**held.calendars, **{each.entity.id: each for each in change.calendars}},
        procedures={**held.procedures, **{each.entity.code: each for each in change.procedures}},
        accounts={**held.accounts, **{each.id: each for each in change.accounts}},
    )


def sample_held() -> Holdings:
    return after(import_files(sample_files(), Holdings(), {}, NOW), Holdings())


def test_a_second_import_of_the_same_changes_nothing() -> None:
    change = import_files(sample_files(), sample_held(), {}, NOW + timedelta(days=1))
    assert change.changed() == {"calendars": 0, "units": 0, "procedures": 0, "staff": 0}
    assert change.unchanged() == {"calendars": 3, "units": 6, "procedures": 8, "staff": 14}


def test_a_difference_is_the_next_version_of_that_entity_alone() -> None:
    files = sample_files()
    procedures = files["procedures.csv"].replace("135000", "140000")
    change = import_files(files | {"procedures.csv": procedures}, sample_held(), {}, NOW)
    assert [(each.entity.code, each.version) for each in change.procedures] == [("1.900041", 2)]
    assert change.changed() == {"calendars": 0, "units": 0, "procedures": 1, "staff": 0}


def test_units_alone_may_refer_to_what_is_there_already() -> None:
    files = {"units.csv": sample_files()["units.csv"]}
    assert import_files(files, sample_held(), {}, NOW).unchanged()["units"] == 6
    with pytest.raises(ImportRefused):
        import_files(files, Holdings(), {}, NOW)


def test_a_user_name_that_somebody_outside_the_file_has_is_refused() -> None:
    files = {"staff.csv": "id,username,name\ncb999,lan,Người Mới\n", "posts.csv": "staff,unit,role\n"}
    with pytest.raises(ImportRefused) as refused:
        import_files(files, sample_held(), {}, NOW)
    assert [(fault.file, fault.line, fault.column) for fault in refused.value.faults] == [("staff.csv", 2, "username")]


def test_only_the_first_two_hundred_faults_are_told_and_their_number_is() -> None:
    rows = "".join(f"x{number},y\n" for number in range(1000))
    with pytest.raises(ImportRefused, match="1000 places") as refused:
        import_files(
            {"units.csv": f"id,name,tier,valid_from,calendar\n{rows.replace(',y', ',y,province,2020-01-01,c')}"},
            Holdings(),
            {},
            NOW,
        )
    assert len(refused.value.faults) == 200


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
    change = import_files(files, held, {PASSWORD: "hashed"}, NOW)
    assert [(each.id, each.version, each.password_hash) for each in change.accounts] == [("cb001", 4, "hashed")]


def test_versioned_entities_compare_by_what_they_hold() -> None:
    unit = build(read(sample_files())).units[CENTRE]
    assert Versioned(unit, 1) == Versioned(unit.model_copy(), 1)


# --- accounts -------------------------------------------------------------------------------------------


def test_a_new_account_is_active_and_its_tokens_good_on_any_day() -> None:
    staff = as_imported(row(), None, NOW)
    assert staff.active
    assert staff.tokens_valid_from == NEVER_VOID
    assert not as_imported(row(active=False), None, NOW).active


@pytest.mark.parametrize(
    ("changes", "void"),
    [
        ({}, False),
        ({"name": "Lê Thị Lan"}, False),
        ({"active": True}, False),
        ({"active": False}, True),
        ({"posts": ()}, True),
        ({"posts": (PostV1(unit=CENTRE, role=Role.LEADER),)}, True),
        ({"posts": (PostV1(unit=DISTRICT, role=Role.CLERK),)}, True),
        ({"posts": (PostV1(unit=CENTRE, role=Role.CLERK), PostV1(unit=DISTRICT, role=Role.CLERK))}, False),
        ({"posts": (PostV1(unit=CENTRE, role=Role.CLERK, fields=["dat-dai"]),)}, False),
    ],
)
def test_who_loses_rights_by_an_import_loses_the_tokens_that_say_otherwise(changes: dict[str, object], void: bool) -> None:
    before = as_imported(row(), None, NOW)
    assert (as_imported(row(**changes), before, NOW).tokens_valid_from == NOW) is void


def test_an_import_that_says_nothing_of_it_leaves_a_disabled_person_disabled() -> None:
    disabled = switch(account(), active=False, by="cb013", now=NOW)
    assert disabled is not None
    assert not as_imported(row(), disabled.staff, NOW).active
    assert as_imported(row(active=True), disabled.staff, NOW).active


def test_switching_and_signing_out_void_every_token_and_make_a_version() -> None:
    off = switch(account(), active=False, by="cb013", now=NOW)
    assert off is not None
    assert (off.staff.active, off.staff.tokens_valid_from, off.version, off.password_hash) == (False, NOW, 2, "hash")
    assert switch(off, active=False, by="cb013", now=NOW) is None
    later = NOW + timedelta(minutes=1)
    on = switch(off, active=True, by="cb013", now=later)
    assert on is not None
    assert (on.staff.active, on.staff.tokens_valid_from, on.version) == (True, later, 3)
    out = sign_out(on, later + timedelta(minutes=1))
    assert (out.staff.active, out.version) == (True, 4)
    with pytest.raises(OwnAccount):
        switch(on, active=False, by=on.id, now=NOW)


def test_the_operator_keeps_what_was_signed_out() -> None:
    assert operator(None).tokens_valid_from == NEVER_VOID
    assert operator(operator(None).model_copy(update={"tokens_valid_from": NOW})).tokens_valid_from == NOW
    assert {post.role for post in operator(None).posts} == {Role.OPERATOR, Role.ADMIN}


# --- jurisdiction ---------------------------------------------------------------------------------------


def test_an_administrator_reaches_the_units_below() -> None:
    units = build(read(sample_files())).units
    assert reach(units, [CENTRE]) == {CENTRE, DEPARTMENT, DISTRICT, COMMUNE}
    assert reach(units, [DISTRICT]) == {DISTRICT, COMMUNE}
    assert reach(units, [INSURANCE, POST_OFFICE]) == {INSURANCE, POST_OFFICE}
    assert reach(units, []) == frozenset()


def test_a_circle_of_units_ends() -> None:
    units = build(read(sample_files())).units
    circle = {**units, CENTRE: units[CENTRE].model_copy(update={"parent": COMMUNE})}
    assert reach(circle, [DISTRICT]) == {CENTRE, DEPARTMENT, DISTRICT, COMMUNE}


def test_one_post_below_is_enough() -> None:
    staff: StaffV1 = people()["bich"]
    assert administers({DISTRICT}, staff)
    assert administers({INSURANCE}, staff)
    assert not administers({CENTRE}, staff)


# --- the order of names ---------------------------------------------------------------------------------


def test_vietnamese_letters_stand_where_the_alphabet_has_them() -> None:
    words = ["an", "ăn", "ân", "bà", "cá", "da", "đa", "em", "êm", "ngô", "nhà", "o", "ô", "ơ", "u", "ư", "y"]
    assert sorted([*words[::2], *words[1::2]], key=sort_key) == words


def test_tones_decide_only_between_the_same_letters() -> None:
    assert sorted(["mạ", "má", "mã", "mả", "mà", "ma", "mab"], key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ", "mab"]


def test_people_stand_by_their_given_names() -> None:
    names = ["Nguyễn Văn Bình", "Trần Thị Ánh", "Lê An", "Đỗ Văn Đức", "Phạm Dũng"]
    assert sorted(names, key=name_key) == ["Lê An", "Trần Thị Ánh", "Nguyễn Văn Bình", "Phạm Dũng", "Đỗ Văn Đức"]
    assert name_key("") == name_key("  ")


@given(st.text(max_size=40))
def test_any_text_has_a_key_and_case_makes_no_difference(text: str) -> None:
    assert sort_key(text) == sort_key(text.casefold())
    assert name_key(text)
