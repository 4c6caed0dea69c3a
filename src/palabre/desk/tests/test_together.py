"""What many ask at the same time is worked out once, and not after something was judged."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from palabre.desk import together
from palabre.desk.memory import Mark, Memory
from palabre.desk.together import StillReckonedError, Together

MARK = Mark(1, 1, 1_000)


class Slow:
    """Something that is worked out until it is let go."""

    def __init__(self, given: int = 7) -> None:
        self.given, self.begun, self.go, self.times = given, threading.Event(), threading.Event(), 0

    def __call__(self) -> int:
        self.times += 1
        self.begun.set()
        assert self.go.wait(10)
        return self.given


def test_ten_who_ask_share_one_reckoning(monkeypatch: pytest.MonkeyPatch) -> None:
    one, slow, waiting = Together(), Slow(), threading.Semaphore(0)

    def waited(known: Future[int], patience: float | None) -> int:
        waiting.release()
        return known.result(10)

    monkeypatch.setattr(together, "waited", waited)
    with ThreadPoolExecutor(10) as pool:
        asked = [pool.submit(one.of, ("q",), slow) for _ in range(10)]
        assert slow.begun.wait(10)
        assert one.of(("another",), lambda: 9) == 9
        assert all(waiting.acquire(timeout=10) for _ in range(9))
        slow.go.set()
        assert [found.result(10) for found in asked] == [7] * 10
    assert slow.times == 1
    assert one.of(("q",), lambda: 10) == 10, "nothing is kept"


def test_who_waits_too_long_is_told_so() -> None:
    one, slow = Together(), Slow()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(one.of, ("q",), slow)
        assert slow.begun.wait(10)
        with pytest.raises(StillReckonedError):
            one.of(("q",), lambda: 8, patience=0.01)
        slow.go.set()
        assert first.result(10) == 7


def test_what_fails_fails_for_all_who_wait_and_is_tried_again() -> None:
    one, slow = Together(), Slow(0)

    def failing() -> float:
        return 1 / slow()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(one.of, ("q",), failing)
        assert slow.begun.wait(10)
        other = pool.submit(one.of, ("q",), failing)
        slow.go.set()
        for asked in (first, other):
            with pytest.raises(ZeroDivisionError):
                asked.result(10)
    assert one.of(("q",), lambda: 2.0) == 2.0


def test_an_answer_begun_before_a_judgement_is_not_shown_after_it() -> None:
    memory: Memory[int] = Memory()
    slow = Slow()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(memory.of, ("q",), MARK, slow)
        assert slow.begun.wait(10)
        memory.forget()
        assert memory.of(("q",), MARK, lambda: 8) == 8
        slow.go.set()
        assert first.result(10) == 7
    assert memory.known(("q",), MARK) == 8


def test_an_answer_is_kept_while_nothing_changed() -> None:
    memory: Memory[int] = Memory()
    assert memory.of(("q",), MARK, lambda: 7) == 7
    assert memory.of(("q",), Mark(1, 1, 200_000), lambda: 8) == 7
    assert memory.of(("q",), Mark(2, 1, 10_000), lambda: 8) == 7, "new posts may wait a moment"
    assert memory.known(("q",), Mark(2, 1, 20_000)) is None
    assert memory.known(("q",), Mark(1, 2, 1_001)) is None, "a changed panel may not"
