"""Care: rules, bookings, search, waiting, group sessions, imports."""
