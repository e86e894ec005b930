"""Words that team members keep for their answers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.core.hand_off.service import HandOffError
from bot.core.hand_off.store import CannedWordsRow
from bot.core.ids import new_id
from bot.core.language import Language
from bot.core.staff.model import Action, Actor, permit


class WordsMissing(HandOffError):
    """A title and a text are needed."""


def canned_words(session: Session, actor: Actor) -> Sequence[CannedWordsRow]:
    """The own ones and everybody's, by title."""
    mine = or_(CannedWordsRow.staff_id.is_(None), CannedWordsRow.staff_id == actor.id)
    return session.scalars(select(CannedWordsRow).where(mine).order_by(CannedWordsRow.title)).all()


def keep_words(
    session: Session, actor: Actor, *, title: str, text: str, language: Language, shared: bool
) -> CannedWordsRow:
    """Raises NotPermitted, WordsMissing."""
    permit(actor, Action.INBOX)
    title, text = " ".join(title.split())[:60], text.strip()[:2000]
    if not title or not text:
        raise WordsMissing
    row = CannedWordsRow(
        id=new_id(), staff_id=None if shared else actor.id, language=language.value, title=title, text=text
    )
    session.add(row)
    return row


def drop_words(session: Session, actor: Actor, words_id: str) -> None:
    """One's own, or shared ones; somebody else's own stay."""
    permit(actor, Action.INBOX)
    row = session.get(CannedWordsRow, words_id)
    if row is not None and row.staff_id in (None, actor.id):
        session.delete(row)
