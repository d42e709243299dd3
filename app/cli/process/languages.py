"""The languages that a report can be asked for in."""

from enum import StrEnum


class ReportLanguage(StrEnum):
    ENGLISH = "en"
    SPANISH = "es"
    ARABIC = "ar"
    VIETNAMESE = "vi"
