"""Prices in shops and prices of care."""

from __future__ import annotations

import pytest

from nlu.phrases.shopping import asks_price_of_a_thing


@pytest.mark.parametrize(
    "text", ["how much does a tin of aptamil cost", "爱他美一罐多少钱", "cheapest nappies, where can I buy"]
)
def test_the_price_of_a_thing(text: str) -> None:
    assert asks_price_of_a_thing(text)


@pytest.mark.parametrize(
    "text", ["how much is an hour of care", "托管一小时多少钱", "how much formula does he need", "亲子课玩具费多少钱"]
)
def test_no_price_of_a_thing(text: str) -> None:
    assert not asks_price_of_a_thing(text)
