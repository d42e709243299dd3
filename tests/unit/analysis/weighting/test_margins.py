from __future__ import annotations

import re

import pytest

from analysis.codebook import Category, Variable
from analysis.refusals import Refusal
from analysis.weighting.margins import read_margins


def variable(name: str, *labels: str, level: str = "ordinal") -> Variable:
    options = [Category(i, {"en": label}) for i, label in enumerate(labels, start=1)]
    options.append(Category(-2, {"en": "Prefer not to say"}, is_missing=True))
    return Variable(name, name, level, "background", {"en": name}, tuple(options))  # type: ignore[arg-type] # one of the four levels


AGE = variable("age", "18\u201334", "35\u201354", "55+")
SEX = variable("sex", "Woman", "Man", level="nominal")
INCOME = Variable("income", "income", "numeric", "background", {"en": "Income"})
VARIABLES = [AGE, SEX, INCOME]


def test_counts_of_people_become_shares() -> None:
    age, sex = read_margins(
        "variable\tlevel\tcount\n"
        "age\t18-34\t3,100\n"
        "age\t35 - 54\t3 600\n"
        "age\t55+\t3300\n"
        "\n"
        "sex\tWOMAN\t5,150\n"
        "sex\t2\t4,950\n",
        VARIABLES,
    )
    assert age.shares == pytest.approx([0.31, 0.36, 0.33])
    assert age.labels == ("18\u201334", "35\u201354", "55+")
    assert age.is_ordered
    assert sex.variable == "sex"
    assert not sex.is_ordered
    assert sex.shares == pytest.approx([515 / 1010, 495 / 1010])


def test_levels_may_stand_in_any_order_and_separators_are_found() -> None:
    (age,) = read_margins("\ufeffVar;Level;%\nage;3;33 %\nage;1;31\nage;2;36%", VARIABLES)
    assert age.shares == pytest.approx([0.31, 0.36, 0.33])


def test_rounded_percentages_are_scaled_to_one() -> None:
    (age,) = read_margins("variable,level,percent\nage,1,33\nage,2,33\nage,3,33", VARIABLES)
    assert age.shares == pytest.approx([1 / 3] * 3)


def test_labels_are_known_in_every_language() -> None:
    options = (Category(1, {"en": "No", "es": "Nada"}), Category(2, {"en": "Yes", "es": "No"}))
    both = Variable("b", "b", "nominal", "background", {"en": "b"}, options)
    (margin,) = read_margins("variable,level,share\nb,nada,.4\nb,yes,.6", [both])
    assert margin.shares == pytest.approx([0.4, 0.6])
    with pytest.raises(Refusal, match="no level 'No'"):  # it means both options
        read_margins("variable,level,share\nb,No,.4\nb,yes,.6", [both])


def test_an_option_without_a_label_is_named_by_its_code() -> None:
    bare = Variable("b", "b", "nominal", "background", {}, (Category(1, {}), Category(2, {})))
    (margin,) = read_margins("variable,level,share\nb,1,.4\nb,2,.6", [bare])
    assert margin.labels == ("1", "2")


SHARES = "variable,level,share\n"
COUNTS = "variable,level,count\n"
SEX_COUNTS = "sex,1,50\nsex,2,50\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  \n", "the table is empty"),
        ("variable,level,share", "no row under the heading"),
        (SHARES + "\n , , \n", "no row under the heading"),
        ("variable,level,weight\nsex,1,1", "the heading has 'weight'"),
        ("variable,level,level\nsex,1,1", "the heading has 'level'"),
        ("variable,level\nsex,1", "needs three columns"),
        ("share,percent,level\n1,2,3", "needs three columns"),
        ("variable,level,share,count\n", "needs three columns"),
        (SHARES + "sex,1", "row 2: 2 cells where the heading has 3"),
        (SHARES + "gender,1,1", "row 2: no question 'gender'; the instrument has age, sex, income"),
        (SHARES + "sex,Woman,.5\nsex,Other,.5", "row 3: 'sex' has no level 'Other'; it has Woman"),
        (SHARES + "sex,Prefer not to say,.5", "has no level 'Prefer not to say'"),
        (SHARES + "sex,1,.5\nsex,woman,.5", "row 3: 'sex' has the level 'woman' twice"),
        (SHARES + "sex,1,1", "'sex' has no target for 'Man'; give one, 0 if there is nobody"),
        (SHARES + "income,1,1", "'income' is a number; margins need a question with options"),
        (SHARES + "sex,1,half", "row 2: 'half' is not a number; write shares"),
        (SHARES + "sex,1,", "row 2: '' is not a number"),
        (SHARES + 'sex,1,"0,5"', "row 2: '0,5' is not a number"),
        (COUNTS + 'sex,1,"1,50"', "row 2: '1,50' is not a number"),
        (SHARES + "sex,1,-0.5", "row 2: '-0.5' is negative or infinite"),
        (SHARES + "sex,1,inf", "row 2: 'inf' is negative or infinite"),
        (SHARES + "sex,1,nan", "row 2: 'nan' is negative or infinite"),
        (SHARES + "sex,1,.5\nsex,2,.4", "the shares of 'sex' add up to 0.9"),
        (SHARES + "sex,1,51\nsex,2,49", "add up to 100"),
        ("variable,level,percent\nsex,1,51\nsex,2,47", "the percents of 'sex' add up to 98"),
        (COUNTS + "sex,1,0\nsex,2,0", "the counts of 'sex' add up to 0"),
        (COUNTS + SEX_COUNTS + "age,1,0\nage,2,0\nage,3,0", "the counts of 'age' add up to 0"),
        (
            COUNTS + SEX_COUNTS + "age,1,50\nage,2,20\nage,3,28",
            "'sex' counts 100 people and 'age' counts 98; both must describe one population",
        ),
    ],
)
def test_a_table_that_cannot_be_trusted_is_refused(text: str, message: str) -> None:
    with pytest.raises(Refusal, match=re.escape(message)):
        read_margins(text, VARIABLES)


def test_an_instrument_without_questions_is_said_to_have_none() -> None:
    with pytest.raises(Refusal, match="the instrument has none"):
        read_margins(SHARES + "sex,1,1", [])
