"""A cursor leads back to exactly the key it was made of, and nothing else than a cursor of the same list is ever believed."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.paging import LONGEST, VERSION, BadCursor, Cursor, Page


class Everything(NamedTuple):
    at: datetime
    day: date
    number: int
    failed: bool
    id: str
    at_or_none: datetime | None
    day_or_none: date | None
    number_or_none: int | None
    flag_or_none: bool | None
    id_or_none: str | None


class CaseKey(NamedTuple):
    at: datetime
    id: str


class ById(NamedTuple):
    id: str


class ByNumber(NamedTuple):
    number: int


class ByDay(NamedTuple):
    day: date


EVERYTHING = Cursor("everything", Everything)
CASES = Cursor("cases", CaseKey)
NUMBERS = Cursor("numbers", ByNumber)
KEY = CaseKey(datetime(2026, 2, 16, 7, 30, 0, 123456, tzinfo=UTC), "c-0001")

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=zones)  # noqa: DTZ001 -- the zones are drawn
bigints = st.integers(-(2**63), 2**63 - 1)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=15)
booleans, days = st.booleans(), st.dates()
values = (moments, days, bigints, booleans, texts)
keys = st.builds(Everything, *values, *(st.none() | value for value in values))


def written(content: object) -> str:
    text = content if isinstance(content, str) else json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def why(cursor: str, of: Cursor[Any] = CASES) -> BadCursor:
    with pytest.raises(BadCursor) as refused:
        of.decode(cursor)
    return refused.value


@settings(deadline=None)
@given(keys)
def test_a_key_comes_back_as_it_was_whatever_it_is_made_of(key: Everything) -> None:
    cursor = EVERYTHING.encode(key)
    back = EVERYTHING.decode(cursor)
    assert back is not None
    assert back == key
    assert [type(value) for value in back] == [type(value) for value in key]
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert cursor.isascii()


@settings(deadline=None)
@given(st.text(max_size=LONGEST + 50) | st.binary(max_size=300).map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_whatever_is_sent_is_the_first_page_or_refused_in_both_languages(sent: str) -> None:
    for cursor in (CASES, EVERYTHING):
        if sent == "":
            assert cursor.decode(sent) is None
            continue
        refusal = why(sent, cursor)
        assert (refusal.status, refusal.code, refusal.field) == (422, "bad-cursor", "after")
        assert "trang đầu" in refusal.vi
        assert "first page" in refusal.en


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.lists(json_values, max_size=4) | json_values)
def test_a_made_up_cursor_is_refused_or_stands_for_the_key_that_writes_it(parts: Any) -> None:
    content = [VERSION, "cases", *parts] if isinstance(parts, list) else parts
    sent = written(json.dumps(content, separators=(",", ":")))
    try:
        key = CASES.decode(sent)
    except BadCursor:
        return
    assert key is not None
    assert CASES.encode(key) == sent


@pytest.mark.parametrize(
    "content",
    [
        [VERSION + 1, "cases", 0, "c-1"],
        [True, "cases", 0, "c-1"],
        [VERSION, "other-cases", 0, "c-1"],
        [VERSION, "cases", 0],
        [VERSION, "cases", 0, "c-1", "more"],
        [VERSION, "cases", True, "c-1"],
        [VERSION, "cases", 0.0, "c-1"],
        [VERSION, "cases", None, "c-1"],
        [VERSION, "cases", "2026-02-16", "c-1"],
        [VERSION, "cases", 10**18, "c-1"],
        [VERSION, "cases", 10**300, "c-1"],
        [VERSION, "cases", 0, 1],
        [VERSION, "cases", 0, "c\0"],
        [VERSION, "cases", 0, "c\ud800"],
        '[1,"cases",0,"c\\ud800"]',
        '[1, "cases", 0, "c-1"]',
        '[1,"cases",-0,"c-1"]',
        '[1,"cases",0,"\\u0063-1"]',
        '[1,"cases",NaN,"c-1"]',
        {"1": "cases"},
        [],
        7,
        "",
        "[" * 370,
        "[" * 200_000,
    ],
)
def test_what_encode_does_not_write_is_refused(content: object) -> None:
    why(written(content) or "=")


def test_the_plain_form_of_these_is_good() -> None:
    assert CASES.decode(written([VERSION, "cases", 0, "c-1"])) == CaseKey(datetime(1970, 1, 1, tzinfo=UTC), "c-1")


def test_other_spellings_of_the_same_bytes_are_refused() -> None:
    good = CASES.encode(KEY)
    unpadded = len(urlsafe_b64decode(good + "=" * (-len(good) % 4)))
    assert unpadded % 3, "the last letter has bits to spare"
    for spelling in (
        good + "=",
        good + "==",
        f" {good}",
        f"{good[:5]}!{good[5:]}",
        good[:-1] + chr(ord(good[-1]) + 1),
        good[:-1],
    ):
        why(spelling)


def test_numbers_end_where_the_database_does() -> None:
    for edge in (-(2**63), 2**63 - 1):
        (key,) = NUMBERS.decode(written([VERSION, "numbers", edge])) or (None,)
        assert key == edge
    for beyond in (-(2**63) - 1, 2**63):
        why(written([VERSION, "numbers", beyond]), NUMBERS)


def test_a_date_is_no_moment_and_has_one_spelling() -> None:
    dates = Cursor("dates", ByDay)
    assert dates.decode(written([VERSION, "dates", "2026-02-16"])) == (date(2026, 2, 16),)
    for spelling in ("20260216", "2026-W08-1", "2026-02-30", "2026-02-16T00:00:00+00:00", 20500):
        why(written([VERSION, "dates", spelling]), dates)


def test_one_lists_cursor_opens_no_other_list() -> None:
    assert CASES.decode(CASES.encode(KEY)) == KEY
    why(CASES.encode(KEY), Cursor("cases-decided", CaseKey))


def test_without_a_cursor_it_is_the_first_page() -> None:
    assert CASES.decode(None) is None
    assert CASES.decode("") is None


def test_a_refusal_names_the_parameter_that_holds_the_cursor() -> None:
    refusal = why("x", Cursor("turns", ById, field="turn"))
    assert refusal.field == "turn"
    assert "“turn”" in refusal.vi
    assert "“turn”" in refusal.en
    assert why("x" * (LONGEST + 1), Cursor("turns", ById, field="turn")).field == "turn"


@pytest.mark.parametrize(
    "key",
    [
        CaseKey(datetime(2026, 2, 16), "c-1"),  # noqa: DTZ001 -- the fault that is tested
        CaseKey(KEY.at, "c\0"),
        CaseKey(KEY.at, "c\ud800"),
        CaseKey(KEY.at, "c" * LONGEST),
    ],
)
def test_a_key_that_no_row_has_is_a_fault_of_ours(key: CaseKey) -> None:
    with pytest.raises(ValueError, match=r"time zone|NUL|surrogates|too long"):
        CASES.encode(key)


def test_a_value_of_another_type_than_declared_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError, match="date is not of this key"):
        CASES.encode(CaseKey(date(2026, 2, 16), "c-1"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="bool is not of this key"):
        NUMBERS.encode(ByNumber(True))


@pytest.mark.parametrize("kind", [float, bytes, int | str, int | float, None])
def test_a_key_of_types_that_no_cursor_holds_is_refused_at_import(kind: Any) -> None:
    with pytest.raises(TypeError, match="a key is made of"):
        Cursor("odd", NamedTuple("Odd", [("part", kind)]))  # type: ignore[arg-type]


def test_the_longest_identifier_fits() -> None:
    assert CASES.decode(CASES.encode(CaseKey(KEY.at, "c" * 80))) == CaseKey(KEY.at, "c" * 80)


def test_a_page_shows_what_was_asked_for_and_leads_on_only_if_there_is_more() -> None:
    rows = [CaseKey(KEY.at + timedelta(days=day), f"c-{day}") for day in range(4)]
    assert CASES.page([], 3, CaseKey._make) == Page([], None)
    assert CASES.page(rows[:3], 3, CaseKey._make) == Page(rows[:3], None)
    page = CASES.page(rows, 3, CaseKey._make)
    assert page.rows == rows[:3]
    assert CASES.decode(page.next) == rows[2]


@settings(deadline=None)
@given(st.sets(st.tuples(moments, texts), max_size=30), st.integers(1, 7))
def test_page_after_page_shows_each_row_once(given_rows: set[tuple[datetime, str]], limit: int) -> None:
    ordered = sorted(CaseKey(*row) for row in given_rows)
    shown: list[CaseKey] = []
    after: str | None = None
    while True:
        key = CASES.decode(after)
        page = CASES.page([row for row in ordered if key is None or row > key][: limit + 1], limit, lambda row: row)
        shown += page.rows
        after = page.next
        if after is None:
            break
        assert len(page.rows) == limit
    assert shown == ordered
