"""Reminders: planned, claimed, handed to the post, settled."""
