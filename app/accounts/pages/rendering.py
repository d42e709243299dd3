"""The templates of the staff pages filled in, with the frame that all of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import PackageLoader, Template
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app import clock
from app.accounts.pages.doors import way_on_query
from app.errors import AppError, Phrase
from app.web.headers import POLICY_HEADER, content_policy
from app.web.languages import choose_language
from app.web.locales import Locale, read_room_locales
from app.web.replies import HTML, page_reply
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
        html = self._template(template).render(self._values(request, template, parts))
        return page_reply(request, html, self._style, status=status, headers=self._headers(allow))

    def page_by_parts(
        self, request: Request, template: str, parts_at_once: int, **parts: Any
    ) -> Response:
        """A page that takes a while to make: sent as it is made, after the transaction has ended.

        Nothing in `parts` may ask the database any more.
        """
        made = self._template(template).stream(self._values(request, template, parts))
        made.enable_buffering(parts_at_once)
        headers = {"content-type": HTML, **self._headers(())}
        return StreamingResponse(made, headers=headers)

    def _template(self, name: str) -> Template:
        return self._environment.get_template(f"{self._room}/{name}")

    def _values(self, request: Request, template: str, parts: Mapping[str, Any]) -> dict[str, Any]:
        provider, locale = request.app.state.identity_provider, self.locale_for(request)
        problem = parts.get("problem")
        return {
            "signed_in": None,
            "done": None,
            "typed_in": getattr(request.state, "posted", {}) if problem else {},
            **parts,
            **self._told(problem, locale.language),
            "now": clock.now(),
            "way_on": way_on_query(request),
            "sso": None if provider is None else provider.name,
            "t": locale,
            "style": self._style,
            "page": template.removesuffix(".html"),
            "script": self._script,
        }

    def _headers(self, allow: Sequence[str]) -> dict[str, str]:
        return {POLICY_HEADER: content_policy([self._style.source], *self._allowed, *allow)}

    def _told(self, problem: AppError | str | None, language: str) -> dict[str, str | None]:
        if isinstance(problem, AppError):
            field = self._field_of(problem)
            return {"problem": problem.told_in(language), "problem_field": field}
        return {"problem": problem, "problem_field": None}

    def _field_of(self, refused: AppError) -> str | None:
        """By its key, or by that of words within it: the title is missing, the name is missing."""
        if refused.phrase is None:
            return None
        values = refused.phrase.values
        parts = [each for each in values.values() if isinstance(each, Phrase)]
        keys = [refused.phrase.key, *(part.key for part in parts)]
        field = next((self._fields[key] for key in keys if key in self._fields), None)
        firsts = {name: each[0] for name, each in values.items() if isinstance(each, list)}
        return field and field.format_map(firsts)

    def locale_for(self, request: Request) -> Locale:
        offered = list(self._locales)
        wanted = request.headers.get("accept-language", "")
        return self._locales[choose_language(wanted, offered)]


_own: Final = StaffPages("staff", ROOM)
staff_page: Final = _own.page
locale_for: Final = _own.locale_for
