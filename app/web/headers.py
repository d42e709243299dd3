"""Security headers on every answer, error pages included."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY_HEADER: Final = "content-security-policy"
_FEATURES: Final = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
TOLD: Final = "told_headers"  # the name, in the state of a request, of what its room adds
_ONE_YEAR: Final = 31_536_000


def content_policy(style_sources: Iterable[str] = (), *more: str) -> str:
    """Nothing but this page, its own script files and the inline style blocks named by hash.

    `more` are further directives that a room needs for its own pages.
    """
    styles = " ".join(style_sources)
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {styles or chr(39) + 'none' + chr(39)}",
            "script-src 'self'",
            "img-src 'self' data:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            *more,
        )
    )


def permissions_policy(*, allowed: Collection[str] = ()) -> str:
    """Nothing of the device for any page, but what a page of ours states that it needs."""
    return ",".join(
        f"{feature}=(self)" if feature in allowed else f"{feature}=()" for feature in _FEATURES
    )


def security_headers(*, is_https: bool) -> list[tuple[bytes, bytes]]:
    headers = {
        POLICY_HEADER: content_policy(),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "permissions-policy": permissions_policy(),
        "cache-control": "no-store",
    }
    if is_https:
        headers["strict-transport-security"] = f"max-age={_ONE_YEAR}; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


class SecurityHeaders:
    """Adds each header that the answer does not set itself."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._headers = security_headers(is_https=is_https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                present = {name for name, _ in own}
                told = scope.get("state", {}).get(TOLD, ())
                usual = [header for header in self._headers if header[0] not in present]
                message["headers"] = [*own, *told, *usual]
            await send(message)

        await self._app(scope, receive, send_with_headers)
