"""An applicant takes their dossier back themselves. Who knows the secret may: it is asked for before this."""

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from chassis.process import Process
from contracts.values import WithdrawalReason
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork
from services.intake.adapters.keys import keys_of
from services.intake.adapters.seal import command_key
from services.intake.commands.records import answer, dossier_of, save
from services.intake.domain.dossier import Withdrawal
from services.intake.handlers.withdrawal import withdraw
from services.intake.repository.dossiers import DOSSIERS
from web import correlation
from web.conditional import require_current


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawByCitizen:
    """By whom the dossier's secret has identified: at once, or asked of routing, as when a clerk does it for them."""


async def withdraw_by_citizen(process: Process, dossier: str, seen: int, body: BaseModel, key: str) -> Answer:
    """Raises a Refusal, and then nothing has happened."""
    route = f"POST dossiers/{dossier}/withdraw"
    command = Command(
        body=WithdrawByCitizen(),
        target=dossier,
        seen=seen,
        key=command_key(keys_of(process.settings), key, f"citizen:{dossier}", route, body),
        correlation=correlation.current(),
    )
    return await process.commands.run(command)


def _withdraw(command: Command[WithdrawByCitizen], work: UnitOfWork) -> Answer:
    withdrawal = Withdrawal(reason=WithdrawalReason.APPLICANT)
    return answer(save(work, withdraw(dossier_of(work, command.target), withdrawal, work.now, None)))


def _has_seen_it(command: Command[WithdrawByCitizen], work: UnitOfWork) -> None:
    """Raises NoSuchDossier or StaleWrite."""
    require_current(command.seen, dossier_of(work, command.target).version)


ENTRIES: Final = (CommandEntry(body=WithdrawByCitizen, handler=_withdraw, may=_has_seen_it, loads=(Load(DOSSIERS),)),)
