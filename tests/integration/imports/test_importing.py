"""A baseline from a file: kept as if counted here, compared as if counted here, and told apart."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.db import Database
from app.errors import BadInput, Conflict
from app.exports.answers import wave_table
from app.imports.mapping import Fielding, Mapping
from app.imports.reading import read_file
from app.imports.service import bring_baseline, import_baseline, propose_mapping
from app.initiatives.fielding import request_opening
from app.initiatives.service import (
    add_area,
    create_initiative,
    get_initiative,
    get_wave,
    lock_plan,
)
from app.jobs.service import standing_of
from app.privacy.count_keys import CountKeyStore
from app.reports.computation import compute_now
from app.reports.service import get_report
from app.responses.count import count_wave
from app.responses.service import check_counted_waves, count_responses, read_rows
from tests.factories import make_agency, make_areas, make_initiative, make_wave
from tests.integration.imports.exported import FIELDING, exported, whole_mapping
from tests.integration.initiatives.test_at_once import Meanwhile, add_harbour
from tests.integration.reports.waves import PLAN, RUN_BY, TwoWaves, counted_wave, two_counted_waves

Wave = tuple[str, str]


def draft(database: Database, kind: Any = "baseline") -> Wave:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_areas(session, initiative)
        if kind == "follow_up":
            make_wave(session, initiative)
        wave = make_wave(session, initiative, kind=kind, languages=("en", "es"))
        return wave.agency_id, wave.id


def brought(
    database: Database,
    wave: Wave,
    content: bytes,
    mapping: Mapping,
    fielding: Fielding = FIELDING,
) -> dict[str, Any]:
    with database.reading() as session:
        ready = bring_baseline(session, *wave, read_file(content), mapping, fielding)
    with database.writing() as session:
        return import_baseline(session, *wave, ready)


SMALL = b"Timestamp,Email Address,How much do you trust the police here?\n" + b"".join(
    b"2025/03/04 9:14:55 AM,a%d@example.org,%s\n" % (n, words)
    for n, words in enumerate([b"A lot", b"Some", b"Not at all"] * 4)
)
TRUST = Mapping.model_validate(
    {
        "columns": {
            "How much do you trust the police here?": {
                "question": "t1",
                "same_words": True,
                "codes": {"A lot": 4, "Some": 3, "Not at all": 1},
            }
        }
    }
)


def with_imported_before(
    database: Database, keys: CountKeyStore, content: bytes, mapping: Mapping, fielding: Fielding
) -> tuple[TwoWaves, dict[str, Any]]:
    """The same after wave as `two_counted_waves` has, and an imported one before it."""
    with database.writing() as session:
        initiative = create_initiative(
            session,
            make_agency(session, "Those who had a baseline").agency_id,
            title={"en": "Walking beats", "es": "Rondas a pie", "ar": "دوريات راجلة"},
            police_name={"en": "Riverside Police", "es": "la policía", "ar": "الشرطة"},
            notice={"run_by": RUN_BY, "contact": "+1 555 0100"},
        )
        make_areas(session, initiative)
        before = make_wave(session, initiative, languages=("en", "es"))
        lock_plan(session, initiative.agency_id, initiative.id, PLAN)
    brought(database, (initiative.agency_id, before.id), content, mapping, fielding)
    after = counted_wave(database, keys, initiative, "follow_up", 106)
    waves = TwoWaves(initiative.agency_id, initiative.id, before.id, after)
    return waves, computed(database, waves)


def computed(database: Database, waves: TwoWaves) -> dict[str, Any]:
    report_id = compute_now(
        database, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
    )
    with database.reading() as session:
        found: dict[str, Any] = json.loads(get_report(session, waves.agency_id, report_id).computed)
    return found


def numbers(document: dict[str, Any]) -> list[Any]:
    """All that is compared. The language of a sheet is not: a file has one for all."""
    shares = [d for d in document["distributions"] if d["variable"] != "paradata.language"]
    return [document["comparisons"], shares, document["areas"]]


def differing(found: Any, wanted: Any, at: str = "") -> list[str]:
    """Where they differ by more than a sum does in another order of its rows: that is random."""
    if isinstance(found, dict) and isinstance(wanted, dict) and found.keys() == wanted.keys():
        return [line for key in found for line in differing(found[key], wanted[key], f"{at}/{key}")]
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        pairs = enumerate(zip(found, wanted, strict=True))
        return [line for n, (one, other) in pairs for line in differing(one, other, f"{at}/{n}")]
    if isinstance(found, float) and isinstance(wanted, float):
        is_same = math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-12)
    else:
        is_same = found == wanted
    return [] if is_same else [f"{at}: {found} and {wanted}"]


def findings(document: dict[str, Any]) -> dict[str, str]:
    return {f["id"]: f["level"] for f in document["findings"] if f["level"] != "passes"}


def test_an_imported_baseline_compares_to_the_digit_as_one_counted_here(
    database: Database, count_keys: CountKeyStore
) -> None:
    here = two_counted_waves(database, count_keys)
    counted = computed(database, here)
    content = exported(database, here.agency_id, here.before)
    _, imported = with_imported_before(database, count_keys, content, whole_mapping(), FIELDING)
    assert differing(numbers(imported), numbers(counted)) == []
    assert findings(imported).keys() - findings(counted).keys() <= {
        "taken_elsewhere",
        "composition",
    }
    told = [f for f in imported["findings"] if f["id"] == "composition" and f["about"]]
    moved = [finding["about"]["id"] for finding in told]
    assert moved in ([], ["paradata.language"])  # the file has one language for all
    assert findings(imported)["taken_elsewhere"] == "flags"
    facts = imported["initiative"]
    assert facts["elsewhere"] == {"before": {"tool": "Google Forms"}}
    assert facts["dates"]["before"] == {"first": "2025-03-01", "last": "2025-03-31"}
    assert facts["recruitment"] == {"before": ["open"], "after": ["open"]}


def test_another_or_an_unknown_way_of_reaching_people_takes_the_verdict_away(
    database: Database, count_keys: CountKeyStore
) -> None:
    here = two_counted_waves(database, count_keys)
    content = exported(database, here.agency_id, here.before)
    unknown = FIELDING.model_copy(update={"mode": "imported", "recruitment": "imported"})
    _, document = with_imported_before(database, count_keys, content, whole_mapping(), unknown)
    found = findings(document)
    assert (found["mode_mix"], found["recruitment_mix"]) == ("blocks", "blocks")
    verdicts = {comparison["verdict"] for comparison in document["comparisons"]}
    assert "not_comparable" in verdicts
    assert not any(str(verdict).startswith(("rose", "fell")) for verdict in verdicts)


def test_what_was_put_in_other_words_or_not_at_all_is_not_compared(
    database: Database, count_keys: CountKeyStore
) -> None:
    here = two_counted_waves(database, count_keys)
    content = exported(database, here.agency_id, here.before)
    part = whole_mapping(leave=frozenset({"w1"}), reworded=frozenset({"c1"}))
    _, document = with_imported_before(database, count_keys, content, part, FIELDING)
    outcomes = {comparison["outcome"] for comparison in document["comparisons"]}
    assert {"trust", "w2", "c2"} <= outcomes
    assert outcomes.isdisjoint({"w1", "effect", "c1", "coop"})
    found = {(f["id"], (f["about"] or {}).get("id")) for f in document["findings"]}
    assert {("question_new", "w1"), ("question_changed", "c1")} <= found
    assert {("scale_not_compared", "effect"), ("scale_not_compared", "coop")} <= found


def test_nothing_that_could_tell_who_somebody_is_reaches_the_database(
    database: Database, tmp_path: Path
) -> None:
    wave = draft(database)
    manifest = brought(database, wave, SMALL, TRUST)
    assert manifest["responses"] == 12
    columns = {column["key"]: column for column in manifest["elsewhere"]["columns"]}
    assert columns["Email Address"]["never"] == "e_mail"
    assert columns["Timestamp"]["never"] == "time"
    with database.reading() as session:
        tables = ("response", "free_text", "wave", "remembered_mapping", "audit_log")
        found = [
            str(session.execute(text(f"SELECT * FROM {name}")).all())  # noqa: S608 - names above
            for name in tables
            if name != "audit_log"
        ]
    assert "example.org" not in "".join(found)
    assert "9:14:55" not in "".join(found)
    if database.is_sqlite:
        written = b"".join(path.read_bytes() for path in tmp_path.glob("rapport.db*"))
        assert b"example.org" not in written
        assert b"9:14:55" not in written


def test_an_imported_wave_stands_as_counted_and_never_opens(
    database: Database, count_keys: CountKeyStore
) -> None:
    wave = draft(database)
    with database.writing() as session:
        request_opening(session, *wave, draft_decision="The board")
    brought(database, wave, SMALL, TRUST)
    with database.reading() as session:
        found = get_wave(session, *wave)
        assert (found.state, found.key_state, found.public_key) == ("imported", "none", None)
        assert found.opened_at is None
        assert count_responses(session, *wave) == 12
        assert standing_of(session, wave[0], "open_wave", wave[1]) is None
    with database.writing() as session, pytest.raises(Conflict, match="imported"):
        request_opening(session, *wave)
    with pytest.raises(Conflict, match="nothing to count"):
        count_wave(database, count_keys, *wave, backups=None)
    with pytest.raises(Conflict, match="imported"):
        brought(database, wave, SMALL, TRUST)
    check_counted_waves(database)


def test_only_a_draft_baseline_takes_a_file(database: Database) -> None:
    wave = draft(database, "follow_up")
    with database.reading() as session, pytest.raises(Conflict, match="Only a baseline"):
        propose_mapping(session, *wave, read_file(SMALL))
    with pytest.raises(Conflict, match="Only a baseline"):
        brought(database, wave, SMALL, TRUST)


def test_a_wave_that_was_changed_since_the_file_was_judged_takes_nothing(
    database: Database,
) -> None:
    wave = draft(database)
    with database.reading() as session:
        ready = bring_baseline(session, *wave, read_file(SMALL), TRUST, FIELDING)
    with database.writing() as session:
        initiative_id = _initiative_of(session, wave).id
        add_area(session, wave[0], initiative_id, name={"en": "Harbour"}, role="initiative")
    with database.writing() as session, pytest.raises(Conflict, match="changed meanwhile"):
        import_baseline(session, *wave, ready)


def test_nobody_adds_an_area_to_a_wave_that_takes_a_file(database: Database) -> None:
    wave = draft(database)
    with database.reading() as session:
        ready = bring_baseline(session, *wave, read_file(SMALL), TRUST, FIELDING)
        initiative_id = _initiative_of(session, wave).id
    with database.writing() as session:
        import_baseline(session, *wave, ready)
        adding = Meanwhile(database, lambda other: add_harbour(other, wave[0], initiative_id))
    assert adding.is_refused()


def test_a_refused_import_leaves_nothing(database: Database) -> None:
    wave = draft(database)
    spanish = FIELDING.model_copy(update={"language": "vi"})
    with pytest.raises(BadInput, match="languages of the wave"):
        brought(database, wave, SMALL, TRUST, spanish)
    lacking = Mapping.model_validate(
        {"columns": {"How much do you trust the police here?": {"question": "t1"}}}
    )
    with pytest.raises(BadInput, match="no answer is named"):
        brought(database, wave, SMALL, lacking)
    with database.reading() as session:
        assert get_wave(session, *wave).state == "draft"
        assert session.execute(text("SELECT count(*) FROM response")).scalar_one() == 0
        assert session.execute(text("SELECT count(*) FROM remembered_mapping")).scalar_one() == 0


def test_a_mapping_is_remembered_by_agency_and_headings(database: Database) -> None:
    wave = draft(database)
    with database.reading() as session:
        proposal = propose_mapping(session, *wave, read_file(SMALL))
    assert not proposal.is_remembered
    reworded = TRUST.model_copy(
        update={
            "columns": {
                key: mapped.model_copy(update={"same_words": False})
                for key, mapped in TRUST.columns.items()
            }
        }
    )
    brought(database, wave, SMALL, reworded)
    another = draft(database)
    with database.writing() as session:
        mine = make_wave(session, _initiative_of(session, wave))
        again = propose_mapping(session, wave[0], mine.id, read_file(SMALL))
        theirs = propose_mapping(session, *another, read_file(SMALL))
    assert again.is_remembered
    assert again.columns == reworded.columns
    assert not theirs.is_remembered


def test_what_one_person_alone_gave_is_not_remembered(database: Database) -> None:
    """Google Forms puts what is typed under "Other" among the answers."""
    wave, words = draft(database), "None since they took my brother"
    (question,) = TRUST.columns
    named = TRUST.columns[question].codes
    mapped = TRUST.columns[question].model_copy(update={"codes": {**named, words: 1}})
    content = SMALL + b"2025/03/04 9:14:55 AM,b@example.org,%s\n" % words.encode()
    brought(database, wave, content, TRUST.model_copy(update={"columns": {question: mapped}}))
    with database.writing() as session:
        again = make_wave(session, _initiative_of(session, wave))
        kept = propose_mapping(session, wave[0], again.id, read_file(SMALL)).columns
        tables = ("response", "free_text", "wave", "remembered_mapping", "audit_entry")
        rows = [session.execute(text(f"SELECT * FROM {table}")).all() for table in tables]  # noqa: S608 - the names above
    assert kept[question].codes == named
    assert words not in str(rows)


def _initiative_of(session: Any, wave: Wave) -> Any:
    return get_initiative(session, wave[0], get_wave(session, *wave).initiative_id)


def test_an_imported_wave_is_taken_home_like_every_other(
    database: Database, count_keys: CountKeyStore
) -> None:
    here = two_counted_waves(database, count_keys, people=20)
    content = exported(database, here.agency_id, here.before)
    wave = draft(database)
    part = whole_mapping(leave=frozenset({"w1"}), reworded=frozenset({"c1"}))
    brought(database, wave, content, part)
    with database.reading() as session:
        table = wave_table(session, get_wave(session, *wave))
        rows = list(table.rows())
    columns = [variable.id for variable in table.columns]
    assert "w1" not in columns
    assert len(rows) == 20
    assert {len(row) for row in rows} == {len(columns)}
    trust = columns.index("t1")
    assert sorted(row[trust] or 0 for row in rows) == sorted(_of(database, here, "t1"))
    asked = table.columns[columns.index("c1")]
    assert asked.comparability_key == f"elsewhere/{wave[1]}/c1"


def _of(database: Database, waves: TwoWaves, question: str) -> list[int]:
    with database.reading() as session:
        rows = read_rows(session, waves.agency_id, waves.before)
        return [int(json.loads(row.answers)[question]) for row in rows]
