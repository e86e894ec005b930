"""The desk of booking, over one Session: what the dialogues of care may ask of scheduler/care and of the family."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.core.counting import store as counting
from bot.core.counting.model import Happening
from bot.core.families import household
from bot.core.families import service as families
from bot.core.families.model import Child, Parent
from bot.dialogue.desk import CentreCard
from bot.house import House
from bot.pictures.photo import folder_of, photo_file
from scheduler.care import service as care
from scheduler.care.calendar_file import calendar_file
from scheduler.care.model.booking import HealthForm, Party, State
from scheduler.care.model.centre import CareKind, Centre
from scheduler.care.model.errors import HealthFormMissing, RoomFull, StayRefused
from scheduler.care.model.group import GroupSession
from scheduler.care.model.search import Filters, Found, FreeDay, GroupRequest, Near, Offer, Point, Reason, Request, Wish
from scheduler.care.service.districts import districts
from scheduler.care.service.free_table import free_table
from scheduler.care.service.naming import centre_named_in
from scheduler.care.service.nearest import is_open_now, nearest_facts
from scheduler.care.service.reading import CentreFacts, day_changes
from scheduler.reminders import service as reminders
from scheduler.reminders.bookings import BookingFacts
from scheduler.reminders.model import Kind
from scheduler.reminders.service import choices

DAYS_AHEAD = 3  # looked at for 'places left' on the card of a centre


class CareHouseDesk:
    """Implements bot.dialogue.desk.CareDesk."""

    def __init__(self, house: House, session: Session, parent: Parent, now: datetime) -> None:
        self._house = house
        self._session = session
        self._parent = parent
        self._now = now
        self._tell = house.care_news(session, now, by=parent.id)

    # places

    def search(self, wish: Wish, near: Point | None, filters: Filters | None = None) -> Found:
        found = care.search_places(self._session, wish, near, self._now, filters, limit=8)
        self._count(wish, found)
        return found

    def _count(self, wish: Wish, found: Found) -> None:
        """A search that a family made, at the day and hour for which it wants a place."""
        nothing = found.nothing
        refused = nothing.refusals if nothing is not None else ()
        tried = [*(offer.centre for offer in found.offers), *(refusal.near.centre for refusal in refused)]
        outcome = "offered" if nothing is None else "full" if Reason.FULL in nothing.reasons else "other"
        centre_id = wish.centre_id if wish.centre_id is not None else tried[0].id if tried else None
        self._happened(outcome, wish.kind, centre_id, wish.start)

    def _happened(self, outcome: str, kind: str | None, centre_id: int | None, start: datetime) -> None:
        place = districts(self._session, [centre_id]).get(centre_id, "") if centre_id is not None else ""
        happened = Happening("search", outcome, kind or "", place=place)
        counting.count(self._session, [happened], start, self._house.zone)

    def centres(self, near: Point | None, filters: Filters, limit: int = 3) -> list[CentreCard]:
        found = nearest_facts(self._session, near, self._now, filters, limit=limit)
        return [self._card(n, f) for n, f in found]

    def centre(self, centre_id: int) -> CentreCard:
        facts = care.centre_facts(self._session, centre_id)
        return self._card(Near(facts.centre, None), facts)

    def _card(self, near: Near, facts: CentreFacts) -> CentreCard:
        today = self._now.astimezone(self._house.zone).date()
        changes = day_changes(self._session, [facts.centre.id], [today])[facts.centre.id]
        free_on, left = self._free(facts)
        folder = folder_of(self._house.settings.data_dir)
        kept = photo_file(facts.centre.photo, folder) if facts.centre.photo else None
        return CentreCard(
            near, facts.rooms, facts.care_types, is_open_now(facts.centre, self._now, changes), left, free_on,
            photo={"name": kept.name, "folder": str(folder)} if kept is not None else None,
        )  # fmt: skip

    def _free(self, facts: CentreFacts) -> tuple[date | None, int | None]:
        """The first of the coming days with a place for the youngest child, morning or afternoon, and how many."""
        if not self._parent.children or not facts.centre.bookable:
            return None, None
        zone, child = ZoneInfo(facts.centre.zone), self._parent.children[:1]
        today = self._now.astimezone(zone).date()
        for day in (today + timedelta(days=n) for n in range(1, DAYS_AHEAD + 1)):
            for clock in (time(9), time(14, 30)):
                wish = Wish(child, datetime.combine(day, clock, zone), centre_id=facts.centre.id)
                found = care.search_places(self._session, wish, None, self._now, limit=1, alternatives=False)
                if found.offers:
                    return day, found.offers[0].places_left
        return None, None

    def centre_named_in(self, text: str) -> Centre | None:
        return centre_named_in(self._session, text)

    def centre_at(self, place: str) -> Centre | None:
        return next(iter(care.find_centres(self._session, place, limit=1)), None)

    def free_week(self, centre_id: int, child: Child) -> list[FreeDay]:
        return free_table(self._session, centre_id, child, self._now)

    def last_centre(self) -> Centre | None:
        centre_id = care.last_centre(self._session, self._parent.family_id)
        return care.centre(self._session, centre_id) if centre_id is not None else None

    def knows_centre(self, centre_id: int, *, besides: str) -> bool:
        return care.knows_centre(self._session, self._parent.family_id, centre_id, besides=besides)

    # bookings

    def hold(self, offer: Offer | Wish, children: tuple[Child, ...], key: str) -> Party:
        if isinstance(offer, Offer):
            request = Request.of(offer, children, key=key, family_id=self._parent.family_id, booked_by=self._parent.id)
        else:
            request = self._request(offer, key)
        try:
            return self._kept(care.hold(self._session, request, self._now, self._tell))
        except RoomFull:  # found a moment ago, and taken since
            self._happened("full", request.kind, request.centre_id, request.start)
            raise

    def _kept(self, party: Party) -> Party:
        """A word before a held place is let go; twice the same hold is one reminder."""
        until = party[0].held_until if party else None
        if until is not None:
            reminders.plan_hold(
                self._session, party[0].party_id, [self._parent.id], until, self._now, offered=party[0].is_offer
            )
        return party

    def _request(self, wish: Wish, key: str) -> Request:
        if wish.centre_id is None or wish.kind is None:
            raise StayRefused(Reason.NO_SUCH_CARE)
        return Request(
            key, self._parent.family_id, self._parent.id, wish.children, wish.centre_id, CareKind(wish.kind),
            wish.start, wish.end,
        )  # fmt: skip

    def wait(self, wish: Wish, key: str) -> Party:
        return care.join_waitlist(self._session, self._request(wish, key), self._now)

    def move(self, party_id: str, wish: Wish, key: str) -> Party:
        return care.reschedule(
            self._session, party_id, self._parent.family_id, self._request(wish, key), self._now, self._tell
        )

    def confirm(self, party_id: str) -> Party:
        missing = care.forms_missing(self._session, self.party(party_id))
        if missing:
            raise HealthFormMissing(missing)
        return care.confirm(self._session, party_id, self._parent.family_id, self._now, self._tell, by=self._parent.id)

    def cancel(self, party_id: str, *, line: int | None = None, why: str = "parent") -> Party:
        party = self.party(party_id)
        ids = None if line is None else [b.id for b in party if b.line == line]
        return care.cancel(
            self._session, party_id, self._parent.family_id, self._now, self._tell,
            booking_ids=ids, why=why, actor=f"parent:{self._parent.id}",
        )  # fmt: skip

    def running_late(self, party_id: str, minutes: int) -> Party:
        return care.running_late(self._session, party_id, self._parent.family_id, minutes, self._now)

    def will_come(self, party_id: str, starts_at: datetime | None) -> Party:
        return care.will_come(self._session, party_id, self._parent.family_id, self._now, starts_at=starts_at)

    def bookings(self) -> list[Party]:
        return care.list_bookings(self._session, self._parent.family_id, self._now)

    def party(self, party_id: str) -> Party:
        return care.party(self._session, party_id, self._parent.family_id)

    def line_of(self, party_id: str) -> int:
        return care.place_in_line(self._session, party_id)

    def calendar(self, party: Party, *, title: str, place: str, geo: tuple[float, float] | None) -> bytes:
        return calendar_file(party, title=title, place=place, now=self._now, geo=geo, reminder=title)

    def reminds_of_bookings(self) -> bool:
        return choices.choice_of(self._session, self._parent.id).wants(Kind.BOOKING)

    # group sessions

    def groups(
        self, near: Point | None, age_months: float | None, since: datetime | None, until: datetime | None
    ) -> list[GroupSession]:
        return care.sessions_near(
            self._session, near, self._now, age_months=age_months, since=since,
            until=until or (since or self._now) + timedelta(days=14), limit=5,
        )  # fmt: skip

    def group(self, group_session_id: int) -> GroupSession:
        return care.group_session(self._session, group_session_id, self._now)

    def _group_request(self, group_session_id: int, child: Child | None, key: str) -> GroupRequest:
        return GroupRequest(key, self._parent.family_id, self._parent.id, group_session_id, child)

    def hold_group(self, group_session_id: int, child: Child | None, key: str) -> Party:
        request = self._group_request(group_session_id, child, key)
        return self._kept(care.hold_group(self._session, request, self._now, self._tell))

    def wait_group(self, group_session_id: int, child: Child | None, key: str) -> Party:
        return care.join_group_waitlist(self._session, self._group_request(group_session_id, child, key), self._now)

    # household

    def parent(self) -> Parent:
        found = families.parent_by_id(self._session, self._parent.id)
        if found is not None:
            self._parent = found
        return self._parent

    def health_form(self, child_id: str) -> HealthForm | None:
        return care.health_form(self._session, child_id)

    def keep_health_form(self, child_id: str, allergies: str, medicines: str, collectors: tuple[str, ...]) -> None:
        if child_id in {c.id for c in self._parent.children}:
            care.keep_health_form(
                self._session, child_id, self._parent.family_id, self._now,
                allergies=allergies, medicines=medicines, collectors=collectors, consent_by=self._parent.id,
            )  # fmt: skip

    def invite(self) -> str:
        return household.invite(self._session, self._parent, self._now)

    def join(self, code: str) -> str:
        family = household.family_of(self._session, code, self._now)
        if family is None:
            return "unknown"
        if family == self._parent.family_id:
            return "own"
        if families.is_alone(self._session, self._parent):
            if care.list_bookings(self._session, self._parent.family_id, self._now):
                return "has_bookings"
            care.forget_family(self._session, self._parent.family_id, self._now, self._tell)
        household.move_to(self._session, self._parent, family, self._now)
        self.parent()
        for party in care.list_bookings(self._session, family, self._now):
            plan_reminders(self._session, party[0].party_id, family, self._now)
        return "joined"

    def others(self) -> int:
        return len(families.adults_of(self._session, self._parent.family_id)) - 1

    def confirm_health_form(self, child_id: str) -> None:
        care.confirm_health_form(self._session, child_id, self._now)


def plan_reminders(session: Session, party_id: str, family_id: str, now: datetime) -> None:
    """Every adult of the family is reminded of what is booked now, and of nothing else of this party."""
    starts = tuple(b.starts_at for b in care.party(session, party_id) if b.state is State.BOOKED)
    reminders.plan_booking(session, BookingFacts(party_id, starts, families.adults_of(session, family_id)), now)
