"""One wave from its draft to its count."""

from fastapi import APIRouter

from app.console.waves import pages

router = APIRouter()
router.include_router(pages.router)
