"""What makes a verification key count: a voucher that one of the installation's root keys has signed.

The public part of a root key comes with the settings, never from Kafka. A voucher speaks for one version of one key, with its
times: whoever can write to `directory.keys` can neither add a key nor bring back an older word about one that was revoked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Self

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from contracts.values import Identifier
from web.tokens import ALGORITHM, BadToken

TYPE: Final = "motcua-key-voucher"
"""In the header, so that nothing else that was signed passes for a voucher."""
LONGEST: Final = 2048
PublicBytes = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""An Ed25519 public key as a JWK's `x`: 32 bytes in base64url."""


class Voucher(BaseModel):
    """`version`: that of the published key, the newest counts. `revoked`: it counts no more, whatever its times say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kid: Identifier
    x: PublicBytes
    version: Annotated[int, Field(ge=1, lt=2**31)]
    since: AwareDatetime
    until: AwareDatetime
    revoked: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until <= self.since:
            raise ValueError("a key ends after it begins")
        return self

    @property
    def jwk(self) -> dict[str, str]:
        return {"kty": "OKP", "crv": "Ed25519", "x": self.x, "kid": self.kid}


def vouch(voucher: Voucher, root: Mapping[str, str]) -> str:
    """The voucher, signed with a private root key (JWK)."""
    header = {"alg": ALGORITHM, "typ": TYPE}
    return jws.serialize_compact(header, voucher.model_dump_json(), OKPKey.import_key(dict(root)), algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class RootKeys:
    """The public root keys of an installation. With none, nothing is vouched for and nobody is signed in."""

    publics: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Self:
        """From base64url, several with commas between them. Raises ValueError."""
        publics = tuple(part.strip() for part in text.split(",") if part.strip())
        try:
            for public in publics:
                _root(public)
        except (JoseError, ValueError) as error:
            raise ValueError("Ed25519: 32 byte, base64url") from error
        return cls(publics)

    def read(self, voucher: str) -> Voucher:
        """Raises BadToken for what none of them has signed."""
        if len(voucher) > LONGEST:
            raise BadToken("too long")
        return _read(self.publics, voucher)

    def vouched(self, voucher: str | None, kid: str, version: int) -> Voucher | None:
        """What is vouched for about this version of this key; None if nothing is, or that it is revoked."""
        try:
            said = None if voucher is None else self.read(voucher)
        except BadToken:
            return None
        return said if said is not None and (said.kid, said.version, said.revoked) == (kid, version, False) else None


# An installation has a handful of keys, and each reading of a person's state asks about one.
@lru_cache(maxsize=64)
def _read(publics: Sequence[str], voucher: str) -> Voucher:
    for public in publics:
        try:
            signed = jws.deserialize_compact(voucher, _root(public), algorithms=[ALGORITHM])
            if signed.headers().get("typ") == TYPE:
                return Voucher.model_validate_json(signed.payload)
        except (JoseError, ValidationError, ValueError):
            continue
    raise BadToken("not vouched for")


def _root(public: str) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": public})
