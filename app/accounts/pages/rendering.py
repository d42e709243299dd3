"""The templates of the staff pages filled in, with the frame that all of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import PackageLoader
from starlette.requests import Request
from starlette.responses import Response

from app import clock
from app.accounts.pages.doors import way_on_query
from app.errors import AppError, Phrase
from app.web.headers import POLICY_HEADER, content_policy
from app.web.languages import choose_language
from app.web.locales import Locale, read_room_locales
from app.web.replies import page_reply
from app.web.style import make_style, page_sheet, read_sheet
from app.web.templates import make_environment

ROOM: Final = "app.accounts.pages"
_FIELDS: Final[Mapping[str, str]] = {
    "accounts.no_email": "email",
    "accounts.staff_already": "email",
    "accounts.staff_name": "name",
    "accounts.token_label": "label",
    "accounts.token_days": "days",
}
_LOCALE: Final = Path(__file__).parent / "locale"


class StaffPages:
    """The pages of one room. Other rooms bring their own templates and texts into the frame."""

    def __init__(
        self,
        room: str,
        package: str,
        *locale: Path,
        sheets: Sequence[str] = (),
        script: str | None = None,
        fields: Mapping[str, str] = _FIELDS,
    ) -> None:
        """`script` is the address of what makes these pages livelier; each works without it.

        `fields` says by the key of an error which field of its form it is about.
        """
        loaders = {"staff": PackageLoader(ROOM), room: PackageLoader(package)}
        self._room = room
        self._environment = make_environment(loaders)
        self._locales: Mapping[str, Locale] = read_room_locales(_LOCALE, *locale)
        self._style = make_style(page_sheet(), read_sheet(ROOM, "staff.css"), *sheets)
        self._script = script
        self._fields = fields
        self._allowed = ("connect-src 'self'",) if script else ()

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        allow: Sequence[str] = (),
        **parts: Any,
    ) -> Response:
        """`signed_in` None leaves the navigation out.

        `problem`, an error or words, is shown above the form in the language of the page.
        `allow` are directives of the content security policy that this page needs beside the usual.
        """
        locale = self.locale_for(request)
        values: dict[str, Any] = {"signed_in": None, "problem": None, "done": None} | parts
        values["now"] = clock.now()
        values["problem_field"] = None
        if isinstance(values["problem"], AppError):
            values["problem_field"] = self._field_of(values["problem"])
            values["problem"] = values["problem"].told_in(locale.language)
        values["way_on"] = way_on_query(request)
        provider = request.app.state.identity_provider
        values["sso"] = None if provider is None else provider.name
        html = self._environment.get_template(f"{self._room}/{template}").render(
            t=locale,
            style=self._style,
            page=template.removesuffix(".html"),
            script=self._script,
            **values,
        )
        policy = {POLICY_HEADER: content_policy([self._style.source], *self._allowed, *allow)}
        return page_reply(request, html, self._style, status=status, headers=policy)

    def _field_of(self, refused: AppError) -> str | None:
        """By its key, or by that of words within it: the title is missing, the name is missing."""
        if refused.phrase is None:
            return None
        parts = [each for each in refused.phrase.values.values() if isinstance(each, Phrase)]
        keys = [refused.phrase.key, *(part.key for part in parts)]
        return next((self._fields[key] for key in keys if key in self._fields), None)

    def locale_for(self, request: Request) -> Locale:
        offered = list(self._locales)
        wanted = request.headers.get("accept-language", "")
        return self._locales[choose_language(wanted, offered)]


_own: Final = StaffPages("staff", ROOM)
staff_page: Final = _own.page
locale_for: Final = _own.locale_for
