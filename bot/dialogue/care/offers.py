"""What a button of an offered stay carries, so that a tap on it later asks for the same stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core.families.model import Child
from bot.dialogue.care.form import BookingForm
from bot.dialogue.turn import Press, Turn
from scheduler.care.model.centre import CareKind
from scheduler.care.model.search import Offer, Wish

MINUTE = timedelta(minutes=1)


def nonce(turn: Turn, form: BookingForm | None = None) -> str:
    """Makes buttons of this turn differ from the same ones shown earlier, so that a booking can be made again."""
    return f"{int(turn.now.timestamp()) % 0xFFFFFF:x}{form.tries if form and form.tries else ''}"


def hold_key(turn: Turn, offer: Offer | Wish, made: str) -> str:
    centre = offer.centre.id if isinstance(offer, Offer) else offer.centre_id
    start = offer.starts_at if isinstance(offer, Offer) else offer.start
    end = offer.ends_at if isinstance(offer, Offer) else offer.end or start
    return f"{turn.parent.id}:{centre}:{int(start.timestamp()) // 60}:{int((end - start) / MINUTE)}:{made}"


def take_press(verb: str, offer: Offer, made: str) -> str:
    minutes = int((offer.ends_at - offer.starts_at) / MINUTE)
    start = int(offer.starts_at.timestamp()) // 60
    return f"{verb}:{offer.centre.id}:{offer.care_type.kind.value}:{start}:{minutes}:{made}"


def wish_of(press: Press, children: tuple[Child, ...]) -> Wish | None:
    """The stay of a button made by `take_press`; None when the button is not one."""
    try:
        centre, kind, begins, minutes = press.arguments[:4]
        starts = datetime.fromtimestamp(int(begins) * 60, UTC)
        return Wish(children, starts, starts + int(minutes) * MINUTE, CareKind(kind), int(centre))
    except (ValueError, OverflowError):
        return None
