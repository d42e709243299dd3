"""The JSON API: everything the pages do, for programs. Its form is told at /api/v1/openapi.json."""

from app.api.site import add_api, router

__all__ = ["add_api", "router"]
