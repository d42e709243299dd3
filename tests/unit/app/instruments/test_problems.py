"""Everything that can be wrong with an instrument is told with line and remedy."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest
import yaml

import app.instruments.load as room
from app.errors import sentences
from app.instruments.load import load_instrument, load_instrument_file
from app.instruments.load.problems import InstrumentProblem, InstrumentProblems
from app.instruments.load.strict_yaml import MOST_BYTES
from app.instruments.routing import hiding_css
from tests.processor_time import least_seconds
from tests.surveys.read import FOLDER, names, read

SECONDS_TO_REFUSE = 0.5
GOOD = (FOLDER / "street_pulse.yaml").read_text("utf-8")

# what is changed, into what, the problem it makes, and what stands on the line that is told
EMPTY_SET = "  s{}: {{options: []}}\n".format
STRAY_SCALE = "  - {{id: s{0}, items: [q{0}], range: [1, 5], ends: {{en: [a, b]}}}}\n".format
OPEN_IN_ENGLISH = 'en: "How open are the police here about what they do?", '
MISTAKES = [
    ("minutes: 1\n", "", "missing_key", "id: street_pulse"),
    ("minutes: 1", "minuts: 1", "unknown_key", "minuts"),
    ("minutes: 1", "minutes: 1\nzzz: 1", "unknown_key", "zzz"),
    ("minutes: 1", "minutes: soon", "wrong_value", "minutes"),
    ("minutes: 1", "minutes: 1.5", "wrong_value", "minutes"),
    ("minutes: 1", "minutes:", "wrong_value", "minutes"),
    ("version: 1", 'version: "1"', "wrong_value", "version"),
    ("version: 1", "version: true", "wrong_value", "version"),
    ("version: 1", "version: [1]", "wrong_value", "version"),
    ("id: street_pulse", "id: Street Pulse", "bad_id", "Street Pulse"),
    ("status: original\n", "status: authentic\n", "wrong_value", "authentic"),
    ("commercial_ok: true", 'commercial_ok: "yes"', "wrong_value", "licence"),
    ("kind: single_choice", "kind: dropdown", "unknown_kind", "dropdown"),
    ("id: met, kind: single_choice,", "id: met,", "missing_key", "id: met"),
    ("options: yes_no, text", "options: maybe, text", "unknown_option_set", "maybe"),
    ('code: 2, label: {en: "No"', 'code: 1, label: {en: "No"', "duplicate_code", "yes_no"),
    ('{code: 2, label: {en: "No", es: "No"}}', "", "wrong_value", "yes_no"),
    ("code: 5", "code: -1", "wrong_value", "Completely"),
    ("code: 5", 'code: "5"', "wrong_value", "Completely"),
    ('label: {en: "A little"', 'label: {en: "{little}"', "unknown_token", "{little}"),
    ("missing: [prefer_not_to_say]", "missing: [skipped]", "wrong_value", "yes_no"),
    ("id: q2", "id: q1", "duplicate_id", "How open"),
    ("  - id: contact", "  - id: trust", "duplicate_id", "id: trust"),
    ("{id: ease,", "{id: ease, top_bocks: 1,", "unknown_key", "ease"),
    ("show_if: {all: [{item: met, in: [1]}]}", "show_if: {when: met}", "not_a_condition", "heard"),
    ("item: met", "item: mett", "condition_on_unknown", "heard"),
    ("item: met", "item: heard", "condition_on_later", "heard"),
    ("in: [1]", "in: [3]", "condition_on_unknown_code", "heard"),
    ("in: [1]", "in: [-1]", "condition_on_unknown_code", "heard"),
    ("in: [1]", "in: []", "wrong_value", "heard"),
    ("in: [1]", "in: [1], codes: [2]", "unknown_key", "heard"),
    ("id: met,", "id: met, waves: [follow_up],", "condition_on_other_wave", "heard"),
    ("items: [t1, q1, q2]", "items: [t1, q1, q9]", "scale_item_unknown", "ease"),
    ("items: [t1, q1, q2]", "items: [t1, q1, q1]", "scale_item_twice", "ease"),
    ("items: [t1, q1, q2]", "items: [t1, q1, met]", "scale_item_not_rated", "ease"),
    ("items: [t1, q1, q2]", "items: []", "wrong_value", "ease"),
    ("reverse: [q1]", "reverse: [met]", "reverse_not_an_item", "ease"),
    ("range: [1, 5]", "range: [0, 5]", "scale_range_differs", "ease"),
    ("range: [1, 5]", "range: [5, 1]", "scale_range_empty", "ease"),
    ("range: [1, 5]", "range: [1, 5, 9]", "wrong_value", "ease"),
    ("more_than_half", "3/2", "scale_share_too_large", "more_than_half|3/2"),
    ("more_than_half", "half", "bad_share", "half"),
    ("top_box: {item: t1", "top_box: {item: met", "top_box_item_unknown", "top_box"),
    ("codes: [4, 5]", "codes: [4, 6]", "top_box_unknown_code", "top_box"),
    ("id: q1,", "id: q1, favourable: [4, 5],", "direction_differs", "ease"),
    ("id: q1,", "id: q1, favourable: [9],", "favourable_not_an_option", "q1"),
    ("id: q2,", "id: q2, comparability_key: core_trust/t1/1,", "duplicate_comparability_key", "q2"),
    ('text: {en: "How open', 'text: {fr: "Oui", en: "How open', "unknown_language", "q2"),
    ('text: {en: "How open', 'text: {xx1: "How open', "bad_language", "q2"),
    (OPEN_IN_ENGLISH, "", "original_text_missing", "q2"),
    ('{en: "How open are', '{en: "How open in {area} are', "tokens_differ", "q2"),
    (
        "es: {status: draft, reviewer: null}",
        "es: {status: reviewed}",
        "reviewer_missing",
        "languages",
    ),
]


def problems_of(text: str) -> list[InstrumentProblem]:
    with pytest.raises(InstrumentProblems) as caught:
        load_instrument(text, source="my.yaml")
    return caught.value.problems


@pytest.mark.parametrize(("old", "new", "code", "on_line"), MISTAKES)
def test_a_mistake_is_told_on_its_line(old: str, new: str, code: str, on_line: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    problems = problems_of(text)
    told = [problem for problem in problems if problem.code == code]
    assert told, [str(problem) for problem in problems]
    line = text.splitlines()[told[0].line - 1]
    assert re.search(on_line.replace("{", r"\{"), line), str(told[0])


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, new, _, _ in MISTAKES])
def test_one_mistake_is_told_once_in_plain_words(old: str, new: str) -> None:
    problems = problems_of(GOOD.replace(old, new, 1))
    assert len(problems) <= 2
    for problem in problems:
        assert re.match(r"my\.yaml:\d+: .+\. [A-Z]", str(problem))
        assert not re.search(
            r"pydantic|Traceback|tuple|dictionary|instance|\{\w+\}\.|function-|tagged-union",
            str(problem),
        )


def test_a_near_miss_is_suggested() -> None:
    (problem,) = problems_of(GOOD.replace("comparability_key", "comparabilty_key"))
    assert problem.remedy == "did you mean 'comparability_key'?"


def test_several_mistakes_are_told_together_in_the_order_of_the_file() -> None:
    text = GOOD.replace("minutes: 1", "minuts: 1").replace("id: met", "id: Met")
    codes = [(problem.code, problem.line) for problem in problems_of(text)]
    assert {code for code, _ in codes} == {"missing_key", "unknown_key", "bad_id"}
    assert [line for _, line in codes] == sorted(line for _, line in codes)


def test_a_broken_option_set_is_told_once_and_not_for_each_question() -> None:
    (problem,) = problems_of(
        GOOD.replace('code: 2, label: {en: "A little"', 'code: 1, label: {en: "A"')
    )
    assert problem.code == "duplicate_code"


def test_a_named_area_cannot_decide_what_is_shown_and_is_asked_once() -> None:
    text = (FOLDER / "areas_and_tokens.yaml").read_text("utf-8")
    asked = text.replace("waves: [follow_up]", "show_if: {item: area, in: [1]}")
    assert [problem.code for problem in problems_of(asked)] == ["condition_on_unknown_code"]
    bare = asked.replace('elsewhere: {en: "Somewhere else", ar: "في مكان آخر"}', "")
    bare = bare.replace("missing: [prefer_not_to_say]", "")
    assert [problem.code for problem in problems_of(bare)] == ["condition_impossible"]
    load_instrument(asked.replace("in: [1]", "in: [0, -2]"), source="my.yaml")
    again = text.replace("id: about, kind: information", "id: about, kind: area")
    assert [problem.code for problem in problems_of(again)] == ["two_areas"]


def test_an_instrument_that_asks_nothing_in_a_wave_is_refused() -> None:
    text = (FOLDER / "pick_all.yaml").read_text("utf-8")
    problems = problems_of(text.replace("maximum: 2", "waves: [follow_up]"))
    assert [problem.code for problem in problems] == ["nothing_asked"]
    assert "baseline" in problems[0].message


def test_two_questions_may_not_fill_one_column() -> None:
    text = (FOLDER / "pick_all.yaml").read_text("utf-8")
    second = '      - {id: better_2, kind: area, text: {en: "Where?"}}\n'
    problems = problems_of(text + second)
    assert [problem.code for problem in problems] == ["duplicate_column"]


def branching(count: int) -> str:
    """Questions that each depend twice on the one before: twice as many reasons each time."""
    head = GOOD[: GOOD.index("pages:")]
    lines = ["pages:", "  - id: p", "    questions:"]
    for n in range(count):
        before = f"{{item: q{n - 1}, in: [1]}}, {{item: q{n - 1}, in: [2]}}"
        show_if = f", show_if: {{any: [{before}]}}" if n else ""
        lines.append(
            f"      - {{id: q{n}, kind: single_choice, options: yes_no{show_if},"
            ' text: {en: "a", es: "b"}}'
        )
    return head + "\n".join(lines) + "\n"


def test_conditions_that_would_make_an_endless_page_are_refused() -> None:
    assert len(hiding_css(load_instrument(branching(6), source="x"), "baseline")) < 20_000
    (problem,) = problems_of(branching(300))
    assert problem.code == "conditions_too_wide"


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"key{n}: 1\n" for n in range(9_000)),
        GOOD.replace(
            "  yes_no:", "".join(f"  s{n}: {{options: []}}\n" for n in range(4_000)) + "  yes_no:"
        ),
        GOOD
        + "".join(
            f"  - {{id: s{n}, items: [q{n}], range: [1, 5], ends: {{en: [a, b]}}}}\n"
            for n in range(1_000)
        ),
        GOOD.replace("id: street_pulse", "id: " + "a" * 200_000),
        GOOD.replace("kind: likert", "kind: " + "a" * 200_000, 1),
        branching(900),
    ],
    ids=["keys", "sets", "scales", "id", "kind", "conditions"],
)
def test_a_hostile_instrument_is_refused_at_once_in_few_words(text: str) -> None:
    told: list[str] = []

    def refuse() -> None:
        with pytest.raises(InstrumentProblems) as caught:
            load_instrument(text, source="my.yaml")
        told.append(str(caught.value))

    assert least_seconds(refuse, attempts=3) < SECONDS_TO_REFUSE
    assert all(len(words) < 40_000 for words in told)


def test_two_primary_scales_are_refused() -> None:
    scale = '  - {id: two, primary: true, items: [q2], range: [1, 5], ends: {en: ["a", "b"]}}\n'
    assert [problem.code for problem in problems_of(GOOD + scale)] == ["two_primary"]


def test_other_words_under_the_key_of_another_instrument_are_refused() -> None:
    core = read("street_pulse")
    text = GOOD.replace("How much do you trust the police here?", "Do you trust the police here?")
    with pytest.raises(InstrumentProblems) as caught:
        load_instrument(text, source="my.yaml", beside=[core])
    (problem,) = caught.value.problems
    assert problem.code == "two_wordings"
    assert "t1" in text.splitlines()[problem.line - 1]
    assert load_instrument(GOOD, source="my.yaml", beside=[core]) == core


def code_of(path: Path) -> str:
    with pytest.raises(InstrumentProblems) as caught:
        load_instrument_file(path)
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    return problem.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"id: \xff\xfe", "not_utf8"),
        (b"\x00\x01" * 100, "control_character"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (b"", "empty"),
    ],
    ids=["latin", "binary", "large", "empty"],
)
def test_a_file_that_is_no_survey_is_told_politely(
    tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "my.yaml"
    path.write_bytes(content)
    assert code_of(path) == code


def test_a_path_that_is_no_file_is_told_politely(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert code_of(tmp_path) == "not_a_file"
    assert code_of(pipe) == "not_a_file"
    assert code_of(loop) == "not_found"
    assert code_of(tmp_path / "missing.yaml") == "not_found"
    assert code_of(tmp_path / ("long" * 200)) == "not_readable"
    assert code_of(Path("a\0b")) == "not_found"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("id: x", "utf-8")
    path.chmod(0)
    with pytest.raises(InstrumentProblems, match="cannot be read"):
        load_instrument_file(path)


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_instrument_file(path) == read("street_pulse")


@pytest.mark.parametrize("name", names())
def test_every_tiny_instrument_loads(name: str) -> None:
    assert read(name).id == name


def test_every_entry_of_the_catalogue_is_told_somewhere() -> None:
    folder = Path(room.__file__).parent
    used: set[str] = set()
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        if path.name == "problems.py":
            continue
        used |= {
            n.value
            for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
    texts = yaml.safe_load((sentences.FOLDER / "en" / "survey_files.yaml").read_text("utf-8"))[
        "texts"
    ]
    codes = {name.removesuffix("_remedy") for name in texts if name.endswith("_remedy")}
    assert codes <= used


def test_an_author_is_told_in_spanish_too() -> None:
    with pytest.raises(InstrumentProblems) as caught:
        load_instrument("id: My Survey\nkind: survey\n", source="my.yaml")
    told = caught.value.told_in("es")
    assert "my.yaml, línea 1: id: «My Survey» no puede ser un id. Use hasta 40 letras" in told
    assert "tiene la clave desconocida «kind»" in told
    assert "lacks" not in told
