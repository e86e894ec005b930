"""Chats that a person answers: handed over with a clock, claimed, released."""
