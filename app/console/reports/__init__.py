"""Journey page 8: reports are computed, looked at, chosen from, approved, published, withdrawn."""

from fastapi import APIRouter

from app.console.reports import breakdowns, listing, release

router = APIRouter()
router.include_router(listing.router)
router.include_router(release.router)
router.include_router(breakdowns.router)
