"""The agency console: from an idea to a published comparison, by people without a statistician."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.console import (
    anonymity,
    custody,
    deletion,
    downloads,
    imports,
    initiatives,
    instruments,
    plans,
    records,
    reports,
    retention,
    texts,
    waves,
)
from app.console.rendering import SCRIPT, live_script
from app.web.scripts import script_reply

# A survey file may have 256 KiB; the rest is what a form puts around it.
LARGER_BODIES: Final[Mapping[str, int]] = {
    "/staff/instruments": 320 * 1024,
    "/staff/initiatives": 320 * 1024,  # a table that is too long is told so beside the form
    custody.LIST: custody.LONGEST_UPLOAD,
    imports.LIST: imports.LONGEST_FORM,
}
router = APIRouter()
router.include_router(initiatives.router)
router.include_router(instruments.router)
router.include_router(plans.router)
router.include_router(waves.router)
router.include_router(reports.router)
router.include_router(downloads.router)
router.include_router(custody.router)
router.include_router(anonymity.router)
router.include_router(retention.router)
router.include_router(imports.router)
router.include_router(texts.router)
router.include_router(records.router)
router.include_router(deletion.router)


@router.get(SCRIPT)
async def show_live_script(request: Request) -> Response:
    return script_reply(request, live_script)
