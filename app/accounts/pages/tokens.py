"""API tokens on the page: made, listed, revoked."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.api_tokens import (
    USUAL_DAYS,
    list_api_tokens,
    make_api_token,
    revoke_api_token,
    scopes_for,
)
from app.accounts.pages.doors import FormDep, InsiderDep, see_other, typed
from app.accounts.pages.rendering import staff_page
from app.accounts.signing_in import SignedIn
from app.db import SessionDep
from app.errors import BadInput, Conflict
from app.web.forms import Form, whole_number

TOKENS: Final = "/staff/tokens"
PERIODS: Final = (7, 30, USUAL_DAYS, 365)
router = APIRouter()


@router.get(TOKENS)
def show_tokens(request: Request, session: SessionDep, insider: InsiderDep) -> Response:
    return _tokens(request, session, insider, {})


@router.post(TOKENS)
def post_token(
    request: Request, session: SessionDep, insider: InsiderDep, form: FormDep
) -> Response:
    days = whole_number(typed(form, "days"))
    try:
        token = make_api_token(
            session,
            insider,
            label=typed(form, "label"),
            scopes=form.get("scopes", []),
            days=USUAL_DAYS if days is None else days,
        )
    except (BadInput, Conflict) as refused:
        return _tokens(request, session, insider, form, refused)
    label = typed(form, "label").strip()
    return staff_page(request, "token.html", signed_in=insider, token=token, label=label)


@router.post(TOKENS + "/{token_id}/revoke")
def post_revocation(token_id: str, session: SessionDep, insider: InsiderDep) -> Response:
    revoke_api_token(session, insider, token_id)
    return see_other(TOKENS)


def _tokens(
    request: Request,
    session: SessionDep,
    insider: SignedIn,
    typed_in: Form,
    refused: BadInput | Conflict | None = None,
) -> Response:
    return staff_page(
        request,
        "tokens.html",
        signed_in=insider,
        tokens=list_api_tokens(session, insider),
        scopes=scopes_for(insider),
        periods=PERIODS,
        usual=USUAL_DAYS,
        typed_in=typed_in,
        problem=refused,
        status=HTTPStatus.OK if refused is None else refused.status,
    )
