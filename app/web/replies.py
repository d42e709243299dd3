"""How pages leave: compressed when the visitor can read that, with the policy of their style."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.web.compression import PackedHead, choose_coding, compress
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
    coding = choose_coding(request.headers.get("accept-encoding", ""))
    if coding:
        body = compress(body, coding)
        sent["content-encoding"] = coding
    return Response(body, status, sent)


def shared_page_reply(request: Request, head: PackedHead, rest: str, policy: str) -> Response:
    """A page whose head is the same for every visitor, already packed."""
    sent = {"content-type": HTML, POLICY_HEADER: policy}
    coding = choose_coding(request.headers.get("accept-encoding", ""))
    if coding:
        sent["content-encoding"] = coding
        return Response(head.followed_by(rest.encode(), coding), HTTPStatus.OK, sent)
    return Response(head.plain + rest.encode(), HTTPStatus.OK, sent)
