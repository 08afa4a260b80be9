"""The pages: dense and keyboard-first for clerks, one thing at a time for citizens. Each works without scripts."""

from services.intake.pages import (
    citizen,
    citizen_withdrawal,
    confirmation,
    counter,
    dispatch,
    dossier,
    dossiers,
    endings,
    guidance,
    hand_over,
    owed,
    rating,
    receipt,
    results,
    supplement,
    withdrawal,
)

ROUTERS = (
    counter.router,
    dispatch.router,
    dossiers.router,
    dossier.router,
    withdrawal.router,
    results.router,
    hand_over.router,
    receipt.router,
    supplement.router,
    endings.router,
    guidance.router,
    citizen.router,
    rating.router,
    citizen_withdrawal.router,
    confirmation.router,
    owed.router,
)
