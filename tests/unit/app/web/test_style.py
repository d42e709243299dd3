from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest

from app.web.style import make_style, page_sheet, shrink


@pytest.mark.parametrize(
    ("sheet", "small"),
    [
        ("a { color: red; }", "a{color:red}"),
        ("/* why */ p { margin: 0 auto;\n  padding: 1px }", "p{margin:0 auto;padding:1px}"),
        ("@media (min-width: 42rem) {\n a { b: c }\n}", "@media (min-width: 42rem){a{b:c}}"),
        ("ul > li, p + p { a: b }", "ul>li,p + p{a:b}"),
        ('a::before { content: "; } x" }', 'a::before{content:"; } x"}'),
        ('a::before { content: "; }  x;}"; b: c; }', 'a::before{content:"; }  x;}";b:c}'),
        ("div :focus { a: b }", "div :focus{a:b}"),
    ],
)
def test_a_sheet_gets_smaller_and_means_the_same(sheet: str, small: str) -> None:
    assert shrink(sheet) == small


def test_a_style_is_named_by_the_hash_of_exactly_what_the_page_carries() -> None:
    style = make_style("p { margin: 0 }", "a { color: red }")
    digest = b64encode(sha256(str(style.css).encode()).digest()).decode()
    assert style.source == f"'sha256-{digest}'"


def test_a_sheet_cannot_end_the_block_it_stands_in() -> None:
    with pytest.raises(ValueError, match="<"):
        make_style("p::before { content: '</style><script>' }")


def _luminance(colour: str) -> float:
    digits = colour.strip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _tokens() -> list[dict[str, str]]:
    """The light tokens, and the dark ones laid over them."""
    blocks = [block.split("}", 1)[0] for block in shrink(page_sheet()).split(":root{")[1:3]]
    light, dark = (
        {name: value for name, _, value in (rule.partition(":") for rule in block.split(";"))}
        for block in blocks
    )
    return [light, light | dark]


TEXT_PAIRS = [
    *(("ink", ground) for ground in ("paper", "card", "tint", "alert-tint")),
    *(("soft", ground) for ground in ("paper", "card")),
    *(("accent", ground) for ground in ("paper", "card")),
    *(("alert", ground) for ground in ("paper", "alert-tint")),
    ("on-accent", "accent"),
]
EDGE_PAIRS = [("edge", "paper"), ("edge", "card"), ("accent", "tint")]


@pytest.mark.parametrize("tokens", _tokens(), ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(tokens: dict[str, str], text: str, ground: str) -> None:
    assert _contrast(tokens[f"--{text}"], tokens[f"--{ground}"]) >= 4.5


@pytest.mark.parametrize("tokens", _tokens(), ids=["light", "dark"])
@pytest.mark.parametrize(
    ("edge", "ground"), [("edge", "paper"), ("edge", "card"), ("accent", "tint")]
)
def test_the_edges_of_controls_can_be_seen(tokens: dict[str, str], edge: str, ground: str) -> None:
    assert _contrast(tokens[f"--{edge}"], tokens[f"--{ground}"]) >= 3
