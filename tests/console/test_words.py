"""Every sentence that a page of the console says exists, and every error that a person can meet has words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bot.web.console.sections  # noqa: F401  every error of the house is known once all sections are
from bot.core.hand_off.service import HandOffError
from bot.core.language import Language
from bot.core.staff.model import NotPermitted, StaffError
from bot.texts import texts
from bot.web.console.navigation import GROUPS, PLACES
from knowledge.model import KnowledgeError
from scheduler.care.model.errors import CareError

TEMPLATES = Path(__file__).resolve().parents[2] / "bot" / "web" / "console" / "templates"
KEY = re.compile(r"""\bt\(\s*['"]([a-z_]+\.[a-z0-9_]+)['"]\s*([,)~])""")


@pytest.mark.parametrize("language", list(Language))
def test_every_sentence_of_the_pages_exists(language: Language) -> None:
    known = texts(language)
    missing = [
        f"{file.relative_to(TEMPLATES)}: {key}"
        for file in TEMPLATES.rglob("*.html")
        for key, after in KEY.findall(file.read_text(encoding="utf-8"))
        if (not any(k.startswith(key) for k in known) if after == "~" else key not in known)
    ]
    assert missing == []


def test_the_menu_has_words_and_groups() -> None:
    known = texts(Language.ZH)
    assert [p.path for p in PLACES if p.text not in known or p.group not in GROUPS] == []
    assert all(f"console_frame.group_{group}" in known for group in GROUPS)


def family(base: type[Exception]) -> set[type[Exception]]:
    return {base, *(below for child in base.__subclasses__() for below in family(child))}


@pytest.mark.parametrize("base", [StaffError, HandOffError, KnowledgeError, CareError])
def test_every_error_of_the_rules_has_words(base: type[Exception]) -> None:
    known = texts(Language.ZH)
    names = {re.sub(r"(?<!^)(?=[A-Z])", "_", e.__name__).lower() for e in family(base) - {base, NotPermitted}}
    assert sorted(name for name in names if f"console_errors.{name}" not in known) == []
