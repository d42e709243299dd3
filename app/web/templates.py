"""One strict Jinja environment over the templates of several rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from markupsafe import Markup, escape


def make_environment(rooms: Mapping[str, BaseLoader], *others: BaseLoader) -> Environment:
    """Templates are named `room/file.html`; those of this room are `web/...`."""
    own = PrefixLoader({"web": PackageLoader("app.web"), **rooms})
    environment = Environment(
        loader=ChoiceLoader([own, *others]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["with_commands"] = with_commands
    return environment


def with_commands(told: str) -> Markup:
    """What stands between backticks is for a terminal, and set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(told))))  # noqa: S704 - escaped
