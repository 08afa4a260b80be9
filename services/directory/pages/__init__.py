"""HTML: home, sign-in, the public catalogue, administration."""

from services.directory.pages import calendars, catalogue, home, poster, sessions, staff, units

ROUTERS = (
    home.router,
    sessions.router,
    catalogue.router,
    poster.router,
    units.router,
    staff.router,
    calendars.router,
)
