"""The proof of anonymity: seen by owners, and published by them under a stable address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.pages.doors import see_other
from app.accounts.signing_in import SignedIn
from app.console.doors import PublisherDep
from app.console.rendering import told
from app.db import SessionDep
from app.errors import AppError
from app.responses.linkage.published import (
    PATH,
    newest_proof,
    publish_proof,
    published_proof,
    withdraw_proof,
)
from app.settings import Settings

HERE: Final = "/staff/anonymity"
router = APIRouter()


@router.get(HERE)
def show_proof(request: Request, session: SessionDep, publisher: PublisherDep) -> Response:
    return _proof(request, session, publisher)


@router.post(HERE + "/publish")
def post_publication(request: Request, session: SessionDep, publisher: PublisherDep) -> Response:
    return _done(request, session, publisher, publish_proof)


@router.post(HERE + "/withdraw")
def post_withdrawal(request: Request, session: SessionDep, publisher: PublisherDep) -> Response:
    return _done(request, session, publisher, withdraw_proof)


def _done(
    request: Request,
    session: SessionDep,
    publisher: SignedIn,
    do: Callable[[SessionDep, str, str], None],
) -> Response:
    try:
        do(session, publisher.agency_id, publisher.staff_id)
    except AppError as refused:
        return _proof(request, session, publisher, refused)
    return see_other(HERE)


def _proof(
    request: Request, session: SessionDep, publisher: SignedIn, refused: AppError | None = None
) -> Response:
    settings: Settings = request.app.state.settings
    return told(
        request,
        "anonymity.html",
        refused,
        signed_in=publisher,
        newest=newest_proof(session, publisher.agency_id),
        published=published_proof(session, publisher.agency_id),
        address=settings.base_url + PATH.format(agency_id=publisher.agency_id),
    )
