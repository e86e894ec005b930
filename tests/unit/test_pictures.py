"""Pictures travel as plain facts and are drawn where they are shown; without a picture the words stand alone."""

from __future__ import annotations

import json

import pytest

from bot.core.language import Language
from bot.delivery.letters import from_payload, to_payload
from bot.dialogue.reply import Button, Picture, Reply, rows, say
from bot.pictures import draw
from bot.telegram.pieces import pieces
from bot.texts import Message, PictureText, Renderer

PNG = b"\x89PNG"


def message(words: str = "short") -> Message:
    return Message(words, picture=PictureText("plan", {"title": "计划"}, "a plan"))


@pytest.mark.parametrize("language", list(Language))
def test_facts_are_plain_json_with_every_word_in_the_language_of_the_reader(language: Language) -> None:
    picture = Picture(
        "plan", {"title": say("talk.menu_plan"), "marks": [(1, {"name": say("talk.skip")})]}, say("talk.skip")
    )
    rendered = Renderer({}).render(
        Reply((say("talk.skip"),), rows(Button(say("talk.skip"), "skip")), picture=picture), language
    )
    assert rendered.picture is not None
    skip = rendered.picture.alt
    assert json.loads(json.dumps(rendered.picture.facts))["marks"] == [[1, {"name": skip}]]
    assert from_payload(json.loads(json.dumps(to_payload(rendered)))) == rendered


def test_a_drawing_is_a_png_and_an_unknown_one_is_none() -> None:
    assert draw("no such artist", {}) is None
    assert draw("plan", {"no": "title"}) is None


@pytest.mark.usefixtures("chinese_font")
def test_the_day_at_a_centre_is_drawn() -> None:
    rows = [{"time": f"{h:02d}:00", "words": "绘本与音乐 " * 9, "inside": h in (10, 11)} for h in range(8, 18)]
    drawn = draw("day", {"title": "青禾社区宝宝屋", "subtitle": "11月19日", "rows": rows, "footer": "青禾路 18 号"})
    assert drawn is not None
    assert drawn.startswith(PNG)


def test_a_short_text_is_the_caption_and_a_long_one_stands_below() -> None:
    (only,) = pieces(message())
    assert only.picture is not None
    assert only.html == "short"
    picture, *texts = pieces(message("long " * 300))
    assert picture.picture is not None
    assert not picture.html
    assert all(p.html and p.picture is None for p in texts)
