"""Booking care: one sentence, or taps, or both.

form -> consent? -> which children? -> which day? -> from when? -> how long? -> search
search -> several places, and nobody knows where the family is -> a list to tap
       -> else the nearest is HELD for ten minutes -> confirm / another centre / another time / leave it
       -> nothing free -> why, what is near in time and place, the waiting list
At most one question a turn; what is known is never asked again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.families.model import Child
from bot.dialogue import account
from bot.dialogue.care.form import BookingForm, filled, known_children, point
from bot.dialogue.care.questions import (
    ask_children,
    ask_consent,
    ask_day,
    ask_hours,
    ask_length,
)
from bot.dialogue.care.replies import booked_reply, held_reply, nothing_free, refused
from bot.dialogue.care.words import name_of, offer_label, offer_price, span_words
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Button, Reply, Route, Say, rows, say
from bot.dialogue.turn import Conversation, Outcome, Press, Turn
from bot.dialogue.words import age_words
from nlu.phrases.ages import ChildAge
from nlu.phrases.times import When
from scheduler.care.model.booking import Party, State
from scheduler.care.model.centre import CareKind
from scheduler.care.model.errors import CareError, HoldExpired, RoomFull, WrongStep
from scheduler.care.model.search import Filters, Offer, Point, Wish

MINUTE = timedelta(minutes=1)


def start(turn: Turn, desk: Desk) -> Outcome:
    """/book, the menu's button: an open form goes on, else a new one begins."""
    return go_on(turn, desk, BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now))


def by_sentence(turn: Turn, desk: Desk) -> Outcome:
    """'Tomorrow at three for two hours': into the open form, or into a new one."""
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    return go_on(turn, desk, with_message(turn, desk, form))


def with_message(turn: Turn, desk: Desk, form: BookingForm) -> BookingForm:
    form = filled(form, turn)
    named = desk.centre_named_in(turn.text)
    if named is not None:
        form = replace(form, centre=named.id, not_centres=())
    return form


def _keep_age(turn: Turn, desk: Desk, form: BookingForm) -> BookingForm:
    """The age said for this booking is a child of the family: it is not asked for again."""
    before = {c.id for c in turn.parent.children}
    account.keep_stated_age(turn, desk, turn.understood.age or ChildAge(form.age or 0, 0, 0, "month"))
    new = tuple(c.id for c in desk.parent().children if c.id not in before)
    return replace(form, children=new, age=None)


def go_on(turn: Turn, desk: Desk, form: BookingForm, *, first: tuple[Say, ...] = ()) -> Outcome:
    """Ask the next thing that is missing, or search. `first` is said above it."""
    if not turn.parent.consented:
        return kept(turn, form, ask_consent(), first)
    turn = replace(turn, parent=desk.parent())
    if not turn.parent.children and form.age is not None and form.count in (None, 1):
        form = _keep_age(turn, desk, form)
        turn = replace(turn, parent=desk.parent())
        ages = [age_words(c.months(turn.today)) for c in turn.parent.children]
        first = (*first, say("booking.for_age", ages=ages)) if ages else first
    children = known_children(turn, form)
    if children is None:
        if not turn.parent.children or (form.count or 0) > len(turn.parent.children):
            return _ask_birth_date(turn, form, first)
        return kept(turn, form, ask_children(turn, form.age), first)
    form = replace(form, children=tuple(c.id for c in children))
    said = turn.understood.when
    if said is not None and said.question == "past":
        return kept(turn, replace(form, day=None), ask_day(turn), (*first, say("booking.in_the_past")))
    if said is not None and said.question == "ambiguous" and _choices(said):
        return kept(turn, form, ask_day(turn, _choices(said)), first)
    if form.day is None or date.fromisoformat(form.day) < turn.today:
        return kept(turn, replace(form, day=None), ask_day(turn), first)
    if form.start(turn.zone) is None:
        return kept(turn, form, ask_hours(turn, form), first)
    if form.minutes is None and not form.in_blocks:
        return kept(turn, form, ask_length(turn, form), first)
    return search(turn, desk, form, children, first)


def _choices(when: When) -> list[date]:
    """The days that an unclear word ('at the weekend') may mean."""
    days = [w.day or (w.start.date() if w.start else None) for w in (when, *when.also)]
    found = sorted({d for d in days if d is not None})
    return found if len(found) > 1 else []


def kept(turn: Turn, form: BookingForm, reply: Reply, first: tuple[Say, ...] = ()) -> Outcome:
    """The reply, with the form kept open."""
    conversation = replace(turn.conversation.asking("booking"), form=form.as_json())
    return Outcome((replace(reply, parts=(*first, *reply.parts)),), conversation, Route.BOOKING)


def _ask_birth_date(turn: Turn, form: BookingForm, first: tuple[Say, ...]) -> Outcome:
    key = "booking.ask_other_birth_date" if turn.parent.children else "booking.ask_birth_date"
    reply = Reply((*first, say(key)), rows(Button(say("booking.leave_it"), "stopbook")))
    conversation = replace(turn.conversation.asking("birth_date"), form=form.as_json())
    return Outcome((reply,), conversation, Route.BOOKING)


def place_of(turn: Turn, desk: Desk, form: BookingForm) -> Point | None:
    """Where to look: the shared place, else the centre used last."""
    if turn.conversation.near is not None:
        return point(turn.conversation.near)
    last = desk.last_centre()
    return Point(last.lat, last.lon) if last and last.lat is not None and last.lon is not None else None


def search(
    turn: Turn, desk: Desk, form: BookingForm, children: tuple[Child, ...], first: tuple[Say, ...] = ()
) -> Outcome:
    near = place_of(turn, desk, form)
    wish = form.wish(children, turn.zone)
    filters = Filters(registered="registered" in form.filters, language="en" if "english" in form.filters else None)
    found = desk.search(wish, near, filters)
    offers = [o for o in found.offers if o.centre.id not in form.not_centres]
    if found.offers and not offers:
        offers, form = list(found.offers), replace(form, not_centres=())
        first = (*first, say("booking.no_other_centre"))
    if "cheap" in form.filters or near is None:
        offers.sort(key=lambda o: o.price.amount)
    if not offers:
        assert found.nothing is not None
        return kept(turn, form, nothing_free(turn, wish, found.nothing, nonce(turn, form), moving=form.moving), first)
    if form.moving is not None:
        return kept(turn, form, _move_reply(turn, form, offers[0]), first)
    if len(offers) > 1 and near is None and form.centre is None:
        return kept(turn, form, _choose_centre(turn, form, offers[:3]), first)
    return hold(turn, desk, form, children, offers[0], key=hold_key(turn, offers[0], nonce(turn, form)), first=first)


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


def _choose_centre(turn: Turn, form: BookingForm, offers: list[Offer]) -> Reply:
    made = nonce(turn, form)
    buttons = [Button(offer_label(o, turn), take_press("take", o, made)) for o in offers]
    first = offers[0]
    return Reply(
        (say("booking.choose_centre", when=span_words(first.starts_at, first.ends_at, first.centre.zone)),),
        rows(*buttons, Button(say("booking.leave_it"), "stopbook")),
        ask_location=True,
    )


def hold(
    turn: Turn,
    desk: Desk,
    form: BookingForm,
    children: tuple[Child, ...],
    offer: Offer | Wish,
    *,
    key: str,
    first: tuple[Say, ...] = (),
) -> Outcome:
    """Hold the places and show them; a refusal says why and keeps the form."""
    try:
        party = desk.hold(offer, children, key)
    except RoomFull:
        return kept(turn, form, Reply((say("booking.just_taken"),), search_again()), first)
    except CareError as error:
        return kept(turn, form, refused(error), first)
    return show_party(turn, desk, form, party, first=first)


def search_again() -> tuple[tuple[Button, ...], ...]:
    return rows(
        Button(say("booking.search_again"), "again"), Button(say("booking.other_time"), "when"),
        Button(say("booking.leave_it"), "stopbook"),
    )  # fmt: skip


def show_party(turn: Turn, desk: Desk, form: BookingForm, party: Party, *, first: tuple[Say, ...] = ()) -> Outcome:
    """A held party waits for the tap; one that is booked already (a late double tap) is shown as booked."""
    state = party[0].state
    if state is State.BOOKED:
        return done(turn, desk, party)
    if state is not State.HELD or (party[0].held_until or turn.now) <= turn.now:
        return kept(turn, replace(form, held=None), Reply((say("booking.hold_over"),), search_again()), first)
    form = replace(form, held=party[0].party_id, day=party[0].local_start.date().isoformat())
    return kept(turn, form, held_reply(turn, desk, party, _other_hours(turn, form, party)), first)


def _other_hours(turn: Turn, form: BookingForm, party: Party) -> tuple[str, str] | None:
    """The hours asked for, when what is held is the whole block around them."""
    start, end = form.start(turn.zone), form.end(turn.zone)
    if start is None or end is None or form.group is not None:
        return None
    same = (start, end) == (party[0].starts_at, party[0].ends_at)
    return None if same else (f"{start:%H:%M}", f"{end:%H:%M}")


def on_take(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """An offer was tapped."""
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    children = known_children(turn, form)
    wish = wish_of(press, children or ())
    if wish is None:
        return go_on(turn, desk, form)
    begins = wish.start.astimezone(ZoneInfo(turn.zone))
    form = replace(
        form, day=begins.date().isoformat(), clock=f"{begins:%H:%M}", centre=wish.centre_id,
        minutes=int(((wish.end or wish.start) - wish.start) / MINUTE),
    )  # fmt: skip
    if children is None or not turn.parent.consented:
        return go_on(turn, desk, form)
    if form.moving is not None:
        return search(turn, desk, form, children)
    return hold(turn, desk, form, children, wish, key=hold_key(turn, wish, press.argument(4)))


def on_confirm(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """The tap that books: also accepts an offer of the waiting list, and says that the health card still holds."""
    return confirm(turn, desk, press.argument())


def confirm(turn: Turn, desk: Desk, party_id: str) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now)
    try:
        party = desk.confirm(party_id)
    except HoldExpired:
        return kept(
            turn, replace(form or BookingForm.begin(turn.now), held=None),
            Reply((say("booking.hold_over"),), search_again()),
        )  # fmt: skip
    except CareError as error:
        reply = refused(error) if not isinstance(error, WrongStep) else Reply((say("booking.is_over"),), mine_button())
        return Outcome((reply,), turn.conversation, Route.BOOKING)
    for child_id in {b.child_id for b in party if b.child_id}:
        desk.confirm_health_form(child_id)
    return done(turn, desk, party)


def done(turn: Turn, desk: Desk, party: Party) -> Outcome:
    """Booked: what, where, the code, what to bring; the form is closed."""
    conversation = replace(turn.conversation.asked(), form={})
    return Outcome(tuple(booked_reply(turn, desk, party)), conversation, Route.BOOKING)


def mine_button() -> tuple[tuple[Button, ...], ...]:
    return rows(Button(say("booking.my_bookings"), "bookings"))


def _move_reply(turn: Turn, form: BookingForm, offer: Offer) -> Reply:
    words = say(
        "booking.move_to", name=name_of(offer.centre, turn), price=offer_price(offer),
        when=span_words(offer.starts_at, offer.ends_at, offer.centre.zone),
    )  # fmt: skip
    buttons = rows(
        Button(say("booking.move_yes"), take_press("moveto", offer, nonce(turn, form))),
        Button(say("booking.other_time"), "when"),
        Button(say("booking.keep_as_is"), "stopbook"),
    )
    return Reply((words,), buttons)


def stop(turn: Turn, desk: Desk) -> Outcome:
    """Given up: a held place goes back at once."""
    form = BookingForm.of(turn.conversation, turn.now)
    if form is not None and form.held is not None:
        release(desk, form.held)
    key = "booking.kept_as_is" if form is not None and form.moving else "booking.left"
    conversation: Conversation = replace(turn.conversation.asked(), form={})
    return Outcome((Reply((say(key),)),), conversation, Route.BOOKING)


def release(desk: Desk, party_id: str) -> None:
    """Give a hold back; one that is over already is no matter."""
    try:
        if desk.party(party_id)[0].state is State.HELD:
            desk.cancel(party_id)
    except CareError:
        return


def another_centre(turn: Turn, desk: Desk) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now)
    if form is None:
        return start(turn, desk)
    passed = form.not_centres
    if form.held is not None:
        try:
            centre = desk.party(form.held)[0].centre_id
            passed = (*passed, centre) if centre is not None else passed
        except CareError:
            pass
        release(desk, form.held)
    elif form.centre is not None:
        passed = (*passed, form.centre)
    return go_on(turn, desk, replace(form, centre=None, not_centres=passed, held=None, tries=form.tries + 1))


def another_time(turn: Turn, desk: Desk) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now)
    if form is None:
        return start(turn, desk)
    if form.held is not None:
        release(desk, form.held)
    empty = replace(form, day=None, clock=None, part=None, held=None, tries=form.tries + 1)
    return go_on(turn, desk, empty if form.moving else replace(empty, minutes=None))


def on_day(turn: Turn, press: Press, desk: Desk) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    try:
        day = date.fromisoformat(press.argument())
    except ValueError:
        return go_on(turn, desk, form)
    return go_on(turn, desk, replace(form, day=day.isoformat()))


def on_hours(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """`hours:0900:120`, `hours:-:120` (only the length), `hours:full_day:-`."""
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    first, minutes = press.argument(), press.argument(1)
    if first in {k.value for k in CareKind}:
        form = replace(form, kind=first, clock=None, minutes=None)
    elif first.isdigit() and len(first) == 4:
        form = replace(form, clock=f"{first[:2]}:{first[2:]}", part=None)
    if minutes.isdigit():
        form = replace(form, minutes=int(minutes))
    return go_on(turn, desk, form)


def on_children(turn: Turn, press: Press, desk: Desk) -> Outcome:
    form = BookingForm.of(turn.conversation, turn.now) or BookingForm.begin(turn.now)
    if press.argument() == "new" and form.age is not None and turn.parent.consented:
        return go_on(turn, desk, _keep_age(turn, desk, form))
    everyone = tuple(c.id for c in turn.parent.children)
    chosen = everyone if press.argument() == "all" else tuple(i for i in everyone if i == press.argument())
    return go_on(turn, desk, replace(form, children=chosen, count=None, age=None))
