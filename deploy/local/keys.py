"""The secrets of an installation: made at the first start, kept in `DATA/secrets`. Only the signing key is ever changed by us.

Whoever loses `field.key` loses the encrypted fields: it belongs into the backup, apart from the databases. `root.jwk` vouches for
the keys that tokens are signed with: no process is given it, and it may be kept elsewhere between one `motcua keys` and the next.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from deploy.local.outcome import ExitCode, Stopped
from deploy.local.site import write_private

SYMMETRIC = ("field.key", "hmac.key", "directory.key")
OPERATOR_PASSWORD = "operator.password"  # noqa: S105 - a file name
SIGNING_KEY = "signing.jwk"
ROOT, ROOT_PUBLIC = "root.jwk", "root.pub"
RECIPIENTS = ("intake", "post")
A_KEY_LASTS = timedelta(days=400)
RENEWED_BEFORE = timedelta(days=60)


def provide(folder: Path, now: datetime) -> None:
    """Make what is missing, and a new signing key for one that nobody vouches for or that ends soon; the rest stays as it is."""
    for name in SYMMETRIC:
        _unless_there(folder / name, lambda: urlsafe_b64encode(secrets.token_bytes(32)))
    _unless_there(folder / OPERATOR_PASSWORD, lambda: secrets.token_urlsafe(15).encode())
    _provide_signing_key(folder, now)
    for recipient in RECIPIENTS:
        _unless_there(folder / f"{recipient}.jwk", _encryption_key)
        _unless_there(folder / f"{recipient}.pub.jwk", partial(_public_part, folder / f"{recipient}.jwk"))


def _unless_there(path: Path, make: Callable[[], bytes]) -> None:
    if not path.exists():
        write_private(path, make())


def _provide_signing_key(folder: Path, now: datetime) -> None:
    if not (folder / ROOT_PUBLIC).exists():
        root = _new_pair(secrets.token_hex(8))
        write_private(folder / ROOT, json.dumps(root).encode())
        write_private(folder / ROOT_PUBLIC, root["x"].encode())
        replace_signing_key(folder, new_signing_key(root, now))
    elif _ended(folder / SIGNING_KEY, now) or ((folder / ROOT).exists() and _ended(folder / SIGNING_KEY, now + RENEWED_BEFORE)):
        replace_signing_key(folder, new_signing_key(read_root(folder / ROOT), now))


def replace_signing_key(folder: Path, key: Mapping[str, str]) -> None:
    """At once for every process that signs: each looks at the file before it signs."""
    write_private(folder / SIGNING_KEY, json.dumps(key).encode())


def root_public(folder: Path) -> str:
    """What services are told of the root key; empty before it is made."""
    file = folder / ROOT_PUBLIC
    return file.read_text().strip() if file.exists() else ""


def read_root(file: Path) -> dict[str, str]:
    """Raises Stopped where it is kept elsewhere."""
    try:
        root: dict[str, str] = json.loads(file.read_text())
        root["d"], root["x"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Stopped(
            ExitCode.MACHINE_UNFIT,
            vi=f"Không đọc được khóa gốc ở {file}. Nếu khóa được cất nơi khác: motcua keys rotate --root TỆP",
            en=f"There is no root key in {file}. If it is kept elsewhere: motcua keys rotate --root FILE",
        ) from error
    return root


def new_signing_key(root: Mapping[str, str], now: datetime) -> dict[str, str]:
    """An Ed25519 key for tokens (private JWK) with the voucher of the root key."""
    from web.vouchers import Voucher, vouch  # only the first start pays for it

    key = _new_pair(secrets.token_hex(8))
    voucher = Voucher(kid=key["kid"], x=key["x"], version=1, since=now, until=now + A_KEY_LASTS)
    return key | {"use": "sig", "voucher": vouch(voucher, root)}


def _ended(file: Path, now: datetime) -> bool:
    """As the file itself says; whether the root key has signed that is for the services to check."""
    try:
        payload = json.loads(file.read_text())["voucher"].split(".")[1]
        voucher = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        since, until = (datetime.fromisoformat(voucher[name]) for name in ("since", "until"))
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return True
    return not since <= now < until


def _new_pair(kid: str) -> dict[str, str]:
    from joserfc.jwk import OKPKey

    key = OKPKey.generate_key("Ed25519", {"kid": kid}, private=True)
    return {name: str(value) for name, value in key.as_dict(private=True).items()}


def _encryption_key() -> bytes:
    """P-256 for ECDH-ES: what one side encrypts for the other."""
    from joserfc.jwk import ECKey

    key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "use": "enc"}, private=True)
    return json.dumps(key.as_dict(private=True)).encode()


def _public_part(private: Path) -> bytes:
    from joserfc.jwk import ECKey

    return json.dumps(ECKey.import_key(json.loads(private.read_text())).as_dict(private=False)).encode()
