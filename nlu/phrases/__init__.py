"""Dates, times, durations and child ages in parents' messages, by rule. Import the module you need: `ages` is light, `times` is not."""
