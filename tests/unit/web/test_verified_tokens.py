"""A token is verified once under a key, and again under any other; what is not good is never remembered."""

from typing import Any

import pytest

from tests.support.web_world import PRIVATE, PUBLIC, claims, token
from web import tokens
from web.tokens import BadToken, VerifiedTokens, new_signing_key, sign


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signature was really checked."""
    checked: list[str] = []
    check = tokens.verify

    def noted(token: str, public_jwk: Any) -> Any:
        checked.append(token)
        return check(token, public_jwk)

    monkeypatch.setattr(tokens, "verify", noted)
    return checked


def test_a_token_is_verified_once_and_says_the_same_each_time(verified: list[str]) -> None:
    memory, good = VerifiedTokens(), token()
    assert memory.names_of(good) == ("k1", "s1")
    first = memory.verify(good, "k1", PUBLIC)
    assert memory.names_of(good) == ("k1", "s1")
    assert memory.verify(good, "k1", dict(PUBLIC)) == first == claims()
    assert verified == [good]


def test_under_another_key_a_remembered_token_is_verified_again_and_forgotten(verified: list[str]) -> None:
    memory, good, (_, other) = VerifiedTokens(), token(), new_signing_key("k1")
    memory.verify(good, "k1", PUBLIC)
    for _ in range(2):
        with pytest.raises(BadToken):
            memory.verify(good, "k1", other)
    assert memory.verify(good, "k1", PUBLIC) == claims()
    assert verified == [good] * 4


def test_a_bad_token_is_not_remembered(verified: list[str]) -> None:
    memory, (private, _) = VerifiedTokens(), new_signing_key("k1")
    forged = sign(claims(), private)
    for _ in range(2):
        with pytest.raises(BadToken):
            memory.verify(forged, "k1", PUBLIC)
    assert verified == [forged] * 2
    with pytest.raises(BadToken):
        memory.names_of("\udcff.\udcff")


def test_the_token_used_longest_ago_is_forgotten_first(verified: list[str]) -> None:
    memory = VerifiedTokens(most=2)
    first, second, third = (sign(claims(sid=sid), PRIVATE) for sid in ("1", "2", "3"))
    for presented in (first, second, first, third, first, second):
        memory.verify(presented, "k1", PUBLIC)
    assert verified == [first, second, third, second]
