"""Each card opens the survey with its own code, and shows it to whoever must type it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.ways_in.printing import read_cards
from app.collectors.cards import Card, cards_as_csv
from app.errors import BadInput
from app.printing.cards import MOST_CARDS, print_cards
from app.printing.wording import PAPER_SIZES, PaperSize
from tests.unit.app.printing.fielded import LANGUAGES, fielded, pages, scanned

ADDRESS = "https://trust.springfield.example/s/agency0123456789"
CARDS = [Card(f"7KQ3-M9XT-{n:04}", f"{ADDRESS}#7KQ3M9XT{n:04}", n == 0) for n in range(19)]
SINGLE = fielded(recruitment="single_use_code")
GROUP = fielded(recruitment="group_code")


@pytest.mark.parametrize("paper", PAPER_SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_eight_cards_fit_a_page_and_each_opens_with_its_own_code(
    language: str, paper: PaperSize
) -> None:
    pdf = print_cards(SINGLE, language, paper, CARDS)
    printed = pages(pdf)
    assert len(printed) == 3
    assert sorted(scanned(pdf)) == [card.address for card in CARDS]
    for card in CARDS if language != "ar" else []:  # turned round by the reader, not on paper
        assert sum(card.code in words for words in printed) == 1


def test_a_card_says_how_often_it_works_and_shows_no_code_in_its_address() -> None:
    [single] = pages(print_cards(SINGLE, "en", "a4", CARDS[:1]))
    [group] = pages(print_cards(GROUP, "en", "a4", CARDS[:1]))
    assert "It works once." in single
    assert "Anyone in your group may use this code." in group
    assert "#" not in single
    assert "Test card: not counted" in single
    [others] = pages(print_cards(SINGLE, "en", "a4", CARDS[1:2]))
    assert "Test card" not in others
    assert "Riverside Neighbours" in single


def test_a_collector_without_codes_has_no_cards() -> None:
    with pytest.raises(BadInput, match="takes no codes"):
        print_cards(fielded(), "en", "a4", CARDS)


@pytest.mark.parametrize("count", [0, MOST_CARDS + 1])
def test_cards_are_printed_in_portions(count: int) -> None:
    with pytest.raises(BadInput, match="codes at a time"):
        print_cards(SINGLE, "en", "a4", [CARDS[0]] * count)


def test_cards_are_read_from_the_list_of_codes(tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text(f"\ufeffcode,address\nAB-12,{ADDRESS}#AB12\n", encoding="utf-8")
    assert read_cards(file) == [Card("AB-12", f"{ADDRESS}#AB12", is_test=False)]
    file.write_text(cards_as_csv(CARDS, label="Letters"), encoding="utf-8")
    assert read_cards(file) == CARDS
    file.write_text("number\n1\n", encoding="utf-8")
    with pytest.raises(BadInput, match="line 2: a code or its address is missing"):
        read_cards(file)
    with pytest.raises(BadInput, match="cannot be read"):
        read_cards(tmp_path / "nowhere.csv")
