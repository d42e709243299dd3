"""The JSON API: everything the pages do, for programs. Its form is told at /api/v1/openapi.json."""
