"""Each service checks tokens by itself, against its own copy of keys and staff. What it does not know fails closed.

A token is good if one of directory's keys signed it that is vouched for and in its time (web.vouchers), it has not expired, it
was made for no longer than a shift, its holder is active, it was issued after the holder last signed out everywhere
(`tokens_valid_from`), and its session was not ended by itself (`ended_sessions`). Of its roles those count that the holder's
record still has. It comes as `Authorization: Bearer` or in the cookie `motcua_token`; with the cookie, unsafe requests must also
prove that they come from our own pages (web.csrf).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final, Protocol

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from contracts.refusal import Refusal
from contracts.values import Role
from web.csrf import require_proof
from web.languages import layout_texts
from web.principal import Forbidden, Principal
from web.tokens import LONGEST_SHIFT, BadToken, TokenClaims, VerifiedTokens
from web.vouchers import Voucher

COOKIE: Final = "motcua_token"
_CLOCK_SKEW: Final = timedelta(seconds=30)
_ROUNDED_BY: Final = timedelta(seconds=1)
REMEMBERED_FOR: Final = timedelta(days=3)
"""A token opens nothing once it is over; so long it still says whose form arrives late (web.late_forms): over a weekend."""
_SIGNED_IN: Final = "motcua.signed_in"
"""Where a request carries what `signed_in` found."""


class SignInNeeded(Refusal):
    """401; `code` is one of `sign-in-missing`, `-invalid`, `-expired`, `-ended`."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self, why: str) -> None:
        super().__init__(f"sign-in-{why}", **layout_texts().in_each(f"sign-in.{why}"))


@dataclass(frozen=True, kw_only=True)
class StaffState:
    """`roles`: by unit, as the person's record says now."""

    active: bool
    tokens_valid_from: datetime
    roles: Mapping[str, frozenset[Role]]
    unit_names: Mapping[str, str] = field(default_factory=dict)
    ended_sessions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Presented:
    """A person and the good token that they came with; `by_cookie`: a browser sent it by itself."""

    person: Principal
    token: str
    by_cookie: bool


class SignInState(Protocol):
    async def look_up(self, kid: str, staff_id: str) -> tuple[Voucher | None, StaffState | None]:
        """What is vouched for about the key, and the person's state, each None if there is none; no older than a second when it
        answers.
        """


class SignInCheck:
    """`longest`: a shift. A token that says more was never issued, whoever signed it."""

    def __init__(self, state: SignInState, now: Callable[[], datetime], longest: timedelta = LONGEST_SHIFT) -> None:
        self._state, self._now, self._longest = state, now, longest
        self._tokens = VerifiedTokens()

    async def check(self, token: str) -> Principal:
        """Who holds this token; raises SignInNeeded."""
        try:
            kid, staff_id = self._tokens.names_of(token)
            key, staff = await self._state.look_up(kid, staff_id)
            if key is None or staff is None:
                raise SignInNeeded("invalid")
            claims = self._verified(token, key)
        except BadToken as error:
            raise SignInNeeded("invalid") from error
        self._judge(claims, key, staff)
        return _principal(claims, staff)

    async def former(self, token: str) -> TokenClaims | None:
        """What a token says that is over, if we signed it, not long ago, and its holder may still sign in."""
        try:
            kid, staff_id = self._tokens.names_of(token)
            key, staff = await self._state.look_up(kid, staff_id)
            claims = None if key is None else self._verified(token, key)
        except BadToken:
            return None
        if (
            key is None
            or claims is None
            or staff is None
            or not staff.active
            or self._now() >= claims.expires_at + REMEMBERED_FOR
        ):
            return None
        try:
            self._judge(claims, key, staff)
        except SignInNeeded:
            return claims
        return None

    def _verified(self, token: str, key: Voucher) -> TokenClaims:
        """What the key's owner signed in the key's time, for no longer than a shift. Raises BadToken."""
        claims = self._tokens.verify(token, key.kid, key.jwk)
        if not key.since - _CLOCK_SKEW <= claims.issued_at < key.until:
            raise BadToken("outside the key's time")
        if claims.expires_at - claims.issued_at > self._longest + _ROUNDED_BY:
            raise BadToken("for longer than a shift")
        return claims

    def _judge(self, claims: TokenClaims, key: Voucher, staff: StaffState) -> None:
        now = self._now()
        if min(claims.expires_at, key.until) <= now:
            raise SignInNeeded("expired")
        if not staff.active or claims.issued_at < staff.tokens_valid_from or claims.sid in staff.ended_sessions:
            raise SignInNeeded("ended")
        if claims.issued_at > now + _CLOCK_SKEW:
            raise SignInNeeded("invalid")


def _principal(claims: TokenClaims, staff: StaffState) -> Principal:
    """With the roles that both the token and the record name: one taken away does not live on in a token, one given waits for the
    next sign-in.
    """
    both = {unit: held & staff.roles.get(unit, frozenset()) for unit, held in claims.roles.items()}
    return Principal(
        staff_id=claims.sub,
        username=claims.username,
        name=claims.name,
        roles={unit: held for unit, held in both.items() if held},
        issued_at=claims.issued_at,
        session_id=claims.sid,
        unit_names=staff.unit_names,
    )


def token_of(request: Request) -> tuple[str, bool] | None:
    """The token and whether it came by cookie; a header wins, because no other site can make a browser send one."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return bearer.strip(), False
    cookie = request.cookies.get(COOKIE)
    return (cookie, True) if cookie else None


async def signed_in(request: Request) -> Presented:
    """Who is signed in, before any of the body is read; looked up once for a request. Raises SignInNeeded."""
    known: Presented | None = request.scope.get(_SIGNED_IN)
    if known is None:
        offered = token_of(request)
        if offered is None:
            raise SignInNeeded("missing")
        check: SignInCheck = request.app.state.signin
        known = Presented(await check.check(offered[0]), *offered)
        request.scope[_SIGNED_IN] = known
    return known


def look_again(request: Request) -> None:
    """Time has passed since `signed_in` answered: whoever asks next looks up anew."""
    request.scope.pop(_SIGNED_IN, None)


class SignInGuard:
    """A dependency: the person signed in and, if roles are given, holding one of them in any unit; which unit matters is for the
    handler (`.require`). 401 for a program, the sign-in page for a browser.
    """

    def __init__(self, *roles: Role) -> None:
        self._roles = roles

    async def admit(self, request: Request) -> Presented:
        """What can be said before the body is read. Raises SignInNeeded, Forbidden."""
        presented = await signed_in(request)
        if self._roles and not any(presented.person.has(role) for role in self._roles):
            raise Forbidden(self._roles)
        return presented

    async def __call__(self, request: Request) -> Principal:
        presented = await self.admit(request)
        if presented.by_cookie:
            await require_proof(request, presented.token, presented.person.session_id)
        request.state.principal = presented.person
        return presented.person


principal: Final = SignInGuard()


async def visitor(request: Request) -> Principal | None:
    """Dependency for public pages: the person signed in, if any; a token that is no longer good is no reason to send one away."""
    try:
        return await principal(request)
    except SignInNeeded:
        return None


def requires(*roles: Role) -> SignInGuard:
    """Dependency: signed in and holding one of the roles."""
    return SignInGuard(*roles)


SignedIn = Annotated[Principal, Depends(principal)]
Visitor = Annotated[Principal | None, Depends(visitor)]


def set_token_cookie(response: Response, token: str, claims: TokenClaims, *, secure: bool) -> None:
    lifetime = int(claims.exp - claims.iat) + int(REMEMBERED_FOR.total_seconds())
    response.set_cookie(COOKIE, token, max_age=lifetime, path="/", httponly=True, samesite="lax", secure=secure)


def clear_token_cookie(response: Response, *, secure: bool) -> None:
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=secure)
