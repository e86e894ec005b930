"""Danger rules at work: who approved them, proposed changes with their trial run, and what is served over the files."""
