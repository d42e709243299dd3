"""Scripts lose comments and needless space, and nothing that is said or matched."""

from __future__ import annotations

import gzip

import pytest

from app.responses.pages.rendering import resident_script
from app.web.scripts import small

LONGEST = 5500


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("// why\nconst a = 1;\n\n  a + b;\n", "const a=1;a+b;"),
        ('say("a  =  b; // c");', 'say("a  =  b; // c");'),
        ("say(`a , ${b}`);", "say(`a , ${b}`);"),
        ("text.replace(/, +/g, x);", "text.replace(/, +/g,x);"),
        ("a / b + c / d", "a / b+c / d"),
        ("const f = (a) => {\n  return a;\n};", "const f=(a)=>{return a;};"),
        ("return new X;", "return new X;"),
    ],
)
def test_only_what_means_nothing_goes(source: str, expected: str) -> None:
    assert small(source) == expected


def test_the_script_of_the_resident_page_stays_small() -> None:
    script = resident_script()
    assert gzip.decompress(script.packed["gzip"]) == script.plain
    assert len(script.packed["gzip"]) <= LONGEST
    assert b"\n//" not in script.plain
