"""One wave from its draft to its count."""

from fastapi import APIRouter

from app.console.waves import closing, collectors, fieldwork, moving, pages, printing, trying

router = APIRouter()
for page in (pages, moving, collectors, printing, trying, fieldwork, closing):
    router.include_router(page.router)
