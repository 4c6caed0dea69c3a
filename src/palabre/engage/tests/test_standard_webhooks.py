"""Standard Webhooks: the vector of the specification, and our own receiver takes what we sign."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from palabre.engage.standard_webhooks import new_secret, signature, signed
from palabre.errors import InputError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_example_of_the_specification() -> None:
    body = b'{"test": 2432232314}'
    found = signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_headers_are_of_one_attempt_and_sign_with_every_secret() -> None:
    other = new_secret(bytes(range(32)))
    headers = signed([SECRET, other], "msg_1", 1_614_265_330_999, b"{}")
    assert headers["webhook-id"] == "msg_1"
    assert headers["webhook-timestamp"] == "1614265330"
    first, second = headers["webhook-signature"].split(" ")
    key = base64.b64decode(other.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, b"msg_1.1614265330.{}", hashlib.sha256).digest()).decode()
    assert second == f"v1,{wanted}"
    assert first != second


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "plain", "whsec_" + base64.b64encode(b"short").decode()])
def test_a_weak_secret_is_refused(secret: str) -> None:
    with pytest.raises(InputError):
        signature(secret, "msg_1", 1, b"")


@pytest.mark.parametrize("message_id", ["", "a.b"])
def test_an_id_that_could_be_read_two_ways_is_refused(message_id: str) -> None:
    with pytest.raises(InputError):
        signature(SECRET, message_id, 1, b"")
