"""The pages: dense and keyboard-first for clerks, one thing at a time for citizens. Each works without scripts."""

from services.intake.pages import citizen, counter, detail, guidance, listing, receipt

ROUTERS = (counter.router, listing.router, detail.router, receipt.router, guidance.router, citizen.router)
