"""The pages of the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from bot.core.hand_off import canned
from bot.core.hand_off.service import AlreadyClaimed, NotOpen, open_hand_offs
from bot.core.language import Language
from bot.core.staff.model import Action, Actor
from bot.dialogue.words import age_words
from bot.texts import texts
from bot.web.console.forms import Form
from bot.web.console.frame import CheckedForm, Console, Waiting
from bot.web.console.inbox import chats
from bot.web.console.inbox.hours import hours_pages
from knowledge.search import Question

_FIT = 4  # articles that are offered as an answer
Step = Literal["claim", "take-over", "release", "note", "answer"]


def inbox_pages(console: Console) -> APIRouter:
    router = APIRouter()
    house = console.house
    console.conflict(AlreadyClaimed)

    def age(months: float | None, language: Language) -> str:
        return house.renderer.sentence(age_words(months), language) if months is not None else ""

    def list_of(request: Request, actor: Actor) -> dict[str, Any]:
        with console.read() as session:
            found = chats.open_chats(house, session, actor, console.now())
        return {"chats": found, "age": age, "now": console.now()}

    @router.get("/inbox")
    def inbox(request: Request) -> Response:
        actor = console.require(request, Action.INBOX)
        with console.read() as session:
            closed = chats.closed_chats(house, session, actor, console.now())
        return console.page(request, "inbox/inbox.html", actor, closed=closed, **list_of(request, actor))

    @router.get("/inbox/list")
    def live_list(request: Request) -> Response:
        actor = console.require(request, Action.INBOX)
        return console.page(request, "inbox/list.html", actor, **list_of(request, actor))

    @router.get("/inbox/bell")
    def bell(request: Request) -> Response:
        """How many wait, on every page of somebody who may answer."""
        actor = console.require(request, Action.INBOX)
        with console.read() as session:
            waiting = [row.id for row in open_hand_offs(session) if row.state == "waiting"]
        return console.page(request, "inbox/bell.html", actor, waiting=waiting)

    router.include_router(hours_pages(console))

    @router.get("/inbox/words")
    def words(request: Request) -> Response:
        actor = console.require(request, Action.INBOX)
        with console.read() as session:
            own = canned.canned_words(session, actor)
        return console.page(request, "inbox/words.html", actor, own=own, ours=_our_words(actor.language))

    @router.post("/inbox/words")
    def keep_words(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.INBOX)
        language = Language(form["language"]) if form["language"] in {"zh", "en"} else actor.language
        with console.begin() as session:
            canned.keep_words(
                session, actor, title=form["title"], text=form["text"], language=language,
                shared=form["shared"] == "yes",
            )  # fmt: skip
        return console.redirect("/console/inbox/words", "console_inbox.words_kept", request=request)

    @router.post("/inbox/words/{words_id}/drop")
    def drop_words(request: Request, words_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.INBOX)
        with console.begin() as session:
            canned.drop_words(session, actor, words_id)
        return console.redirect("/console/inbox/words", "console_inbox.words_dropped", request=request)

    def chat_page(
        request: Request, actor: Actor, chat_id: str, *, text: str = "", find: str = "", problem: str = "",
        who: str = "", status: int = 200,
    ) -> Response:  # fmt: skip
        with console.begin() as session:
            now = console.now()
            chat = chats.chat(house, session, actor, chat_id, now)
            lines = chats.talk(house, session, chat, now)
            parent = chats.parent_of(session, chat)
            spoken = parent.speaks if parent else actor.language
            chats.read_by(session, actor, chat_id, now)
            own = [w for w in canned.canned_words(session, actor) if w.language == spoken.value]
        wanted = find.strip() or chats.last_words_of(lines)
        return console.page(
            request, "inbox/chat.html", actor, status=status, chat=chat, lines=lines, age=age, now=now, text=text,
            find=find, problem=problem, who=who, spoken=spoken, own=own, ours=_our_words(spoken),
            fitting=_fitting(console, wanted, spoken, chat.age_months),
        )  # fmt: skip

    @router.get("/inbox/{chat_id}")
    def chat(
        request: Request, chat_id: str, words: Annotated[str, Query(max_length=60)] = "",
        find: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:  # fmt: skip
        """`words`: canned ones to begin the answer with; `find`: look for other articles."""
        actor = console.require(request, Action.INBOX)
        text = ""
        if words:
            with console.read() as session:
                known = {w.id: w.text for w in canned.canned_words(session, actor)}
            text = known.get(words) or {key: said for key, _, said in _both_our_words()}.get(words, "")
        return chat_page(request, actor, chat_id, text=text, find=find)

    @router.get("/inbox/{chat_id}/talk")
    def live_talk(request: Request, chat_id: str) -> Response:
        actor = console.require(request, Action.INBOX)
        with console.read() as session:
            found = chats.chat(house, session, actor, chat_id, console.now())
            lines = chats.talk(house, session, found, console.now())
            is_new = not chats.has_read(session, actor, chat_id)
        if is_new:
            with console.begin() as session:
                chats.read_by(session, actor, chat_id, console.now())
        return console.page(request, "inbox/talk.html", actor, chat=found, lines=lines)

    def do(request: Request, actor: Actor, chat_id: str, step: Step, form: Form) -> Response:
        now = console.now()
        with console.begin() as session:
            match step:
                case "claim":
                    chats.claim(house, session, actor, chat_id, now)
                case "take-over":
                    chats.take_over(house, session, actor, chat_id, now)
                case "release":
                    chats.release(house, session, actor, chat_id, now)
                case "note":
                    chats.add_note(session, actor, chat_id, form["text"], now)
                case "answer":
                    chats.answer(house, session, actor, chat_id, form["text"], now, article_id=form["article"])
                    if form["then"] == "release":
                        chats.release(house, session, actor, chat_id, now)
        away = step == "release" or form["then"] == "release"
        where = "/console/inbox" if away else f"/console/inbox/{chat_id}#end"
        return console.redirect(where, f"console_inbox.done_{step.replace('-', '_')}", request=request)

    @router.post("/inbox/{chat_id}/{step}")
    def take_step(request: Request, chat_id: str, step: Step, form: CheckedForm) -> Response:
        actor = console.require(request, Action.INBOX)
        if step == "answer" and not form["text"].strip() and not form["article"]:
            return chat_page(request, actor, chat_id, problem="console_inbox.answer_empty", status=400)
        try:
            return do(request, actor, chat_id, step, form)
        except AlreadyClaimed as error:
            problem, who = "console_inbox.colleague_first", str(error)
        except NotOpen:
            problem, who = "console_inbox.closed_already", ""
        # What was written is not lost.
        return chat_page(request, actor, chat_id, text=form["text"], problem=problem, who=who, status=409)

    @console.waits
    def what_waits(session: Session, actor: Actor, now: datetime) -> Sequence[Waiting]:
        if not actor.may(Action.INBOX):
            return []
        found = chats.open_chats(house, session, actor, now)
        waiting = [chat for chat in found if chat.row.state == "waiting"]
        return [
            Waiting("console_inbox.waiting", len(waiting), "/console/inbox", any(chat.late for chat in found)),
            Waiting("console_inbox.mine", sum(chat.mine for chat in found), "/console/inbox"),
        ]

    return router


def _fitting(console: Console, words: str, language: Language, age_months: float | None) -> list[tuple[str, str]]:
    """(id, title) of the articles nearest to the words."""
    if not words.strip():
        return []
    ranking = console.house.library.find(Question(words, language, age_months))
    found = [console.house.library.article(c.article) for c in ranking.candidates[:_FIT]]
    return [(p.article.id, p.article.texts[language].title) for p in found if p is not None]


def _our_words(language: Language) -> list[tuple[str, str, str]]:
    """(key, title, text) of the words that come with the console: the title is the text's beginning."""
    return [(key, title, text) for key, title, text in _both_our_words() if key.startswith(f"{language.value}.")]


def _both_our_words() -> list[tuple[str, str, str]]:
    found = []
    for language in Language:
        known = texts(language)
        names = [key.removeprefix("console_canned.") for key in known if key.startswith("console_canned.")]
        for name in names:
            if not name.endswith("_title"):
                key = f"console_canned.{name}"
                found.append((f"{language.value}.{name}", known[f"{key}_title"], known[key]))
    return found
