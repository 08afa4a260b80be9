"""Forms 02 and 03, to be printed as often as needed while it is so: what a dossier was handed back for or waits for, each paper
with its reason, and why one was refused.
"""

# ruff: noqa: FAST003 -- `dossier` of the path is read by CurrentSheet, which ruff does not look into

from fastapi import APIRouter, Response

from services.intake.domain.stages import Stage
from services.intake.pages.sheet import CurrentSheet

router = APIRouter(include_in_schema=False)


@router.get("/intake/dossiers/{dossier}/supplement")
async def supplement(sheet: CurrentSheet) -> Response:
    """Leads to the dossier's page where nothing is asked for (any more): what is on the form holds no longer."""
    line = sheet.last({Stage.RETURNED: "returned", Stage.SUPPLEMENT_OWED: "paused"}.get(sheet.dossier.stage, ""))
    if line is None:
        return sheet.to_the_dossier()
    return await sheet.render("supplement.html", by=line.by, returned_at=line.at)


@router.get("/intake/dossiers/{dossier}/refusal")
async def refusal(sheet: CurrentSheet) -> Response:
    """Leads to the dossier's page where it was not refused."""
    line = sheet.last("refused")
    if sheet.dossier.stage is not Stage.REFUSED or line is None:
        return sheet.to_the_dossier()
    return await sheet.render("refusal.html", by=line.by, refused_at=line.at)
