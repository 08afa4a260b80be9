"""The keys that tokens may be verified with, and what is vouched for about each."""

from chassis.process import Process
from services.directory.adapters.signing_key import signing_key
from services.directory.repository import entities
from services.directory.repository.entities import SigningKey
from services.directory.schemas import ListedKey, SigningKeys
from services.directory.settings import directory_settings
from web.tokens import BadToken
from web.vouchers import RootKeys


async def list_keys(process: Process) -> SigningKeys:
    settings = directory_settings(process.settings)
    signs = signing_key(settings.signing_key_file)["kid"]
    async with process.reads.connect() as connection:
        keys = await entities.all_keys(connection)
    return SigningKeys(keys=[_listed(key, settings.roots, signs) for key in keys])


def _listed(key: SigningKey, roots: RootKeys, signs: str) -> ListedKey:
    """One that nobody vouches for shows no times: it counts at none."""
    text = key.key.voucher
    listed = ListedKey(kid=key.id, version=key.version, voucher=text, signs=key.id == signs)
    try:
        voucher = None if text is None else roots.read(text)
    except BadToken:
        voucher = None
    if voucher is None or (voucher.kid, voucher.version) != (key.id, key.version):
        return listed
    times = {"since": voucher.since, "until": voucher.until, "revoked": voucher.revoked}
    return listed.model_copy(update={"vouched": True} | times)
