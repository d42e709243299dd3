"""The proxies we tell people to use keep nothing of a request: each line of theirs is on a list.

A closed list, because a proxy has many ways to keep something: one more line is looked at by a
person before it is let in here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
import yaml

from app.api.site import LARGER_CALLS
from app.console import LARGER_BODIES
from tests.architecture.documents.pages import page
from tests.architecture.source import ROOT

# Where answers come from another tool, in a file; its reader is the web process's own limit.
FILES: Final = "/staff/imports* /api/v1/imports*"
CADDY: Final = frozenset(
    {
        "/ admin off",
        # Caddy logs requests only where a site says `log`; errors and aborted requests would name
        # address and path, so their loggers are left out.
        "/ log / exclude http.log http.handlers http.stdlib",
        f"/ ${{RAPPORT_SITE}} / @files path {FILES}",
        f"/ ${{RAPPORT_SITE}} / @others not path {FILES}",
        "/ ${RAPPORT_SITE} / request_body @files / max_size 17MB",
        "/ ${RAPPORT_SITE} / request_body @others / max_size 1200KB",
        "/ ${RAPPORT_SITE} / reverse_proxy web:8000 / header_up X-Forwarded-For {remote_host}",
        "/ ${RAPPORT_SITE} / reverse_proxy web:8000 / header_up -User-Agent",
        "/ ${RAPPORT_SITE} / reverse_proxy web:8000 / header_up -Referer",
    }
)
NGINX: Final = frozenset(
    {
        "/ location / / access_log off",
        "/ location / / error_log /dev/null crit",
        "/ location / / client_max_body_size 17m",
        "/ location / / proxy_pass http://127.0.0.1:8000",
        "/ location / / proxy_set_header Host $host",
        "/ location / / proxy_set_header X-Forwarded-For $remote_addr",
        '/ location / / proxy_set_header User-Agent ""',
        '/ location / / proxy_set_header Referer ""',
    }
)


def directives(configuration: str) -> Iterator[str]:
    """Each line without a block of its own, with the blocks it stands in."""
    inside: list[str] = []
    for line in configuration.splitlines():
        words = " ".join(line.partition("#")[0].split()).removesuffix(";")
        if words == "}":
            inside.pop()
        elif words == "{" or words.endswith(" {"):
            inside.append(words.removesuffix("{").strip())
        elif words:
            yield " ".join(["/", *(f"{block} /" for block in inside if block), words])
    if inside:
        raise ValueError(f"a block is not closed: {inside}")


def caddyfile() -> str:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return str(compose["services"]["proxy"]["environment"]["CADDYFILE"])


def nginx_example() -> str:
    (example,) = (code for told, code in page("docs/deployment.md").code() if told == "nginx")
    return example


PROXIES: Final = ((caddyfile, CADDY), (nginx_example, NGINX))


def test_the_proxy_keeps_nothing_of_a_request() -> None:
    for read, known in PROXIES:
        assert set(directives(read())) == known


@pytest.mark.parametrize(
    "sin",
    [
        "log",
        "log {\n output file /var/log/caddy/access.log\n}",
        "header_up X-Real-IP {remote_host}",
        "tls { protocols tls1.0 }",
        "handle_errors {\n respond {http.error.status_code}\n}",
        "reverse_proxy elsewhere:80",
    ],
)
def test_a_planted_line_of_caddy_is_caught(sin: str) -> None:
    planted = caddyfile().replace("request_body @files {", f"{sin}\nrequest_body @files {{")
    assert set(directives(planted)) > CADDY


def test_what_the_web_process_would_take_passes_the_proxies() -> None:
    """A longer body is refused by the web process, in words; a proxy would refuse it without."""
    taken = {**LARGER_BODIES, **LARGER_CALLS}
    files = {path.removesuffix("*") for path in FILES.split()}
    assert files <= taken.keys()
    others = max(most for path, most in taken.items() if path not in files)
    assert others < 1200 * 1000
    assert max(taken.values()) < 17 * 1000 * 1000


@pytest.mark.parametrize("kept", ["access_log off;", 'proxy_set_header User-Agent "";'])
def test_a_line_of_nginx_that_is_gone_is_caught(kept: str) -> None:
    planted = nginx_example().replace(kept, "")
    assert set(directives(planted)) < NGINX


def test_a_page_says_no_more_than_what_is_tested() -> None:
    """The deployment page names each thing that the proxies are told."""
    told = page("docs/deployment.md").text
    assert re.search(r"Caddy logs requests only where its site says `log`", told)
