"""What people ask that no article answers: topics that compete with the articles, and are never shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from knowledge.content_files import CONTENT, ContentBroken

Elsewhere = Mapping[str, tuple[str, ...]]  # topic to made-up examples, both languages


def read_elsewhere(root: Path = CONTENT) -> Elsewhere:
    """elsewhere.yaml; raises ContentBroken. A folder of articles without that file has no such topics."""
    file = root / "elsewhere.yaml"
    if not file.exists():
        return {}
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        return {
            str(topic): tuple(str(text) for texts in by_language.values() for text in texts)
            for topic, by_language in data.items()
        }
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentBroken(file, line, f"not valid YAML: {error.problem}") from error
    except (AttributeError, TypeError) as error:
        raise ContentBroken(file, 1, "expected topic: {zh: [...], en: [...]}") from error
