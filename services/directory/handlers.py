"""What becomes of an account: disabled or enabled, signed out, given another password, or the operator's own.

The file import decides in `importer`.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from contracts.directory import EndedSessionV1
from services.directory.domain.accounts import OPERATOR, Account, OperatorsPassword, OwnAccount, operator
from services.directory.domain.guess_limits import WrongPassword
from services.directory.domain.second_factor import EnrolmentOver, NoSecondFactor, SecondFactor, WrongCode, use_code, use_step

MOST_ENDED: Final = 100
"""Sign-ins of one person that were ended one by one within a shift."""


def switch(account: Account, *, active: bool, by: str, now: datetime) -> Account | None:
    """Disabled: every token is void at once. Enabled: a new sign-in is needed. None where it is so already.
    Raises OwnAccount.
    """
    if account.id == by:
        raise OwnAccount
    if account.staff.active == active:
        return None
    return account.becomes(account.staff.model_copy(update={"active": active, "tokens_valid_from": now}))


def sign_out(account: Account, now: datetime) -> Account:
    """Every token issued before is void, on every computer."""
    return account.becomes(account.staff.model_copy(update={"tokens_valid_from": now, "ended_sessions": []}))


def end_session(account: Account, session: EndedSessionV1, now: datetime) -> Account:
    """One sign-in; those whose time is over need not be remembered. Where there are too many to remember, all end."""
    remembered = [ended for ended in account.staff.ended_sessions if ended.until > now and ended.sid != session.sid]
    if len(remembered) >= MOST_ENDED:
        return sign_out(account, now)
    return account.becomes(account.staff.model_copy(update={"ended_sessions": [*remembered, session]}))


def sign_out_other(account: Account, *, by: str, now: datetime) -> Account:
    """By an administrator. Raises OwnAccount."""
    if account.id == by:
        raise OwnAccount
    return sign_out(account, now)


def choose_password(account: Account, password_hash: str, *, proven: str, now: datetime) -> Account:
    """The person's own choice ends every session. `proven`: the hash under which the old password was right.
    Raises WrongPassword where it is another one by now, OperatorsPassword.
    """
    if account.id == OPERATOR:
        raise OperatorsPassword
    if account.password_hash != proven or not account.staff.active:
        raise WrongPassword
    return replace(sign_out(account, now), password_hash=password_hash, one_time_until=None)


def reset_password(account: Account, password_hash: str, *, until: datetime, by: str, now: datetime) -> Account:
    """A one-time password, and every session ended. Raises OwnAccount, OperatorsPassword."""
    if account.id == OPERATOR:
        raise OperatorsPassword
    if account.id == by:
        raise OwnAccount
    return replace(sign_out(account, now), password_hash=password_hash, one_time_until=until)


def use_factor(account: Account, *, step: int | None, code: str | None) -> Account:
    """With digits of a step of time, or with the hash of a code on paper: good once. Raises WrongCode."""
    factor = account.second_factor
    if factor is None or (step is None and code is None):
        raise WrongCode
    used = use_code(factor, code or "") if step is None else use_step(factor, step)
    return replace(account, second_factor=used)


def enrol_factor(account: Account, factor: SecondFactor, *, proven: str, replaces: str, now: datetime) -> Account:
    """Every session ends that began without it. `proven`: the hash under which the password was right; `replaces`: the factor
    that there was when the secret was shown. Raises WrongPassword, EnrolmentOver.
    """
    if account.password_hash != proven or not account.staff.active:
        raise WrongPassword
    if replaces != ("" if account.second_factor is None else account.second_factor.sealed):
        raise EnrolmentOver
    return replace(sign_out(account, now), second_factor=factor)


def remove_factor(account: Account, *, by: str, now: datetime) -> Account:
    """By somebody else, for whoever has lost it. Raises OwnAccount, NoSecondFactor."""
    if account.id == by:
        raise OwnAccount
    if account.second_factor is None:
        raise NoSecondFactor
    return replace(sign_out(account, now), second_factor=None)


def provide_operator(before: Account | None, password_hash: str) -> Account:
    """The operator's account with this password. Only what others may know makes a new version."""
    if before is None:
        return Account(operator(None), 1, password_hash)
    staff = operator(before.staff)
    kept = replace(before, password_hash=password_hash)
    return kept if staff == before.staff else kept.becomes(staff)
