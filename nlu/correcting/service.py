"""Use cases of correcting: keep what was unsure, pick the intent, what is trained on. They take a Session."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.ids import new_id
from bot.core.staff.model import Action, Actor, permit
from nlu.correcting.store import UnsureRow
from nlu.examples import Example, to_training_line
from nlu.interpreter import Intent, Parse

UNSURE = 0.6  # below this share the likeliest intent is in doubt
CLOSE = 0.15  # or when the second is as near as this
LONGEST = 200  # characters; longer messages teach an intent little and tell much about a family
KEPT = timedelta(days=180)  # for what nobody corrected
PAGE = 20
INTENTS = tuple(intent for intent in Intent if intent is not Intent.FALLBACK)
_NUMBER = re.compile(r"\d[\d\s-]{4,}\d")
_NAMED = re.compile(r"(我叫|名叫|叫做|姓名[:：是]?|my name is|i am called|name:)\s*\S+", re.IGNORECASE)


class CorrectingError(Exception):
    """Something that the rules of correcting do not allow."""


class MessageSettled(CorrectingError):
    """Somebody has corrected or dismissed this message."""


class NotAnIntent(CorrectingError):
    """There is no such intent."""


@dataclass(frozen=True, slots=True)
class Listed:
    rows: tuple[UnsureRow, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def is_unsure(parse: Parse) -> bool:
    """Whether a person could teach the model something with this message."""
    if not parse.ranking:
        return False
    shares = [share for _, share in parse.ranking[:2]]
    return shares[0] < UNSURE or (len(shares) > 1 and shares[0] - shares[1] < CLOSE)


def keep_unsure(session: Session, parent_id: str, text: str, parse: Parse, now: datetime) -> str | None:
    """Keep a message of a family that consented; long numbers and told names are blotted out. None: not kept."""
    text = without_names(text)
    if not is_unsure(parse) or not text or len(text) > LONGEST:
        return None
    same = select(UnsureRow.id).where(UnsureRow.text == text).limit(1)
    if session.scalars(same).first() is not None:
        return None
    row = UnsureRow(
        id=new_id(), parent_id=parent_id, text=text, language=parse.language.value,
        intent=parse.ranking[0][0].value, confidence=parse.ranking[0][1],
        ranking=[[intent.value, round(share, 3)] for intent, share in parse.ranking[:4]], asked_at=now,
    )  # fmt: skip
    session.add(row)
    return row.id


def without_names(text: str) -> str:
    """Telephone and other long numbers, and a name that somebody tells as such, replaced by ▪▪▪."""
    return _NAMED.sub(lambda found: f"{found[1]}▪▪▪", _NUMBER.sub("▪▪▪", text)).strip()


def listed(session: Session, *, state: str = "open", page: int = 1) -> Listed:
    """The newest first."""
    rule = UnsureRow.state == (state if state in ("open", "corrected", "dismissed") else "open")
    total = session.scalar(select(func.count()).select_from(UnsureRow).where(rule)) or 0
    page = max(1, min(page, -(-total // PAGE) or 1))
    order = UnsureRow.corrected_at.desc() if state == "corrected" else UnsureRow.asked_at.desc()
    rows = session.scalars(
        select(UnsureRow).where(rule).order_by(order, UnsureRow.id).limit(PAGE).offset((page - 1) * PAGE)
    )
    return Listed(tuple(rows), total, page)


def correct(session: Session, actor: Actor, message_id: str, intent: str, now: datetime) -> None:
    """This is what it means. A correction may be corrected. Raises NotPermitted, NotAnIntent, MessageSettled."""
    permit(actor, Action.NLU_CORRECT)
    if intent not in {known.value for known in INTENTS}:
        raise NotAnIntent(intent)
    row = session.get_one(UnsureRow, message_id, with_for_update=True, populate_existing=True)
    if row.state == "dismissed":
        raise MessageSettled(message_id)
    row.state, row.corrected = "corrected", intent
    row.corrected_by, row.corrected_at = actor.id, now
    audit.record(session, at=now, actor=actor.audit_name, action="nlu.corrected", subject=message_id, intent=intent)


def dismiss(session: Session, actor: Actor, message_id: str, now: datetime) -> None:
    """There is nothing to learn from it. Raises MessageSettled."""
    permit(actor, Action.NLU_CORRECT)
    row = session.get_one(UnsureRow, message_id, with_for_update=True, populate_existing=True)
    if row.state != "open":
        raise MessageSettled(message_id)
    row.state, row.corrected_by, row.corrected_at = "dismissed", actor.id, now
    audit.record(session, at=now, actor=actor.audit_name, action="nlu.dismissed", subject=message_id)


def corrected_examples(session: Session) -> Sequence[Example]:
    """What people said a message means, as examples to train on."""
    rows = session.scalars(select(UnsureRow).where(UnsureRow.state == "corrected").order_by(UnsureRow.id))
    found = (Example(to_training_line(row.text), row.language, row.corrected, "console") for row in rows)
    return [example for example in found if example.text]


def forget_old(session: Session, now: datetime) -> None:
    session.execute(delete(UnsureRow).where(UnsureRow.state != "corrected", UnsureRow.asked_at < now - KEPT))
