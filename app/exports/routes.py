"""The public bundle of a published report, for anyone who may read the report."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.db import Database
from app.exports.bundles.released import published_bundle
from app.reports.reading.wording import LANGUAGES
from app.web.languages import choose_language

router = APIRouter()


@router.get("/r/{public_id}/bundle.zip")
def take_public_bundle(public_id: str, request: Request) -> Response:
    """A few milliseconds of zipping what was published: nothing is computed."""
    wanted = request.query_params.get("lang", "")
    accepted = request.headers.get("accept-language", "")
    language = wanted if wanted in LANGUAGES else choose_language(accepted, LANGUAGES)
    database: Database = request.app.state.database
    with database.reading() as session:
        bundle = published_bundle(session, public_id, language)
    headers = {
        "content-disposition": f'attachment; filename="report-{public_id}.zip"',
        "vary": "accept-language",
    }
    return Response(bundle, media_type="application/zip", headers=headers)
