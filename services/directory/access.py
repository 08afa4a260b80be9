"""Who may do and see what: administrators the people of their units and of all units below, operators everybody. An import that
takes effect at once is the operator's and comes from the command line; what is first shown as a difference is also others', as
far as they administer what it concerns (`domain/change_rights.py`).
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import StaffV1, UnitV1
from contracts.refusal import Refusal
from contracts.values import Role
from services.directory.domain.jurisdiction import administers, with_descendants
from services.directory.repository import entities
from web.principal import Forbidden, Principal
from web.signin import requires, token_of

Administrator = Annotated[Principal, Depends(requires(Role.ADMIN, Role.OPERATOR))]
Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]


async def administered_units(connection: AsyncConnection, person: Principal) -> frozenset[str] | None:
    """The units whose people this administrator administers; None: an operator, everybody."""
    if person.has(Role.OPERATOR):
        return None
    units = await entities.load_all(connection, UnitV1)
    return with_descendants({unit.id: unit.entity for unit in units.values()}, person.units(Role.ADMIN))


def require_administered(person: Principal, staff: StaffV1, units: Mapping[str, UnitV1]) -> None:
    """An administrator of each unit in which they hold a post, or of one above it, among all `units`. Raises Forbidden."""
    reach = with_descendants(units, person.units(Role.ADMIN))
    if not administers(reach, staff):
        beyond = [post.unit for post in staff.posts if post.unit not in reach]
        raise Forbidden((Role.ADMIN,), beyond[0] if beyond else None)


class KeysByCommand(Refusal):
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "keys-by-command",
            vi="Khóa của hệ thống chỉ đổi được bằng lệnh motcua keys. Hãy nhờ người vận hành hệ thống.",
            en="The installation's keys are changed by the command motcua keys only. Ask whoever operates the installation.",
        )


class ImportByCommand(Refusal):
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "import-by-command",
            vi="Nhập ngay cả tỉnh chỉ bằng lệnh motcua import. Trong trình duyệt hãy dùng trang Nhập từ tệp.",
            en="At once a whole province is imported by the command motcua import only. In a browser use the page Import files.",
        )


async def importer(request: Request, operator: Operator) -> Principal:
    """The operator with the token in a header, as the command line sends it, not in a cookie. Raises ImportByCommand."""
    presented = token_of(request)
    if presented is not None and presented[1]:
        raise ImportByCommand
    return operator


async def key_keeper(request: Request, operator: Operator) -> Principal:
    """As `importer`. Raises KeysByCommand."""
    presented = token_of(request)
    if presented is not None and presented[1]:
        raise KeysByCommand
    return operator


KeyKeeper = Annotated[Principal, Depends(key_keeper)]
Importer = Annotated[Principal, Depends(importer)]
