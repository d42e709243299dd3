"""Which duty each page of the console asks for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from app.accounts.pages.doors import with_duty
from app.accounts.signing_in import SignedIn
from app.privacy.web_keys import WebKeyStore

AuthorDep = Annotated[SignedIn, Depends(with_duty("set_up_initiatives"))]
FieldworkDep = Annotated[SignedIn, Depends(with_duty("see_fieldwork"))]
RunnerDep = Annotated[SignedIn, Depends(with_duty("run_waves"))]
ReaderDep = Annotated[SignedIn, Depends(with_duty("see_reports"))]
PublisherDep = Annotated[SignedIn, Depends(with_duty("publish_reports"))]
AnswersDep = Annotated[SignedIn, Depends(with_duty("take_answers"))]
ApproverDep = Annotated[SignedIn, Depends(with_duty("approve_reports"))]
ReviewerDep = Annotated[SignedIn, Depends(with_duty("review_texts"))]
EraserDep = Annotated[SignedIn, Depends(with_duty("erase_answers"))]
ComputedDep = Annotated[SignedIn, Depends(with_duty("see_computed"))]


async def _sent(request: Request) -> tuple[bytes, str]:
    return await request.body(), request.headers.get("content-type", "")


# What came, and as what: a form with a file is read once its page knows that it is there.
SentDep = Annotated[tuple[bytes, str], Depends(_sent)]


def _web_keys(request: Request) -> WebKeyStore:
    keys: WebKeyStore = request.app.state.web_keys
    return keys


WebKeysDep = Annotated[WebKeyStore, Depends(_web_keys)]
KeyHolderDep = Annotated[SignedIn, Depends(with_duty("hold_keys"))]
