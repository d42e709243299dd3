"""The first page of core_trust: bytes and requests, and when a cheap phone shows it."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from tests.bench import peers
from tests.bench.installation import LANGUAGES, Installation, installed
from tests.bench.measure import Measure
from tests.bench.servers import Server, rapport
from tests.browser.find import find_browser

# Slow 3G as DESIGN §5 measured LimeSurvey with it.
BYTES_PER_SECOND: Final = 400_000 / 8
LATENCY_MILLISECONDS: Final = 2000
CPU_SLOWDOWN: Final = 4
VISITS: Final = 3
PHONE: Final = {"width": 360, "height": 740}

AS_A_BROWSER: Final = "gzip, deflate, br, zstd"  # over TLS, as in production
MOST_BYTES: Final = 14 * 1024
MOST_PAINT_SECONDS: Final = 2.5
LEAST_TIMES_FEWER_BYTES: Final = 60


# Milliseconds to the first paint, and for how many other files it had to wait.
FIRST_PAINT: Final = """() => new Promise((tell) => new PerformanceObserver((list) => {
    const paint = list.getEntriesByName("first-contentful-paint")[0].startTime;
    const others = performance.getEntriesByType("resource");
    tell([paint, others.filter((file) => file.renderBlockingStatus === "blocking").length]);
}).observe({ type: "paint", buffered: true }))"""


def _fetched(server: Server, path: str, coding: str) -> tuple[int, bytes]:
    """Head and body as they cross the network, counted; and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", path, headers={"accept-encoding": coding})
    reply = connection.getresponse()
    body = reply.read()
    if reply.status != 200:
        raise RuntimeError(f"{path} answered {reply.status}")
    head = sum(len(f"{name}: {value}\r\n") for name, value in reply.getheaders())
    connection.close()
    return len(f"HTTP/1.1 {reply.status} {reply.reason}\r\n") + head + 2 + len(body), body


def _bytes_on_the_wire(server: Server, path: str) -> tuple[int, int]:
    """Of the page, and of the page with its script, compressed as a phone asks for them."""
    size, _ = _fetched(server, path, AS_A_BROWSER)
    _, plain = _fetched(server, path, "identity")
    script = re.findall(rb'<script[^>]* src="([^"]+)"', plain)[0].decode()
    return size, size + _fetched(server, script, AS_A_BROWSER)[0]


def _open_slowly(browser: Browser, address: str, *, is_slow: bool) -> tuple[float, int, int]:
    """Seconds to the first paint, requests until then, and requests in all."""
    context = browser.new_context(viewport=PHONE, service_workers="block")
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    if is_slow:
        _slow_down(context.new_cdp_session(page))
    page.goto(address, wait_until="load", timeout=120_000)
    paint, waited_for = page.evaluate(FIRST_PAINT)
    context.close()
    return paint / 1000, 1 + waited_for, len(requests)


def _slow_down(session: Any) -> None:
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MILLISECONDS,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})


def _bytes(server: Server, installation: Installation, language: str) -> Iterator[Measure]:
    page, size = _bytes_on_the_wire(server, f"{installation.path}?lang={language}")
    yield Measure(f"first page, {language}, until painted", page, "bytes")
    yield Measure(f"first page, {language}, with its script", size, "bytes", at_most=MOST_BYTES)
    yield Measure(
        f"first page, {language}, LimeSurvey's bytes",
        peers.LIMESURVEY_FIRST_PAGE_BYTES,
        "bytes",
        "ours",
        size,
        at_least=LEAST_TIMES_FEWER_BYTES,
        of_ratio=True,
    )


def _paint(browser: Browser, address: str, language: str, *, is_slow: bool) -> Iterator[Measure]:
    """The middle of several visits, each with empty hands."""
    visits = [_open_slowly(browser, address, is_slow=is_slow) for _ in range(VISITS)]
    seconds, until_paint, in_all = sorted(visits)[VISITS // 2]
    network = "slow 3G" if is_slow else "no slow network"
    yield Measure(f"first page, {language}, requests until painted", until_paint, "", at_most=1)
    yield Measure(
        f"first page, {language}, requests in all",
        in_all,
        "",
        "LimeSurvey",
        peers.LIMESURVEY_FIRST_PAGE_REQUESTS,
    )
    yield Measure(
        f"first page, {language}, first paint, {network}",
        seconds,
        "s",
        "LimeSurvey",
        peers.LIMESURVEY_FIRST_PAINT_SECONDS if is_slow else None,
        at_most=MOST_PAINT_SECONDS,
    )


def measure_first_page(*, is_quick: bool) -> Iterator[Measure]:
    languages = LANGUAGES[:1] if is_quick else LANGUAGES
    with (
        installed() as installation,
        rapport(installation) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_browser())
        for language in languages:
            yield from _bytes(server, installation, language)
            address = f"{server.origin}{installation.path}?lang={language}"
            yield from _paint(browser, address, language, is_slow=not is_quick)
        browser.close()
