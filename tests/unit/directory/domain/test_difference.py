"""What changes is shown line by line: each thing by its own name, what stays not at all."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.directory import (
    CalendarV1,
    CompetenceV1,
    LimitV1,
    PaperV1,
    PostV1,
    ProcedureV1,
    ProcedureVersionV1,
    StaffV1,
    UnitV1,
)
from contracts.refusal import Refusal
from contracts.values import Role, Tier
from services.directory.domain.accounts import NEVER_VOID, Account
from services.directory.domain.change_rights import concerned_by, require_somebody_else
from services.directory.domain.difference import Line, differences, fingerprint
from services.directory.domain.register import Changes, Holdings
from services.directory.domain.versioned import Versioned

A, B, C = "H99.21.05.13", "H99.21.05.14", "000.00.21.H99"
UNIT = UnitV1(id=A, name="Xã", tier=Tier.COMMUNE, parent=C, valid_from=date(2020, 1, 1), calendar="c")
DAY = {"date": "2027-06-01", "kind": "holiday", "vi": "Lễ", "en": "Day", "shifts": []}
CALENDAR = CalendarV1(id="c", name="Lịch", weekly={"mon": [("07:30", "11:30")]}, exceptions=[DAY])
VERSION = ProcedureVersionV1(
    version=1,
    valid_from=date(2020, 1, 1),
    title="Cấp",
    field="f",
    field_title="F",
    limit=LimitV1(kind="working_days", amount=5),
    papers=[PaperV1(code="don", title="Đơn")],
    competences=[CompetenceV1(receiving=A, competent=B)],
)
PROCEDURE = ProcedureV1(code="1.900011", versions=[VERSION])
STAFF = StaffV1(
    id="x", username="x", name="Ai", active=True, tokens_valid_from=NEVER_VOID, posts=[PostV1(unit=A, role=Role.CLERK)]
)
HELD = Holdings(
    units={A: Versioned(UNIT, 1)},
    calendars={"c": Versioned(CALENDAR, 1)},
    procedures={"1.900011": Versioned(PROCEDURE, 1)},
    accounts={"x": Account(STAFF, 1)},
)


def changed(entity: Any, **update: Any) -> Changes:
    after = entity.model_copy(update=update)
    kinds = {UnitV1: "units", CalendarV1: "calendars", ProcedureV1: "procedures"}
    lists: dict[str, list[Any]] = {name: [] for name in ("units", "calendars", "procedures", "accounts")}
    if isinstance(after, StaffV1):
        lists["accounts"].append(Account(after, 2))
    else:
        lists[kinds[type(after)]].append(Versioned(after, 2))
    return Changes(**lists, in_files={})


def lines(entity: Any, **update: Any) -> list[Line]:
    (change,) = differences(changed(entity, **update), HELD)
    assert not change.is_new
    return list(change.lines)


def test_one_field_is_one_line() -> None:
    assert lines(UNIT, telephone="0299") == [Line(("telephone",), None, [{"text": "0299"}])]
    assert lines(UNIT, one_stop=True) == [Line(("one_stop",), [{"word": "word.no"}], [{"word": "word.yes"}])]
    assert lines(UNIT, tier=Tier.DISTRICT) == [Line(("tier",), [{"word": "tier.commune"}], [{"word": "tier.district"}])]


def test_a_day_is_named_by_its_date() -> None:
    moved = DAY | {"date": "2027-06-02"}
    before = [{"text": "2027-06-01"}, {"word": "word.holiday"}, {"text": "Lễ"}, {"text": "Day"}]
    after = [{"text": "2027-06-02"}, *before[1:]]
    assert lines(CALENDAR, exceptions=[moved]) == [
        Line(("exceptions", "2027-06-01"), before, None),
        Line(("exceptions", "2027-06-02"), None, after),
    ]


def test_hours_of_a_week_are_shown_as_they_are_written() -> None:
    hours = lines(CALENDAR, weekly={"mon": [("08:00", "11:30"), ("13:30", "17:00")]})
    assert hours == [Line(("weekly", "mon"), [{"text": "07:30-11:30"}], [{"text": "08:00-11:30"}, {"text": "13:30-17:00"}])]


def test_a_version_of_a_procedure_is_named_by_its_number_and_a_paper_by_its_code() -> None:
    paper = VERSION.papers[0].model_copy(update={"required": False})
    (line,) = lines(PROCEDURE, versions=[VERSION.model_copy(update={"papers": [paper]})])
    assert line.path == ("versions", "1", "papers", "don")
    assert [part for part in line.before or () if part not in (line.after or ())] == [{"word": "word.required"}]
    (limit,) = lines(PROCEDURE, versions=[VERSION.model_copy(update={"limit": LimitV1(kind="same_day")})])
    assert (limit.path, limit.after) == (("versions", "1", "limit"), [{"word": "word.same_day"}])


def test_a_post_is_named_by_unit_and_role_and_tokens_are_nobodys_to_see() -> None:
    post = PostV1(unit=B, role=Role.CLERK)
    paths = [line.path for line in lines(STAFF, posts=[post], tokens_valid_from=datetime(2027, 1, 1, tzinfo=UTC))]
    assert paths == [("posts", f"{A} clerk"), ("posts", f"{B} clerk")]
    assert differences(changed(STAFF, tokens_valid_from=datetime(2027, 1, 1, tzinfo=UTC)), HELD) == []


def test_what_is_new_is_called_so_and_the_fingerprint_tells_differences_apart() -> None:
    (new,) = differences(changed(UNIT), Holdings())
    assert (new.is_new, new.name, new.kind) == (True, "Xã", "unit")
    assert all(line.before is None for line in new.lines)
    first, same, other = (differences(changed(UNIT, name=name), HELD) for name in ("M", "M", "N"))
    assert fingerprint(first) == fingerprint(same) != fingerprint(other)


@pytest.mark.parametrize(
    ("changes", "held", "units"),
    [
        pytest.param(changed(UNIT, name="M"), HELD, {A}, id="a unit: itself"),
        pytest.param(changed(UNIT, parent=B), HELD, {A, B, C}, id="moved: where from and where to"),
        pytest.param(changed(UNIT, parent=None), HELD, set(), id="out of the tree: the operator's"),
        pytest.param(changed(UNIT), Holdings(), {C}, id="new: what it comes under"),
        pytest.param(changed(UNIT, parent=None), Holdings(), set(), id="new, under nothing"),
        pytest.param(changed(CALENDAR, name="M"), HELD, {A}, id="a calendar: who keeps it"),
        pytest.param(changed(CALENDAR, name="M"), Holdings(), set(), id="a calendar that nobody keeps"),
        pytest.param(changed(PROCEDURE, sample=True), HELD, {A, B}, id="a procedure: who receives and who decides"),
        pytest.param(changed(STAFF, name="M"), HELD, {A}, id="a person: their posts"),
        pytest.param(changed(STAFF, posts=[PostV1(unit=B, role=Role.CLERK)]), HELD, {A, B}, id="before and after"),
        pytest.param(changed(STAFF, posts=[]), HELD, {A}, id="the last post ends"),
        pytest.param(changed(STAFF, posts=[]), Holdings(), set(), id="new and without a post"),
        pytest.param(
            changed(STAFF),
            Holdings(accounts={"x": Account(STAFF.model_copy(update={"posts": []}), 1)}),
            set(),
            id="somebody without a post is nobody's",
        ),
    ],
)
def test_whom_a_change_concerns(changes: Changes, held: Holdings, units: set[str]) -> None:
    (concerned,) = concerned_by(changes, held)
    assert concerned.units == units
    assert concerned.beyond(units) is None
    assert not units or concerned.beyond(units - {max(units)}) == max(units)


def test_nobody_changes_their_own_posts() -> None:
    require_somebody_else(changed(STAFF), "y")
    with pytest.raises(Refusal, match="Nobody changes"):
        require_somebody_else(changed(STAFF), "x")
