"""A setting that nobody reads is a promise that nobody keeps."""

from __future__ import annotations

import re

import pytest

from bot.core.settings import HOME, Settings

CODE = "\n".join(file.read_text(encoding="utf-8") for file in sorted((HOME / "bot").rglob("*.py")))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_read_somewhere(name: str) -> None:
    assert re.search(rf"(?:settings|self|real)\.{name}\b", CODE)
