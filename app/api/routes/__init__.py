"""Every operation of the API, one file a subject. They call the services that the pages call."""

from __future__ import annotations

from fastapi import APIRouter

from app.api.routes import (
    collectors,
    describing,
    fieldwork,
    files,
    imports,
    initiatives,
    instruments,
    reports,
    retention,
    waves,
)

router = APIRouter()
for room in (
    *(initiatives, describing, instruments, waves, collectors, imports),
    *(fieldwork, reports, files, retention),
):
    router.include_router(room.router)
