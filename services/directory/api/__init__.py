"""JSON under /api/directory."""

from services.directory.api import importing, reading, sessions, staff

ROUTERS = (sessions.router, importing.router, staff.router, reading.router)
