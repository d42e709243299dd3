from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.privacy.form_tokens import FormTokens, TokenRefused
from app.privacy.web_keys import WebKeyStore

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(clock, "now", hands)
    return hands


@pytest.fixture
def web_keys(tmp_path: Path) -> WebKeyStore:
    return WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master")


@pytest.fixture
def tokens(hands: Hands, web_keys: WebKeyStore) -> FormTokens:
    assert hands.at == NOON
    return FormTokens(web_keys)


def reason_of_refusal(tokens: FormTokens, token: str, wave_id: str = "wave1") -> str:
    with pytest.raises(TokenRefused) as refused:
        tokens.read(token, wave_id)
    return refused.value.reason


def test_a_token_is_read_back_with_its_age(tokens: FormTokens, hands: Hands) -> None:
    token = tokens.issue("wave1")
    hands.move(seconds=90)
    read = tokens.read(token, "wave1")
    assert (read.age_seconds, read.is_fresh, len(read.nonce)) == (90, True, 16)


def test_two_tokens_name_two_sheets(tokens: FormTokens) -> None:
    nonces = {tokens.read(tokens.issue("wave1"), "wave1").nonce for _ in range(500)}
    assert len(nonces) == 500


def test_a_renewed_token_keeps_the_nonce_and_starts_anew(tokens: FormTokens, hands: Hands) -> None:
    first = tokens.read(tokens.issue("wave1"), "wave1")
    hands.move(hours=30)
    renewed = tokens.read(tokens.issue("wave1", first.nonce), "wave1")
    assert (renewed.nonce, renewed.age_seconds) == (first.nonce, 0)


def test_a_token_tells_whether_the_answers_were_typed_on_an_earlier_page(
    tokens: FormTokens, hands: Hands
) -> None:
    for is_typed_before in (False, True):
        token = tokens.issue("wave1", is_typed_before=is_typed_before)
        hands.move(seconds=5)
        read = tokens.read(token, "wave1")
        assert (read.is_typed_before, read.age_seconds) == (is_typed_before, 5)


@pytest.mark.parametrize(
    ("hours", "seconds", "is_fresh"),
    [(0, 0, True), (24, 0, True), (24, 1, False), (71, 0, False), (72, 0, False)],
)
def test_a_token_is_fresh_for_a_day_and_accepted_for_three(
    tokens: FormTokens, hands: Hands, hours: int, seconds: int, *, is_fresh: bool
) -> None:
    token = tokens.issue("wave1")
    hands.move(hours=hours, seconds=seconds)
    assert tokens.read(token, "wave1").is_fresh is is_fresh


def test_a_token_older_than_three_days_is_refused(tokens: FormTokens, hands: Hands) -> None:
    token = tokens.issue("wave1")
    hands.move(hours=72, seconds=1)
    assert reason_of_refusal(tokens, token) == "expired"


@pytest.mark.parametrize("second_of_day", [0, 1, 43_200, 86_399])
def test_the_key_outlives_the_last_token_made_with_it(
    tokens: FormTokens, hands: Hands, second_of_day: int
) -> None:
    hands.at = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=second_of_day)
    token = tokens.issue("wave1")
    for _ in range(72):
        hands.move(hours=1)
        tokens.issue("wave1")  # what prunes old keys
    assert tokens.read(token, "wave1").age_seconds == 72 * 3600


def test_keys_older_than_three_days_are_destroyed(
    tokens: FormTokens, hands: Hands, tmp_path: Path
) -> None:
    for _ in range(10):
        tokens.issue("wave1")
        hands.move(days=1)
    kept = sorted(path.stem for path in (tmp_path / "web-keys").iterdir())
    assert kept == ["form-2026-11-26", "form-2026-11-27", "form-2026-11-28", "form-2026-11-29"]


def test_processes_that_share_the_store_read_each_others_tokens(
    tokens: FormTokens, tmp_path: Path
) -> None:
    other = FormTokens(WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master"))
    assert other.read(tokens.issue("wave1"), "wave1").is_fresh
    assert tokens.read(other.issue("wave1"), "wave1").is_fresh


def test_a_token_of_another_wave_is_forged(tokens: FormTokens) -> None:
    assert reason_of_refusal(tokens, tokens.issue("wave1"), "wave2") == "forged"


def test_a_token_of_another_installation_is_forged(tokens: FormTokens, tmp_path: Path) -> None:
    other = FormTokens(WebKeyStore(tmp_path / "other", tmp_path / "secrets" / "other"))
    tokens.issue("wave1")
    assert reason_of_refusal(tokens, other.issue("wave1")) == "forged"


def test_a_clock_set_back_two_hours_refuses_nobody(tokens: FormTokens, hands: Hands) -> None:
    token = tokens.issue("wave1")
    hands.move(hours=-2)
    assert tokens.read(token, "wave1").age_seconds == 0
    hands.move(seconds=-1)
    assert reason_of_refusal(tokens, token) == "forged"


def test_midnight_between_two_looks_at_the_clock_is_no_trap(
    tokens: FormTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = datetime(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=UTC)
    looks = iter([before, *[before + timedelta(seconds=1)] * 20])
    monkeypatch.setattr(clock, "now", lambda: next(looks))
    assert tokens.read(tokens.issue("wave1"), "wave1").is_fresh


def test_one_changed_character_is_refused(tokens: FormTokens) -> None:
    token = tokens.issue("wave1")
    for place, character in enumerate(token):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        assert reason_of_refusal(tokens, changed) in {"forged", "expired", "malformed"}


def test_a_date_that_was_made_up_makes_no_key(tokens: FormTokens, tmp_path: Path) -> None:
    tokens.issue("wave1")
    made_up = "A" * 54
    assert reason_of_refusal(tokens, made_up) in {"expired", "forged"}
    assert [path.stem for path in (tmp_path / "web-keys").iterdir()] == ["form-2026-11-20"]


SHARED: list[FormTokens] = []


@given(st.text(max_size=80))
def test_rubbish_is_refused_and_nothing_else_happens(rubbish: str) -> None:
    assert reason_of_refusal(_shared_tokens(), rubbish) in {"malformed", "forged", "expired"}


@given(st.text(alphabet="ABCDEFGHabcdefgh0123456789-_", min_size=54, max_size=54))
def test_rubbish_of_the_right_form_is_refused(rubbish: str) -> None:
    assert reason_of_refusal(_shared_tokens(), rubbish) in {"malformed", "forged", "expired"}


def _shared_tokens() -> FormTokens:
    """One store for the many examples of a property."""
    return SHARED[0]


@pytest.fixture(autouse=True, scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("shared")
    SHARED[:] = [FormTokens(WebKeyStore(folder / "web-keys", folder / "web-master"))]
