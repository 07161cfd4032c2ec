"""The own count of a server's budget, with a clock that the tests set."""

from __future__ import annotations

import math

import pytest

from typed_openai._pacing.budgets import Budget, Figures, Mark
from typed_openai._pacing.model_families import family_of
from typed_openai._pacing.token_estimates import estimated_tokens


def _answer(budget: Budget, mark: Mark, figures: Figures, now: float) -> None:
    budget.answer(mark)
    budget.learn(figures, mark, now)


def _known(figures: Figures, now: float = 0.0) -> Budget:
    budget = Budget()
    _answer(budget, budget.take(1, now), figures, now)
    return budget


def test_nothing_is_held_back_before_a_reply() -> None:
    assert Budget().delay(1e9, 0.0) == 0.0


def test_a_request_beyond_what_is_left_waits_for_the_end_of_the_window() -> None:
    budget = _known(Figures(10, 1, 30.0))
    assert budget.delay(1, 1.0) == 0.0
    budget.take(1, 1.0)
    assert budget.delay(1, 2.0) == 28.0


def test_the_end_of_the_window_restores_the_limit() -> None:
    budget = _known(Figures(10, 0, 30.0))
    assert budget.left(29.9) == 0
    assert budget.left(30.1) == 10


def test_without_a_limit_the_rest_is_unknown_after_the_window() -> None:
    budget = _known(Figures(None, 0, 30.0))
    assert budget.delay(1, 1.0) == 29.0
    assert budget.left(31.0) is None


def test_without_a_time_another_reply_must_tell() -> None:
    assert _known(Figures(10, 0, None)).delay(1, 1.0) == math.inf


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_the_order_in_which_a_server_counts_changes_nothing(order: tuple[int, ...]) -> None:
    budget = _known(Figures(10, 9, 60.0))
    marks = [budget.take(1, 0.1) for _ in range(4)]
    for place, one in enumerate(order):
        _answer(budget, marks[one], Figures(10, 8 - place, 59.0), 1.0)
    assert budget.left(1.0) == 5


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_the_order_of_replies_changes_nothing(order: tuple[int, ...]) -> None:
    budget = _known(Figures(10, 9, 60.0))
    marks = [budget.take(1, 0.1) for _ in range(4)]
    for one in order:
        _answer(budget, marks[one], Figures(10, 8 - one, 59.0), 1.0)
    assert budget.left(1.0) == 5


def test_the_use_by_other_processes_counts() -> None:
    budget = _known(Figures(10, 9, 60.0))
    _answer(budget, budget.take(1, 1.0), Figures(10, 2, 59.0), 1.1)
    assert budget.left(1.2) == 2


def test_tokens_that_were_estimated_too_high_come_back() -> None:
    budget = _known(Figures(1000, 1000, 60.0))
    _answer(budget, budget.take(900, 1.0), Figures(1000, 990, 59.0), 1.1)
    assert budget.left(1.2) == 990


def test_a_request_larger_than_the_limit_is_not_held_back_for_ever() -> None:
    budget = _known(Figures(100, 100, 60.0))
    assert budget.delay(5000, 1.0) == 0.0
    budget.take(5000, 1.0)
    assert budget.delay(1, 2.0) == 58.0


def _steady() -> Budget:
    """A budget of 60 requests that grows by one each second, of which half is used."""
    budget = _known(Figures(60, 59, 1.0))
    for left in range(58, 29, -1):
        _answer(budget, budget.take(1, 0.1), Figures(60, left, float(60 - left)), 0.1)
    return budget


def test_a_budget_that_grows_steadily_is_recognized() -> None:
    budget = _steady()
    assert budget.left(0.1) == pytest.approx(30)
    assert budget.left(5.1) == pytest.approx(35)
    assert budget.delay(36, 5.1) == pytest.approx(1)


def test_a_window_is_not_mistaken_for_growth() -> None:
    budget = _known(Figures(60, 59, 59.9))
    for number in range(1, 60):
        time = number * 0.9
        _answer(budget, budget.take(1, time), Figures(60, 59 - number, 59.9 - time), time + 0.01)
    assert budget.delay(1, 54.0) == pytest.approx(5.9, abs=0.1)


def test_windows_are_expected_again_after_a_refusal() -> None:
    budget = _steady()
    budget.distrust()
    _answer(budget, budget.take(1, 1.0), Figures(60, 0, 10.0), 1.0)
    assert budget.delay(1, 2.0) == pytest.approx(9.0)


def test_a_slow_reply_of_the_window_before_is_ignored() -> None:
    budget = _known(Figures(10, 9, 5.0))
    slow = budget.take(1, 1.0)
    assert budget.left(6.0) == 9
    _answer(budget, slow, Figures(10, 0, 4.0), 7.0)
    assert budget.left(7.0) == 9


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-mini", "gpt-4o-mini"),
        ("gpt-3.5-turbo-0125", "gpt-3.5-turbo"),
        ("chatgpt-4o-latest", "chatgpt-4o"),
        ("ft:gpt-4o-mini-2024-07-18:acme::7p4lURel", "gpt-4o-mini"),
        ("ft:", "ft:"),
        ("", ""),
    ],
)
def test_snapshots_and_fine_tuned_models_share_the_limits_of_their_family(model: str, family: str) -> None:
    assert family_of(model) == family


@pytest.mark.parametrize(
    ("fields", "tokens"),
    [
        ({"input": "x" * 400, "model": ""}, 100),
        ({"input": [1, 2, 3], "model": ""}, 3),
        ({"input": "", "max_output_tokens": 50}, 50),
        ({"messages": [{"content": "x" * 8}], "max_completion_tokens": 10, "n": 3}, 32),
        ({"input": [{"image_url": "data:image/png;base64," + "A" * 9999}]}, 0),
        ({"max_tokens": None, "n": None}, 0),
        ({"max_tokens": True}, 0),
    ],
)
def test_tokens_are_estimated_from_texts_and_the_largest_output(
    fields: dict[str, object], tokens: int
) -> None:
    assert estimated_tokens(fields) == tokens
