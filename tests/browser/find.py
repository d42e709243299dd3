"""Where a Chromium is: `python -m tests.browser.find` prints it, or fails saying what to do."""

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


if __name__ == "__main__":
    found = find_browser()
    if found is None:
        sys.exit("No Chromium was found. Run: make browser")
    sys.stdout.write(f"{found}\n")
