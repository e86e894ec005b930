"""The JSON API of the chat. The page uses it; another channel could. Documented in bot/web/README.md."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.assistant import Utterance
from bot.core.ids import new_id
from bot.core.language import Language
from bot.dialogue.reply import Attachment
from bot.pictures import draw, media_type
from bot.web.answers import Refused, error_json, heard_json, letter_json
from bot.web.desk import LONGEST_TEXT, WebDesk, readable, utterance_of
from bot.web.talk import Letter, NotKept
from bot.web.view import Pages


class Place(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class ChatMessage(BaseModel):
    """One message of a parent: exactly one of text, press, command and location."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    text: str | None = Field(None, description=f"what the parent wrote; at most {LONGEST_TEXT} characters")
    press: str | None = Field(None, max_length=60, description="`press` of the button that was pressed")
    command: str | None = Field(None, pattern=r"^[a-z_]{1,32}$", description="start, help, language, child, privacy, …")
    location: Place | None = Field(None, description="where the parent is (WGS 84)")
    language: Literal["zh", "en"] | None = Field(None, description="answer in this language, whatever was written")
    age_months: float | None = Field(None, ge=0, le=216, description="the child's age, when the channel knows it")
    message_id: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_-]{1,40}$",
        description="the channel's own id; sent again it gets the same answer again and nothing happens twice",
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> ChatMessage:
        if sum(x is not None for x in (self.text, self.press, self.command, self.location)) != 1:
            raise ValueError("exactly one of text, press, command and location")
        return self

    def utterance(self) -> Utterance:
        if self.location is not None:
            return Utterance("location", location=(self.location.latitude, self.location.longitude))
        if self.press is not None:
            return Utterance("press", readable(self.press))
        if self.command is not None:
            return Utterance("command", self.command)
        return utterance_of(self.text or "")


Markup = Annotated[bool, Query(description="also give each message as semantic HTML for a page (`markup`)")]


def chat_api(desk: WebDesk, pages: Pages) -> APIRouter:
    """Routes below /api."""
    router = APIRouter(prefix="/api")
    dialled = desk.house.settings.numbers

    def show(letter: Letter, markup: bool) -> dict[str, Any]:
        shown = letter_json(letter, dialled)
        return shown | {"markup": pages.letter(letter)} if markup else shown

    @router.post("/chat", summary="Say something, get the answer")
    def chat(message: ChatMessage, request: Request, response: Response, markup: Markup = False) -> Any:
        visitor = desk.writer(request)
        desk.visitors.remember(response, visitor, request)
        message_id = message.message_id or new_id()
        language = Language(message.language) if message.language else None
        try:
            heard = desk.hear(
                request, visitor, message_id, message.utterance(), language=language, age_months=message.age_months
            )
        except NotKept as problem:
            now = desk.house.clock()
            spoken = language or desk.language(request, visitor)
            unsaved = [show(Letter(0, m, now), markup) for m in problem.messages]
            error = error_json(desk.house.renderer, spoken, "not_kept", {}, error_id=problem.error_id)
            return JSONResponse(
                {"message_id": message_id, "messages": unsaved, **error}, 503, headers={"Retry-After": "10"}
            )
        return heard_json(
            heard, text=readable(message.text or ""), message_id=message_id, letter=lambda letter: show(letter, markup)
        )

    @router.get("/messages", summary="Messages that came since: reminders, a person's reply")
    def messages(
        request: Request, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0, markup: Markup = False
    ) -> dict[str, Any]:
        visitor = desk.visitor(request)
        letters = [] if visitor.is_new else desk.talk.later(visitor.address, after)
        return {
            "messages": [show(letter, markup) for letter in letters],
            "next": max([after, *(letter.id for letter in letters)]),
        }

    @router.post("/session", status_code=201, summary="A new chat for a channel that sends no cookie")
    def session(request: Request) -> dict[str, str]:
        desk.writer(request)
        return {"session": desk.visitors.token(new_id())}

    @router.get("/attachments/{letter_id}", summary="A file that came with a message")
    def attachment(letter_id: int, request: Request) -> Response:
        visitor = desk.visitor(request)
        file = desk.talk.attachment(visitor.address, letter_id) if 0 < letter_id < 2**31 else None
        if file is None:
            raise Refused(404, "not_found")
        return pages.file(file)

    @router.get("/pictures/{letter_id}", summary="The picture of a message, drawn when it is asked for")
    def picture(letter_id: int, request: Request) -> Response:
        visitor = desk.visitor(request)
        found = desk.talk.picture(visitor.address, letter_id) if 0 < letter_id < 2**31 else None
        drawn = draw(found.drawing, found.facts) if found is not None else None
        if drawn is None:
            raise Refused(404, "not_found")
        kind = media_type(drawn)
        return pages.file(Attachment("photo", f"picture.{kind.removeprefix('image/')}", kind, drawn))

    @router.get("/version", summary="Which Sprout this is")
    def version() -> dict[str, Any]:
        return {"version": pages.version, "articles": len(desk.house.library.articles())}

    return router
