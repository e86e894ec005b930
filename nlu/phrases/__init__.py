"""Dates, times, durations and child ages in parents' messages, by rule; import `ages` or `times`, ages is light."""
