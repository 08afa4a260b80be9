"""The secrets of an installation: made at the first start, kept in `DATA/secrets`, never changed by us.

Whoever loses `field.key` loses the encrypted fields: it belongs into the backup, apart from the databases.
"""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import partial
from pathlib import Path

from deploy.local.site import write_private

SYMMETRIC = ("field.key", "hmac.key")
OPERATOR_PASSWORD = "operator.password"  # noqa: S105 - a file name
SIGNING_KEY = "signing.jwk"
RECIPIENTS = ("intake", "post")


def provide(folder: Path) -> None:
    """Make what is missing. Existing files are left as they are."""
    for name in SYMMETRIC:
        _unless_there(folder / name, lambda: urlsafe_b64encode(secrets.token_bytes(32)))
    _unless_there(folder / OPERATOR_PASSWORD, lambda: secrets.token_urlsafe(15).encode())
    _unless_there(folder / SIGNING_KEY, _signing_key)
    for recipient in RECIPIENTS:
        _unless_there(folder / f"{recipient}.jwk", _encryption_key)
        _unless_there(folder / f"{recipient}.pub.jwk", partial(_public_part, folder / f"{recipient}.jwk"))


def _unless_there(path: Path, make: Callable[[], bytes]) -> None:
    if not path.exists():
        write_private(path, make())


def _signing_key() -> bytes:
    """Ed25519, for tokens."""
    from joserfc.jwk import OKPKey  # only the first start pays for it

    key = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(8), "use": "sig"}, private=True)
    return json.dumps(key.as_dict(private=True)).encode()


def _encryption_key() -> bytes:
    """P-256 for ECDH-ES: what one side encrypts for the other."""
    from joserfc.jwk import ECKey

    key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "use": "enc"}, private=True)
    return json.dumps(key.as_dict(private=True)).encode()


def _public_part(private: Path) -> bytes:
    from joserfc.jwk import ECKey

    return json.dumps(ECKey.import_key(json.loads(private.read_text())).as_dict(private=False)).encode()
