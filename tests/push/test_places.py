"""A knock may not be led to a machine that is not public."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from bot.push.places import NotAllowed, checked, public_address


@pytest.mark.parametrize(
    "endpoint",
    ["http://push.example.org/a", "https://127.0.0.1/a", "https://[::1]/a", "https://localhost/a", "https://10.0.0.1/a",
     "https://push.example.org:8443/a", "https://user@push.example.org/a", "https://push.example.org\\@x/ a", "https:///a",
     "file:///etc/passwd", "https://2130706433/a", "https://0x7f.1/a", "https://push.example.org/" + "a" * 1000,
     "https://pusch.beispiel.örg/a", "https://push.example.org:x/a", "http://127.0.0.1:8082.evil.example.org/a", ""],
)  # fmt: skip
def test_addresses_that_no_push_service_has_are_refused(endpoint: str) -> None:
    with pytest.raises(NotAllowed):
        checked(endpoint, stand_in="http://127.0.0.1:8082")


@pytest.mark.parametrize(
    "endpoint",
    ["https://fcm.googleapis.com/fcm/send/abc:def", "https://updates.push.services.mozilla.com/wpush/v2/abc",
     "https://web.push.apple.com/abc", "https://push.example.org:443/a", "http://127.0.0.1:8082/send/1"],
)  # fmt: skip
def test_addresses_of_push_services_are_taken(endpoint: str) -> None:
    assert checked(endpoint, stand_in="http://127.0.0.1:8082") == endpoint


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.1.2.3"], ["93.184.216.34", "192.168.0.1"], ["169.254.169.254"], ["::1"], ["fd00::1"],
     ["::ffff:10.0.0.1"], ["2002:0a00:0001::1"], ["100.64.0.1"], ["224.0.0.1"], ["fe80::1%lo"]],
)  # fmt: skip
def test_a_name_that_leads_to_a_private_machine_is_refused(monkeypatch: Any, addresses: list[str]) -> None:
    """Only the resolver is played: names of the public internet are not asked for in tests."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (a, 443)) for a in addresses])
    with pytest.raises(NotAllowed):
        public_address("push.example.org")


def test_a_public_name_is_its_address(monkeypatch: Any) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("93.184.216.34", 443))])
    assert public_address("push.example.org") == "93.184.216.34"
