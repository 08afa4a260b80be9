"""Identity numbers and telephones: one person, one notation; what cannot be is refused, what is unlikely only doubted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.given import GivenTelephone
from contracts.identity import (
    Identity,
    IdentityKind,
    doubts,
    identity_as_kept,
    kind_of,
    parse_identity,
    possible_identities,
)
from contracts.values import normal_telephone

TODAY = date(2026, 2, 24)
CARD = Identity(IdentityKind.CITIZEN_CARD, "034085005555")
TELEPHONE = TypeAdapter(GivenTelephone)


@pytest.mark.parametrize(
    "written",
    [
        "034085005555",
        "034.085.005.555",
        "034 085 005 555",
        "０３４０８５００５５５５",
        "034-085-005\u2011555",
        "\ufeff034085005555\u200b",
    ],
)
def test_one_person_in_every_notation(written: str) -> None:
    assert parse_identity(written) == identity_as_kept(written) == CARD
    assert CARD in possible_identities(written)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("034085005555", IdentityKind.CITIZEN_CARD),
        ("012345678", IdentityKind.OLD_CARD),
        ("C1234567", IdentityKind.PASSPORT),
        ("PA0940443", IdentityKind.PASSPORT),
        ("0101234567", IdentityKind.TAX_CODE),
        ("0101234567001", IdentityKind.TAX_CODE),
    ],
)
def test_the_kind_follows_from_the_shape(number: str, kind: IdentityKind) -> None:
    assert parse_identity(number) == Identity(kind, number)
    assert kind_of(number) is kind
    assert parse_identity(number).key == number, "as it was hashed before there were kinds"


@pytest.mark.parametrize(
    "written", ["abc", "123", "123456789012345", "", "000000000000", "000000000", "0000000000", "không có", "A0000000"]
)
def test_what_is_no_number_is_refused_with_the_shapes(written: str) -> None:
    with pytest.raises(ValueError, match=r"12 chữ số.* / .*12 digits"):
        parse_identity(written)


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "shape"),
    [
        (IdentityKind.CITIZEN_CARD, "034.085.005.555", "03408500555", "12 digits"),
        (IdentityKind.OLD_CARD, "012 345 678", "034085005555", "9 digits"),
        (IdentityKind.PASSPORT, "548-201-337", "12", "5 to 15"),
        (IdentityKind.TAX_CODE, "0101234567-001", "01012345670", "10 or 13"),
        (IdentityKind.OTHER, "12/2020-KS", "abc", "4 to 40"),
    ],
)
def test_a_kind_that_is_said_is_held_to_its_shape(kind: IdentityKind, right: str, wrong: str, shape: str) -> None:
    assert parse_identity(right, kind).kind is kind
    with pytest.raises(ValueError, match=f" / .*{shape}"):
        parse_identity(wrong, kind)


def test_equal_digits_on_different_papers_are_two_people() -> None:
    passport = parse_identity("548201337", IdentityKind.PASSPORT)
    assert passport.key != parse_identity("548201337").key
    assert {passport, parse_identity("548201337")} <= set(possible_identities("548 201 337"))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("123", "123"),
        ("giấy tờ số 7", "GI-YT-S-7"),
        ("(12/2020)", "12-2020-"),
        ("B.12", "B.12"),
        ("000000000000", "000000000000"),
    ],
)
def test_what_others_send_without_a_shape_is_kept_as_of_another_kind(sent: str, kept: str) -> None:
    assert identity_as_kept(sent) == Identity(IdentityKind.OTHER, kept)


@given(st.text(max_size=30), st.sampled_from(IdentityKind))
def test_a_number_without_the_shape_of_its_kind_is_of_another_and_raises_no_doubt(typed: str, kind: IdentityKind) -> None:
    """A clerk looks for "0" and says that it is a citizen's card."""
    identity = identity_as_kept(typed, kind)
    assert identity.kind in {kind, IdentityKind.OTHER}
    doubts(identity, date(2026, 2, 16))
    assert identity_as_kept("0", IdentityKind.CITIZEN_CARD) == Identity(IdentityKind.OTHER, "0")


@given(st.text(max_size=30), st.none() | st.sampled_from(IdentityKind))
def test_what_was_taken_in_is_kept_as_it_is(written: str, kind: IdentityKind | None) -> None:
    try:
        identity = parse_identity(written, kind)
    except ValueError:
        return
    assert identity_as_kept(identity.number, identity.kind) == identity
    assert parse_identity(identity.number, identity.kind) == identity


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("034085005555", []),
        ("001525000001", ["2125"]),
        ("034227000001", ["2027"]),
        ("034226000001", []),
        ("099085005555", ["099"]),
        ("000926000001", ["000", "2326"]),
        ("132085005555", []),
    ],
)
def test_province_and_century_only_raise_a_doubt(number: str, said: list[str]) -> None:
    raised = doubts(parse_identity(number), TODAY)
    assert [word for doubt, word in zip(raised, said, strict=True) if word in doubt.vi and word in doubt.en] == said


def test_other_papers_say_nothing_of_birth() -> None:
    assert doubts(parse_identity("099999999", IdentityKind.OLD_CARD), TODAY) == []


@pytest.mark.parametrize(
    "written",
    [
        "0977111222",
        "+84 0977 111 222",
        "+84977111222",
        "84 977.111.222",
        "０９７７ 111 222",
        "+84 (0) 977\u2011111-222",
        "0977/111222",
    ],
)
def test_one_telephone_in_every_notation(written: str) -> None:
    assert TELEPHONE.validate_python(written) == "+84977111222"


@pytest.mark.parametrize("written", ["02438241234", "0299 3821 003", "+84 24 3824 1234"])
def test_landlines_have_eleven_digits(written: str) -> None:
    assert len(TELEPHONE.validate_python(written)) == len("+8402438241234") - 1


@pytest.mark.parametrize(
    "written", ["097711122", "09771112223", "0000000000", "0900000000", "0243824123", "024382412345", "0177111222", "02400000000"]
)
def test_wrong_lengths_and_zeros_are_no_telephone(written: str) -> None:
    with pytest.raises(ValidationError, match="0912345678"):
        TELEPHONE.validate_python(written)


@pytest.mark.parametrize("kept", ["+8401234567", "+84012345678", "+84123456789"])
def test_a_number_that_was_kept_before_can_still_be_read(kept: str) -> None:
    assert normal_telephone(normal_telephone(kept)) == normal_telephone(kept)
