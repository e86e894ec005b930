"""The spine: hear(utterance) -> replies, press(button) -> replies.

Understanding (danger, intent, times, age) needs no database and happens before a transaction;
answering happens inside one. Danger is looked at first, and a failure anywhere never hides it.
"""

from __future__ import annotations

import contextlib
import logging
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.core.counting import store as counting
from bot.core.families import service as families
from bot.core.families.model import Parent
from bot.core.hand_off import service as hand_offs
from bot.core.language import Language, detect
from bot.core.logs import places
from bot.core.staff.linking import is_link_code
from bot.desk import HouseDesk
from bot.dialogue import counted, person, router, small_talk, taps
from bot.dialogue import danger as danger_dialogue
from bot.dialogue.reply import Reply, Route, say
from bot.dialogue.turn import Conversation, Outcome, Press, Turn, Understanding
from bot.dialogue.warning import warning
from bot.house import House
from bot.texts import Message
from knowledge.triage.model import Danger, Level
from nlu.correcting import service as correcting
from nlu.interpreter import Intent, Parse
from nlu.phrases.ages import child_age
from nlu.phrases.pinyin import in_characters
from nlu.phrases.times import read_when
from nlu.phrases.typos import without_typos
from nlu.traditional import to_simplified

log = logging.getLogger("sprout.assistant")

LONGEST = 4000  # characters of one message that are read
OF_BOTH = frozenset({"ok", "okay", "yes", "no", "bye"})
"""Words that Chinese parents write too: they tell no language."""
LONGEST_FOR_DANGER = 20_000  # danger is looked for so far
PART, OVERLAP = 1000, 200  # of a long message; two parts share so much that no sentence is cut in both
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a parent sent: `kind` is text, command, press, location, group_chat, or one without words (voice, ...)."""

    kind: str = "text"
    text: str = ""
    location: tuple[float, float] | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The bot's messages in words, and how it came to them (the public JSON is made of this)."""

    messages: tuple[Message, ...]
    outcome: Outcome
    language: Language
    understood: Understanding
    danger: Danger | None


class Assistant:
    """One for the whole process; thread-safe, holds no state of any talk."""

    def __init__(self, house: House) -> None:
        self._house = house

    # -- before the transaction

    def understand(self, utterance: Utterance, *, now: datetime, age_months: float | None = None) -> Understanding:
        """What the message means. Never raises: danger is looked for even when nothing else can be understood."""
        text = clean(utterance.text)
        if utterance.kind not in ("text", "group_chat"):
            return _nothing_but("")
        if not has_words(text):
            return _nothing_but(text)
        if utterance.kind == "group_chat":
            plain = to_simplified(text)
            return replace(_nothing_but(plain), danger=self._house.danger_in(plain, None))
        try:
            understood = self._understand(text, now, age_months)
            return replace(understood, danger=self._danger_in_rest(utterance.text, understood, age_months))
        except Exception as error:
            log.error("understanding.failed error=%s\n%s", type(error).__name__, places(error))
            return replace(_nothing_but(text), danger=self._house.danger_in(text, age_months))

    def _understand(self, text: str, now: datetime, age_months: float | None) -> Understanding:
        plain = in_characters(text) or to_simplified(text)
        local_now = now.astimezone(self._house.zone)
        age = child_age(plain, today=local_now.date())
        found = self._house.danger_in(plain, age.months if age else age_months)
        plain = without_typos(plain)
        parse = self._house.interpreter.parse(plain)
        with contextlib.suppress(Exception):  # remembered, so that the search inside the transaction need not compute
            self._house.library.embed([plain])
        when = read_when(plain, now=local_now, language=parse.language)
        return Understanding(plain, parse, found, age, when)

    def _danger_in_rest(self, text: str, understood: Understanding, age_months: float | None) -> Danger | None:
        """The most urgent danger of a message, beyond the part of it that is read otherwise too."""
        if len(text) <= LONGEST:
            return understood.danger
        age = understood.age.months if understood.age else age_months
        starts = range(LONGEST - OVERLAP, min(len(text), LONGEST_FOR_DANGER), PART - OVERLAP)
        parts = (to_simplified(clean(text[start : start + PART])) for start in starts)
        found = [understood.danger, *(self._house.danger_in(part, age) for part in parts if has_words(part))]
        return max((d for d in found if d is not None), key=lambda d: d.level.rank, default=None)

    # -- inside the transaction

    def hear(
        self,
        session: Session,
        utterance: Utterance,
        understood: Understanding,
        *,
        channel: str,
        address: str,
        now: datetime,
        language: Language | None = None,
        age_months: float | None = None,
    ) -> Answer:
        """Answer one utterance; the conversation's new state is written to the session."""
        self._house.library.refresh(session, today=now.astimezone(self._house.zone).date())
        parent = families.parent_at(session, channel, address, now=now, zone=self._house.zone.key)
        conversation = Conversation.from_json(families.conversation_state(session, parent.id))
        conversation = self._still_handed_over(session, conversation, parent)
        spoken = language or self._language(parent, utterance, understood)
        turn = Turn(
            parent=parent,
            language=spoken,
            now=now,
            zone=parent.zone,
            conversation=conversation,
            understood=understood,
            location=utterance.location,
            told_age_months=age_months,
        )
        turn = self._with_known_age(turn)
        desk = HouseDesk(self._house, session, parent, now)
        outcome = self._remember_age(turn, self._decide(turn, utterance, desk))
        self._count(session, turn, utterance, outcome)
        self._keep_unsure(session, turn, utterance)
        if conversation.handed_over and utterance.kind == "text":
            hand_offs.add_line(session, conversation.handed_over, "parent", utterance.text, now)
        if not desk.forgotten:
            families.keep_conversation(session, parent.id, outcome.conversation.as_json(), now)
            if utterance.kind == "text" and has_words(understood.text):
                families.heard_in(session, parent.id, spoken)
        return self._answer(turn, outcome)

    def without_memory(self, understood: Understanding, *, language: Language | None, error_id: str) -> list[Message]:
        """The database is down: danger is still answered, everything else gets an honest sorry with an id."""
        spoken = language or understood.parse.language
        replies: list[Reply] = []
        if understood.danger is not None:
            signs = [self._house.triage.sign(s) for s in understood.danger.signs]
            level = Level.URGENT_TODAY if understood.danger.level is Level.CHECK else understood.danger.level
            if signs:
                replies.append(warning(spoken, replace(understood.danger, level=level), signs))
        replies.append(Reply((say("talk.sorry", id=error_id),)))
        return [self._house.renderer.render(r, spoken) for r in replies]

    def _decide(self, turn: Turn, utterance: Utterance, desk: HouseDesk) -> Outcome:
        match utterance.kind:
            case "press":
                return taps.press(turn, Press.read(utterance.text), desk)
            case "command" if is_link_code(utterance.text) and turn.parent.channel == "telegram":
                return small_talk.simple(turn, desk.link_staff(utterance.text))
            case "command":
                return taps.command(turn, utterance.text, desk)
            case "location":
                return router.place(turn, desk)
            case "group_chat":
                return self._in_company(turn, desk)
            case "text":
                if not has_words(turn.text):
                    if turn.conversation.handed_over:
                        return person.silent(turn)
                    key = "talk.empty" if not utterance.text.strip() else "talk.sticker"
                    return small_talk.simple(turn, key, route=Route.SMALL_TALK)
                outcome = router.respond(turn, desk)
                return _with_remarks(outcome, utterance) if outcome.replies else outcome
        return small_talk.not_text(turn, utterance.kind)

    def _count(self, session: Session, turn: Turn, utterance: Utterance, outcome: Outcome) -> None:
        if utterance.kind == "text":
            happened = counted.of_text(turn, outcome, self._domain_of)
        elif utterance.kind == "press":
            happened = counted.of_press(turn, Press.read(utterance.text), outcome, self._domain_of)
        else:
            return
        counting.count(session, happened, turn.now, self._house.zone)

    def _keep_unsure(self, session: Session, turn: Turn, utterance: Utterance) -> None:
        """What the model was unsure of, for people to correct; never an answer to a question of ours, nor in a form."""
        talk = turn.conversation
        alone = not (talk.waiting or talk.form or talk.handed_over)
        if utterance.kind == "text" and turn.parent.consented and alone and turn.understood.danger is None:
            correcting.keep_unsure(session, turn.parent.id, turn.text, turn.understood.parse, turn.now)

    def _domain_of(self, article_id: str) -> str:
        article = self._house.library.article(article_id)
        return article.article.domain.value if article is not None else ""

    def _remember_age(self, turn: Turn, outcome: Outcome) -> Outcome:
        """A stated age holds for the rest of the talk, so that it is not asked for twice."""
        if turn.understood.age is None:
            return outcome
        told = replace(outcome.conversation, age_months=turn.understood.age.months, age_guessed=False)
        return replace(outcome, conversation=told)

    def _in_company(self, turn: Turn, desk: HouseDesk) -> Outcome:
        """Addressed in a group: a child is talked about in private, but danger is said at once."""
        private = small_talk.not_text(turn, "group_chat")
        found = turn.understood.danger
        if found is None or found.level not in (Level.EMERGENCY_NOW, Level.URGENT_TODAY):
            return private
        outcome = danger_dialogue.respond(turn, found, desk)
        return replace(outcome, replies=(outcome.replies[0], *private.replies), conversation=turn.conversation)

    def _with_known_age(self, turn: Turn) -> Turn:
        """Danger is judged again when the profile knows the age and the message does not state one."""
        understood = turn.understood
        if understood.age is not None or not has_words(understood.text) or turn.told_age_months is not None:
            return turn
        if turn.known_age_months is None:
            return turn
        found = self._house.danger_in(understood.text, turn.known_age_months)
        return replace(turn, understood=replace(understood, danger=found))

    def _still_handed_over(self, session: Session, conversation: Conversation, parent: Parent) -> Conversation:
        """The team may have released the chat since."""
        open_one = hand_offs.open_for(session, parent.id)
        return replace(conversation, handed_over=open_one.id if open_one else None)

    def _language(self, parent: Parent, utterance: Utterance, understood: Understanding) -> Language:
        if parent.language is not None:
            return parent.language
        said = re.sub(r"[\W_]", "", understood.text).lower()
        if utterance.kind in ("text", "group_chat") and has_words(understood.text) and said not in OF_BOTH:
            return detect(understood.text, default=parent.last_language)
        return parent.last_language

    def _answer(self, turn: Turn, outcome: Outcome) -> Answer:
        messages = tuple(self._house.renderer.render(r, turn.language) for r in outcome.replies)
        return Answer(messages, outcome, turn.language, turn.understood, outcome.danger or turn.understood.danger)


def _nothing_but(text: str) -> Understanding:
    """The words alone: nothing was understood, or there was nothing to understand."""
    return Understanding(text, Parse(text, detect(text), Intent.FALLBACK, 0.0))


def _with_remarks(outcome: Outcome, utterance: Utterance) -> Outcome:
    """That the message was edited, or too long to be read whole. Nothing stands before words of danger."""
    before = [Reply((say("talk.edited"),))] if utterance.edited and outcome.route is not Route.DANGER else []
    after = [Reply((say("talk.too_long"),))] if len(utterance.text) > LONGEST else []
    return replace(outcome, replies=(*before, *outcome.replies, *after))


def clean(text: str) -> str:
    """NFC, without control and direction marks, at most LONGEST characters, spaces folded."""
    text = _CONTROL.sub(" ", unicodedata.normalize("NFC", text[: LONGEST * 2]))
    return re.sub(r"[ \t]+", " ", text).strip()[:LONGEST]


def has_words(text: str) -> bool:
    """Whether there is anything to understand: a letter or a digit."""
    return any(c.isalnum() for c in text)


def danger_json(danger: Danger | None) -> dict[str, Any] | None:
    return {"level": danger.level.value, "signs": list(danger.signs)} if danger else None
