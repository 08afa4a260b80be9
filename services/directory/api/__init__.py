"""JSON under /api/directory."""

from services.directory.api import catalogue, imports, sessions, staff

ROUTERS = (sessions.router, imports.router, staff.router, catalogue.router)
