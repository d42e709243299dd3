"""How many must answer, and what will be judged."""

from fastapi import APIRouter

from app.console.plans import pages, planner

router = APIRouter()
router.include_router(planner.router)
router.include_router(pages.router)
