"""Every operation of the API, one file a subject. They call the services that the pages call."""

from __future__ import annotations

from fastapi import APIRouter

from app.api.routes import initiatives, instruments, reports, retention, waves

router = APIRouter()
for room in (initiatives, instruments, waves, reports, retention):
    router.include_router(room.router)
