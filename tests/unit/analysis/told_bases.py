"""Bases of waves so large that nothing is told as a whole wave."""

from __future__ import annotations

from analysis.disclosure.audit.bases import Bases
from analysis.disclosure.audit.concealed import Concealed


def plain_bases(threshold: int = 10) -> Bases:
    waves = {"before": 10**6, "after": 10**6}
    return Bases(threshold, waves, valid={}, members={}, concealed=Concealed())
