"""The agency console: from an idea to a published comparison, by people without a statistician."""

from fastapi import APIRouter

from app.console import downloads, initiatives, reports, waves

router = APIRouter()
router.include_router(initiatives.router)
router.include_router(waves.router)
router.include_router(reports.router)
router.include_router(downloads.router)
