"""The words of a message as a document: title, paragraphs, lists and links, for a page to show well.

A message is flat text with <b>, <i>, <a> and line breaks (bot/texts). Its shape is read back from the signs that the
texts use: an empty line parts blocks, '· ' begins an item, a bold line heads what follows, an italic one is a note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import nh3
from markupsafe import Markup

from bot.core.language import Language
from bot.texts import texts

_ONLY_BOLD = re.compile(r"<b>([^<]*)</b>")
_ONLY_ITALIC = re.compile(r"<i>([^<]*)</i>")
_COMMAND = re.compile(r"(?:^|(?<=[\s\u3000]))/([a-z]{3,12})\b")
_ITEM = "· "


@dataclass(frozen=True, slots=True)
class Item:
    html: Markup
    urgency: str = ""  # of a line of 'see a doctor when'


@dataclass(frozen=True, slots=True)
class Block:
    """`kind`: title, lead (the short answer), text, sources or note. `band`: for children of which age."""

    kind: str
    paragraphs: tuple[Markup, ...] = ()
    heading: Markup | None = None
    items: tuple[Item, ...] = field(default=())
    band: Markup | None = None
    doctor: bool = False


def document(html: str, language: Language) -> list[Block]:
    """The blocks of a message, safe to show; what cannot be read is a plain paragraph."""
    blocks: list[Block] = []
    for raw in re.split(r"\n{2,}", html.strip("\n")):
        lines = raw.split("\n")
        after_title = bool(blocks) and blocks[-1].kind == "title"
        if len(lines) == 1 and (bold := _ONLY_BOLD.fullmatch(raw)):
            blocks.append(Block("title", heading=_safe(bold[1])))
        elif len(lines) == 1 and _ONLY_ITALIC.fullmatch(raw):
            blocks.append(Block("note", (_safe(raw),)))
        elif "<a " in raw and len(lines) == 1:
            blocks.append(Block("sources", (_safe(raw),)))
        else:
            blocks.append(_body(lines, language, lead=after_title))
    return blocks


def _body(lines: list[str], language: Language, *, lead: bool) -> Block:
    heading = band = None
    if bold := _ONLY_BOLD.fullmatch(lines[0]):
        heading, lines = _safe(bold[1]), lines[1:]
    elif lead and len(lines) > 1 and (italic := _ONLY_ITALIC.fullmatch(lines[0])):
        band, lines = _safe(italic[1]), lines[1:]
    items = [line.removeprefix(_ITEM) for line in lines if line.startswith(_ITEM)]
    rest = [line for line in lines if line and not line.startswith(_ITEM)]
    return Block(
        kind="lead" if lead else "text",
        paragraphs=tuple(_safe(line) for line in rest),
        heading=heading,
        items=tuple(Item(_safe(item), _urgency(item, language)) for item in items),
        band=band,
        doctor=heading is not None and heading == _safe(texts(language)["guidance.card_doctor"]),
    )


def _urgency(item: str, language: Language) -> str:
    """How soon a doctor is due, read from the words that open the line."""
    for level in ("emergency_now", "urgent_today", "soon"):
        opening = texts(language)[f"guidance.urgency_{level}"].partition("{")[0]
        if item.startswith(opening):
            return level
    return ""


def _safe(text: str) -> Markup:
    """Only what the texts use; links open beside the chat, and commands can be pressed."""
    cleaned = nh3.clean(
        text,
        tags={"b", "i", "a"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "tel"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    pressable = r'<button class="command" form="press" name="command" value="\1">/\1</button>'
    return Markup(_COMMAND.sub(pressable, cleaned))  # noqa: S704 - cleaned just above
