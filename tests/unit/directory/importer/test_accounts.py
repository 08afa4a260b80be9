"""What an import makes of an account: what is not said stays, what is lost is lost everywhere."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.directory import PostV1
from contracts.values import Role
from services.directory.domain.accounts import NEVER_VOID
from services.directory.importer.accounts import import_staff
from services.directory.importer.staff import ImportedPerson
from tests.support.reference_data import CENTRE, DISTRICT

NOW = datetime(2026, 2, 16, 8, 0, tzinfo=UTC)


def person(**changes: Any) -> ImportedPerson:
    lan: dict[str, Any] = {
        "id": "cb001",
        "username": "lan",
        "name": "Lê Thị Ngọc Lan",
        "posts": (PostV1(unit=CENTRE, role=Role.CLERK),),
        "active": None,
        "initial_password": None,
        "sample": True,
    }
    return ImportedPerson(**{**lan, **changes})


def test_a_new_account_is_active_and_its_tokens_good_on_any_day() -> None:
    staff = import_staff(person(), None, NOW)
    assert staff.active
    assert staff.tokens_valid_from == NEVER_VOID
    assert not import_staff(person(active=False), None, NOW).active


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
    before = import_staff(person(), None, NOW)
    assert (import_staff(person(**changes), before, NOW).tokens_valid_from == NOW) is void


def test_an_import_that_says_nothing_of_it_leaves_a_disabled_person_disabled() -> None:
    disabled = import_staff(person(active=False), None, NOW)
    assert not import_staff(person(), disabled, NOW).active
    assert import_staff(person(active=True), disabled, NOW).active
