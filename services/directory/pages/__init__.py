"""HTML: home, sign-in, the public catalogue, administration."""

from services.directory.pages import (
    calendar,
    calendars,
    catalogue,
    changes,
    home,
    imports,
    passwords,
    person,
    poster,
    second_factor,
    sessions,
    staff,
    unit,
    units,
)

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
    changes.router,
    imports.router,
    person.router,
    unit.router,
    calendar.router,
)
