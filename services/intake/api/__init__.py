"""The JSON API under /api/intake/."""

from services.intake.api import citizen_withdrawal, dossiers, front_desk, owed, promises, submissions

ROUTERS = (
    dossiers.router,
    submissions.router,
    front_desk.router,
    owed.router,
    citizen_withdrawal.router,
    promises.router,
)
