"""Pages of reporting: figures, the lists behind them, guidance turns, and the public page."""

from fastapi import APIRouter

from services.reporting.pages import figures, lists, public

router = APIRouter(prefix="/reporting", include_in_schema=False)
for page in (figures.router, lists.router, public.router):
    router.include_router(page)
