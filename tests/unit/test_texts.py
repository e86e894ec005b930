"""What the bot says: both languages are equal in keys and blanks, and rendering is safe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.core.language import Language
from bot.dialogue.reply import ApprovedWords, Button, Reply, rows, say
from bot.dialogue.words import age_words
from bot.texts import Renderer, TextMissing, texts

HOME = Path(__file__).resolve().parents[2]
NUMBERS = {"emergency": "120", "police": "110", "mental_health": "12356"}


def blanks(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_both_languages_have_the_same_keys() -> None:
    assert texts(Language.ZH).keys() == texts(Language.EN).keys()


@pytest.mark.parametrize("key", sorted(texts(Language.ZH)))
def test_both_languages_have_the_same_blanks(key: str) -> None:
    assert blanks(texts(Language.ZH)[key]) == blanks(texts(Language.EN)[key])


@pytest.mark.parametrize("language", list(Language))
def test_only_bold_and_italic_are_used_and_they_are_closed(language: Language) -> None:
    for key, sentence in texts(language).items():
        tags = re.findall(r"</?(\w+)[^>]*>", sentence)
        assert set(tags) <= {"b", "i"}, key
        for tag in ("b", "i"):
            assert sentence.count(f"<{tag}>") == sentence.count(f"</{tag}>"), key


def test_every_key_that_the_code_names_exists() -> None:
    known = texts(Language.ZH).keys()
    files = {key.split(".")[0] for key in known}
    pattern = re.compile(r'"((?:' + "|".join(sorted(files)) + r')\.[a-z_0-9]+)"')
    for source in (HOME / "bot").rglob("*.py"):
        for key in pattern.findall(source.read_text(encoding="utf-8")):
            found = any(k.startswith(key) for k in known) if key.endswith("_") else key in known
            assert found, f"{source.name}: {key}"


def test_what_a_parent_wrote_is_escaped() -> None:
    renderer = Renderer(NUMBERS)
    message = renderer.render(Reply((say("person.reply_from", who="<script>&"),)), Language.EN)
    assert "<script>" not in message.html
    assert message.plain.startswith("<script>&")


def test_the_own_emergency_number_stands_for_a_call_and_not_for_a_rate() -> None:
    renderer = Renderer({**NUMBERS, "emergency": "999"})

    def shown(text: str) -> str:
        return renderer.sentence(say("talk.literal", text=ApprovedWords(text)), Language.EN)

    assert shown("打120，马上按压") == "打999，马上按压"
    assert shown("Call 120. Then wait.") == "Call 999. Then wait."
    assert shown("call 110 or 119 and 120") == "call 110 or 119 and 999"
    for rate in ("每分钟100到120次", "push 100 to 120 times a minute", "100-120 a minute", "120 ml", "120/80"):
        assert shown(rate) == rate


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (0.5, "15 days old"),
        (3, "3 months old"),
        (12, "1 year old"),
        (13, "1 year 1 month old"),
        (26, "2 years 2 months old"),
    ],
)
def test_ages_are_said_in_the_right_number(months: float, words: str) -> None:
    assert Renderer(NUMBERS).sentence(age_words(months), Language.EN) == words


@pytest.mark.parametrize("key", ["talk.start_consent", "talk.privacy", "booking.needs_consent", "plan.needs_consent"])
def test_wherever_consent_is_asked_it_says_that_the_team_may_read_what_was_not_understood(key: str) -> None:
    assert "团队" in texts(Language.ZH)[key]
    assert "拿不准" in texts(Language.ZH)[key]
    assert "team" in texts(Language.EN)[key]
    assert re.search("unsure|not sure|wasn't sure", texts(Language.EN)[key])


def test_an_unknown_key_is_an_error_of_ours() -> None:
    with pytest.raises(TextMissing):
        Renderer(NUMBERS).render(Reply((say("talk.no_such_sentence"),)), Language.ZH)


def test_a_missing_blank_is_an_error_of_ours() -> None:
    with pytest.raises(TextMissing):
        Renderer(NUMBERS).render(Reply((say("talk.child_saved"),)), Language.ZH)


def test_a_press_longer_than_telegram_allows_is_refused() -> None:
    with pytest.raises(ValueError, match="60 bytes"):
        Button(say("talk.skip"), "x" * 61)


def test_buttons_are_laid_out_in_rows_of_the_width() -> None:
    buttons = [Button(say("talk.skip"), str(n)) for n in range(5)]
    assert [len(row) for row in rows(*buttons, width=2)] == [2, 2, 1]
