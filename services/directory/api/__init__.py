"""JSON under /api/directory."""

from services.directory.api import catalogue, imports, keys, passwords, sessions, staff

ROUTERS = (sessions.router, imports.router, staff.router, passwords.router, keys.router, catalogue.router)
