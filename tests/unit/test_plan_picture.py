"""The picture of a plan can be drawn for every child, and its words say the same."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.core.language import Language
from bot.dialogue.plan.picture import picture
from bot.dialogue.reply import Reply, say
from bot.pictures import draw
from bot.texts import PictureText, Renderer
from scheduler.reminders.plan.model import Birth, Mark, MarkState, build
from scheduler.reminders.plan.schedule import schedule

RENDERER = Renderer({"emergency": "120"})
BORN = date(2024, 2, 29)


def rendered(birth: Birth, today: date, language: Language, marks: dict[str, Mark] | None = None) -> PictureText:
    plan = build(schedule(), birth, marks or {}, today)
    found = RENDERER.render(Reply((say("plan.show"),), picture=picture(plan, language)), language).picture
    assert found is not None
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(2022, 1, 1), date(2027, 1, 1)), st.integers(0, 1500), st.integers(0, 16),
    st.sampled_from(["day", "month", "year"]), st.sampled_from(list(Language)),
)  # fmt: skip
def test_its_facts_are_plain_and_today_stands_between_the_right_ages(
    born: date, days: int, early: int, precision: str, language: Language
) -> None:
    today = born + timedelta(days=days)
    facts = rendered(Birth(born, precision, early), today, language).facts
    assert json.loads(json.dumps(facts)) == facts
    columns = [int(c) for c in facts["columns"]]
    assert columns == sorted(columns)
    cells = [cell for row in facts["rows"] for cell in row["cells"]]
    assert all(0 <= column < len(columns) and state in _STATES for column, _, state in cells)
    assert {row["name"] for row in facts["rows"]} == {name[language] for _, name in schedule().rows}
    if facts["today"] is None:
        assert days >= 36 * 30
    else:
        left = columns[int(facts["today"])]
        assert left * 30.4 - 3 <= days <= (columns[min(int(facts["today"]) + 1, len(columns) - 1)] + 1) * 31


_STATES = {"done", "now", "open", "coming", "unwanted"}


@pytest.mark.usefixtures("chinese_font")
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("days", [0, 250, 1200])
def test_it_can_be_drawn_and_is_not_too_tall_for_a_phone(language: Language, days: int) -> None:
    everything = {item.id: Mark(MarkState.DONE) for item in schedule().items} if days == 1200 else {}
    shown = rendered(Birth(BORN), BORN + timedelta(days=days), language, everything)
    png = draw(shown.drawing, shown.facts)
    assert png is not None
    image = Image.open(io.BytesIO(png))
    assert image.width == 980
    assert image.height <= 2.2 * image.width
    assert len(png) < 150_000
    assert shown.alt.startswith("健康计划图" if language is Language.ZH else "Picture of the health plan")
