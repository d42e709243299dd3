"""Figures of other programs, measured once and kept: they cannot be run beside ours.

LimeSurvey 6.10.0 (nginx, PHP 8.2 with opcache, MariaDB), the same 36 questions, November 2026, two
shared cores of Debian 12, headless Chromium.
"""

from __future__ import annotations

from typing import Final

LIMESURVEY_FIRST_PAGE_BYTES: Final = 917_000
LIMESURVEY_FIRST_PAGE_REQUESTS: Final = 26
LIMESURVEY_FIRST_PAINT_SECONDS: Final = 12.2
LIMESURVEY_SHEETS_PER_SECOND: Final = 7.2
LIMESURVEY_CPU_SECONDS_PER_SHEET: Final = 0.30  # the lower end of 0.30 to 0.45
