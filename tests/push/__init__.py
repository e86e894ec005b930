"""Knocks on the phone when a message waits on the chat page."""
