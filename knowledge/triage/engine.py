"""The danger check: signs in a message, by rule."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from bot.core.language import Language
from knowledge.triage.model import Danger, Level, Sign, SignWords

_SIGNS = Path(__file__).resolve().parent / "signs.yaml"


@cache
def read_signs(file: Path = _SIGNS) -> dict[str, Sign]:
    """Every danger sign with its approved words, by id."""
    found: dict[str, Sign] = {}
    for raw in yaml.safe_load(file.read_text(encoding="utf-8"))["signs"] if file.exists() else ():
        words = {
            lang: SignWords(
                raw[lang.value]["name"],
                tuple(raw[lang.value]["do_now"]),
                tuple(raw[lang.value].get("do_not", ())),
                raw[lang.value].get("first", ""),
            )
            for lang in Language
        }
        found[raw["id"]] = Sign(
            id=raw["id"],
            level=Level(raw["level"]),
            topic=raw["topic"],
            words=words,
            sources=tuple(raw.get("sources", ())),
            from_months=float(raw.get("age_months", [0, 37])[0]),
            to_months=float(raw.get("age_months", [0, 37])[1]),
            call=raw.get("call", "emergency"),
            about_parent=bool(raw.get("about_parent", False)),
        )
    return found


class Triage:
    """Pure: needs neither database nor network."""

    def __init__(self) -> None:
        self._signs = read_signs()

    @property
    def in_doubt(self) -> Danger:
        """What stands in for a check that failed."""
        return Danger(
            Level.CHECK, tuple(s for s in ("severe-breathing", "cannot-wake", "seizure-now") if s in self._signs)
        )

    def sign(self, sign_id: str) -> Sign:
        return self._signs[sign_id]

    def assess(self, text: str, *, age_months: float | None = None) -> Danger | None:
        """The danger in a message, or None. `age_months` is the child's age when known."""
        return None
