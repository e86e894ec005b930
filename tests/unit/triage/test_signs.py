"""The signs and their fixed words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.core.language import Language
from knowledge.triage import corpus
from knowledge.triage.model import Level
from knowledge.triage.signs import SIGNS_FILE, DataError, known_as, read_signs

CONTENT = Path(__file__).resolve().parents[3] / "knowledge" / "content"
SIGNS = read_signs()


def test_every_source_of_a_sign_is_one_of_the_content() -> None:
    sources = {s["id"] for s in yaml.safe_load((CONTENT / "sources.yaml").read_text(encoding="utf-8"))["sources"]}
    assert {s: missing for s, sign in SIGNS.items() if (missing := set(sign.sources) - sources)} == {}


def test_every_topic_of_a_sign_is_an_article() -> None:
    articles = {folder.name for folder in (CONTENT / "articles").glob("*/*")}
    assert {s: sign.topic for s, sign in SIGNS.items() if sign.topic not in articles} == {}


def test_every_sign_of_the_corpus_is_known() -> None:
    used = {row.sign for row in corpus.rows() if row.level != "none"}
    assert None not in used
    assert used <= set(SIGNS)


def test_an_older_id_leads_to_one_sign_only() -> None:
    assert len(known_as()) == len(SIGNS) + sum(
        len(raw.get("also", ()))
        for family in yaml.safe_load(SIGNS_FILE.read_text(encoding="utf-8"))["signs"].values()
        for raw in family
    )


@pytest.mark.parametrize("language", list(Language))
def test_no_words_contain_a_dose_of_a_medicine(language: Language) -> None:
    dose = re.compile(r"\d\s*(?:ml|mg|毫升|毫克|mL|滴|drops)", re.IGNORECASE)
    for sign in SIGNS.values():
        words = sign.words[language]
        assert not any(dose.search(line) for line in (*words.do_now, *words.do_not, words.first)), sign.id


@pytest.mark.parametrize(
    "sign", ["parent-harm-self", "harm-baby-thoughts", "abuse-suspected", "domestic-violence", "loss", "missing-child"]
)
def test_despair_violence_and_loss_have_words_of_their_own_with_a_number_to_call(sign: str) -> None:
    for language in Language:
        assert re.search(r"12356|110|120", SIGNS[sign].words[language].first)


def test_soon_is_never_told_to_call_an_ambulance_first() -> None:
    for sign in SIGNS.values():
        if sign.level is Level.SOON:
            assert "120" not in sign.words[Language.ZH].do_now[0], sign.id


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("level: dire", "ValueError"),
        ("call: nobody", "call is one of"),
        ("age: [3, 3]", "level or age cannot be"),
        ("zh: {name: 一个长得放不进按钮里的名字, do_now: [走]}", "too long for a button"),
        ("en: {name: Sign}", "KeyError"),
    ],
)
def test_a_mistake_in_a_sign_names_its_file_and_line(tmp_path: Path, change: str, words: str) -> None:
    sign = {
        "level": "level: soon",
        "call": "call: none",
        "age": "age: [0, 3]",
        "zh": "zh: {name: 名, do_now: [走]}",
        "en": "en: {name: Sign, do_now: [Go]}",
    }
    sign[change.split(":")[0]] = change
    file = tmp_path / "signs.yaml"
    lines = "\n    ".join(["topic: cough", "sources: [nhs-cough]", *sign.values()])
    file.write_text(f"signs:\n  some:\n  - id: a-sign\n    {lines}\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_signs(file)
    assert str(caught.value).startswith("signs.yaml:3: a-sign: ")
    assert words in str(caught.value)


def test_a_file_that_is_no_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "signs.yaml"
    file.write_text("signs:\n  some: [\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"signs.yaml:\d+: "):
        read_signs(file)
