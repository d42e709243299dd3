"""The planner and the plan: what staff see, and what happens when two write at once."""

from __future__ import annotations

import re

from app.db import Database
from app.initiatives.service import list_plans
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_journey import _created

TABLE = "variable;level;percent\ngender;1;51\ngender;2;47\ngender;3;1\ngender;4;1"


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", html)


def test_the_planner_says_in_words_whether_a_plan_can_answer_its_question(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    few = _plain(browser.get(f"{initiative}/planner?before.0=200&after.0=200&matters=0.2").text)
    assert "a change of 0.34 points or more" in few
    assert "This plan cannot answer its question" in few
    assert "about 589 answers in each wave" in few
    assert "There is no comparison area" in few
    many = _plain(browser.get(f"{initiative}/planner?before.0=600&after.0=600&matters=0.2").text)
    assert "enough for the change that matters" in many
    tiny = _plain(browser.get(f"{initiative}/planner?before.0=20&after.0=20").text)
    assert "under 30 answers is too small to report" in tiny
    none = _plain(browser.get(f"{initiative}/planner?before.0=2&after.0=2").text)
    assert "no change at all could be seen" in none
    assert "A wave under 30 answers is too small to report" in none
    assert "There is no comparison area" in none
    five = _plain(browser.get(f"{initiative}/planner?before.0=5&after.0=5").text)
    assert "no change of a share: none can be so large" in five


def test_a_comparison_area_is_part_of_the_answer(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    browser.post(f"{initiative}/areas", {"name.en": "Mill Street"})
    browser.post(f"{initiative}/areas", {"name.en": "Hill Park", "role": "comparison"})
    page = _plain(browser.get(f"{initiative}/planner?before.2=25&after.2=25").text)
    assert "There is no comparison area" not in page
    assert "Against the comparison area" in page
    assert "under 30 answers: not reported by itself" in page


def test_the_aim_is_kept_and_what_is_wrong_comes_back_as_typed(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    kept = browser.post(
        f"{initiative}/planner", {"before.0": "321", "after.0": "432", "matters": "0,3"}
    )
    assert "These numbers are kept" in kept.text
    assert 'value="432"' in kept.text
    wrong = browser.post(f"{initiative}/planner", {"before.0": "many", "after.0": "432"})
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    asked = browser.get(f"{initiative}/planner?before.0=1&spread=99")
    assert asked.status_code == 422
    assert "between 0.05 and 5" in asked.text


def test_a_plan_in_full_is_locked_with_all_its_parts(
    browser: Browser, owner: Owner, database: Database
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    fields = {
        "primary": "trust",
        "smallest_change": "0.25",
        "subgroups": ["gender", "age_band"],
        "confirmatory": ["gender"],
        "margins": TABLE,
        "exclude.k1": ["2"],
        "suppress_below": "15",
    }
    locked = browser.post(f"{initiative}/plan", fields)
    assert "Version 1, locked" in locked.text
    assert "Changed after data" not in locked.text
    with database.reading() as session:
        (plan,) = list_plans(session, owner.agency_id, initiative[-10:])
    assert plan.document == {
        "primary": ["trust"],
        "smallest_change": {"trust": {"mean": 0.25}},
        "subgroups": ["gender", "age_band"],
        "confirmatory_subgroups": ["gender"],
        "weighting": {
            "unit": "percent",
            "margins": {"gender": {"1": 51.0, "2": 47.0, "3": 1.0, "4": 1.0}},
        },
        "exclusions": {"k1": [2]},
        "suppress_below": 15,
    }


def test_up_to_three_scales_are_judged_each_with_its_own_smallest_change(
    browser: Browser, owner: Owner, database: Database
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    browser.post(f"{initiative}/planner", {"matters": "0.3"})
    page = browser.get(f"{initiative}/plan").text
    assert 'name="smallest_change" inputmode="decimal" required' in page
    assert 'value="0.3"' in page
    _, second, *_ = dict.fromkeys(re.findall(r'<option value="(\w+)"', page))
    fields = {"primary": "trust", "smallest_change": "0.25", "primary2": second}
    twice = browser.post(f"{initiative}/plan", fields | {"primary3": second, "revision": "0"})
    assert twice.status_code == 422
    assert "is chosen twice" in _plain(twice.text)
    both = fields | {"smallest_change2": "0,4", "revision": "1"}
    locked = browser.post(f"{initiative}/plan", both).text
    assert "A change of 0.4 or more matters" in _plain(locked)
    assert f'<option value="{second}" selected>' in locked
    with database.reading() as session:
        (plan,) = list_plans(session, owner.agency_id, initiative[-10:])
    assert plan.document == {
        "primary": ["trust", second],
        "smallest_change": {"trust": {"mean": 0.25}, second: {"mean": 0.4}},
    }


def test_a_plan_that_is_refused_keeps_what_was_typed_even_for_tomorrow(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    fields = {"primary": "trust", "smallest_change": "0.2"}
    for wrong, told in (
        ({"margins": TABLE.replace("51", "60")}, "add up to 109"),
        ({"suppress_below": "5"}, "never shown"),
        ({"subgroups": ["nothing"]}, "Choose subgroups among"),
        ({"exclude.gender": ["1", "2", "3", "4"]}, "leave out everybody"),
    ):
        revision = re.search(
            r'name="revision" value="(\d+)"', browser.get(f"{initiative}/plan").text
        )
        assert revision is not None
        refused = browser.post(f"{initiative}/plan", fields | wrong | {"revision": revision[1]})
        assert refused.status_code == 422
        assert told in _plain(refused.text)
    browser.post(
        f"{initiative}/plan",
        fields | {"margins": "half a table", "save": "yes", "revision": str(int(revision[1]) + 1)},
    )
    assert "half a table" in browser.get(f"{initiative}/plan").text
    assert "Not locked yet" in browser.get(initiative).text


def test_two_people_who_edit_one_plan_are_told_and_nothing_is_lost(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    both = {"primary": "trust", "revision": "0", "save": "yes"}
    first = {"smallest_change": "0.1", "margins": "from Ana", "exclude.gender": "2"}
    browser.post(f"{initiative}/plan", both | first)
    conflict = browser.post(
        f"{initiative}/plan",
        both | {"smallest_change": "0.4", "margins": "from Bo", "subgroups": "gender"},
    )
    assert conflict.status_code == 409
    page = _plain(conflict.text)
    assert "Somebody else saved this plan while you were writing" in page
    assert "What Ana Ruiz saved" in page
    assert "<pre>from Ana</pre>" in page
    assert "<dd>0.1</dd>" in page
    assert "<dt>What is judged first</dt>" not in page, "both judge the same"
    assert ">from Bo</textarea>" in page
    assert "<dt>Left out: How do you describe your gender?</dt> <dd>Man</dd>" in page
    assert "<dt>Subgroups</dt> <dd>nothing</dd>" in page
    assert 'name="revision" value="1"' in page
    browser.post(
        f"{initiative}/plan",
        both | {"smallest_change": "0.4", "margins": "from both", "revision": "1"},
    )
    assert ">from both</textarea>" in browser.get(f"{initiative}/plan").text
    again = browser.post(
        f"{initiative}/plan",
        both | {"smallest_change": "0.4", "margins": "from both", "revision": "1"},
    )
    assert again.status_code == 200


def test_a_file_of_the_population_is_shown_before_it_can_be_locked(
    browser: Browser, owner: Owner, database: Database
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    fields = {"primary": "trust", "smallest_change": "0.2", "margins": "typed before"}
    file = "Pregunta;Opción;Personas\ngender;1;5.100\ngender;2;4.700\ngender;3;100\ngender;4;100\n"
    wrong = file.replace("4.700", "many").encode("cp1252")
    refused = browser.upload(f"{initiative}/plan", "table", wrong, fields | {"revision": "0"})
    assert refused.status_code == 422
    assert "line 3, column &#39;Personas&#39;: &#39;many&#39; is no amount" in refused.text
    assert "gender;1;5.100" in refused.text, "what the file said stands in the form"
    none = browser.upload(
        f"{initiative}/plan", "table", b"PK\x03\x04\0", fields | {"revision": "1"}
    )
    assert none.status_code == 422
    assert ">typed before</textarea>" in none.text
    long = browser.upload(f"{initiative}/plan", "table", b"a" * 99_999, fields | {"revision": "1"})
    assert "at most 32 are read" in long.text
    read = browser.upload(
        f"{initiative}/plan", "table", file.encode("cp1252"), fields | {"revision": "1"}
    )
    page = _plain(read.text)
    assert "The table as it was read" in page
    assert '<td data-label="People">5,100</td><td data-label="Share">51.0 %</td>' in page
    assert '<td data-label="People">10,000</td>' in page
    with database.reading() as session:
        assert list_plans(session, owner.agency_id, initiative[-10:]) == []
    locked = browser.upload(
        f"{initiative}/plan", "table", b"", fields | {"margins": file, "revision": "2"}
    )
    assert "Version 1, locked" in locked.text
    with database.reading() as session:
        (plan,) = list_plans(session, owner.agency_id, initiative[-10:])
    assert plan.document["weighting"]["margins"]["gender"]["1"] == 5100
