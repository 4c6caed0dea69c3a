"""When an outgoing event is tried again, and when an endpoint is given up. Pure.

The waits are those that Standard Webhooks recommends (standardwebhooks.com, "Deliverability and reliability"): ten
attempts over three days. An endpoint rests after a failure, so that a storm of errors is not answered by a storm of
calls; it is given up when an event went through all its attempts and nothing was taken meanwhile, or when it says that
it is gone (410).
"""

from __future__ import annotations

SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000
WAITS_MS = (
    5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS,
    24 * HOUR_MS,
)  # fmt: skip
TRIES_MAX = len(WAITS_MS) + 1
REST_MS, REST_MAX_MS = 5 * SECOND_MS, 5 * MINUTE_MS
SECRETS_TOGETHER_MS = 24 * HOUR_MS
GONE = 410


def again_ms(tries: int, now_ms: int, asked_ms: int = 0) -> int:
    """When to try again after so many attempts; 0: no more. asked_ms: how long the endpoint asks to wait, at most a
    day is granted."""
    if tries >= TRIES_MAX:
        return 0
    return now_ms + max(WAITS_MS[max(tries, 1) - 1], min(asked_ms, WAITS_MS[-1]))


def rest_ms(failures: int, now_ms: int) -> int:
    """Until when an endpoint is left alone after so many failures in a row: twice as long each time, up to five
    minutes."""
    return now_ms + min(REST_MS << min(max(failures, 1) - 1, 10), REST_MAX_MS)


def given_up(status: int, exhausted: bool, first_ms: int, ok_ms: int) -> bool:
    """Whether an endpoint is switched off. first_ms: when the event that ran out of attempts was first tried; ok_ms:
    when the endpoint last took something."""
    return status == GONE or (exhausted and ok_ms < first_ms)
