"""What could name somebody is taken out, and what only looks like it stays: in figures."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.masking import mask_identifiers

PLANTED: Final = 500
Draw = Callable[[random.Random], str]

STREETS: Final = ("Oak", "main", "Martin Luther King", "5th", "St. Charles", "elm", "Río Grande")
ENDS: Final = ("Street", "st", "Ave", "Avenue", "Rd", "Boulevard", "Lane", "Dr.", "court")
CALLES: Final = ("calle Juárez", "Avenida de la Paz", "c/ Mayor", "carrera Séptima", "Av. Central")
AROUND: Final = (
    "My number is {}, call me.",
    "They came to {} twice and left.",
    "Please write to {} about it",
    "Mi dato es {} y nadie contesta.",
    "Vinieron por {} el otro verano.",
    "{}",
)


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("23456789") for _ in range(count))


def letters(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(count))


def phone(rng: random.Random) -> str:
    a, b, c = digits(rng, 3), digits(rng, 3), digits(rng, 4)
    shapes = (f"({a}) {b}-{c}", f"{a}-{b}-{c}", f"{a}.{b}.{c}", f"{a} {b} {c}", f"{a}{b}{c}")
    return rng.choice((*shapes, f"+1 {a} {b} {c}", f"1-{a}-{b}-{c}", f"{b}-{c}", f"+52 55 {b} {c}"))


def email(rng: random.Random) -> str:
    name = rng.choice(("ana.perez", "jsmith", "m_lopez22", "the-neighbor", "x.y+z"))
    host = rng.choice(("gmail.com", "correo.com.mx", "city.gov", "mail.example.org"))
    return rng.choice((f"{name}@{host}", f"{name} @ {host}", f"{name} at gmail dot com"))


def ssn(rng: random.Random) -> str:
    a, b, c = digits(rng, 3), digits(rng, 2), digits(rng, 4)
    return rng.choice(
        (f"{a}-{b}-{c}", f"{a} {b} {c}", f"SSN {a}{b}{c}", f"seguro social: {a}{b}{c}")
    )


def plate(rng: random.Random) -> str:
    a, b = letters(rng, 3), digits(rng, 4)
    shapes = (
        f"{a} {b}",
        f"{a}-{b[:3]}",
        f"{b[0]}{a}{b[1:]}",
        f"license plate {b[:2]}{a[:2]}{b[2:]}",
    )
    return rng.choice((*shapes, f"placas {a}-{b}", f"plate number {a}{b}"))


def address(rng: random.Random) -> str:
    number = rng.randrange(10, 9999)
    english = f"{number} {rng.choice(STREETS)} {rng.choice(ENDS)}"
    spanish = f"{rng.choice(CALLES)} {rng.choice(('', '#', 'núm. ', 'No. '))}{number}"
    return rng.choice((english, f"{english}, apt {rng.randrange(1, 30)}", spanish))


CLEAN: Final = (
    "They never come when we call, and it takes {n} minutes or more.",
    "I have lived here for {n} years and never saw {m} officers walk.",
    "In {n} of the last {m} months nobody came to our street.",
    "The officers on my street are kind; the ones on {n}th street are not.",
    "About {n} percent of people here are afraid, maybe {m}.",
    "Police should listen more, explain more and come to meetings.",
    "They may stop {n} cars a day on the main road.",
    "We need {n} more lights and a crossing by the school.",
    "I called 911 {n} times last summer.",
    "An officer helped my mother; the officer was patient.",
    "The chief should talk with us at least {n} times a year.",
    "Nunca vienen cuando llamamos; tardan {n} minutos o más.",
    "Vivo aquí desde hace {n} años y no he visto {m} policías a pie.",
    "En {n} de los últimos {m} meses nadie vino a nuestra calle.",
    "La policía debe escuchar más y explicar lo que hace.",
    "Un agente ayudó a mi madre; fue muy amable.",
    "Hacen falta {n} luces más en la plaza y en el camino.",
    "Llamé al 911 {n} veces el verano pasado.",
    "El jefe debería hablar con nosotros {n} veces al año.",
    "They treat us like numbers: 1, 2, 3 ... and that is all.",
)


def found(draw: Draw, seed: int) -> float:
    """Which share of planted ones is gone, to the last of its digits or letters."""
    rng = random.Random(seed)
    gone = 0
    for _ in range(PLANTED):
        secret = draw(rng)
        masked = mask_identifiers(rng.choice(AROUND).format(secret))
        core = max(secret.replace(".", " ").split(), key=lambda part: sum(map(str.isdigit, part)))
        gone += core not in masked and "[" in masked
    return gone / PLANTED


@pytest.mark.parametrize(
    ("draw", "least"),
    [(phone, 0.95), (email, 0.95), (ssn, 0.95), (plate, 0.95), (address, 0.8)],
    ids=["phone", "e-mail", "ssn", "plate", "address"],
)
def test_nearly_all_that_is_planted_is_found(draw: Draw, least: float) -> None:
    assert found(draw, 7) >= least


def test_what_only_looks_like_it_stays() -> None:
    rng = random.Random(11)
    touched = []
    for _ in range(PLANTED):
        text = rng.choice(CLEAN).format(n=rng.randrange(2, 99), m=rng.randrange(2, 12))
        if mask_identifiers(text) != text:
            touched.append(text)
    assert len(touched) <= 0.03 * PLANTED, touched[:5]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call me at (555) 234-5678", "call me at [phone]"),
        ("اتصلوا \u0665\u0665\u0665-\u0662\u0663\u0664-\u0665\u0666\u0667\u0668", "اتصلوا [phone]"),
        ("see https://example.org/a?b=1 now", "see [link] now"),
        ("I am @neighbor_7 there", "I am [handle] there"),
        ("it was on 03/14/2025", "it was on [date]"),
        ("the 3rd of March, 2025 was bad", "the [date] was bad"),
        ("fue el 5 de mayo de 2024", "fue el [date]"),
        ("Officer Smith was rude", "Officer [name] was rude"),
        ("la agente María López fue amable", "la agente [name] fue amable"),
        ("badge number 4471", "badge number [number]"),
        ("caso 2024-00117", "caso [number]"),
        ("I live at 1200 Oak Street", "I live at [address]"),
    ],
)
def test_a_find_gives_way_to_what_it_was(text: str, masked: str) -> None:
    assert mask_identifiers(text) == masked


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask_identifiers(text)
    assert mask_identifiers(once) == once


def test_a_thousand_characters_of_anything_take_no_time() -> None:
    """No rule runs away: the worst that a form can bring is bounded."""
    for piece in ("1 ", "a.", "1-", "calle ", "12 a ", "A A ", "(", "@a", "badge ", "+1 "):
        mask_identifiers(piece * (1000 // len(piece)))
