"""Assignment by competence: who gets the next case, and the laws that hold whatever comes."""

from collections import Counter
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.assignment import Competent, Ledger, Load
from services.routing.domain.history import Person
from tests.support.routing_world import NOW

UNIT = "000.00.21.H99"


def officer(ident: str, *fields: str) -> Competent:
    return Competent(Person(ident, f"Người {ident}"), frozenset(fields))


def ledger(*posts: Competent, **loads: Load) -> Ledger:
    return Ledger({UNIT: posts}, dict(loads))


def given_to(person: Person | None) -> str | None:
    return None if person is None else person.id


def test_the_one_with_the_fewest_open_cases() -> None:
    several = ledger(officer("a"), officer("b"), a=Load(3, NOW), b=Load(2, NOW))
    assert given_to(several.assign(UNIT, "dat-dai", NOW)) == "b"


def test_among_equals_the_one_served_longest_ago() -> None:
    several = ledger(officer("a"), officer("b"), a=Load(1, NOW), b=Load(1, NOW - timedelta(hours=1)))
    assert given_to(several.assign(UNIT, "dat-dai", NOW)) == "b"


def test_who_never_had_one_comes_before_who_had_one_and_decided_it() -> None:
    several = ledger(officer("a"), officer("b"), a=Load(0, NOW))
    assert given_to(several.assign(UNIT, "dat-dai", NOW)) == "b"


def test_then_by_id() -> None:
    assert given_to(ledger(officer("b"), officer("a")).assign(UNIT, "dat-dai", NOW)) == "a"


def test_a_post_with_fields_covers_these_and_one_without_covers_all() -> None:
    several = ledger(officer("a", "ho-tich"), officer("b"), b=Load(9, NOW))
    assert given_to(several.assign(UNIT, "dat-dai", NOW)) == "b"
    assert given_to(several.assign(UNIT, "ho-tich", NOW)) == "a"


def test_nobody_competent() -> None:
    assert ledger(officer("a", "ho-tich")).assign(UNIT, "dat-dai", NOW) is None
    assert ledger(officer("a")).assign("000.00.22.H99", "dat-dai", NOW) is None
    assert Ledger().assign(UNIT, "dat-dai", NOW) is None


def test_equals_take_turns_within_a_batch() -> None:
    several = ledger(officer("a"), officer("b"), officer("c"), c=Load(0, NOW))
    turns = [given_to(several.assign(UNIT, "dat-dai", NOW)) for _ in range(6)]
    assert turns == ["a", "b", "c", "a", "b", "c"]


FIELDS = ("dat-dai", "ho-tich", "ke-hoach")
posts = st.lists(
    st.builds(officer, st.sampled_from("abcdef"), st.sampled_from(FIELDS)) | st.builds(officer, st.sampled_from("abcdef")),
    unique_by=lambda post: post.person.id,
    max_size=6,
)
loads = st.dictionaries(st.sampled_from("abcdef"), st.builds(Load, st.integers(0, 5), st.just(NOW)))
dossiers = st.lists(st.sampled_from(FIELDS), max_size=30)


@given(posts, loads, dossiers)
def test_only_the_competent_and_always_one_of_them(posts: list[Competent], loads: dict[str, Load], fields: list[str]) -> None:
    book = Ledger({UNIT: posts}, dict(loads))
    for field in fields:
        covering = {post.person.id for post in posts if post.covers(field)}
        chosen = given_to(book.assign(UNIT, field, NOW))
        assert chosen in covering if covering else chosen is None


@given(posts, loads, dossiers, st.randoms())
def test_the_order_in_which_officers_are_loaded_changes_nothing(
    posts: list[Competent], loads: dict[str, Load], fields: list[str], random: Random
) -> None:
    shuffled = random.sample(posts, len(posts))
    book, other = Ledger({UNIT: posts}, dict(loads)), Ledger({UNIT: shuffled}, dict(loads))
    assert [book.assign(UNIT, field, NOW) for field in fields] == [other.assign(UNIT, field, NOW) for field in fields]


@given(st.integers(1, 6), st.integers(0, 60))
def test_equals_end_up_equal(officers: int, cases: int) -> None:
    """Nobody gets two more than another of the same competence."""
    book = ledger(*(officer(ident) for ident in "abcdef"[:officers]))
    given_out = Counter(given_to(book.assign(UNIT, "dat-dai", NOW)) for _ in range(cases))
    assert sum(given_out.values()) == cases
    assert max(given_out.values(), default=0) - min([*given_out.values(), cases // officers]) <= 1


@given(posts, loads, dossiers)
def test_an_officer_with_more_never_gets_it_while_one_with_less_could(
    posts: list[Competent], loads: dict[str, Load], fields: list[str]
) -> None:
    book = Ledger({UNIT: posts}, dict(loads))
    for field in fields:
        before = {post.person.id: book.loads.get(post.person.id, Load()).open for post in posts if post.covers(field)}
        chosen = given_to(book.assign(UNIT, field, NOW))
        assert chosen is None or before[chosen] == min(before.values())
