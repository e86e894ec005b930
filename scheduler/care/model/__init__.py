"""The rules of care: plain data and pure functions, no table and no clock.

booking (a booking and its life), centre (centres, rooms, care types, fees), search (wishes, offers, requests, why
nothing is free), group (group sessions), stay (whether a centre takes a stay), times (half hours, opening hours),
events, errors.
"""
