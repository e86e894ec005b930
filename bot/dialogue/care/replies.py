"""What is shown around a booking: the held place, the booked one, a refusal, and what else there is."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.care.day_picture import day_picture
from bot.dialogue.care.words import (
    clock_words,
    from_words,
    kind_words,
    name_and_way,
    name_of,
    offer_label,
    party_price,
    party_times,
    room_name,
    span_words,
)
from bot.dialogue.desk import CareDesk
from bot.dialogue.reply import Attachment, Button, Reply, Rows, Say, Venue, block, rows, say
from bot.dialogue.turn import Turn
from bot.dialogue.words import age_words
from scheduler.care.model.booking import Party
from scheduler.care.model.centre import Centre
from scheduler.care.model.errors import AlreadyWaiting, CareError, ChildAlreadyBooked, StayRefused, TooManyOpenBookings
from scheduler.care.model.group import GroupSeries
from scheduler.care.model.search import NothingFree, Offer, Reason, Wish
from scheduler.reminders.bookings import DAY_BEFORE, HOURS_BEFORE

MINUTE = 60


def health_lines(turn: Turn, desk: CareDesk, party: Party) -> list[Say]:
    """The health cards, a line each, so that the tap that books confirms them too; none while one is missing."""
    forms = [desk.health_form(i) for i in sorted({b.child_id for b in party if b.child_id})]
    known = [f for f in forms if f is not None]
    if not known or len(known) != len(forms) or party[0].group_session_id is not None:
        return []
    ages = {c.id: age_words(c.months(turn.today)) for c in turn.parent.children}
    lines = [
        say(
            "booking.card_line" if len(known) == 1 or f.child_id not in ages else "booking.card_line_child",
            age=ages.get(f.child_id, ""),
            allergies=f.allergies or say("booking.none"),
            medicines=f.medicines or say("booking.none"),
            collectors=list(f.collectors) or say("booking.only_parents"),
        )
        for f in known
    ]
    once = [line for number, line in enumerate(lines) if line not in lines[:number]]  # twins are mostly alike
    return [*once, say("booking.card_same")]


def consent_buttons(child_id: str) -> tuple[Button, ...]:
    return (
        Button(say("booking.card_agree_none"), f"card:{child_id}:none"),
        Button(say("booking.card_agree"), f"card:{child_id}:yes"),
    )


def card_first(turn: Turn, desk: CareDesk, party_id: str, child_id: str) -> Reply:
    """Before the first booking the centre must know about the child; the tap that booked is not asked for again."""
    first = desk.party(party_id)[0]
    child = next((c for c in turn.parent.children if c.id == child_id), None)
    several = len({b.child_id for b in desk.party(party_id)}) > 1 and child is not None
    age = age_words(child.months(turn.today)) if child is not None else ""
    until = clock_words(first.held_until or turn.now, first.zone)
    words = say("booking.card_first_child" if several else "booking.card_first", until=until, age=age)
    stop = Button(say("booking.leave_it"), f"decline:{party_id}" if first.is_offer else "stopbook")
    return Reply((words, say("booking.card_consent")), rows(*consent_buttons(child_id), stop))


def held_reply(turn: Turn, desk: CareDesk, party: Party, asked: tuple[str, str] | None = None) -> Reply:
    """The held place with the tap that books it. `asked`: the hours asked for, when the centre's block is longer."""
    first = party[0]
    until = clock_words(first.held_until or turn.now, first.zone)
    lines: list[Say] = [say("booking.held", until=until, what=what_line(turn, desk, party))]
    if asked is not None:
        lines.append(say("booking.block_covers", start=asked[0], end=asked[1]))
    cards = health_lines(turn, desk, party)
    lines += cards
    change = tuple((Button(say("booking.card_change"), f"card:{b}:change"),) for b in _with_card(party) if cards)
    confirm, *others = held_buttons(party)
    return Reply(tuple(lines), (confirm, *others[:-1], *change, *others[-1:]))


def held_buttons(party: Party) -> Rows:
    """What can be done about a held place: the tap that books it first, letting it go last."""
    first = party[0]
    change = ((Button(say("booking.other_centre"), "other"), Button(say("booking.other_time"), "when")),)
    return (
        (Button(say("booking.confirm"), f"ok:{first.party_id}"),),
        *(() if first.group_session_id else change),
        (Button(say("booking.leave_it"), "stopbook"),),
    )


def _with_card(party: Party) -> list[str]:
    return sorted({b.child_id for b in party if b.child_id})[:1]


def what_line(turn: Turn, desk: CareDesk, party: Party) -> Say:
    """Place, times, kind and price: the same block wherever a party is shown."""
    first = party[0]
    price = party_price(party)
    times = block(party_times(party))
    if first.group_session_id is not None:
        group = desk.group(first.group_session_id)
        return say(
            "booking.what_group" if price is None else "booking.what_group_price",
            title=group.series.titled(turn.language.value), place=place_name(turn, desk, group.series), times=times,
            price=price or say("booking.free"),
        )  # fmt: skip
    card = desk.centre(first.centre_id or 0)
    room = next((room_name(r, turn) for r in card.rooms if r.id == first.room_id), "")
    children = len({b.child_id for b in party})
    return say(
        "booking.what" if children == 1 else "booking.what_children",
        name=name_and_way(card.near, turn), times=times, kind=kind_words(first.kind), room=room,
        price=price or say("booking.free"), children=children,
    )  # fmt: skip


def place_name(turn: Turn, desk: CareDesk, series: GroupSeries) -> str:
    """In the parent's language when the place is a centre that has a name in it."""
    return name_of(desk.centre(series.centre_id).centre, turn) if series.centre_id is not None else series.place


def booked_reply(turn: Turn, desk: CareDesk, party: Party, *, all_papers: bool = False) -> list[Reply]:
    """Code, address with a pin, what to bring, the calendar file; the child's day as a picture at a centre that is new
    to the family (or with `all_papers`), else a tap away."""
    first = party[0]
    centre = desk.centre(first.centre_id).centre if first.centre_id is not None else None
    parts = [say("booking.booked", code=first.code, what=what_line(turn, desk, party))]
    title, place, geo, venue = whereabouts(turn, desk, party, centre)
    if place:
        phone = centre.phone if centre else ""
        parts.append(say("booking.address_phone" if phone else "booking.address", address=place, phone=phone))
    if centre is not None and first.group_session_id is None:
        bring = centre.bring.get(turn.language.value) or ()
        if bring:
            parts.append(say("booking.bring", things=list(bring)))
        rules = centre.rules.get(turn.language.value) or ()
        if rules:
            parts.append(say("booking.rule", rule=rules[0]))
    ahead = first.starts_at - turn.now
    if ahead > HOURS_BEFORE and desk.reminds_of_bookings():
        parts.append(say("reminders.will_remind_day" if ahead > DAY_BEFORE else "reminders.will_remind_hours"))
    file = desk.calendar(party, title=title, place=place, geo=geo)
    buttons = [Button(say("booking.my_bookings"), "bookings")]
    picture = day_picture(turn, desk, party)
    if picture is not None and not all_papers and desk.knows_centre(first.centre_id or 0, besides=first.party_id):
        picture = None
        buttons.insert(0, Button(say("booking.day_look"), f"dayof:{first.party_id}"))
    attachment = Attachment("document", f"sprout-{first.code}.ics", "text/calendar", file)
    return [Reply(tuple(parts), rows(*buttons), attachment=attachment, venue=venue, picture=picture)]


def whereabouts(
    turn: Turn, desk: CareDesk, party: Party, centre: Centre | None
) -> tuple[str, str, tuple[float, float] | None, Venue | None]:
    """Title for the calendar, address, coordinates and pin."""
    if party[0].group_session_id is not None:
        series = desk.group(party[0].group_session_id).series
        title, address, lat, lon = series.titled(turn.language.value), series.address, series.lat, series.lon
        name = place_name(turn, desk, series)
    elif centre is not None:
        name = title = name_of(centre, turn)
        address, lat, lon = centre.address, centre.lat, centre.lon
    else:
        return "", "", None, None
    if lat is None or lon is None:
        return title, address, None, None
    return title, address, (lat, lon), Venue(name, address, lat, lon)


def refused(error: CareError) -> Reply:
    """Why not, and what can be done."""
    again = rows(
        Button(say("booking.other_time"), "when"), Button(say("booking.my_bookings"), "bookings"),
        Button(say("booking.leave_it"), "stopbook"),
    )  # fmt: skip
    match error:
        case StayRefused(reasons=reasons):
            return Reply((say("booking.cannot", why=Say(f"booking.why_{reasons[0]}")),), again)
        case TooManyOpenBookings(limit=limit):
            return Reply((say("booking.too_many", limit=limit),), again)
        case ChildAlreadyBooked():
            return Reply((say("booking.already_booked"),), again)
        case AlreadyWaiting():
            return Reply((say("booking.already_waiting"),), again)
    return Reply((say("booking.not_found"),), again)


def nothing_free(
    turn: Turn, wish: Wish, nothing: NothingFree, made: str, *, moving: str | None, rule: Say | None = None,
    last: Centre | None = None,
) -> Reply:  # fmt: skip
    """Why, then other times and places as buttons, then the waiting list. `rule`: of a centre with care in blocks;
    `last`: the centre that distances are measured from, where the family's own place is not known."""
    reasons: list[Reason] = [r for r in nothing.reasons if r is not Reason.NO_SUCH_CARE]
    why = Say(f"booking.why_{(reasons or [Reason.NO_SUCH_CARE])[0].value}")
    parts: list[Say] = [rule] if rule is not None and not reasons else []
    if not parts:
        when = span_words(wish.start, wish.end, turn.zone) if wish.end else from_words(wish.start, turn.zone)
        parts.append(say("booking.nothing", when=when, why=why))
    buttons: list[Button] = []
    others: list[Offer] = [*nothing.near_in_place[:2], *nothing.near_in_time][:4]
    if rule is not None:  # its own blocks are nearest to what was asked for
        others = [*nothing.near_in_time[:2], *nothing.near_in_place][:4]
    for offer in others:
        buttons.append(Button(offer_label(offer, turn, with_day=_other_day(offer, wish)), _press("take", offer, made)))
    if moving is None:
        for refusal in nothing.can_wait[:2]:
            if refusal.care_type is None or refusal.starts_at is None or refusal.ends_at is None:
                continue
            begins = int(refusal.starts_at.timestamp()) // MINUTE
            minutes = int((refusal.ends_at - refusal.starts_at).total_seconds()) // MINUTE
            press = f"wait:{refusal.near.centre.id}:{refusal.care_type.kind.value}:{begins}:{minutes}:{made}"
            buttons.append(Button(say("booking.wait_for", name=name_of(refusal.near.centre, turn)), press))
    if others and last is not None and any(o.centre.id != last.id for o in others):
        parts.append(say("booking.others_near_last", name=name_of(last, turn)))
    elif others:
        parts.append(say("booking.others_near"))
    if wish.centre_id is not None and not others and moving is None:
        buttons.append(Button(say("booking.other_centre"), "other"))
    wrong_age = reasons[:1] in ([Reason.TOO_YOUNG], [Reason.TOO_OLD])
    if wrong_age and moving is None:  # another time does not help
        buttons.append(Button(say("talk.menu_groups"), "groups"))
    else:
        buttons.append(Button(say("booking.other_time"), "when"))
    buttons.append(Button(say("booking.keep_as_is" if moving else "booking.leave_it"), "stopbook"))
    return Reply(tuple(parts), rows(*buttons))


def _other_day(offer: Offer, wish: Wish) -> bool:
    return offer.local_start.date() != wish.start.astimezone(offer.local_start.tzinfo).date()


def _press(verb: str, offer: Offer, made: str) -> str:
    minutes = int((offer.ends_at - offer.starts_at).total_seconds()) // MINUTE
    return f"{verb}:{offer.centre.id}:{offer.care_type.kind.value}:{_minute(offer.starts_at)}:{minutes}:{made}"


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // MINUTE
