"""HTML: home, sign-in, the public catalogue, administration."""

from services.directory.pages import calendars, catalogue, home, passwords, poster, second_factor, sessions, staff, units

ROUTERS = (
    home.router,
    sessions.router,
    passwords.router,
    second_factor.router,
    catalogue.router,
    poster.router,
    units.router,
    staff.router,
    calendars.router,
)
