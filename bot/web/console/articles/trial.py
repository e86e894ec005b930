"""Try it: what the bot would say to any message, and why; also with a draft in place of what is live."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.core.language import Language
from bot.core.staff.model import Action
from bot.trial import Trial, tried
from bot.web.console.articles.show import as_published, chat_words, letters
from bot.web.console.frame import CheckedForm, Console
from knowledge.editing.revisions import open_revision
from knowledge.model import Published, article_from_json
from knowledge.search.finder import Thresholds
from knowledge.store import ArticleRow, RevisionRow

LONGEST = 2000  # characters


def pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/try")
    def page(request: Request, article: str = "", text: str = "") -> Response:
        actor = console.require(request, Action.TRY_IT)
        return answer(request, {"text": text[:LONGEST], "age": "", "language": "", "article": article[:80]}, actor.id)

    @router.post("/try")
    def ask(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.TRY_IT)
        asked = {key: form[key][:LONGEST] for key in ("text", "age", "language", "article")}
        return answer(request, asked, actor.id)

    def answer(request: Request, asked: dict[str, str], _: str) -> Response:
        actor = console.require(request, Action.TRY_IT)
        draft, drafts = None, []
        with console.read() as session:
            rows = session.query(ArticleRow).filter(ArticleRow.open_revision_id.is_not(None)).order_by(ArticleRow.id)
            drafts = [(r.id, r.title_zh if actor.language is Language.ZH else r.title_en) for r in rows]
            row = session.get(ArticleRow, asked["article"]) if asked["article"] else None
            revision: RevisionRow | None = open_revision(session, row) if row is not None else None
            if revision is not None:
                draft = as_published(session, article_from_json(revision.body))
        trial = _tried(console, asked, draft) if asked["text"].strip() else None
        return console.page(
            request, "articles/try.html", actor, asked=asked, drafts=drafts, trial=trial, draft=draft,
            thresholds=Thresholds(), title_of=lambda key: _title(console, key, actor.language),
            sign_of=console.house.triage.sign, letters_of=lambda messages: letters(console, messages),
            **chat_words(console),
        )  # fmt: skip

    return router


def _tried(console: Console, asked: dict[str, str], draft: Published | None) -> Trial:
    language = Language(asked["language"]) if asked["language"] in set(Language) else None
    try:
        age = float(asked["age"]) if asked["age"].strip() else None
    except ValueError:
        age = None
    return tried(console.house, asked["text"], language=language, age_months=age, draft=draft)


def _title(console: Console, key: str, language: Language) -> str:
    live = console.house.library.article(key)
    return live.article.texts[language].title if live is not None else key
