"""Enrolling a second factor: a secret is shown, and counts once its owner has typed what an app makes of it.

Between the two it lies with the person, sealed, and nowhere here: who begins and goes away has changed nothing.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from chassis.process import Process
from contracts.refusal import Refusal
from messaging.command_table import Command
from services.directory.adapters.seal import Unopenable, open_sealed, seal
from services.directory.commands.second_factor import EnrolFactor, pass_factor
from services.directory.commands.sessions import Proof, forgive, open_session, prove, require_own_password
from services.directory.domain.accounts import Account
from services.directory.domain.second_factor import (
    EnrolmentOver,
    SecondFactor,
    WrongCode,
    address_of,
    code_hash,
    matching_step,
    new_codes,
    new_secret,
    secret_text,
)
from services.directory.schemas import EnrolmentConfirmed, FactorOffer, SignIn
from services.directory.settings import directory_settings
from web import correlation
from web.tokens import TokenClaims

log = structlog.get_logger(__name__)
SHOWN_FOR: Final = timedelta(minutes=15)
ISSUER: Final = "Một Cửa"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """`codes` are shown now and never again."""

    codes: list[str]
    token: str
    claims: TokenClaims


async def begin(process: Process, typed: SignIn, client: str, *, by_program: bool = False) -> FactorOffer:
    """Who has one proves it. Raises what `prove` raises, NewPasswordNeeded, OneTimePasswordOver, CodeNeeded, WrongCode."""
    proof = await prove(process, typed.username, typed.password, client)
    await _proven(process, proof, typed.code, by_program=by_program)
    await forgive(process, proof)
    return offer(process, proof.account)


async def _proven(process: Process, proof: Proof, code: str, *, by_program: bool) -> None:
    try:
        require_own_password(process, proof.account)
        await pass_factor(process, proof.account, code, by_program=by_program)
    except WrongCode:
        raise
    except Refusal:
        await forgive(process, proof)
        raise


def offer(process: Process, account: Account) -> FactorOffer:
    """To somebody who has just proven who they are."""
    secret, factor = new_secret(), account.second_factor
    until = process.clock() + SHOWN_FOR
    content = {"secret": secret.hex(), "until": until.timestamp(), "replaces": "" if factor is None else factor.sealed}
    file = directory_settings(process.settings).directory_key_file
    return FactorOffer(
        sealed=seal(file, _offered_to(account), json.dumps(content).encode()),
        secret=secret_text(secret),
        address=address_of(secret, account.staff.username, ISSUER),
    )


async def confirm(process: Process, typed: EnrolmentConfirmed, client: str, *, by_program: bool = False) -> Enrolled:
    """Raises what `prove` raises, NewPasswordNeeded, OneTimePasswordOver, EnrolmentOver, WrongCode."""
    proof = await prove(process, typed.username, typed.password, client)
    try:
        codes = await _enrol(process, proof.account, typed)
    except WrongCode:
        raise
    except Refusal:
        await forgive(process, proof)
        raise
    token, claims = await open_session(process, proof, proof.account.staff, by_program=by_program)
    return Enrolled(codes, token, claims)


async def _enrol(process: Process, account: Account, typed: EnrolmentConfirmed) -> list[str]:
    require_own_password(process, account)
    offered = _opened(process, account, typed.sealed)
    secret = bytes.fromhex(offered["secret"])
    step = matching_step(secret, typed.code.replace(" ", ""), process.clock()) if typed.code.isascii() else None
    if step is None:
        raise WrongCode
    codes = new_codes()
    file = directory_settings(process.settings).directory_key_file
    factor = SecondFactor(seal(file, account.id, secret), step, frozenset(code_hash(account.id, code) for code in codes))
    body = EnrolFactor(factor, account.password_hash or "", offered["replaces"])
    await process.commands.run(Command(body=body, target=account.id, correlation=correlation.current()))
    log.info("second factor enrolled", staff=account.id)
    return codes


def _opened(process: Process, account: Account, sealed: str) -> dict[str, Any]:
    try:
        content = open_sealed(directory_settings(process.settings).directory_key_file, _offered_to(account), sealed)
    except Unopenable as error:
        raise EnrolmentOver from error
    offered: dict[str, Any] = json.loads(content)
    if process.clock() >= datetime.fromtimestamp(offered["until"], UTC):
        raise EnrolmentOver
    return offered


def _offered_to(account: Account) -> str:
    return f"offered to {account.id}"
