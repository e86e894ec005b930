"""The two languages of the bot, and telling them apart in a parent's message."""

from __future__ import annotations

import re
from enum import StrEnum

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z]*[0-9])[A-Z0-9]{6}(?![A-Za-z0-9])")  # K7QM4P is no word of any language


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


def detect(text: str, *, default: Language = Language.ZH) -> Language:
    """The language most of the message is written in.

    A Chinese character weighs about as much as half an English word; code-mixed
    messages go to the heavier side. Text without letters keeps `default`.
    """
    han = len(_HAN.findall(text))
    words = len(_LATIN_WORD.findall(_CODE.sub("", text)))
    if han == 0 and words == 0:
        return default
    return Language.ZH if han >= 2 * words or (han > 0 and han / 1.6 >= words) else Language.EN
