"""The keys that tokens are verified with, for `motcua keys`."""

from fastapi import APIRouter

from chassis.process import CurrentProcess
from services.directory.access import KeyKeeper, Operator
from services.directory.commands.keys import take_up_voucher
from services.directory.queries.keys import list_keys
from services.directory.schemas import KeyState, SigningKeys, VoucherGiven
from web.idempotency import IdempotencyKey

router = APIRouter(prefix="/api/directory/keys", tags=["keys"])


@router.get("")
async def keys(_: Operator, process: CurrentProcess) -> SigningKeys:
    return await list_keys(process)


@router.post("")
async def take_up(body: VoucherGiven, person: KeyKeeper, key: IdempotencyKey, process: CurrentProcess) -> KeyState:
    """What the root key says about a key: in effect in every service within a second while Kafka runs."""
    return await take_up_voucher(process, person, body.voucher, key)
