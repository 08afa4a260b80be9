"""Forms 04 and 05, and form 03 after acceptance, printed as often as needed: why it takes longer, was stopped, or declined."""

# ruff: noqa: FAST003 -- `dossier` of the path is read by CurrentSheet, which ruff does not look into

from fastapi import APIRouter, Response

from services.intake.pages.sheet import CurrentSheet

router = APIRouter(include_in_schema=False)


@router.get("/intake/dossiers/{dossier}/stop")
async def stop(sheet: CurrentSheet) -> Response:
    """Leads to the dossier's page where it was not stopped."""
    if sheet.dossier.stop is None:
        return sheet.to_the_dossier()
    return await sheet.render("stop.html", by=sheet.dossier.stop.by)


@router.get("/intake/dossiers/{dossier}/decline")
async def decline(sheet: CurrentSheet) -> Response:
    """Leads to the dossier's page where it was not declined, or where the reason is not kept, as before this release."""
    line = sheet.last("decided")
    if sheet.dossier.decline_reason is None or line is None:
        return sheet.to_the_dossier()
    return await sheet.render("decline.html", by=line.by)


@router.get("/intake/dossiers/{dossier}/extension")
async def extension(sheet: CurrentSheet) -> Response:
    """Leads to the dossier's page where no other date was promised."""
    if sheet.dossier.extension is None:
        return sheet.to_the_dossier()
    return await sheet.render("extension.html", by=sheet.dossier.extension.by)
