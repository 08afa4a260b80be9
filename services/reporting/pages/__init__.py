"""Pages of reporting: figures, the lists behind them, guidance turns, the leader's board, and the public page."""

from fastapi import APIRouter

from services.reporting.pages import board, export, figures, lists, public, waiting

router = APIRouter(prefix="/reporting", include_in_schema=False)
for page in (figures.router, export.router, lists.router, board.router, waiting.router, public.router):
    router.include_router(page)
