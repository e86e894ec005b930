"""What a person can mend is said in one sentence, without a traceback and without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import main


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPROUT_DATA_DIR", str(tmp_path / "var"))


def test_a_time_that_is_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "hello", "--now", "yesterday"]) == 2
    assert "yesterday" in capsys.readouterr().err


def test_a_file_that_is_no_text_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(b"\xff\xfe\x00")
    assert main(["ask", "--file", str(file)]) == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SPROUT_PORT", "abc")
    assert main(["doctor"]) == 1
    assert "port" in capsys.readouterr().err


def test_a_database_that_is_away_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/none")
    assert main(["content", "import"]) == 1
    said = capsys.readouterr().err
    assert "database" in said
    assert "hunter2" not in said


def test_the_doctor_names_a_token_of_the_wrong_form_and_does_not_show_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "my-secret-token")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "not in the form" in said
    assert "my-secret-token" not in said


def test_a_broken_article_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "content" / "articles" / "health" / "fever"
    folder.mkdir(parents=True)
    (tmp_path / "content" / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    (folder / "article.yaml").write_text("id: fever\ndomain: [health\n", encoding="utf-8")
    (folder / "zh.md").write_text("# 发烧\n", encoding="utf-8")
    (folder / "en.md").write_text("# Fever\n", encoding="utf-8")
    assert main(["content", "import", "--root", str(tmp_path / "content")]) == 1
    said = capsys.readouterr().out
    assert "article.yaml:" in said


def test_a_broken_list_of_sources_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "content"
    (root / "articles").mkdir(parents=True)
    (root / "sources.yaml").write_text("sources:\n- title: T\n- id: who\n  title: T\n", encoding="utf-8")
    assert main(["content", "import", "--root", str(root)]) == 1
    assert "sources.yaml:1" in capsys.readouterr().out
    (root / "sources.yaml").write_text("sources:\n- id: who\n  title: T\n", encoding="utf-8")
    assert main(["content", "import", "--root", str(root)]) == 1
    assert "sources.yaml:2: a source without 'publisher'" in capsys.readouterr().out
