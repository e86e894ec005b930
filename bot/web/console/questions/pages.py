"""The pages of questions; every step leads to the next group, so that a hundred can be gone through by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot import team
from bot.core.language import Language
from bot.core.staff.model import Action
from bot.dialogue.words import age_words
from bot.web.console.forms import Form
from bot.web.console.frame import CheckedForm, Console
from knowledge import question_groups, settling
from knowledge.editing import drafting
from knowledge.model import Domain
from knowledge.question_groups import WHYS, Filters
from knowledge.search import Question
from knowledge.store import QuestionRow

OFFERED = 5  # articles
_SHOWN = ("why", "language", "words", "state")


def reading(console: Console) -> APIRouter:
    router = APIRouter()
    shown = _Shown(console)

    @router.get("/questions")
    def questions(
        request: Request, why: str = "", language: str = "", words: str = "", state: str = "open", page: int = 1
    ) -> Response:
        actor = console.require(request, Action.QUESTIONS_READ)
        filters = Filters(why, language, words[:100], "open" if state != "settled" else "settled")
        with console.read() as session:
            found = question_groups.listed(session, filters, page=page)
        return console.page(
            request, "questions/list.html", actor, found=found, filters=filters, kept=_kept(filters), whys=WHYS,
            age=shown.age, suggested=shown.suggested, title=shown.title,
        )  # fmt: skip

    @router.get("/questions/articles")
    def articles(request: Request, find: str = "", language: str = "zh") -> Response:
        """What the words would find: for the field that looks for another article."""
        actor = console.require(request, Action.QUESTIONS_READ)
        found = shown.articles(find[:300], Language(language) if language in ("zh", "en") else Language.ZH, None)
        return console.page(request, "questions/articles.html", actor, offered=found, chosen="", title=shown.title)

    @router.get("/questions/{group_id}")
    def group(request: Request, group_id: str, find: str = "") -> Response:
        actor = console.require(request, Action.QUESTIONS_READ)
        filters = _filters(request)
        with console.read() as session:
            found = question_groups.group(session, group_id, state=filters.state)
            before, after = question_groups.neighbours(session, group_id, filters)
        if found is None:
            raise HTTPException(404)
        lead = found.lead
        offered = shown.articles(find[:300] or lead.text, Language(lead.language), lead.age_months)
        return console.page(
            request, "questions/group.html", actor, group=found, filters=filters, kept=_kept(filters), find=find,
            before=before, after=after, offered=offered, chosen=offered[0][0] if offered else "",
            age=shown.age, title=shown.title, domains=list(Domain), domain=shown.domain(offered),
            reasons=settling.REASONS, reachable=[q for q in found.questions if q.parent_id],
        )  # fmt: skip

    return router


def settling_pages(console: Console) -> APIRouter:
    router = APIRouter()

    def onward(request: Request, form: Form, notice: str, **blanks: object) -> Response:
        """To the group that came after this one when the page was made."""
        kept = f"?{form['kept']}" if form["kept"] else ""
        path = f"/console/questions/{form['after']}{kept}" if form["after"].isalnum() else f"/console/questions{kept}"
        return console.redirect(path, notice, request=request, **blanks)

    @router.post("/questions/{group_id}/link")
    def link(request: Request, group_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.QUESTIONS_SETTLE)
        phrasing = form["phrasing"] if form["add_phrasing"] == "yes" else ""
        with console.begin() as session:
            done = settling.link_group(
                session, actor, group_id, form["article_id"][:80], console.now(), phrasing=phrasing[:300]
            )
        words = "linked_busy" if done.busy else "linked_with_phrasing" if done.phrasing else "linked"
        return onward(request, form, f"console_questions.{words}", count=done.questions, article=done.article_id)

    @router.post("/questions/{group_id}/draft")
    def draft(request: Request, group_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        article_id = "-".join(form["new_id"].lower().split())
        domain = Domain(form["domain"]) if form["domain"] in set(Domain) else Domain.HEALTH
        if not drafting.is_an_id(article_id):
            raise drafting.NotAnId(article_id)
        with console.begin() as session:
            settling.draft_from_group(
                session, actor, group_id, article_id=article_id, domain=domain, now=console.now(),
                phrasing=form["phrasing"][:300],
            )  # fmt: skip
        return console.redirect(f"/console/articles/{article_id}/edit", "console_questions.drafted", request=request)

    @router.post("/questions/{group_id}/dismiss")
    def dismiss(request: Request, group_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.QUESTIONS_SETTLE)
        reason = form["own_reason"].strip() or form["reason"]
        with console.begin() as session:
            count = settling.dismiss_group(session, actor, group_id, reason, console.now())
        return onward(request, form, "console_questions.dismissed", count=count)

    @router.post("/questions/{group_id}/reopen")
    def reopen(request: Request, group_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.QUESTIONS_SETTLE)
        with console.begin() as session:
            settling.reopen_group(session, actor, group_id, console.now())
        return console.redirect(f"/console/questions/{group_id}", "console_questions.reopened", request=request)

    @router.post("/questions/{group_id}/answer")
    def answer(request: Request, group_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.INBOX)
        with console.begin() as session:
            team.answer_question(console.house, session, actor, form["question_id"], form["answer"], console.now())
            left = question_groups.group(session, group_id)
        if left is not None:
            kept = f"?{form['kept']}" if form["kept"] else ""
            return console.redirect(
                f"/console/questions/{group_id}{kept}", "console_questions.answered", request=request
            )
        return onward(request, form, "console_questions.answered")

    return router


class _Shown:
    """What templates say about questions and articles."""

    def __init__(self, console: Console) -> None:
        self._house = console.house

    def age(self, months: float | None, language: Language) -> str:
        return self._house.renderer.sentence(age_words(months), language) if months is not None else ""

    def title(self, article_id: str, language: Language) -> str:
        found = self._house.library.article(article_id)
        if found is None:
            return article_id
        texts = found.article.texts
        return texts[language].title if language in texts else next((t.title for t in texts.values()), article_id)

    def suggested(self, question: QuestionRow) -> str:
        """The likeliest article when the question was asked, if it is still live."""
        ids = [str(candidate[0]) for candidate in question.candidates]
        return next((key for key in ids if self._house.library.article(key) is not None), "")

    def articles(self, words: str, language: Language, age_months: float | None) -> Sequence[tuple[str, float]]:
        if not any(character.isalnum() for character in words):
            return []
        ranking = self._house.library.find(Question(words, language, age_months))
        return [(c.article, c.score) for c in ranking.candidates[:OFFERED]]

    def domain(self, offered: Sequence[tuple[str, float]]) -> str:
        found = self._house.library.article(offered[0][0]) if offered else None
        return found.article.domain.value if found is not None else Domain.HEALTH.value


def _filters(request: Request) -> Filters:
    asked: dict[str, Any] = {key: request.query_params.get(key, "")[:100] for key in _SHOWN}
    return Filters(
        asked["why"], asked["language"], asked["words"], "settled" if asked["state"] == "settled" else "open"
    )


def _kept(filters: Filters) -> str:
    kept = {"why": filters.why, "language": filters.language, "words": filters.words}
    if filters.state != "open":
        kept["state"] = filters.state
    return urlencode({key: value for key, value in kept.items() if value})
