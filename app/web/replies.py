"""How pages leave: compressed when the visitor can read that, with the policy of their style."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.web.compression import DeflatedHead, accepts_gzip, compress
from app.web.headers import POLICY_HEADER, content_policy
from app.web.style import Style

HTML: Final = "text/html; charset=utf-8"


def page_reply(
    request: Request,
    html: str,
    style: Style,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = html.encode()
    sent = {"content-type": HTML, POLICY_HEADER: content_policy([style.source]), **(headers or {})}
    if accepts_gzip(request.headers.get("accept-encoding", "")):
        body = compress(body)
        sent["content-encoding"] = "gzip"
    return Response(body, status, sent)


def shared_page_reply(request: Request, head: DeflatedHead, rest: str, policy: str) -> Response:
    """A page whose head is the same for every visitor, already deflated."""
    sent = {"content-type": HTML, POLICY_HEADER: policy}
    if accepts_gzip(request.headers.get("accept-encoding", "")):
        sent["content-encoding"] = "gzip"
        return Response(head.followed_by(rest.encode()), HTTPStatus.OK, sent)
    return Response(head.plain + rest.encode(), HTTPStatus.OK, sent)
