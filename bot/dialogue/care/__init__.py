"""The parent's side of booking: the form, centres, own bookings, waiting, group sessions, household, health card."""
