"""What becomes of an account: disabled or enabled, signed out, given another password, or the operator's own.

The file import decides in `importer`.
"""

from dataclasses import replace
from datetime import datetime

from services.directory.domain.accounts import OPERATOR, Account, OperatorsPassword, OwnAccount, operator
from services.directory.domain.guess_limits import WrongPassword


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
    return account.becomes(account.staff.model_copy(update={"tokens_valid_from": now}))


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


def provide_operator(before: Account | None, password_hash: str) -> Account:
    """The operator's account with this password. Only what others may know makes a new version."""
    if before is None:
        return Account(operator(None), 1, password_hash)
    staff = operator(before.staff)
    kept = Account(before.staff, before.version, password_hash)
    return kept if staff == before.staff else kept.becomes(staff)
