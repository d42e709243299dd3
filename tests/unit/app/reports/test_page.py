"""The page says what the released document says, all of it, and nothing of its own."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any, Final

import pytest

from app.reports.page import render_document
from app.reports.reading import read_report
from tests.unit.app.reports.documents import example, released

VOID: Final = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Tags in order, ids, and the text a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.unclosed: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.unclosed.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(document: dict[str, Any]) -> Reader:
    return Reader(render_document(document))


def reasons(part: Any) -> Iterator[str]:
    """Every reason for hiding that stands somewhere in a document."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in {"suppressed", "not_estimable"}:
                yield value
            else:
                yield from reasons(value)
    elif isinstance(part, list):
        for value in part:
            yield from reasons(value)


def test_a_computed_document_is_never_shown() -> None:
    with pytest.raises(ValueError, match="released"):
        render_document(example("computed"))


@pytest.mark.parametrize("document", [released(), released(people=40), example("released")])
def test_the_page_is_well_formed_and_each_id_stands_once(document: dict[str, Any]) -> None:
    page = read(document)
    ids = Counter(value for name, value in page.attributes if name == "id")
    assert page.unclosed == page.open == []
    assert [name for name, count in ids.items() if count > 1] == []
    named = [value for name, value in page.attributes if name == "aria-labelledby"]
    assert set(" ".join(map(str, named)).split()) <= ids.keys()


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    html = render_document(released())
    page = Reader(html)
    assert page.tags.keys().isdisjoint({"script", "img", "iframe", "object", "form"})
    assert [v for n, v in page.attributes if n in {"src", "href"} and not _is_local(v)] == []
    assert not any(name == "style" or name.startswith("on") for name, _ in page.attributes)


def _is_local(address: str | None) -> bool:
    return bool(address) and (str(address).startswith("#") or address == "data:,")


def test_its_own_policy_allows_its_one_style_block_and_nothing_else() -> None:
    html = render_document(released())
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'"
    assert ("content", policy) in Reader(html).attributes


@pytest.mark.parametrize("people", [260, 40, 12])
def test_every_sentence_of_the_document_stands_on_the_page(people: int) -> None:
    document = released(people=people)
    page = read(document)
    for comparison in document["comparisons"]:
        if comparison["group"] is None:
            assert comparison["sentence"] in page.text


@pytest.mark.parametrize("people", [260, 40, 12, 5])
def test_every_reason_for_hiding_a_result_is_told(people: int) -> None:
    document = released(people=people)
    page = read(document)
    shown = [
        {key: c[key] for key in ("before", "after", "change", "verdict")}
        for c in document["comparisons"]
    ]
    told = set(reasons(shown)) - {"it would tell the exact number of answers"}
    assert told
    assert [reason for reason in told if reason not in page.text] == []


def test_a_main_result_that_is_hidden_says_so_first_and_claims_nothing() -> None:
    text = read(released(people=12)).text
    assert "Not shown" in text
    assert "Before: not shown, about 10-30 answers, too few to report." in text
    assert "Nothing about a change." in text
    assert "How the people who answered after differ" not in text


def test_what_cannot_be_computed_is_told_apart_from_what_is_hidden() -> None:
    document = released()
    document["comparisons"][0]["verdict"] = {"not_estimable": "every answer is the same"}
    document["comparisons"][0]["change"] = {
        "not_estimable": "every answer is the same",
        "family": "primary",
    }
    text = read(document).text
    assert "Cannot be computed" in text
    assert "not shown: every answer is the same" in text


@pytest.mark.parametrize("people", [260, 12])
def test_who_asked_and_how_people_were_reached_cannot_be_left_out(people: int) -> None:
    page = read(released(people=people))
    for words in (
        "How people were reached",
        "What they cannot tell you",
        "Why it changed. Nothing here was compared with a place without the initiative",
        "Run by: Riverside Neighbours.",
        "2 March 2026 to 23 March 2026",
        "Open link or poster, free to anyone",
        "English and Spanish",
    ):
        assert words in page.text


def test_a_result_that_cannot_tell_is_not_called_no_change() -> None:
    document = released(people=120, lift=0.15)
    assert document["comparisons"][0]["verdict"] == "cannot_tell"
    text = read(document).text
    assert "That nothing changed. “Cannot tell” means" in text
    assert "no change" not in text.lower()
    assert "no effect" not in text.lower()


def test_people_who_chose_to_answer_are_never_given_a_margin_of_error() -> None:
    text = read(released()).text
    assert "and are no margin of error" in text
    assert text.count("margin of error") == 1


def test_ways_of_reaching_people_that_differ_are_warned_about() -> None:
    changed = released(recruitment={"before": ["open"], "after": ["staff_entered"]})
    warning = "People were reached in different ways before and after."
    assert warning in read(changed).text
    assert warning not in read(released()).text


def test_a_wave_that_asked_in_a_draft_translation_says_who_decided_so() -> None:
    decision = {"languages": ["es"], "decision": "The council, read aloud by two <neighbours>"}
    told = read(released(drafts={"after": decision, "before": decision})).text
    assert told.index("Before: the questions in") < told.index("After: the questions in")
    assert "Spanish were draft translations that nobody had reviewed" in told
    assert "The council, read aloud by two <neighbours>" in told
    assert "draft translations" not in read(released()).text


def test_a_plan_that_was_changed_after_data_is_told() -> None:
    plan = {"version": 3, "content_hash": "", "locked_on": "2026-10-20", "changed_after_data": True}
    warning = "The plan was changed after answers had begun to come in."
    assert warning in read(released(plan=plan)).text
    assert warning not in read(released()).text


def test_a_locked_plan_is_shown_with_the_hash_that_it_was_locked_under() -> None:
    locked = "4ef77aaf" * 8
    plan = {"version": 1, "content_hash": locked, "locked_on": "2026-09-20"}
    document = released(plan={**plan, "changed_after_data": False})
    told = read(document).text
    assert locked in told
    assert document["plan"]["hash"] not in told
    assert document["plan"]["hash"] in read(released(plan=None)).text


def test_simulated_answers_are_called_so_before_anything_else() -> None:
    text = read(released(is_simulated=True)).text
    assert text.index("Simulated data.") < text.index("Neighbourhood meetings", 60)
    assert "Simulated" not in read(released()).text


def test_the_smallest_change_that_matters_stands_with_where_it_came_from() -> None:
    assert "(set in the plan)" in read(example("released")).text
    assert "(default rule, see below)" in read(released()).text
    assert "default rule: the larger of 0.20 standard deviations" in read(released()).text


def test_a_change_that_may_be_chance_says_so_beside_its_verdict() -> None:
    document = released(lift=0.0, primary="fair")
    trust = next(c for c in document["comparisons"] if c["outcome"] == "trust")
    trust["verdict"] = "rose_maybe_less"
    times = []
    for p in (0.049, 0.05):
        trust["change"]["p_adjusted"] = p
        times.append(read(document).text.count("one change like this can be chance"))
    assert times[1] == times[0] + 1


def test_answers_that_are_neither_good_nor_bad_news_are_all_drawn_on_one_side() -> None:
    document = released()
    met = next(d for d in document["distributions"] if d["variable"] == "met")
    picture = (
        render_document(document).partition('aria-labelledby="met-a-t')[2].partition("</svg>")[0]
    )
    assert met["favourable"] == []
    assert set(re.findall(r'class="portion (\w)\d"', picture)) == {"r"}
    assert 'class="middle"' not in picture


def test_answers_of_one_question_that_all_hide_the_same_are_told_once() -> None:
    document = released()
    background = next(d for d in document["distributions"] if d["role"] == "background")
    few = {"suppressed": "fewer than 10 answers"}
    hidden = {"n": few, "categories": few, "missing": few}
    title = {"en": "What is your race or ethnicity?"}
    twin = {**background, "title": title, "waves": {"before": hidden, "after": hidden}}
    document["distributions"] += [twin, {**twin, "variable": "race_2"}]
    told = [heading for heading, _ in read_report(document, "en").who]
    assert told.count(title["en"]) == 1


def test_good_news_lies_to_the_right_whichever_codes_it_has() -> None:
    html = render_document(released())
    for question, best in (("trust", "Completely"), ("worse", "Never")):
        legend = html.partition(f'aria-labelledby="{question}-a-t')[2].partition("</ul>")[0]
        assert re.findall(r"</span>([^<]+)</li>", legend)[-1] == best


def test_shares_are_told_as_so_many_of_every_hundred_people() -> None:
    document = released()
    share = next(
        c for c in document["comparisons"] if c["measure"] == "share" and c["group"] is None
    )
    before, after = (round(100 * share[wave]["estimate"]) for wave in ("before", "after"))
    told = f"Of every 100 people who answered, {after} said “A lot” / “Completely” after."
    assert f"{told} Before, it was {before}." in read(document).text


def test_words_of_staff_and_residents_cannot_become_markup() -> None:
    page = read(released(title={"en": "<script>alert(1)</script>"}))
    assert page.tags["script"] == 0
    assert "<script>alert(1)</script>" in page.text


def test_the_document_that_ships_as_example_is_shown_whole() -> None:
    document = example("released")
    page = read(document)
    titles = {c["title"]["en"] for c in document["comparisons"]}
    assert [title for title in titles if title not in page.text] == []
