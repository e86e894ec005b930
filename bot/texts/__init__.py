"""Every sentence the bot says, in two languages, and putting a reply into words.

Texts are files of `key: sentence` below zh/ and en/, one file a subject; the full key is `file.key`.
Sentences may hold `{blanks}` and the tags <b> and <i>; values of blanks are escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.core.language import Language
from bot.dialogue.reply import ApprovedWords, Attachment, Card, Picture, Reply, Say, Venue
from bot.dialogue.words import band_words
from knowledge.model import AgeBand, ArticleText, DoctorLine, Source
from knowledge.triage.model import Level

_FOLDER = Path(__file__).resolve().parent
# What is said for an age in fewer characters is no whole answer: the answer for all ages stands below it.
WHOLE_ANSWER = {Language.ZH: 34, Language.EN: 110}
# The number to call, and not a rate ("100 to 120 a minute") or a measure.
_EMERGENCY = re.compile(
    r"(?<!\d)(?<!\d[-–~到至])(?<!\d to )120"
    r"(?!\d|[-–.:/]\d| ?(?:次|下|毫升|分钟|克|度|°|ml\b|min|times|a minute|F\b|C\b))"
)
_TAG = re.compile(r"<[^>]+>")


class TextMissing(KeyError):
    """No sentence under this key, or a blank without a value: a mistake of ours, never the parent's."""


@dataclass(frozen=True, slots=True)
class ButtonText:
    label: str
    press: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class PictureText:
    """A picture in words: what bot.pictures.draw needs, all of it plain JSON."""

    drawing: str
    facts: dict[str, Any]
    alt: str


@dataclass(frozen=True, slots=True)
class Message:
    """A reply in words. `html` uses only b, i, a and line breaks; `plain` has no tags."""

    html: str
    buttons: tuple[tuple[ButtonText, ...], ...] = ()
    venue: Venue | None = None
    attachment: Attachment | None = None
    picture: PictureText | None = None
    ask_location: bool = False
    replaces: bool = False
    alarm: Level | None = None
    language: Language = field(default=Language.ZH)

    @property
    def plain(self) -> str:
        links = re.sub(r'<a href="([^"]+)">([^<]*)</a>', r"\2 \1", self.html)
        return html.unescape(_TAG.sub("", links))


@cache
def texts(language: Language) -> Mapping[str, str]:
    """All sentences of a language by full key."""
    found: dict[str, str] = {}
    for file in sorted((_FOLDER / language.value).glob("*.yaml")):
        for key, sentence in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            found[f"{file.stem}.{key}"] = str(sentence).strip("\n")
    return found


class Renderer:
    """Puts replies into words, with the deployment's own numbers (emergency, police, mental health line)."""

    def __init__(self, numbers: Mapping[str, str]) -> None:
        self._numbers = dict(numbers)

    def sentence(self, said: Say, language: Language) -> str:
        """One sentence as HTML; raises TextMissing."""
        try:
            template = texts(language)[said.key]
        except KeyError as error:
            raise TextMissing(said.key) from error
        blanks: dict[str, Any] = {key: html.escape(number) for key, number in self._numbers.items()}
        for key, value in said.blanks.items():
            blanks[key] = self._blank(value, language)
        try:
            return template.format_map(blanks)
        except KeyError as error:
            raise TextMissing(f"{said.key}: {error}") from error

    def render(self, reply: Reply, language: Language) -> Message:
        language = reply.language or language
        parts = [
            self._card(part, language) if isinstance(part, Card) else self.sentence(part, language)
            for part in reply.parts
        ]
        return Message(
            html="\n\n".join(part for part in parts if part),
            buttons=tuple(
                tuple(ButtonText(self.words(b.label, language), b.press, b.url) for b in row) for row in reply.buttons
            ),
            venue=reply.venue,
            attachment=reply.attachment,
            picture=self._picture(reply.picture, language) if reply.picture else None,
            ask_location=reply.ask_location,
            replaces=reply.replaces,
            alarm=reply.alarm,
            language=language,
        )

    def words(self, said: Say, language: Language) -> str:
        """One sentence without tags."""
        return html.unescape(_TAG.sub("", self.sentence(said, language)))

    def _picture(self, picture: Picture, language: Language) -> PictureText:
        facts = {key: self._fact(value, language) for key, value in picture.facts.items()}
        return PictureText(picture.drawing, facts, self.words(picture.alt, language))

    def _fact(self, value: object, language: Language) -> object:
        """A fact of a picture as JSON: every Say in words."""
        if isinstance(value, Say):
            return self.words(value, language)
        if isinstance(value, dict):
            return {str(key): self._fact(part, language) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self._fact(part, language) for part in value]
        return value if value is None or isinstance(value, str | int | float) else str(value)

    def _blank(self, value: object, language: Language) -> str:
        if isinstance(value, Say):
            return self.sentence(value, language)
        if isinstance(value, ApprovedWords):
            return self._plain_number(value)
        if isinstance(value, AgeBand):
            return self.sentence(band_words(value), language)
        if isinstance(value, list | tuple):
            joint = "、" if language is Language.ZH else ", "
            return joint.join(self._blank(v, language) for v in value)
        return html.escape(str(value), quote=False)

    def _plain_number(self, text: str) -> str:
        """Articles write 120; a deployment elsewhere has its own number."""
        own = self._numbers.get("emergency", "120")
        return text if own == "120" else _EMERGENCY.sub(own, text)

    def _card(self, card: Card, language: Language) -> str:
        article = card.article.article
        text = article.texts[language]
        if card.only:
            return self._lines_of(text, card.only, language)
        variant = text.variant(card.age_months)
        blocks = [f"<b>{self._safe(text.title)}</b>"]
        if variant is not None:
            band = self.sentence(Say("guidance.card_for_age", {"band": variant.band}), language)
            blocks.append(f"<i>{band}</i>\n{self._safe(variant.text)}")
            adds = len(text.by_age) < 2 or len(variant.text) < WHOLE_ANSWER[language]
            if adds and variant.text not in text.short:
                blocks.append(self._safe(text.short))
        else:
            blocks.append(self._safe(text.short))
        if not card.brief:
            blocks.append(self._section("guidance.card_steps", [f"· {self._safe(s)}" for s in text.steps], language))
            doctor = [f"· {self.sentence(self._doctor(line), language)}" for line in text.doctor]
            blocks.append(self._section("guidance.card_doctor", doctor, language))
        links = [_link(source, language) for source in card.article.sources[:3]]
        if links:
            blocks.append(self.sentence(Say("guidance.card_source"), language) + " · ".join(links))
        if not card.article.approved_locally:
            blocks.append(f"<i>{self.sentence(Say('guidance.card_not_approved'), language)}</i>")
        return "\n\n".join(blocks)

    def _lines_of(self, text: ArticleText, only: Sequence[str], language: Language) -> str:
        steps = [f"· {self._safe(step)}" for step in text.steps if step in only]
        doctor = [f"· {self.sentence(self._doctor(line), language)}" for line in text.doctor if line.text in only]
        blocks = [f"<b>{self._safe(text.title)}</b>", "\n".join(steps)]
        blocks.append(self._section("guidance.card_doctor", doctor, language) if doctor else "")
        return "\n\n".join(block for block in blocks if block)

    def _doctor(self, line: DoctorLine) -> Say:
        return Say(f"guidance.urgency_{line.urgency.value}", {"text": self._plain_number(line.text)})

    def _section(self, heading: str, lines: list[str], language: Language) -> str:
        return "\n".join([f"<b>{self.sentence(Say(heading), language)}</b>", *lines])

    def _safe(self, text: str) -> str:
        return html.escape(self._plain_number(text), quote=False)


def _link(source: Source, language: Language) -> str:
    """The publisher (Chinese and English names are kept as 'zh / en') and the year, linked."""
    names = source.publisher.split(" / ")
    name = html.escape(names[0] if language is Language.ZH else names[-1])
    return f'<a href="{html.escape(source.url)}">{name}{f" {source.year}" if source.year else ""}</a>'
