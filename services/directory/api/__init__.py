"""JSON under /api/directory."""

from services.directory.api import catalogue, imports, keys, sessions, staff

ROUTERS = (sessions.router, imports.router, staff.router, keys.router, catalogue.router)
