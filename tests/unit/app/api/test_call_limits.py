from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.api.limits import MOST_TOKENS, CallLimits


@dataclass
class Watch:
    moment: float = 1000.0

    def __call__(self) -> float:
        return self.moment


def _answered(limits: CallLimits, token: str, calls: int) -> int:
    return sum(limits.count(token).wait == 0 for _ in range(calls))


def test_a_minute_s_worth_may_come_at_once_and_no_more() -> None:
    limits = CallLimits(10, now=Watch())
    assert _answered(limits, "a", 30) == 10


def test_who_waits_as_told_is_answered_then_and_not_before() -> None:
    watch = Watch()
    limits = CallLimits(10, now=watch)
    _answered(limits, "a", 10)
    wait = limits.count("a").wait
    assert wait == pytest.approx(6)
    watch.moment += wait - 0.01
    assert limits.count("a").wait > 0
    watch.moment += 0.02
    assert limits.count("a").wait == 0


def test_a_steady_caller_is_never_refused() -> None:
    watch = Watch()
    limits = CallLimits(10, now=watch)
    for _ in range(100):
        assert limits.count("a").wait == 0
        watch.moment += 6


def test_what_is_left_is_told_and_comes_back() -> None:
    watch = Watch()
    limits = CallLimits(3, now=watch)
    told = [limits.count("a") for _ in range(4)]
    assert [(each.most, each.left, each.full_in) for each in told] == [
        (3, 2, 20.0),
        (3, 1, 40.0),
        (3, 0, 60.0),
        (3, 0, 60.0),
    ]
    assert told[1].headers() == [
        (b"ratelimit-policy", b'"token";q=3;w=60'),
        (b"ratelimit", b'"token";r=1;t=40'),
    ]
    watch.moment += 60
    assert limits.count("a").left == 2


def test_one_token_does_not_use_up_another_s_calls() -> None:
    limits = CallLimits(10, now=Watch())
    assert _answered(limits, "a", 20) == 10
    assert _answered(limits, "b", 20) == 10


def test_the_limit_is_shared_out_among_processes() -> None:
    assert _answered(CallLimits(12, processes=3, now=Watch()), "a", 30) == 4
    assert _answered(CallLimits(2, processes=4, now=Watch()), "a", 30) == 1


def test_many_tokens_do_not_fill_the_memory() -> None:
    limits = CallLimits(10, now=Watch())
    for number in range(MOST_TOKENS + 50):
        limits.count(str(number))
    assert len(limits._spoken_for) == MOST_TOKENS
