"""What follows a fright or words of danger is heard; what is still going on is not taken for over."""

from __future__ import annotations

import pytest

from nlu.phrases.after_danger import came_out_and_is_well, cannot_go_on, feels_eased, tells_of_help


@pytest.mark.parametrize(
    "text",
    [
        "他吐出来了 现在没事了",
        "刚才吃苹果噎住了 拍了几下他吐出来了 现在没事了",
        "吃奶呛到了 从鼻子里喷出来 现在好好的",
        "choked on apple, coughed it up, he's fine now",
    ],
)
def test_what_was_stuck_is_out_and_the_child_is_well(text: str) -> None:
    assert came_out_and_is_well(text)


@pytest.mark.parametrize(
    "text",
    [
        "花生呛住了 咳出来了 现在还在喘",
        "喝了洁厕灵 吐出来了 现在没事",
        "吞了纽扣电池 吐出来了 现在没事了",
        "疹子出来了 现在没事了",
        "she swallowed a coin, threw it up, fine now",
        "coughed it up but he is still wheezing",
        "前天吃葡萄卡了一下马上吐出来了，这两天完全正常不咳，以后葡萄怎么切",
    ],
)
def test_what_may_harm_later_or_is_still_there_is_not_over(text: str) -> None:
    assert not came_out_and_is_well(text)


@pytest.mark.parametrize("text", ["没人帮我", "打不通", "我真的撑不下去了", "I can't do this any more"])
def test_despair_goes_on_in_few_words(text: str) -> None:
    assert cannot_go_on(text)
    assert not feels_eased(text)


@pytest.mark.parametrize("text", ["打过了 好一点了", "我妈来了", "I feel a bit better"])
def test_relief_of_a_parent_is_heard(text: str) -> None:
    assert feels_eased(text)


@pytest.mark.parametrize("text", ["120来了", "在去医院的路上", "the ambulance is here"])
def test_help_on_its_way_is_heard(text: str) -> None:
    assert tells_of_help(text)
