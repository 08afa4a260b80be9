"""What the root key says about a key: it is new, it ends earlier, it is revoked. Directory decides nothing and only passes it on.

The newest version counts. Whoever signs in as operator and has no root key can change nothing here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from chassis.process import Process
from contracts.directory import KeyV1
from contracts.refusal import Invalid, Refusal
from contracts.values import Role
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, Load, UnitOfWork
from services.directory.commands.publication import publish_key
from services.directory.repository.entities import SIGNING_KEYS, SigningKey
from services.directory.schemas import KeyState
from services.directory.settings import directory_settings
from web import correlation
from web.principal import Forbidden, Principal
from web.tokens import BadToken
from web.vouchers import Voucher


@dataclass(frozen=True, slots=True)
class TakeUpKey:
    key: SigningKey


class NotVouchedFor(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "not-vouched-for",
            vi="Khóa gốc của hệ thống không chứng nhận khóa này. Hãy dùng lệnh motcua keys.",
            en="The installation's root key does not vouch for this key. Use the command motcua keys.",
        )


class VoucherSuperseded(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "voucher-superseded",
            vi="Đã có chứng nhận mới hơn hoặc khác cho khóa này. Hãy xem lại bằng motcua keys list.",
            en="There is a newer or another voucher for this key. Look at motcua keys list.",
        )


def public_key(text: str, voucher: Voucher) -> SigningKey:
    """What is published of a key under a voucher."""
    return SigningKey(KeyV1(kid=voucher.kid, jwk=voucher.jwk, valid_from=voucher.since, voucher=text), voucher.version)


async def take_up_voucher(process: Process, by: Principal, text: str, key: str) -> KeyState:
    """Raises NotVouchedFor, VoucherSuperseded."""
    try:
        voucher = directory_settings(process.settings).roots.read(text)
    except BadToken as error:
        raise NotVouchedFor from error
    command = Command(
        body=TakeUpKey(public_key(text, voucher)),
        by=by,
        key=CommandKey.of(key, by.staff_id, "key", text),
        correlation=correlation.current(),
    )
    return KeyState.model_validate((await process.commands.run(command)).body)


def take_up(key: SigningKey, work: UnitOfWork) -> bool:
    """Whether it is what counts from now on, or counts already."""
    before = work.get(SIGNING_KEYS, key.id)
    if before is None or before.version < key.version:
        work.save(SIGNING_KEYS, key)
        publish_key(work, key)
        return True
    return before == key


def _take_up(command: Command[TakeUpKey], work: UnitOfWork) -> Answer:
    key = command.body.key
    if not take_up(key, work):
        raise VoucherSuperseded
    return Answer(KeyState(kid=key.id, version=key.version).model_dump())


def _operator(command: Command[TakeUpKey], _: UnitOfWork) -> None:
    if not command.by.has(Role.OPERATOR):
        raise Forbidden((Role.OPERATOR,))


def _key(command: Command[TakeUpKey], _: UnitOfWork) -> Iterable[str]:
    yield command.body.key.id


ENTRIES: Final = (CommandEntry(body=TakeUpKey, handler=_take_up, may=_operator, loads=(Load(SIGNING_KEYS, _key),)),)
