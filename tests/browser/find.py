"""Where a Chromium is: `python -m tests.browser.find` starts it once, or fails."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def find_browser() -> str | None:
    """The system's own browser first; otherwise the one playwright has installed."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        installed = Path(playwright.chromium.executable_path)
    return str(installed) if installed.exists() else None


def launch(path: str) -> str:
    """Return the version; fails where a library that browser or driver needs is missing."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        version = browser.version
        browser.close()
    return version


if __name__ == "__main__":
    found = find_browser()
    if found is None:
        sys.exit("No Chromium was found. Run: make browser")
    sys.stdout.write(f"{found} {launch(found)}\n")
