"""sprout content export and import, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main
from bot.core.db import Database
from knowledge import service
from knowledge.content_files import article_folders, read_article
from knowledge.editing import exchange
from tests.conftest import NOW
from tests.editing.conftest import HONEY


@pytest.fixture
def own_database(sqlite_url: str, small_shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    database = Database(sqlite_url)
    with database.begin() as session:
        service.import_content(session, NOW, small_shelf)
    return database


def test_what_is_live_is_written_as_files_and_json(
    own_database: Database, small_shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["content", "export", str(tmp_path / "md")]) == 0
    shipped = [read_article(f) for f in article_folders(small_shelf)]
    assert [read_article(f) for f in article_folders(tmp_path / "md")] == shipped
    assert main(["content", "export", str(tmp_path), "--format", "json"]) == 0
    articles, sources = exchange.from_json((tmp_path / "articles.json").read_text(encoding="utf-8"))
    assert {a.id for a in articles} == {a.id for a in shipped}
    assert sources
    assert main(["content", "export"]) == 2
    assert "give a folder" in capsys.readouterr().err


def test_a_file_comes_in_as_drafts(own_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["content", "export", str(tmp_path), "--format", "json"])
    file = tmp_path / "articles.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    changed = next(a for a in data["articles"] if a["id"] == HONEY)
    changed["texts"]["zh"]["title"] = "改过的标题"
    file.write_text(json.dumps(data), encoding="utf-8")
    assert main(["content", "import", str(file)]) == 0
    assert "1 of changed ones; 5 the same" in capsys.readouterr().out
    with own_database.read() as session:
        live = next(p for p in service.published(session) if p.article.id == HONEY)
        assert live.article.texts["zh"].title != "改过的标题"  # type: ignore[index]
    assert main(["content", "import", str(tmp_path / "nothing.json")]) == 1
    file.write_text("{", encoding="utf-8")
    assert main(["content", "import", str(file)]) == 1
    assert "nothing was imported" in capsys.readouterr().err
