"""Putting the chat on a page: Jinja templates over letters and what the parent said."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import Response

from bot.core.language import Language
from bot.dialogue.reply import Attachment, say
from bot.house import House
from bot.web.answers import number_of
from bot.web.document import document
from bot.web.talk import Letter, Said

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
LANG_TAG = {Language.ZH: "zh-Hans", Language.EN: "en"}
_SHOWN_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


def stamp_of(folder: Path) -> str:
    """A short digest of the files: part of their address, so that a new page never meets old scripts."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def _is_picture(file: Attachment) -> bool:
    """Whether a browser may show it as it is."""
    return file.kind == "photo" and file.media_type in _SHOWN_PICTURES


class Pages:
    """Renders; thread-safe."""

    def __init__(self, house: House, version: str) -> None:
        self._house = house
        self.version = version
        self.static = f"/static/{stamp_of(STATIC)}"
        dialled = house.settings.numbers
        self._jinja = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            undefined=StrictUndefined,
            autoescape=select_autoescape(default=True),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals.update(
            static=self.static,
            lang_tag=lambda language: LANG_TAG[language],
            document=document,
            time_of=self._time_of,
            number_of=lambda button: number_of(button, dialled),
            is_picture=_is_picture,
            numbers=dialled,
            zone=house.zone.key,
        )

    def chat(self, entries: Sequence[Said | Letter], language: Language) -> str:
        """The whole page."""
        labels = {b.press: b.label for e in entries if isinstance(e, Letter) for row in e.message.buttons for b in row}
        shown = [
            ("letter", e, "") if isinstance(e, Letter) else ("said", e, self._words_of(e, labels, language))
            for e in entries
        ]
        newest = max((e.id for e in entries if isinstance(e, Letter)), default=0)
        anchor = max((n for n, e in enumerate(entries) if isinstance(e, Said)), default=0)  # the last question
        return self._jinja.get_template("chat.html").render(
            entries=shown,
            language=language,
            t=self._texts(language),
            texts_of=self._texts,
            newest=newest,
            anchor=anchor,
        )

    def letter(self, letter: Letter) -> str:
        """One message of the bot, as it stands on the page."""
        return self._jinja.get_template("letter.html").render(letter=letter, t=self._texts(letter.message.language))

    def problem(self, message: str, language: Language) -> str:
        """A page that says what went wrong, with the way back."""
        return self._jinja.get_template("problem.html").render(
            message=message, language=language, t=self._texts(language)
        )

    @staticmethod
    def file(file: Attachment) -> Response:
        """A picture to show, anything else to keep."""
        shown = _is_picture(file)
        how = "inline" if shown else "attachment"
        return Response(
            file.content,
            media_type=file.media_type if shown else "application/octet-stream",
            headers={
                "Content-Disposition": f"{how}; filename*=UTF-8''{quote(file.name)}",
                "Cache-Control": "private, max-age=3600",
            },
        )

    def _texts(self, language: Language) -> Callable[..., str]:
        def t(key: str, **blanks: Any) -> str:
            return html.unescape(self._house.renderer.sentence(say(f"web.{key}", **blanks), language))

        return t

    def _time_of(self, moment: datetime) -> dict[str, str]:
        """For <time>: machine-readable, the hour that is shown, and the whole for the tooltip."""
        local = moment.astimezone(self._house.zone)
        today = self._house.clock().astimezone(self._house.zone).date()
        return {
            "iso": local.isoformat(timespec="seconds"),
            "short": f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}",
            "full": f"{local:%Y-%m-%d %H:%M}",
        }

    def _words_of(self, said: Said, labels: dict[str, str], language: Language) -> str:
        """What stands in the parent's bubble."""
        match said.utterance.kind:
            case "press":
                return labels.get(said.utterance.text) or self._texts(language)("pressed")
            case "command":
                return f"/{said.utterance.text}"
            case "location":
                return self._texts(language)("my_place")
        return said.utterance.text
