"""What becomes of an account that is switched, signed out, or the operator's."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.directory import EndedSessionV1
from contracts.values import Role
from services.directory.domain.accounts import NEVER_VOID, Account, OwnAccount, operator
from services.directory.handlers import end_session, provide_operator, sign_out, sign_out_other, switch
from tests.support.reference_data import people

NOW = datetime(2026, 2, 16, 8, 0, tzinfo=UTC)
ACCOUNT = Account(people()["lan"], 1, "hash")


def test_switching_and_signing_out_void_every_token_and_make_a_version() -> None:
    off = switch(ACCOUNT, active=False, by="cb013", now=NOW)
    assert off is not None
    assert (off.staff.active, off.staff.tokens_valid_from, off.version, off.password_hash) == (False, NOW, 2, "hash")
    assert switch(off, active=False, by="cb013", now=NOW) is None
    later = NOW + timedelta(minutes=1)
    on = switch(off, active=True, by="cb013", now=later)
    assert on is not None
    assert (on.staff.active, on.staff.tokens_valid_from, on.version) == (True, later, 3)
    out = sign_out(on, later + timedelta(minutes=1))
    assert (out.staff.active, out.version) == (True, 4)


def test_sessions_that_are_over_are_forgotten_and_signing_out_everywhere_forgets_all() -> None:
    first, second = (EndedSessionV1(sid=name, until=NOW + timedelta(hours=hours)) for name, hours in (("a", 1), ("b", 8)))
    both = end_session(end_session(ACCOUNT, first, NOW), second, NOW)
    assert both.staff.ended_sessions == [first, second]
    assert end_session(both, second, NOW).staff.ended_sessions == [first, second], "once"
    assert end_session(both, second, first.until).staff.ended_sessions == [second]
    assert both.staff.tokens_valid_from == ACCOUNT.staff.tokens_valid_from
    assert sign_out(both, NOW).staff.ended_sessions == []


def test_an_administrator_signs_out_others_only() -> None:
    assert sign_out_other(ACCOUNT, by="cb013", now=NOW).staff.tokens_valid_from == NOW
    with pytest.raises(OwnAccount):
        sign_out_other(ACCOUNT, by=ACCOUNT.id, now=NOW)


@pytest.mark.parametrize("active", [True, False])
def test_nobody_changes_their_own_rights(active: bool) -> None:
    with pytest.raises(OwnAccount):
        switch(ACCOUNT, active=active, by=ACCOUNT.id, now=NOW)


def test_the_operator_keeps_what_was_signed_out() -> None:
    assert operator(None).tokens_valid_from == NEVER_VOID
    assert operator(operator(None).model_copy(update={"tokens_valid_from": NOW})).tokens_valid_from == NOW
    assert {post.role for post in operator(None).posts} == {Role.OPERATOR, Role.ADMIN}


def test_the_operator_is_provided_once_and_a_new_password_is_nobody_elses_business() -> None:
    first = provide_operator(None, "hash")
    assert (first.staff, first.version, first.password_hash) == (operator(None), 1, "hash")
    assert provide_operator(first, "hash") == first
    assert provide_operator(first, "another") == Account(first.staff, 1, "another")


def test_an_operator_that_was_disabled_is_active_again_in_the_next_version() -> None:
    disabled = switch(provide_operator(None, "hash"), active=False, by="cb013", now=NOW)
    assert disabled is not None
    provided = provide_operator(disabled, "hash")
    assert (provided.staff.active, provided.staff.tokens_valid_from, provided.version) == (True, NOW, 3)
