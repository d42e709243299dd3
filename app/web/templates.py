"""One strict Jinja environment over the templates of several rooms."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)


def make_environment(rooms: Mapping[str, BaseLoader], *others: BaseLoader) -> Environment:
    """Templates are named `room/file.html`; those of this room are `web/...`."""
    own = PrefixLoader({"web": PackageLoader("app.web"), **rooms})
    return Environment(
        loader=ChoiceLoader([own, *others]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
