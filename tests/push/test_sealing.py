"""The formats of Web Push: the example of the standard to the byte, any text, and keys that are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from bot.push.sealing import LONGEST, BadKey, from_text, private_key, public_key, sealed, signature, to_text
from tests.push.service import Browser, claims_of, opened

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)


def scalar(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_text(text), "big"), ec.SECP256R1())


def test_the_example_of_rfc_8291_is_met_to_the_byte() -> None:
    """Appendix A."""
    body = sealed(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        one_time=scalar("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        salt=from_text("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert to_text(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK"
        "6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@given(st.binary(max_size=LONGEST), st.binary(min_size=16, max_size=16))
def test_only_the_browser_reads_what_was_sealed_for_it(text: bytes, salt: bytes) -> None:
    browser, other = Browser(""), Browser("")
    body = sealed(text, browser.p256dh, browser.auth, one_time=ec.generate_private_key(ec.SECP256R1()), salt=salt)
    assert len(body) <= 4096
    assert opened(body, browser.key, browser.secret) == text
    with pytest.raises(InvalidTag):
        opened(body, other.key, browser.secret)


@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_are_a_key_that_signs(secret: bytes) -> None:
    key = private_key(secret)
    claims, signer = claims_of(signature(key, origin="https://push.example.org", contact="mailto:a@b.example", now=NOW))
    assert signer == public_key(key)
    assert claims["aud"] == "https://push.example.org"
    assert 0 < claims["exp"] - NOW.timestamp() <= timedelta(hours=24).total_seconds()


def test_a_changed_signature_is_none() -> None:
    header = signature(private_key(b"1" * 32), origin="https://push.example.org", contact="mailto:a@b.example", now=NOW)
    with pytest.raises(InvalidSignature):
        claims_of(header.replace("t=eyJ0", "t=eyJ1"))


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("", ""), ("AAAA", to_text(b"0" * 16)), (Browser("").p256dh, to_text(b"0" * 15)), ("ü", "ü"),
     (to_text(b"\x04" + b"\x01" * 64), to_text(b"0" * 16)), (Browser("").p256dh, "!!!!")],
    ids=["nothing", "short", "short secret", "no base64", "no point", "secret no base64"],
)  # fmt: skip
def test_keys_that_are_none_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(BadKey):
        sealed(b"", p256dh, auth, one_time=private_key(b"1" * 32), salt=b"0" * 16)
