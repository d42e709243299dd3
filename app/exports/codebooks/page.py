"""The codebook as one HTML file that needs nothing else: to read, to print, to keep."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader

from analysis.codebook import Codebook
from app.exports.words import in_language, locale_of
from app.web.templates import make_environment


@cache
def _environment() -> Environment:
    return make_environment({"codebooks": PackageLoader("app.exports.codebooks")})


def write_html(codebook: Codebook, language: str) -> bytes:
    template = _environment().get_template("codebooks/codebook.html")

    def told(text: Any) -> str:
        return in_language(text, language)

    return template.render(codebook=codebook, t=locale_of(language), told=told).encode()
