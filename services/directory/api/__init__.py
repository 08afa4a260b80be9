"""JSON under /api/directory."""

from services.directory.api import catalogue, changes, imports, keys, passwords, second_factor, sessions, staff

ROUTERS = (
    sessions.router,
    imports.router,
    staff.router,
    passwords.router,
    second_factor.router,
    keys.router,
    catalogue.router,
    changes.router,
)
