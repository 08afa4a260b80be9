"""What becomes of an account: disabled or enabled, signed out, or the operator's own. The file import decides in `importer`."""

from datetime import datetime

from services.directory.domain.accounts import Account, OwnAccount, operator


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


def provide_operator(before: Account | None, password_hash: str) -> Account:
    """The operator's account with this password. Only what others may know makes a new version."""
    if before is None:
        return Account(operator(None), 1, password_hash)
    staff = operator(before.staff)
    kept = Account(before.staff, before.version, password_hash)
    return kept if staff == before.staff else kept.becomes(staff)
