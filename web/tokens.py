"""What a token says and how it is signed, so that directory (which issues) and every service (which checks) agree.

EdDSA on Ed25519 only, named `Ed25519` as RFC 9864 asks: no other algorithm is ever tried, so none can be talked into.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Self

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from contracts.values import Identifier, Role, UnitId

ALGORITHM: Final = "Ed25519"
LONGEST_SHIFT: Final = timedelta(hours=24)
"""So long a token lasts at most, whatever an installation sets as its shift."""
_LONGEST: Final = 8192
_KEY_ID: Final[TypeAdapter[str]] = TypeAdapter(Identifier)

# NumericDate with its fraction: signing out and in again within one second must tell the two tokens apart.
Seconds = Annotated[float, Field(gt=0, lt=1e11, allow_inf_nan=False)]


class BadToken(Exception):  # noqa: N818 -- says what it is
    """Unreadable, forged, or of another shape. Why is for the log only."""


class TokenClaims(BaseModel):
    """`sub` the staff id, `iat`/`exp` seconds since 1970, `roles` by unit id, `sid` the session."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: Identifier
    username: Identifier
    name: Annotated[str, Field(min_length=1, max_length=500)]
    iat: Seconds
    exp: Seconds
    roles: dict[UnitId, frozenset[Role]]
    sid: Identifier

    @classmethod
    def issue(
        cls,
        *,
        staff_id: str,
        username: str,
        name: str,
        roles: Mapping[str, Iterable[Role]],
        sid: str,
        at: datetime,
        lifetime: timedelta,
    ) -> Self:
        by_unit = {unit: frozenset(held) for unit, held in roles.items()}
        expires = (at + lifetime).timestamp()
        return cls(sub=staff_id, username=username, name=name, iat=at.timestamp(), exp=expires, roles=by_unit, sid=sid)

    @property
    def issued_at(self) -> datetime:
        return datetime.fromtimestamp(self.iat, UTC)

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.exp, UTC)


def new_signing_key(kid: str) -> tuple[dict[str, str], dict[str, str]]:
    """A new Ed25519 pair as JWKs (private, public), both carrying `kid` (RFC 8037)."""
    key = OKPKey.generate_key("Ed25519", {"kid": kid})
    return _strings(key.as_dict(private=True)), _strings(key.as_dict(private=False))


def sign(claims: TokenClaims, private_jwk: Mapping[str, Any]) -> str:
    payload = claims.model_dump(mode="json")
    payload["roles"] = {unit: sorted(held) for unit, held in claims.roles.items()}
    header = {"alg": ALGORITHM, "kid": private_jwk["kid"]}
    return jwt.encode(header, payload, OKPKey.import_key(dict(private_jwk)), algorithms=[ALGORITHM])


def claims_of(token: str) -> TokenClaims:
    """What a token of one's own says, unverified. Raises BadToken."""
    try:
        return TokenClaims.model_validate_json(jws.extract_compact(token.encode()).payload)
    except (JoseError, ValueError) as error:
        raise BadToken("unreadable") from error


def names_of(token: str) -> tuple[str, str]:
    """The key id and staff id that an unverified token *claims*: good for looking up, never for trusting."""
    try:
        if len(token) > _LONGEST:
            raise BadToken("too long")
        unverified = jws.extract_compact(token.encode())
        header, claims = unverified.headers(), TokenClaims.model_validate_json(unverified.payload)
        kid = _KEY_ID.validate_python(header.get("kid"))
    except (JoseError, ValueError) as error:
        raise BadToken("unreadable") from error
    if header.get("alg") != ALGORITHM:
        raise BadToken("another algorithm")
    return kid, claims.sub


def verify(token: str, public_jwk: Mapping[str, Any]) -> TokenClaims:
    """The claims, if the key's owner signed them. Times are the caller's to judge."""
    try:
        return TokenClaims.model_validate(jwt.decode(token, OKPKey.import_key(dict(public_jwk)), algorithms=[ALGORITHM]).claims)
    except (JoseError, ValidationError, ValueError) as error:
        raise BadToken("signature or claims") from error


@dataclass
class VerifiedTokens:
    """Verifies each token once: its claims are remembered under its SHA-256, with the key that signed it. Only good tokens are
    remembered, so nobody can fill the memory with bad ones. Times are the caller's to judge, each time anew.
    """

    most: int = 4096
    _verified: OrderedDict[bytes, tuple[str, dict[str, Any], TokenClaims]] = field(default_factory=OrderedDict)

    def names_of(self, token: str) -> tuple[str, str]:
        """As the function of this name."""
        remembered = self._verified.get(_digest(token))
        return names_of(token) if remembered is None else (remembered[0], remembered[2].sub)

    def verify(self, token: str, kid: str, public_jwk: Mapping[str, Any]) -> TokenClaims:
        """As the function of this name. Under another key than it was verified with, a token is verified again."""
        digest = _digest(token)
        remembered = self._verified.pop(digest, None)
        if remembered is None or remembered[1] != public_jwk:
            remembered = (kid, dict(public_jwk), verify(token, public_jwk))
        self._verified[digest] = remembered
        if len(self._verified) > self.most:
            self._verified.popitem(last=False)
        return remembered[2]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _strings(jwk: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in jwk.items()}
