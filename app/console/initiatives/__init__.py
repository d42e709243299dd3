"""What is to be judged, where, and what residents are told about it."""

from fastapi import APIRouter

from app.console.initiatives import describing, pages

router = APIRouter()
router.include_router(describing.router)
router.include_router(pages.router)
