"""HTML: home, sign-in, the public catalogue, administration."""

from services.directory.pages import calendars, catalogue, home, passwords, poster, sessions, staff, units

ROUTERS = (
    home.router,
    sessions.router,
    passwords.router,
    catalogue.router,
    poster.router,
    units.router,
    staff.router,
    calendars.router,
)
