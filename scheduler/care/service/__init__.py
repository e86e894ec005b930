"""Use cases of care. They take a Session and never commit; `tell` hears what happened (model/events.py)."""

from scheduler.care.service.affected import Affected
from scheduler.care.service.booking import attend, cancel, confirm, no_show, not_coming, running_late, will_come
from scheduler.care.service.changes import change_hours, change_room, change_staff, close_centre, set_days
from scheduler.care.service.free_uses import free_uses
from scheduler.care.service.generating import generate_cells, generate_group_sessions
from scheduler.care.service.groups import (
    cancel_meeting,
    group_session,
    hold_group,
    join_group_waitlist,
    sessions_near,
)
from scheduler.care.service.health_forms import (
    confirm_health_form,
    delete_health_forms,
    forget_family,
    forms_missing,
    health_form,
    keep_health_form,
)
from scheduler.care.service.holding import hold, join_waitlist, reschedule
from scheduler.care.service.keeping import keep_care_type, keep_centre, keep_room
from scheduler.care.service.nearest import find_centres, knows_centre, last_centre, nearest_centres
from scheduler.care.service.own import standing
from scheduler.care.service.reading import CentreFacts, centre, centre_facts, list_bookings, party
from scheduler.care.service.searching import alternatives_to, search_places
from scheduler.care.service.series import add_series
from scheduler.care.service.sweeping import end_waiting, expire_holds, settle, sweep
from scheduler.care.service.waiting import offer_next, place_in_line

accept_offer = confirm
decline_offer = cancel

__all__ = [
    "Affected", "CentreFacts", "accept_offer", "add_series", "alternatives_to", "attend", "cancel",
    "cancel_meeting", "centre", "centre_facts", "change_hours", "change_room", "change_staff", "close_centre",
    "confirm", "confirm_health_form", "decline_offer", "delete_health_forms", "end_waiting", "expire_holds",
    "find_centres", "forget_family", "forms_missing", "free_uses", "generate_cells", "generate_group_sessions",
    "group_session", "health_form", "hold", "hold_group", "join_group_waitlist", "join_waitlist", "keep_care_type",
    "keep_centre", "keep_health_form", "keep_room", "knows_centre", "last_centre", "list_bookings", "nearest_centres",
    "no_show", "not_coming", "offer_next", "party", "place_in_line", "reschedule", "running_late", "search_places",
    "sessions_near", "set_days", "settle", "standing", "sweep", "will_come",
]  # fmt: skip
